"""What looks like one cause and is another; words in payloads; missing and cut text."""

import pytest

from tests.causes.make import child, dumps, job, named, raised, task

DENIED = (
    "User: arn:aws:sts::210987654321:assumed-role/sfn/x is not authorized to perform: "
    "lambda:InvokeFunction (Service: AWSLambda; Status Code: 403; Error Code: "
    "AccessDeniedException; Request ID: 6f1d)"
)


def test_a_403_under_a_name_that_aws_suggests_to_retry_is_a_permission() -> None:
    diagnosis = named("Lambda.AWSLambdaException", DENIED, "lambda", "LambdaFunctionScheduleFailed")
    assert (diagnosis.cause, diagnosis.nature) == ("permission", "permanent")


@pytest.mark.parametrize(
    ("reason", "stop_code", "cause"),
    [
        ("Your Spot Task was interrupted.", "SpotInterruption", "spot_interruption"),
        ("Your Spot Task was interrupted.", "EssentialContainerExited", "spot_interruption"),
        ("Stopped", "TerminationNotice", "spot_interruption"),
        ("Essential container in task exited", "EssentialContainerExited", "container_exit"),
        ("CannotPullContainerError: x not found", "TaskFailedToStart", "image_pull"),
        ("Something new", "TaskFailedToStart", "task_start_failure"),
        ("Maintenance", "UserInitiated", "aborted_by_user"),
    ],
)
def test_the_error_of_a_stopped_task_never_decides(reason: str, stop_code: str, cause: str) -> None:
    diagnosis = named("States.TaskFailed", task(reason, stop_code, exit_code=137), "ecs")
    assert diagnosis.cause == cause


def test_an_exit_code_that_is_absent_is_a_start_failure_and_not_an_exit_of_0() -> None:
    cause = task("ResourceInitializationError: failed to do a thing", "TaskFailedToStart")
    assert named("States.TaskFailed", cause, "ecs:runTask.sync").cause == "task_start_failure"


def test_a_containers_own_reason_says_more_than_its_tasks() -> None:
    cause = task(
        "Essential container in task exited",
        exit_code=137,
        container_reason="OutOfMemoryError: Container killed due to memory usage",
    )
    diagnosis = named("States.TaskFailed", cause, "ecs")
    assert diagnosis.cause == "out_of_memory"
    assert "OutOfMemoryError" in diagnosis.message
    assert "app exit code 137" in diagnosis.message


def test_environments_and_inputs_are_data_and_never_shown() -> None:
    cause = task("Essential container in task exited", exit_code=1, environment="AccessDenied s3cr")
    diagnosis = named("States.TaskFailed", cause, "ecs")
    assert diagnosis.cause == "container_exit"
    assert "s3cr" not in diagnosis.message


def test_a_batch_job_with_exit_137_that_took_too_long_timed_out() -> None:
    cause = job("Job attempt duration exceeded timeout", exit_code=137)
    assert named("States.TaskFailed", cause, "batch").cause == "timeout_task"


def test_the_reason_of_a_batch_jobs_container_is_more_specific_than_its_status() -> None:
    reason = "CannotInspectContainerError: Could not transition to inspecting; timed out"
    cause = job("Essential container in task exited", reason=reason)
    assert named("States.TaskFailed", cause, "batch").cause == "task_start_failure"


@pytest.mark.parametrize(
    ("host", "cause"),
    [("no-such-queue", "resource_not_found"), ("sqs.eu-west-1.amazonaws.com", "network")],
)
def test_a_wrong_queue_url_is_no_passing_dns_failure(host: str, cause: str) -> None:
    text = f"Unable to execute HTTP request: {host}: Name or service not known"
    assert named("SQS.SdkClientException", text, "sqs:sendMessage").cause == cause


def test_a_parameter_error_may_wrap_the_throttle_of_another_service() -> None:
    text = "Error retrieving subnet information: Rate exceeded (ErrorCode: Throttling)"
    diagnosis = named("ECS.InvalidParameterException", text, "ecs", "TaskSubmitFailed")
    assert (diagnosis.cause, diagnosis.nature) == ("throttling", "transient")


def test_a_message_of_null_leaves_the_code_to_speak() -> None:
    text = "null (Service: AWSBatch; Status Code: 500; Error Code: AuthorizerX; Request ID: 9)"
    diagnosis = named("Batch.AWSBatchException", text, "batch", "TaskSubmitFailed")
    assert diagnosis.cause == "service_error"
    assert diagnosis.message == "Batch.AWSBatchException: AuthorizerX"


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("Runtime exited with error: signal: killed", "out_of_memory"),
        ("Runtime exited with error: exit status 101", "runtime_crash"),
        ("Task timed out after 3.00 seconds", "timeout_task"),
    ],
)
def test_the_platforms_words_about_a_function(message: str, cause: str) -> None:
    text = raised("Runtime.ExitError", f"RequestId: 6f1d Error: {message}")
    diagnosis = named("Runtime.ExitError", text, "lambda")
    assert diagnosis.cause == cause
    assert "RequestId" not in diagnosis.message


def test_a_function_that_took_all_of_15_minutes_will_do_so_again() -> None:
    text = (
        "The cause could not be determined because Lambda did not return an error type. Returned "
        'payload: {"errorMessage":"2025-03-25T14:59:02.758Z 92f6 Task timed out after '
        '902.11 seconds"}'
    )
    assert named("Lambda.Unknown", text, "lambda").nature == "permanent"


def test_an_invocation_of_unknown_outcome_is_the_services_error() -> None:
    text = (
        "An attempt was made to invoke the Lambda function. Step Functions cannot determine "
        "whether Lambda successfully received the call and executed the function."
    )
    assert named("States.TaskFailed", text, "lambda").cause == "service_error"


@pytest.mark.parametrize("cause", [None, ""])
def test_a_timeout_has_no_cause_and_is_named_by_its_event(cause: str | None) -> None:
    assert named("States.Timeout", cause, "ecs", "TaskTimedOut").cause == "timeout_task"
    ended = named("States.Timeout", cause, None, "ExecutionTimedOut", status="TIMED_OUT")
    assert ended.cause == "timeout_execution"


def test_an_execution_without_error_is_named_by_its_status() -> None:
    assert named(None, None, None, None, status="TIMED_OUT").cause == "timeout_execution"
    assert named(None, None, None, None, status="ABORTED").cause == "aborted_by_user"
    assert named("Wrong", "timeout", None, None, status="ABORTED").cause == "aborted_by_user"
    assert named("Wrong", "", None, "ExecutionAborted").cause == "aborted_by_user"
    assert named(None, None, "fail-state", "FailStateEntered").cause == "fail_state"
    assert named(None, None, None, None).cause == "unknown"


def test_words_in_the_input_that_a_sentence_quotes_are_data() -> None:
    text = (
        "An error occurred while executing the state 'Next' (entered at the event id #9). The "
        "JSONPath '$.Token' specified for the field 'Token.$' could not be found in the input "
        '\'{"Error":"States.DataLimitExceeded","Cause":"a result with a size exceeding the '
        "maximum number of bytes service limit. Your secret is ok'"
    )
    diagnosis = named("States.Runtime", text, None, "ExecutionFailed")
    assert diagnosis.cause == "invalid_input"
    assert "secret" not in diagnosis.message
    assert "entered at" not in diagnosis.message


def test_the_dump_of_a_java_map_in_a_sentence_is_data() -> None:
    text = (
        "An error occurred while executing the state 'P' (entered at the event id #2). Invalid "
        "path '$.a' : Filter: [0] can only be applied to arrays. Current context is: "
        "{name=AccessDenied, card=4111}"
    )
    diagnosis = named("States.Runtime", text, None, "ExecutionFailed")
    assert diagnosis.cause == "invalid_input"
    assert "4111" not in diagnosis.message


def test_a_full_history_is_no_invalid_input() -> None:
    text = "The execution reached the maximum number of history events (25000)."
    assert named("States.Runtime", text, None, "ExecutionFailed").cause == "history_limit"


def test_a_role_of_another_account_that_may_not_be_assumed_is_a_permission() -> None:
    text = "The role arn:aws:iam::1:role/a is not authorized to assume the task state's role, b."
    assert named("States.TaskFailed", text, "aws-sdk:s3:getObject").cause == "permission"


def test_events_that_were_taken_in_part_are_named_by_those_that_were_not() -> None:
    entries = [{"EventId": "1"}, {"ErrorCode": "ThrottlingException", "ErrorMessage": "Slow"}]
    text = dumps({"Entries": entries, "FailedEntryCount": 1})
    assert named("EventBridge.FailedEntry", text, "events:putEvents").cause == "throttling"


def test_a_page_of_html_is_told_by_its_title() -> None:
    page = "<html><head><title>502 Bad Gateway</title></head><body>AccessDenied</body></html>"
    diagnosis = named("States.Http.StatusCode.502", page, "http:invoke")
    assert diagnosis.cause == "dependency_http_5xx"
    assert diagnosis.message == "States.Http.StatusCode.502: 502 Bad Gateway"


def test_a_transaction_is_told_by_what_cancelled_it() -> None:
    text = "Transaction cancelled, see reasons [{}, None] (Service: AmazonDynamoDBv2; Status Code: \
400; Error Code: TransactionCanceledException; Request ID: 1)"
    error = "DynamoDB.TransactionCanceledException"
    assert named(error, text.format("TransactionConflict"), "dynamodb").cause == "throttling"
    assert named(error, text.format("ConditionalCheckFailed"), "dynamodb").cause == "data_condition"


def test_the_words_of_a_fail_states_author_stay_his_own() -> None:
    diagnosis = named("Late", "Timeout: access denied", "fail-state", "FailStateEntered")
    assert diagnosis.cause == "fail_state"


def test_a_fail_state_that_hands_on_what_it_caught_is_named_by_that() -> None:
    caught = dumps({"error": {"Cause": raised("KeyError", "'id'"), "Error": "KeyError"}, "id": 7})
    diagnosis = named("HandlerFailed", caught, "fail-state", "FailStateEntered")
    assert (diagnosis.cause, diagnosis.error) == ("code_error", "KeyError")


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("ecs", "ecs:runTask.sync"),
        ("sdk:s3", "aws-sdk:s3:getObject"),
        ("nested-sfn", "states:startExecution.sync:2"),
        ("lambda", "lambda:invoke"),
        ("dynamodb", "dynamodb:putItem"),
    ],
)
def test_an_integration_is_the_same_in_short_and_as_history_spells_it(
    short: str, long: str
) -> None:
    for cause in (
        task("RESOURCE:CPU", "TaskFailedToStart"),
        child("Boom"),
        "Rate exceeded",
        DENIED,
    ):
        assert named("States.TaskFailed", cause, short) == named("States.TaskFailed", cause, long)

"""Errors of AWS's that code raised by their names alone, and texts that mean less than they say."""

import pytest

from tests.causes.make import dumps, named, raised

ANSWER = "{} (Service: {}, Status Code: 400, Request ID: 9)"


def told(error: str, message: str) -> tuple[str, str]:
    diagnosis = named(error, raised(error, message), "lambda")
    return diagnosis.cause, diagnosis.nature


def answered(words: str, error: str = "Press.PressException") -> tuple[str, str]:
    service = error.partition(".")[0]
    diagnosis = named(error, ANSWER.format(words, service), f"aws-sdk:{service.lower()}:run")
    return diagnosis.cause, diagnosis.nature


@pytest.mark.parametrize(
    ("error", "message", "cause"),
    [
        ("MessageRejected", "The following identities failed the check", "data_condition"),
        ("UsernameExistsException", "User name taken", "data_condition"),
        ("InvalidParameterCombinationException", "These two", "invalid_input"),
        ("InvalidTracingConfiguration", "So it reads", "invalid_input"),
        ("AccountSendingPausedException", "Ask the owner", "permission"),
        ("CertificateInUseException", "Remove it elsewhere first", "data_condition"),
        ("KMSKeyNotAccessibleFault", "The key again", "permission"),
        ("ContactFlowNotPublishedException", "Publish it", "invalid_input"),
        ("InsufficientCapabilitiesException", "Requires capabilities", "invalid_input"),
        ("InvalidPasswordException", "It did not conform with the policy", "invalid_input"),
    ],
)
def test_an_error_of_awss_is_named_as_awss_where_code_raised_it_without_the_service(
    error: str, message: str, cause: str
) -> None:
    assert told(error, message)[0] == cause


def test_what_says_of_a_library_that_it_passes_says_nothing_of_an_error_of_awss() -> None:
    assert told("AccountAlreadyClosedException", "It is already closed.")[1] != "transient"
    assert told("BranchNameExistsException", "The commit conflicts with it")[1] != "transient"


def test_a_name_that_anybody_gives_stays_an_error_of_the_code() -> None:
    for error in ("InvalidOrderException", "MissingPressError", "PressRequiredException"):
        assert told(error, "The order is what it is") == ("code_error", "depends"), error


@pytest.mark.parametrize(
    "words",
    [
        "1 validation error detected: Value 'IN_PROGRESS' at 'state' failed to satisfy constraint",
        "The value 'pending' is not valid for the filter 'state'. Others are in progress.",
        "Invalid value for parameter status: creating",
        "Unknown parameter in input: 'throttle', known are: rate, burst",
        "The parameter WaitForPress is invalid. Correct it and try again later.",
        "State: stopping. Valid values are running, stopped.",
    ],
)
def test_a_value_that_was_refused_is_not_read_for_what_it_says(words: str) -> None:
    for error in ("Press.PressException", "Press.ValidationException"):
        assert answered(words, error) == ("invalid_input", "permanent")
    assert told("ValidationException", words) == ("invalid_input", "permanent")


@pytest.mark.parametrize(
    "words",
    [
        "A press of that name already exists or is being created.",
        "The press already exists, or another turn is in progress.",
        "Examples: it already exists, it is currently running, etc.",
        "The input fails to satisfy a rule, or the press is still initializing.",
    ],
)
def test_a_text_for_more_than_one_cause_leaves_open_whether_it_passes(words: str) -> None:
    assert answered(words)[1] == "depends"


@pytest.mark.parametrize(
    "words",
    [
        "You may have too many presses in progress.",
        "You have reached the maximum number of allowable InProgress turns.",
        "The number of in-progress turns you have has exceeded the number allowed.",
    ],
)
def test_as_many_at_a_time_as_there_may_be_is_a_limit_on_concurrency(words: str) -> None:
    assert answered(words) == ("concurrency_limit", "transient")


def test_a_class_for_any_error_of_a_service_says_nothing_by_the_services_name() -> None:
    assert answered("The context is supported only for one kind", "Kms.KmsException") == (
        "invalid_input",
        "permanent",
    )
    assert answered("Service returned HTTP status code 400", "Kms.KmsException")[0] != "permission"
    assert answered("", "Press.KMSException")[0] == "permission"


def test_what_aws_marks_as_retryable_without_a_word_on_it_may_pass() -> None:
    words = "The specified entity could not be processed."
    assert answered(words, "AccessAnalyzer.UnprocessableEntityException")[1] == "depends"
    assert answered("", "SecurityIr.InvalidTokenException")[1] == "depends"


def test_a_feature_that_is_not_enabled_is_no_missing_permission_but_trusted_access_is() -> None:
    assert answered("Turn it on.", "Press.TurnNotEnabledException")[0] == "invalid_input"
    assert answered("One does not fit.", "Press.PlateNotAllowedFault")[0] == "invalid_input"
    assert answered("Turn it on.", "Press.PressAccessNotEnabledException")[0] == "permission"
    assert answered("So it is.", "Press.OperationNotAllowedException")[0] == "permission"


WORDS = [
    ("Credential should be scoped to a valid region.", "permission"),
    ("Access to the press is not allowed from unsupported countries", "permission"),
    ("The press must be allowed to use the passed role", "permission"),
    ("The turn is not available in your account. Use plates.", "permission"),
    ("Unable to fetch parameters [press] from the store for this account.", "resource_not_found"),
    ("Network n-1 already has an outlet attached", "data_condition"),
    ("The press is actively being used in your shop and cannot be deleted.", "data_condition"),
    ("The request failed because it depends on another request that failed.", "service_error"),
]


@pytest.mark.parametrize(("words", "cause"), WORDS)
def test_a_services_words_are_taken_for_what_they_refuse(words: str, cause: str) -> None:
    assert answered(words)[0] == cause


def test_what_a_job_says_of_its_database_is_read_for_what_passes() -> None:
    assert told("Exception", "This connection has been closed.") == ("network", "transient")
    assert told("Exception", "DynamoDB write exceeds max retry 9") == ("throttling", "transient")
    assert told("OperationalError", "(1118, 'Row size too large')") == (
        "invalid_input",
        "permanent",
    )


@pytest.mark.parametrize(
    ("spelled_out", "contracted"),
    [
        ("The role is not authorized to turn", "The role isn't authorized to turn"),
        ("It is not supported in your requested zone", "It isn't supported in your requested zone"),
        ("The specified key does not exist", "The specified key doesn't exist"),
        ("The press cannot be found", "The press can't be found"),
        ("The press cannot be found", "The press can not be found"),
    ],
)
def test_two_words_and_their_contraction_mean_the_same(spelled_out: str, contracted: str) -> None:
    assert answered(contracted) == answered(spelled_out)
    assert told("Exception", contracted) == told("Exception", spelled_out)
    assert told("Exception", contracted.replace("'", "\u2019")) == told("Exception", spelled_out)


def test_go_s_answer_is_read_where_its_first_words_were_capitalized_or_lost() -> None:
    for call in ("Operation error S3: HeadBucket, ", "Heading bucket: "):
        answer = f"{call}https response error StatusCode: 404, RequestID: 9, NoSuchBucket: gone"
        assert told("errorString", answer) == ("resource_not_found", "permanent"), call


def test_a_job_of_emr_serverless_that_got_no_executor_lacked_capacity() -> None:
    details = "Job failed. ExitCode: 1. Abandoning job due to no executor being launched in 9 ms"
    run = dumps({"JobRunId": "9", "State": "FAILED", "StateDetails": details})
    diagnosis = named("States.TaskFailed", run, "emr-serverless:startJobRun.sync")
    assert (diagnosis.cause, diagnosis.nature) == ("capacity_unavailable", "depends")


def query(reason: str) -> tuple[str, str]:
    status = {"State": "FAILED", "StateChangeReason": reason}
    diagnosis = named("States.TaskFailed", dumps({"QueryExecution": {"Status": status}}), "athena")
    return diagnosis.cause, diagnosis.nature


@pytest.mark.parametrize(
    ("reason", "cause", "nature"),
    [
        ("QUERY_QUEUE_FULL: so it is", "concurrency_limit", "transient"),
        ("SERVER_SHUTTING_DOWN: so it is", "service_error", "transient"),
        ("HIVE_CONCURRENT_MODIFICATION_DETECTED: p", "data_condition", "transient"),
        ("HIVE_TABLE_DROPPED_DURING_QUERY: p", "data_condition", "transient"),
        ("HIVE_METASTORE_ERROR: Database press not found", "resource_not_found", "permanent"),
        ("ICEBERG_FILESYSTEM_ERROR: Failed to make a file", "data_condition", "depends"),
        ("HIVE_WRITER_CLOSE_ERROR: p", "data_condition", "depends"),
        ("PRESS_JAMMED: what nobody knows", "invalid_input", "depends"),
        ("HIVE_PRESS_JAMMED: what nobody knows", "invalid_input", "depends"),
        ("SYNTAX_ERROR: line 1:1", "invalid_input", "permanent"),
    ],
)
def test_a_query_is_permanently_wrong_only_where_its_engine_says_so(
    reason: str, cause: str, nature: str
) -> None:
    assert query(reason) == (cause, nature)


def test_an_exception_that_emr_serverless_cut_short_is_still_known() -> None:
    details = "Job failed. ExitCode: 1. Last few exceptions: MemoryError..."
    run = dumps({"JobRunId": "9", "State": "FAILED", "StateDetails": details})
    diagnosis = named("States.TaskFailed", run, "emr-serverless:startJobRun.sync")
    assert diagnosis.cause == "out_of_memory"


@pytest.mark.parametrize(
    ("words", "cause", "nature"),
    [
        ("The press may not be stopped. Modify it and try again.", "data_condition", "depends"),
        ("More than 5 presses with PENDING or IN_PROGRESS status.", "concurrency_limit", None),
        ("You exceeded the capacity limit for a press.", "service_quota", "permanent"),
        ("No Access token found, please connect to the press", "permission", "permanent"),
        ("Network n-1 is not attached to any press", "data_condition", "depends"),
    ],
)
def test_rarer_refusals_are_taken_for_what_they_are(
    words: str, cause: str, nature: str | None
) -> None:
    found = answered(words)
    assert found == (cause, nature or found[1])


def test_an_answer_that_a_client_could_not_read_is_no_missing_resource() -> None:
    words = "operation error SNS: Publish, deserialization failed, PressResult node not found"
    assert told("OperationError", words)[1] == "depends"


CALLED = "An error occurred ({}) when calling the {} operation: {}"


@pytest.mark.parametrize(
    ("code", "words", "meaning"),
    [
        ("validationException", "The number is invalid", ("invalid_input", "permanent")),
        ("throttlingException", "Not so fast", ("throttling", "transient")),
        ("accessDeniedException", "Not you", ("permission", "permanent")),
        ("internalServerException", "It broke", ("service_error", "transient")),
    ],
)
def test_an_error_out_of_a_stream_is_what_its_code_says(
    code: str, words: str, meaning: tuple[str, str]
) -> None:
    assert told("EventStreamError", CALLED.format(code, "InvokeAgent", words)) == meaning


def test_an_error_out_of_a_stream_without_a_code_that_is_known_may_pass_or_stay() -> None:
    assert told("EventStreamError", "It ended") == ("service_error", "depends")
    assert told("EventStreamError", CALLED.format("pressError", "Press", "x"))[1] == "depends"


@pytest.mark.parametrize("wrapper", ["ServiceError", "ServerError", "InternalServerError"])
def test_an_exception_that_only_says_that_a_service_failed_knows_less_than_awss_code(
    wrapper: str,
) -> None:
    refused = CALLED.format("ValidationException", "InvokeModel", "Malformed input request: x")
    assert told(wrapper, refused) == ("invalid_input", "permanent")
    failed = CALLED.format("ServiceUnavailable", "Scan", "Operation failed")
    assert told(wrapper, failed) == ("service_error", "transient")
    assert told("PermissionError", failed) == ("service_error", "transient")


def test_a_gateway_before_a_service_of_awss_is_the_service_that_failed() -> None:
    for code in ("GatewayTimeout", "BadGateway"):
        answer = CALLED.format(code, "UploadPartCopy", "The server did not respond in time.")
        assert told("ClientError", answer) == ("service_error", "transient")


def test_the_answer_of_the_service_that_a_service_called_is_the_one_that_tells() -> None:
    inner = CALLED.format("AccessDeniedException", "ListEvents", "User: a is not authorized")
    outer = CALLED.format("runtimeClientError", "InvokeHarness", inner)
    assert told("EventStreamError", outer) == ("permission", "permanent")


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [
        ("Template error: instance of Fn::GetAtt references undefined resource Press", "permanent"),
        ("Circular dependency between resources: [Press, Ink]", "permanent"),
        ("SSM Secure reference is not supported in: [AWS::Press::Plate/Ink]", "permanent"),
        ("Parameters: [Ink] must have values", "permanent"),
        ("The press is what it is.", "depends"),
    ],
)
def test_a_change_that_was_waited_for_in_vain_is_what_it_was_refused_for(
    reason: str, meaning: str
) -> None:
    waited = "Waiter ChangeSetCreateComplete failed: Waiter encountered a terminal failure state"
    for what in ("", ': For expression "Status" we matched expected path: "FAILED"'):
        text = f"{waited}{what} Status: FAILED. Reason: {reason}"
        assert told("WaiterError", text) == ("invalid_input", meaning)


@pytest.mark.parametrize(
    "words",
    [
        "The press ran past its deadline and was interrupted",
        "The press did not finish in time",
        "The print was not completed within 30 seconds",
        "Gave up waiting after 300 seconds",
        "The press ran out of time",
        "Plate 4 was not ready in time",
    ],
)
def test_what_did_not_end_in_time_is_a_timeout_however_it_is_said(words: str) -> None:
    assert told("Error", words) == ("timeout_task", "depends")


def test_a_date_that_has_passed_is_no_timeout() -> None:
    assert told("Error", "The deadline to order plate 4 has passed")[0] != "timeout_task"


SDK_FRAME = "    at throwIt (/var/task/node_modules/@aws-sdk/client-press/dist-cjs/index.js:1:2)"


@pytest.mark.parametrize(
    ("error", "message", "cause"),
    [
        ("UnsupportedInkException", "So it is", "invalid_input"),
        ("InvalidInkException", "So it is", "invalid_input"),
        ("InkRequiredException", "So it is", "invalid_input"),
        ("GroupExistsException", "So it is", "data_condition"),
        ("InkOfflineException", "So it is", "service_error"),
        ("InvalidInkException", "The ink is being updated", "resource_busy"),
    ],
)
def test_a_name_anybody_may_give_is_awss_where_the_frames_of_its_sdk_are_beside_it(
    error: str, message: str, cause: str
) -> None:
    trace = [f"{error}: {message}", SDK_FRAME]
    assert named(error, raised(error, message, trace=trace), "lambda").cause == cause
    ruby = f"Function<Aws::Press::Errors::{error}>"
    assert named(ruby, raised(ruby, message), "lambda").cause == cause


def test_frames_of_an_sdk_do_not_name_what_is_no_error_of_awss() -> None:
    for error in ("TypeError", "Error", "PressError"):
        trace = [f"{error}: so it is", SDK_FRAME]
        assert named(error, raised(error, "so it is", trace=trace), "lambda").cause == "code_error"
    trace = ["InvalidInkException: so", "    at handler (/var/task/index.js:1:2)"]
    diagnosis = named("InvalidInkException", raised("InvalidInkException", "so", trace=trace), "l")
    assert diagnosis.cause == "code_error"

"""A name is read by its words, and a loose word is no evidence that something passes."""

import pytest

from tests.causes.make import dumps, named, raised, task


@pytest.mark.parametrize(
    "error", ["NonRetryableError", "NotRetryableException", "UnrecoverableError", "no_retry_error"]
)
def test_what_its_author_calls_not_retryable_is_not_said_to_pass(error: str) -> None:
    diagnosis = named(error, raised(error, "it did so"), "lambda")
    assert (diagnosis.cause, diagnosis.nature) == ("code_error", "permanent")


def test_a_page_cut_for_a_parser_is_no_connection_that_was_lost() -> None:
    text = raised("SyntaxError", "unexpected EOF while parsing (<unknown>, line 1)")
    assert named("SyntaxError", text, "lambda").nature == "permanent"


def test_what_its_author_calls_retryable_passes() -> None:
    assert named("RetryableError", raised("RetryableError", "it"), "lambda").nature == "transient"


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("BlockedException", "code_error"),
        ("ClockError", "code_error"),
        ("AppendingFailedError", "code_error"),
        ("SpendingCapException", "code_error"),
        ("CorporateLimitError", "code_error"),
        ("MetadataError", "code_error"),
        ("RecordLockedError", "resource_busy"),
        ("OrderPending", "resource_busy"),
        ("RATE_LIMIT_ERROR", "throttling"),
        ("DynamoDBThrottlingException", "throttling"),
        ("ratelimiterror", "throttling"),
        ("AccountLockedException", "permission"),
        ("Blocked", "code_error"),
        ("PRESS_BLOCKED_ERROR", "code_error"),
    ],
)
def test_part_of_a_name_counts_where_a_word_of_it_begins(error: str, cause: str) -> None:
    assert named(error, raised(error, "it did so"), "lambda").cause == cause


@pytest.mark.parametrize(
    ("reason", "cause", "nature"),
    [
        (
            'exec: "/usr/bin/press-agent": executable file not found',
            "task_start_failure",
            "permanent",
        ),
        ("Agent could not create the task", "task_start_failure", "transient"),
        (
            "CannotPullContainerError: example.com/platform/press:1 i/o error",
            "image_pull",
            "depends",
        ),
        ("CannotPullContainerError: no descriptor matching platform", "image_pull", "permanent"),
    ],
)
def test_a_word_in_a_path_of_a_container_is_no_reason(reason: str, cause: str, nature: str) -> None:
    diagnosis = named("States.TaskFailed", task(reason, "TaskFailedToStart"), "ecs:runTask.sync")
    assert (diagnosis.cause, diagnosis.nature) == (cause, nature)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("The role does not have sufficient permissions for capacity", "permission"),
        ("There is no capacity provider strategy", "invalid_input"),
        ("The press failed to start up", "code_error"),
        ("Failed to wait for the page to end", "code_error"),
        ("unexpected EOF while parsing the page", "code_error"),
        ("The press is starting up", "resource_busy"),
        ("It failed, wait for the operation to end", "resource_busy"),
    ],
)
def test_a_loose_word_does_not_tell_that_something_passes(words: str, cause: str) -> None:
    assert named("PressError", raised("PressError", words), "lambda").cause == cause


def test_a_program_that_terminated_lost_no_host() -> None:
    for words, cause in (
        ("The program terminated with a fault", "code_error"),
        ("2 nodes terminated", "host_terminated"),
    ):
        details = {"Reason": "Unknown", "Message": words}
        document = {"Step": {"Status": {"State": "FAILED", "FailureDetails": details}}}
        diagnosis = named("States.TaskFailed", dumps(document), "elasticmapreduce:addStep.sync")
        assert diagnosis.cause == cause


@pytest.mark.parametrize(
    ("body", "nature"),
    [('{"message":"Session expired or invalid"}', "depends"), ('{"message":"No"}', "permanent")],
)
def test_an_endpoint_that_knows_a_session_no_more_may_know_the_next(body: str, nature: str) -> None:
    for status in (401, 403):
        diagnosis = named(f"States.Http.StatusCode.{status}", body, "http:invoke")
        assert (diagnosis.cause, diagnosis.nature) == ("permission", nature)


def test_a_job_without_addresses_lacks_capacity() -> None:
    document = {"ApplicationId": "a", "JobRunId": "j", "State": "FAILED"}
    details = {"StateDetails": "The driver could not begin: insufficient IP addresses"}
    diagnosis = named("States.TaskFailed", dumps({**document, **details}), "emr-serverless")
    assert diagnosis.cause == "capacity_unavailable"


@pytest.mark.parametrize(
    "words",
    [
        "The page was invalid. Please check the page and try again.",
        "Verify the available pages and try again.",
        "Specify a page of this press, and then try again.",
        "That page is taken. Use a different page and please try again",
        "The page is like another. Change the page and try again.",
        "A page and a plate came together. Retry the request using either of them.",
        "This press is not available in the current Region. Please try again.",
    ],
)
def test_what_must_be_changed_before_trying_again_does_not_pass(words: str) -> None:
    error = "InvalidParameterValueException"
    assert named(error, raised(error, words), "lambda").nature != "transient"


def test_what_only_asks_to_try_again_passes() -> None:
    assert named("E1", raised("PressError", "Please try again."), "lambda").nature == "transient"


def test_a_duplicate_of_a_request_in_progress_passes() -> None:
    error = "DuplicateRequest"
    for words, nature in (("It is already in progress", "transient"), ("It did so", "permanent")):
        assert named(error, raised(error, words), "lambda").nature == nature

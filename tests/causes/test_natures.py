"""Whether time heals a failure: permanent needs evidence, and busy is not wrong."""

import pytest

from tests.causes.make import child, dumps, named, raised


def refused(words: str, code: str = "ValidationException", status: int = 400) -> str:
    return f"{words} (Service: AmazonEcs; Status Code: {status}; Error Code: {code}; Request ID: 9)"


def asked(words: str, service: str = "Ecs", status: int = 400) -> str:
    return f"{words} (Service: {service}, Status Code: {status}, Request ID: 9)"


@pytest.mark.parametrize("error", ["Ecs.EcsException", "Ecs.ClientException", "Ecs.PressException"])
def test_a_400_that_nobody_recognises_depends(error: str) -> None:
    diagnosis = named(error, asked("The press does as it likes"), "aws-sdk:ecs:runTask")
    assert (diagnosis.cause, diagnosis.nature) == ("invalid_input", "depends")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ValidationException", "The press does as it likes"),
        ("InvalidRequestException", "Not today"),
        ("ConflictException", "Not while the moon is up"),
    ],
)
def test_a_code_that_may_mean_anything_is_no_evidence(code: str, words: str) -> None:
    assert named("ECS.AmazonECSException", refused(words, code), "ecs").nature == "depends"


@pytest.mark.parametrize(
    "words",
    [
        "Member must have length less than or equal to 63",
        "The press type is invalid",
        "`speed` and `pace` cannot both be specified",
    ],
)
def test_words_that_name_what_is_wrong_are_evidence(words: str) -> None:
    diagnosis = named("ECS.AmazonECSException", refused(words), "ecs")
    assert (diagnosis.cause, diagnosis.nature) == ("invalid_input", "permanent")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("Exception", "Der Auftrag wurde nicht angenommen"),
        ("RuntimeError", "注文を処理できませんでした"),
        ("OrderHeld", "Held by the warehouse"),
    ],
)
def test_an_authors_or_a_foreign_text_depends(error: str, text: str) -> None:
    assert named(error, raised(error, text), "lambda").nature == "depends"
    assert named(error, text, "fail-state", "FailStateEntered").nature == "depends"
    assert named("States.TaskFailed", child(error, text), "nested-sfn").nature == "depends"


@pytest.mark.parametrize(
    "text",
    [
        "Stack:arn:aws:cloudformation:eu-west-1:1:stack/a/b is in UPDATE_IN_PROGRESS state",
        "The cluster is currently being modified",
        "Table is being created: presses",
        "The press is in CREATING state",
        "Current state is 'draining'",
        "You must wait 60 seconds after deleting a queue",
        "ERROR: could not serialize access due to concurrent update",
        "An operation on it is in progress. Try again later",
    ],
)
@pytest.mark.parametrize("code", ["ValidationException", "InvalidParameterValueException"])
def test_a_resource_in_transition_is_busy_whatever_the_code_says(text: str, code: str) -> None:
    diagnosis = named("ECS.AmazonECSException", refused(text, code), "ecs")
    assert (diagnosis.cause, diagnosis.nature) == ("resource_busy", "transient")


@pytest.mark.parametrize(
    ("error", "service"),
    [
        ("CrawlerRunningException", "Glue"),
        ("ColumnStatisticsTaskRunningException", "Glue"),
        ("DatabaseResumingException", "RdsData"),
        ("ResourceContentionException", "AutoScaling"),
        ("RetryableConflictException", "ArcRegionSwitch"),
    ],
)
def test_an_error_that_its_services_model_calls_passing_is_busy(error: str, service: str) -> None:
    diagnosis = named(f"{service}.{error}", asked("Not now", service), f"aws-sdk:{service}:x")
    assert (diagnosis.cause, diagnosis.nature) == ("resource_busy", "transient")


@pytest.mark.parametrize(
    "text",
    [
        "Your requested type (x9.large) is not supported in your requested zone. Please retry.",
        "The requested resource training-job/ml.x9 is not available in this region. Try again.",
    ],
)
@pytest.mark.parametrize("code", ["ValidationException", "ResourceLimitExceeded", "Conflict"])
def test_what_is_not_offered_is_permanent_whatever_it_says_of_retrying(
    text: str, code: str
) -> None:
    diagnosis = named("ECS.AmazonECSException", refused(text, code), "ecs")
    assert (diagnosis.cause, diagnosis.nature) == ("invalid_input", "permanent")


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("Table already exists: presses", "permanent"),
        ("Table is being updated: presses", "transient"),
        ("The table is in use", "depends"),
    ],
)
def test_the_words_decide_under_a_code_for_every_kind_of_use(text: str, nature: str) -> None:
    cause = asked(f"Attempt to change a resource: {text}", "DynamoDb")
    assert named("DynamoDb.ResourceInUseException", cause, "aws-sdk:dynamodb:x").nature == nature


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("OSError", "[Errno 28] No space left on device"),
        ("Error", "ENOSPC: no space left on device, write"),
        ("TypeError", "ENOSPC: no space left on device, write"),
        ("java.io.IOException", "No space left on device"),
        ("System.IO.IOException", "There is not enough space on the disk."),
    ],
)
def test_a_full_disk_is_a_cause_of_its_own(error: str, text: str) -> None:
    assert named(error, raised(error, text), "lambda").cause == "disk_full"


def test_a_fetch_that_failed_is_no_fault_of_the_code_though_it_is_a_type_error() -> None:
    assert named("TypeError", raised("TypeError", "fetch failed"), "lambda").cause == "network"


@pytest.mark.parametrize(
    ("status", "body", "nature"),
    [
        (400, '{"message":"email is invalid"}', "permanent"),
        (400, '{"code":17}', "depends"),
        (404, "", "permanent"),
        (409, "", "depends"),
        (418, "", "depends"),
        (423, "", "transient"),
        (503, "", "transient"),
        (501, "", "permanent"),
    ],
)
def test_an_http_status_is_for_good_where_it_says_so(status: int, body: str, nature: str) -> None:
    assert named(f"States.Http.StatusCode.{status}", body, "http:invoke").nature == nature


def test_a_conflict_of_kubernetes_is_told_by_its_words() -> None:
    changed = "the object has been modified; please apply your changes to the latest version"
    for message, nature in (("pods already exists", "permanent"), (changed, "transient")):
        body = dumps({"ResponseBody": {"kind": "Status", "message": message}, "StatusCode": 409})
        assert named("EKS.409", body, "eks:call").nature == nature


@pytest.mark.parametrize(
    ("words", "cause", "nature"),
    [
        ("A press named 'ink' already exists or was recently deleted", "resource_busy", "depends"),
        ("The turn cannot be started, invalid state", "data_condition", "depends"),
        ("Cannot change the press while it is in lifecycle CREATING", "resource_busy", "transient"),
        ("You can only have one running turn at a time.", "concurrency_limit", "transient"),
        ("Too many pages in flight", "concurrency_limit", "transient"),
        ("Pages cannot be longer than 262144 bytes.", "payload_too_large", "permanent"),
        ("The press is not activated in this region.", "permission", "permanent"),
    ],
)
def test_what_a_resource_is_in_the_midst_of_is_not_wrong_for_good(
    words: str, cause: str, nature: str
) -> None:
    diagnosis = named("Press.BadRequestException", asked(words, "Press"), "aws-sdk:press:x")
    assert (diagnosis.cause, diagnosis.nature) == (cause, nature)


@pytest.mark.parametrize(
    ("error", "words", "cause", "nature"),
    [
        ("Kms.KmsInvalidStateException", "k is pending import.", "data_condition", "depends"),
        ("Press.InvalidSequenceTokenException", "It is invalid", "data_condition", "depends"),
        ("Press.RegionDisabledException", "So it is", "permission", "permanent"),
        ("Press.NotAuthorizedException", "Password attempts exceeded", "permission", "depends"),
        ("Press.ModelErrorException", "Received client error (415) so", "invalid_input", "depends"),
        ("Press.ModelErrorException", "Received server error (500) so", "service_error", "depends"),
    ],
)
def test_a_name_that_tells_of_a_state_is_no_permission_and_no_wrong_request(
    error: str, words: str, cause: str, nature: str
) -> None:
    service = error.partition(".")[0]
    diagnosis = named(error, asked(words, service), f"aws-sdk:{service.lower()}:x")
    assert (diagnosis.cause, diagnosis.nature) == (cause, nature)


@pytest.mark.parametrize(
    ("status", "body", "nature"),
    [
        (400, '[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"So it is"}]', "transient"),
        (409, '{"error":{"message":"There is another in-progress request"}}', "transient"),
        (400, '{"error":{"message":"The prompt is too long"}}', "permanent"),
        (400, '{"error":"invalid_client","error_description":"So it is"}', "permanent"),
        (409, '{"message":"Press already exists"}', "permanent"),
        (409, '{"message":"So it is"}', "depends"),
        (400, '{"message":"Press 9 not found"}', "depends"),
    ],
)
def test_a_400_or_409_is_for_good_or_passes_where_its_words_or_its_code_say_so(
    status: int, body: str, nature: str
) -> None:
    diagnosis = named(f"States.Http.StatusCode.{status}", body, "http:invoke")
    assert (diagnosis.cause, diagnosis.nature) == ("dependency_http_4xx", nature)
    limited = named("States.Http.StatusCode.400", '{"message":"Rate limit exceeded"}', "http")
    assert limited.cause == "throttling"


@pytest.mark.parametrize(
    ("words", "cause", "nature"),
    [
        ("The value throttled for parameter Ink is not supported.", "invalid_input", "permanent"),
        ("Invalid value for timeout: -1", "invalid_input", "permanent"),
        ("Timeout cannot be blank", "invalid_input", "permanent"),
        ("Cannot delete the press while it has running turns", "resource_busy", "transient"),
        ("The press is in the CREATE IN_PROGRESS state, invalid", "resource_busy", "transient"),
        ("The page 'p' is not 'available'. It is 'creating'", "resource_busy", "transient"),
        ("It is in no state for that: processing a configuration", "resource_busy", "transient"),
    ],
)
def test_a_value_that_was_refused_and_a_press_at_work_are_told_apart(
    words: str, cause: str, nature: str
) -> None:
    for error in ("Press.PressException", "Press.InvalidInputException"):
        diagnosis = named(error, asked(words, "Press"), "aws-sdk:press:x")
        assert (diagnosis.cause, diagnosis.nature) == (cause, nature)


@pytest.mark.parametrize(
    ("error", "words", "cause", "nature"),
    [
        ("OperationNotSupportedException", "It is in STOPPING state", "resource_busy", "transient"),
        ("InvalidInputException", "Not while the press is pending.", "resource_busy", "transient"),
        (
            "ValidationException",
            "Attribute name 'throttled_at' is not valid",
            "invalid_input",
            "permanent",
        ),
        ("PressException", "The parameter lock_timeout is not valid", "invalid_input", "permanent"),
        ("PressException", "The timeout cannot be greater than 9", "invalid_input", "permanent"),
        ("OperationNotSupportedException", "So it is", "invalid_input", "permanent"),
    ],
)
def test_neither_a_name_hides_what_is_at_work_nor_a_things_name_what_is_wrong(
    error: str, words: str, cause: str, nature: str
) -> None:
    diagnosis = named(f"Press.{error}", asked(words, "Press"), "aws-sdk:press:x")
    assert (diagnosis.cause, diagnosis.nature) == (cause, nature)


def test_a_policy_that_is_unknown_is_not_read_for_its_name() -> None:
    words = "Unknown retry policy 'throttle'"
    assert named("ValueError", raised("ValueError", words), "lambda").cause != "throttling"

"""What the words of services, jobs and clients mean where a code or a status tells less."""

from typing import Any

from tests.causes.make import dumps, named, raised

GO = "operation error SSM: GetParameter, https response error StatusCode: 400, RequestID: 9, {}"


def answer(words: str, code: str = "ValidationException", status: int = 400) -> str:
    return (
        f"{words} (Service: AmazonPress; Status Code: {status}; Error Code: {code}; Request ID: 9)"
    )


SERVICES = [
    # What is taken is not busy: the same range or name is refused again tomorrow.
    ("The range 10.1.0.0/20 conflicts with another press", "data_condition", "permanent"),
    ("The rule conflicts with an existing rule", "data_condition", "permanent"),
    ("This change conflicts with another update", "resource_busy", "transient"),
    # A role that has to be given something.
    ("Cannot read the tape. Please ensure the role can perform Read on it", "permission", None),
    ("Unable to read the plate. Check its name and/or access permissions.", "permission", None),
    # A name inside a request is no resource.
    ("The clause refers to an attribute that does not exist in the page", "invalid_input", None),
    ('column "ink" does not exist', "invalid_input", "permanent"),
    # What the caller must do first, whatever else is said of the state.
    ("On a press that is already using one, you must force a new run", "invalid_input", None),
    ("Press daily isn't running", "data_condition", "depends"),
    ("The sender is not verified", "data_condition", "depends"),
    ("The new size cannot be smaller than the old one", "invalid_input", "permanent"),
    ("press p-1 and plate q-2 belong to different rooms", "invalid_input", "permanent"),
    ("The action is not recognized by the press", "invalid_input", "permanent"),
    ("Timers are supported only on the main press", "invalid_input", "permanent"),
    ("The page does not have the specified index: idx", "invalid_input", "permanent"),
    ("the zone does not currently have sufficient capacity for it", "capacity_unavailable", None),
    ("x509: certificate signed by unknown authority", "network", "depends"),
    ("The price of a Spot Instance increased above your bid", "spot_interruption", "transient"),
    ("Too few free IP addresses: insufficient free IP addresses", "capacity_unavailable", None),
    ("The quota 'press hours' is 0 Instances, request an increase", "service_quota", "permanent"),
    ("There are no open jobs left: open jobs exceed the limit", "concurrency_limit", "transient"),
    ("Can't start the press, because it isn't in IDLE state", "resource_busy", "depends"),
    ('Press p-1 is in state "stopping"; retry afterwards', "resource_busy", "transient"),
    ("No second run while another is executing", "resource_busy", "transient"),
    ("The press is in CREATE_PENDING state", "resource_busy", "transient"),
    ("The press is in STARTING status", "resource_busy", "transient"),
    ("The press is not currently ACTIVE or UPDATING.", "resource_busy", "transient"),
    ("Attempt limit exceeded, please try after some time.", "throttling", "transient"),
    ("Limit exceeded for concurrent press runs", "concurrency_limit", "transient"),
    ("Cannot exceed quota for presses: 9", "service_quota", "permanent"),
    ("Another press already has this name: p", "data_condition", "permanent"),
    ("The plan cannot contain a press that is not associated with it", "invalid_input", None),
    ("Plate: picture exceeds 5 MB maximum", "payload_too_large", "permanent"),
    ("The press is in the middle of a restart", "resource_busy", "transient"),
    ("Bad Request", "invalid_input", "depends"),
    ("Signature expired: 20300101 is now earlier", "permission", "depends"),
    ("Request has expired", "permission", "depends"),
    ("Plate p-1 is in 'deleting' state", "resource_busy", "depends"),
    ("The press is in TERMINATING status", "resource_busy", "depends"),
    ("IncorrectState: Press run is active", "data_condition", "depends"),
    ("The page has not yet finished. Current state: RUNNING", "resource_busy", "transient"),
    ("You've exceeded 40 calls per second", "throttling", "transient"),
    ("Timeout not supported for small presses", "invalid_input", "permanent"),
]


def test_a_services_words_are_understood_under_a_code_for_anything() -> None:
    wrong = []
    for words, cause, nature in SERVICES:
        diagnosis = named("Press.PressException", answer(words), "aws-sdk:press:run")
        if diagnosis.cause != cause or nature not in (None, diagnosis.nature):
            wrong.append((words, diagnosis.cause, diagnosis.nature))
    assert wrong == []


NAMES = [
    ("Cognitoidentityprovider.UserNotConfirmedException", "data_condition", "depends"),
    ("Sns.EndpointDisabledException", "data_condition", "depends"),
    ("Sfn.InvalidTokenException", "invalid_input", "permanent"),
    ("Lambda.SnapStartException", "code_error", "depends"),
    ("Firehose.ServiceUnavailableException", "throttling", "transient"),
    ("SageMakerRuntime.ModelErrorException", "service_error", "depends"),
    ("Bedrock.DependencyFailedException", "service_error", "depends"),
    ("Polly.TextLengthExceededException", "payload_too_large", "permanent"),
    ("Timestream.RejectedRecordsException", "data_condition", "depends"),
    ("Press.InsufficientS3BucketPolicyException", "permission", "permanent"),
    ("Press.EndpointTemporarilyUnavailableException", "resource_busy", "transient"),
    ("Redshift.AccessToSnapshotDeniedException", "permission", "permanent"),
]


def test_an_error_of_aws_is_understood_by_the_parts_of_its_name() -> None:
    wrong = []
    for error, cause, nature in NAMES:
        service = error.partition(".")[0]
        words = "Slow down." if service == "Firehose" else "It did so."
        text = f"{words} (Service: {service}, Status Code: 400, Request ID: 9)"
        diagnosis = named(error, text, f"aws-sdk:{service.lower()}:x")
        if (diagnosis.cause, diagnosis.nature) != (cause, nature):
            wrong.append((error, diagnosis.cause, diagnosis.nature))
    assert wrong == []


CODE = [
    ("SdkClientException", "Unable to load credentials from the chain", "permission", "depends"),
    ("SdkClientException", "Unable to execute HTTP request: no such host", "network", "depends"),
    ("SdkClientException", "Acquire operation took longer than allowed", "concurrency_limit", None),
    ("TimeoutError", "Timed out without establishing a connection in 9 ms", "network", "depends"),
    ("Function<Net::OpenTimeout>", "execution expired", "network", "depends"),
    ("ClientError", "Invalid Token: 'Invalid token'", "invalid_input", "permanent"),
    ("InternalError", "1023 Serializable isolation violation", "resource_busy", "transient"),
    ("InternalError", "it broke", "service_error", "transient"),
    ("Error", "The network socket disconnected before it began", "network", "transient"),
    ("HttpError", "HttpError 403: Rate Limit Exceeded", "throttling", "transient"),
    ("Forbidden", "403 Quota exceeded: presses an hour", "service_quota", "depends"),
    ("Forbidden", "The press is not yours", "permission", "permanent"),
    ("PressError", "status code 403: quota of pages exceeded", "service_quota", "depends"),
    ("PressError", "Access to the resource https://press.example is denied.", "permission", None),
    ("PressError", "dns error: failed to lookup address information", "network", "depends"),
    ("PressError", "Data too long for column 'ink' at row 3", "data_condition", "permanent"),
    ("OperationalError", "SSL SYSCALL error: EOF detected", "network", "transient"),
    ("TimeoutError", "QueuePool limit of size 3 reached, timed out", "concurrency_limit", None),
    ("OrderHeld", "It must be approved by the manager", "code_error", "depends"),
    ("OrderHeld", "A payment is required to go on", "invalid_input", "depends"),
    ("NoDataError", "It did so", "data_condition", "depends"),
    ("Blocked", "It did so", "code_error", "depends"),
    ("HttpError", "HttpError 403: the press is not yours", "permission", "permanent"),
    ("OperationError", GO.format("ParameterNotFound: "), "resource_not_found", "permanent"),
    (
        "errorString",
        "ParameterNotFound: \n\tstatus code: 400, request id: 9",
        "resource_not_found",
        None,
    ),
    ("WaiterError", "Waiter PressReady failed: a terminal failure state", "data_condition", None),
]


def test_an_error_that_a_client_raised_is_told_by_its_words() -> None:
    wrong = []
    for error, words, cause, nature in CODE:
        diagnosis = named(error, raised(error, words), "lambda")
        if diagnosis.cause != cause or nature not in (None, diagnosis.nature):
            wrong.append((error, words, diagnosis.cause, diagnosis.nature))
    assert wrong == []


def spark(state_details: str, reason: str = "USER_ERROR") -> dict[str, Any]:
    known = {"VirtualClusterId": "v", "State": "FAILED", "FailureReason": reason}
    return {"JobRun": {**known, "StateDetails": state_details}}


def query(reason: str) -> dict[str, Any]:
    return {"QueryExecution": {"Status": {"State": "FAILED", "StateChangeReason": reason}}}


JOBS = [
    (spark("Driver container terminated with exit code 3. The job ended"), "code_error", "depends"),
    (spark("The press's own nodes were terminated"), "host_terminated", "transient"),
    (spark("Failed to connect to the cluster", "CLUSTER_UNAVAILABLE"), "network", "depends"),
    (
        {"VirtualClusterId": "v", "State": "CANCELLED", "StateDetails": "It was ended in time."},
        "aborted_by_user",
        "permanent",
    ),
    (
        {"ApplicationId": "a", **spark("ExitCode: 9. GC overhead limit exceeded", "")},
        "out_of_memory",
        "permanent",
    ),
    (spark("The maximum capacity of the application was met", ""), "service_quota", "depends"),
    (
        {"JobRunState": "FAILED", "ErrorMessage": "Resource Setup Error: the press is away"},
        "task_start_failure",
        "depends",
    ),
    (query("HIVE_CANNOT_OPEN_SPLIT: Index 7 out of bounds"), "data_condition", "permanent"),
    (query("GENERIC_INTERNAL_ERROR: Value 9 exceeds MAX_SHORT"), "data_condition", "permanent"),
    (query("GENERIC_INTERNAL_ERROR: Invalid names of pages"), "invalid_input", "permanent"),
    (
        {
            "TrainingJobStatus": "Failed",
            "FailureReason": "ClientError: no route to an S3 VPC endpoint",
        },
        "network",
        "permanent",
    ),
    (
        {"TrainingJobStatus": "Failed", "FailureReason": "AlgorithmError: , exit code: 127"},
        "code_error",
        "permanent",
    ),
]


def test_a_job_is_named_by_what_it_says_beside_its_category() -> None:
    wrong = []
    for document, cause, nature in JOBS:
        diagnosis = named("States.TaskFailed", dumps(document), None)
        if (diagnosis.cause, diagnosis.nature) != (cause, nature):
            wrong.append((document, diagnosis.cause, diagnosis.nature))
    assert wrong == []


def test_a_quota_of_a_namespace_is_no_permission() -> None:
    body = {"message": 'pods "p" is forbidden: exceeded quota: presses', "reason": "Forbidden"}
    diagnosis = named("EKS.403", dumps({"ResponseBody": body, "StatusCode": 403}), "eks")
    assert (diagnosis.cause, diagnosis.nature) == ("service_quota", "depends")


def test_an_interface_that_nobody_may_create_is_a_permission() -> None:
    words = "Unexpected EC2 error while attempting to Create Network Interface: Unauthorized"
    task = {"StoppedReason": f"{words}Operation", "StopCode": "TaskFailedToStart"}
    diagnosis = named("States.TaskFailed", dumps({"Containers": [], **task}), "ecs")
    assert (diagnosis.cause, diagnosis.stage) == ("permission", "start")

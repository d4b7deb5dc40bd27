"""What words and names are evidence of: a setting is no shortage, and part of a word is no word."""

import pytest

from tests.causes.make import dumps, job, named, raised


def press(words: str, name: str = "PressException", service: str = "Press") -> tuple[str, str, str]:
    """The error, cause and integration of a call that a service refused."""
    tail = f"(Service: {service}, Status Code: 400, Request ID: 9) (SDK Attempt Count: 1)"
    return f"{service}.{name}", f"{words} {tail}", f"aws-sdk:{service.lower()}:run"


@pytest.mark.parametrize(
    "words",
    [
        "The rate limit must be between 1 and 90",
        "The throttle burst must be greater than the rate limit",
        "The concurrency limit must be at least 1",
        "Timeout should be between 50 ms and 2900 ms",
        "The check interval must be greater than the timeout",
        "Queue visibility timeout: 30 seconds is less than Function timeout: 90 seconds",
        "Value 99 for parameter VisibilityTimeout is invalid. Reason: it is too long",
        "Presses must have a stop timeout of less than 90 seconds",
        "You cannot specify both ink and paper at the same time",
        "Ink and paper can't be specified simultaneously",
        "Unexpected quotation mark on line 3",
        'Parameter "Act" has value "run" not found in [Run, Stop].',
    ],
)
def test_a_setting_out_of_its_range_is_invalid_whatever_it_limits(words: str) -> None:
    diagnosis = named(*press(words))
    assert (diagnosis.cause, diagnosis.nature) == ("invalid_input", "permanent")


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("Rate exceeded: calls must be less than 9 a second", "throttling"),
        ("You made too many calls", "throttling"),
        ("A plate must be smaller than 900 bytes for this press", "payload_too_large"),
        ("You have the maximum number of simultaneous runs", "concurrency_limit"),
        ("That would exceed the limit of 5 presses", "service_quota"),
        ("The account created the maximum number of presses", "service_quota"),
    ],
)
def test_a_limit_that_was_met_is_still_one(words: str, cause: str) -> None:
    assert named(*press(words)).cause == cause


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("Ink must be set for CodePipelines", "invalid_input"),
        ("java.io.FileNotFoundException: No such file 'main.py'", "resource_not_found"),
        ("The mode ModeTimedOut is not valid", "invalid_input"),
        ("write EPIPE", "network"),
        ("getaddrinfo ENOTFOUND press.example", "network"),
        ("code: 'ETIMEDOUT'", "network"),
    ],
)
def test_a_code_inside_another_word_is_not_that_code(words: str, cause: str) -> None:
    assert named(*press(words)).cause == cause


@pytest.mark.parametrize(
    ("words", "nature"),
    [
        ("The press you are trying to modify does not exist", "permanent"),
        ("The press failed while running the page", "depends"),
        ("The press cannot be deleted while running", "transient"),
        ("Two people are trying to modify the same page", "transient"),
        ("Someone else is modifying the page", "transient"),
        ("The page already has a run that is running", "transient"),
        ("The press already has a page with that name", "permanent"),
        ("The page is no longer in progress", "depends"),
        ("The press is already running the latest version", "depends"),
        ("The page is either being created or deleted", "transient"),
        ("A page in state torn is not valid for this operation", "depends"),
        ("Check that the press is in ACTIVE state", "depends"),
        ("The page didn't pass one or more validation tests, or is in progress", "depends"),
    ],
)
def test_only_what_goes_on_is_busy(words: str, nature: str) -> None:
    assert named(*press(words)).nature == nature


@pytest.mark.parametrize(
    ("words", "nature"),
    [
        ("You don't have the permissions that are required for a press", "permanent"),
        ("The role does not have sufficient permissions for the page", "permanent"),
        (
            "A press is not allowed for this account. Try again later",
            "permanent",
        ),
        ("The account may be suspended or terminated", "permanent"),
        ("A press is not allowed unless access is switched on", "permanent"),
        ("Your account is pending verification", "depends"),
    ],
)
def test_what_an_account_or_role_may_not_is_a_permission(words: str, nature: str) -> None:
    diagnosis = named(*press(words))
    assert (diagnosis.cause, diagnosis.nature) == ("permission", nature)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (
            "The account is already registered as the press's delegated administrator",
            "data_condition",
        ),
        ("The page cannot be deleted while TerminationProtection is enabled", "data_condition"),
        ("Template error: the press references undefined ink", "invalid_input"),
        ("This press has reached the end of its life", "invalid_input"),
    ],
)
def test_what_only_its_owner_changes_is_for_good(words: str, cause: str) -> None:
    diagnosis = named(*press(words))
    assert (diagnosis.cause, diagnosis.nature) == (cause, "permanent")


@pytest.mark.parametrize(
    ("error", "words", "cause", "nature"),
    [
        ("Shield.LockedSubscriptionException", "Not yet complete", "data_condition", "permanent"),
        ("Efs.ThroughputLimitExceededException", "It did so", "service_quota", "depends"),
        (
            "Neptune.ProvisionedIopsNotAvailableInAZException",
            "No",
            "capacity_unavailable",
            "depends",
        ),
        ("Dms.KMSException", "It did so", "permission", "depends"),
        ("Ssm.InvalidInstanceIdException", "It did so", "resource_not_found", "depends"),
        (
            "Press.InkNotSupportedException",
            "It is associated with it",
            "invalid_input",
            "permanent",
        ),
        ("Glue.FederationSourceException", "It did so", "service_error", "depends"),
        ("Neptunedata.PreconditionsFailedException", "It did so", "data_condition", "depends"),
        (
            "Rds.InvalidVpcNetworkStateException",
            "It does not support ink",
            "invalid_input",
            "permanent",
        ),
    ],
)
def test_a_name_is_believed_as_far_as_it_is_evidence(
    error: str, words: str, cause: str, nature: str
) -> None:
    service, _, name = error.partition(".")
    diagnosis = named(*press(words, name, service))
    assert (diagnosis.cause, diagnosis.nature) == (cause, nature)


GLUE = ("JobRunState", "ErrorMessage")
SAGEMAKER = ("TrainingJobStatus", "FailureReason")
JOBS = [
    (GLUE, "Number of IP addresses on subnet is 0", "capacity_unavailable"),
    (GLUE, "Failed to find connection ink", "resource_not_found"),
    (GLUE, "The header has duplicate column", "data_condition"),
    (GLUE, "Task allocated capacity exceeded limit.", "service_quota"),
    (SAGEMAKER, "ClientError: Unable to execute request to S3", "network"),
    (SAGEMAKER, "A spotless page is not found", "resource_not_found"),
]


@pytest.mark.parametrize(("fields", "words", "cause"), JOBS)
def test_a_job_says_what_it_lacked(fields: tuple[str, str], words: str, cause: str) -> None:
    document = dict(zip(fields, ("FAILED", words), strict=True))
    assert named("States.TaskFailed", dumps(document), None).cause == cause


def test_a_client_error_of_a_job_is_for_good_only_with_evidence() -> None:
    for words, nature in (("See the log", "depends"), ("The prefix is not valid", "permanent")):
        document = {"TrainingJobStatus": "Failed", "FailureReason": f"ClientError: {words}"}
        diagnosis = named("States.TaskFailed", dumps(document), "sagemaker:createTrainingJob.sync")
        assert (diagnosis.cause, diagnosis.nature) == ("invalid_input", nature)


def test_a_master_node_that_user_or_ec2_ended_is_no_stop_by_a_user() -> None:
    words = "The master node was terminated by user or EC2 system"
    change = {"Code": "INSTANCE_FAILURE", "Message": words}
    document = {"Cluster": {"Status": {"State": "TERMINATED", "StateChangeReason": change}}}
    diagnosis = named("States.TaskFailed", dumps(document), "elasticmapreduce:createCluster.sync")
    assert (diagnosis.cause, diagnosis.nature) == ("host_terminated", "transient")


def test_an_issue_of_the_build_service_is_not_the_builds() -> None:
    context = {"Message": "There is an issue", "StatusCode": "INTERNAL_SERVICE_ERROR"}
    phase = {"PhaseType": "PROVISIONING", "PhaseStatus": "FAILED", "Contexts": [context]}
    document = {"Build": {"BuildStatus": "FAILED", "Phases": [phase]}}
    diagnosis = named("States.TaskFailed", dumps(document), "codebuild:startBuild.sync")
    assert (diagnosis.cause, diagnosis.nature) == ("service_error", "transient")


def test_a_host_and_a_cluster_are_told_by_a_jobs_own_words() -> None:
    for words, cause in (
        ("Host EC2 Terminated", "host_terminated"),
        ("Clusters can not be blank.", "invalid_input"),
    ):
        assert named("States.TaskFailed", job(words), "batch:submitJob.sync").cause == cause


def test_a_scan_of_the_lake_is_told_by_its_own_words() -> None:
    for words, nature in (
        ("Spectrum Scan Error: incompatible Parquet schema for column ink", "permanent"),
        ("Spectrum Scan Error: something", "depends"),
    ):
        diagnosis = named("QueryError", raised("QueryError", words), "lambda")
        assert (diagnosis.cause, diagnosis.nature) == ("data_condition", nature)

"""What is shown of a failure is the part that tells, on one line of at most 300 characters."""

import json
from typing import Any

import pytest

from tests.causes.make import dumps, named, raised, task

GO = "operation error {}, https response error StatusCode: 400, RequestID: 9, {}"
READ_LOGS = "Job failed, please check complete logs in configured logging destination. ExitCode: 1."
RESOURCE = f"arn:aws:secretsmanager:eu-west-1:210987654321:secret:{'database-' * 8}login"
DENIED = (
    f"User: arn:aws:sts::210987654321:assumed-role/task-execution/{'0af' * 10} is not authorized "
    f"to perform: secretsmanager:GetSecretValue on resource: {RESOURCE} because no identity-based "
    "policy allows the secretsmanager:GetSecretValue action"
)


def test_the_resource_that_is_denied_is_never_cut() -> None:
    wrapped = (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
        f"retrieval failed: service call has been retried 1 time(s): AccessDenied: {DENIED}"
    )
    for cause in (raised("ClientError", DENIED), task(wrapped, "TaskFailedToStart")):
        message = named("States.TaskFailed", cause, None).message
        assert RESOURCE in message
        assert "task-execution" in message
        assert len(message) <= 300


BUCKET = f"arn:aws:s3:::a-bucket-of-the-press/{'plates/' * 16}*"


SESSION = f"arn:aws:sts::210987654321:assumed-role/{'press' * 12}/{'run' * 20}"
PUT = f"is not authorized to perform: s3:PutObject on resource: {BUCKET}"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            "software.amazon.awssdk.services.s3.model.S3Exception",
            f"User: {SESSION} {PUT} because no session policy allows the s3:PutObject action",
        ),
        (
            "ClientError",
            f"User '{SESSION}' {PUT} with an explicit deny in a service control policy: arn:aws:o",
        ),
        ("Exception", f"{'It went on and on. ' * 20}The role does not have permission on {BUCKET}"),
        ("Exception", f"{'It went on and on. ' * 90}Access denied when writing to: {BUCKET}"),
        ("Exception", f"{'It went. ' * 150}User: arn:aws:iam::210987654321:user/printer {PUT}"),
    ],
)
def test_what_is_denied_is_told_however_long_the_rest_is(error: str, text: str) -> None:
    message = named(error, raised(error, text), "lambda").message
    assert BUCKET in message
    assert len(message) <= 300


def test_of_a_resource_longer_than_a_line_both_ends_are_told() -> None:
    longest = f"arn:aws:s3:::press/{'x' * 400}/last-plate"
    text = (
        "User: arn:aws:sts::210987654321:assumed-role/press/run is not authorized to perform: "
        f"s3:PutObject on resource: {longest} because no session policy allows the action"
    )
    message = named("E", raised("E", text), "lambda").message
    assert "arn:aws:s3:::press/x" in message
    assert message.endswith("x/last-plate")


def test_the_innermost_cause_of_a_long_chain_is_shown_with_the_opening() -> None:
    chain = "Job aborted: " + ": ".join(f"stage {'x' * 20} {n} failed" for n in range(20))
    text = f"{chain}: no space left on device"
    message = named("E", raised("E", text), "lambda").message
    assert message.startswith("E: Job aborted: stage")
    assert message.endswith("no space left on device")
    java = f"Could not write. {'It went on. ' * 40} Caused by: java.io.IOException: the pipe broke"
    assert named("E", raised("E", java), "lambda").message.endswith("the pipe broke")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            GO.format("SQS: SendMessage", "api error OverLimit: Too many in flight"),
            "OverLimit: Too many in flight (SQS SendMessage)",
        ),
        (
            "store: " + GO.format("S3: PutObject", "HostID: x/y=, NoSuchBucket: No such bucket"),
            "NoSuchBucket: No such bucket (S3 PutObject)",
        ),
        (
            GO.format("KMS: Decrypt", "request send failed, Post x: dial tcp: i/o timeout"),
            "request send failed, Post x: dial tcp: i/o timeout (KMS Decrypt)",
        ),
        (
            "run: start: ThrottlingException: Rate exceeded\n\tstatus code: 400, request id: 9",
            "ThrottlingException: Rate exceeded",
        ),
    ],
)
def test_what_gos_sdks_say_begins_with_the_reason(text: str, message: str) -> None:
    assert named("OperationError", raised("OperationError", text), "lambda").message == message


def job_run(**said: Any) -> str:
    return json.dumps({"VirtualClusterId": "v", "Id": "j", "State": "FAILED", **said})


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"FailureReason": "USER_ERROR"}, "The job's own program failed (USER_ERROR)"),
        ({"FailureReason": "USER_ERROR", "StateDetails": "Driver died"}, "Driver died"),
        (
            {
                "FailureReason": "USER_ERROR",
                "StateDetails": f"{READ_LOGS} Last few exceptions: KeyError: 'id'",
            },
            "KeyError: 'id' (exit code 1)",
        ),
        (
            {
                "FailureReason": "USER_ERROR",
                "StateDetails": READ_LOGS,
            },
            "Job failed (exit code 1)",
        ),
    ],
)
def test_a_job_run_of_emr_is_told_by_its_details(
    said: dict[str, Any], message: str, *, wrapped: bool
) -> None:
    cause = job_run(**said)
    cause = f'{{"JobRun":{cause}}}' if wrapped else cause
    assert named("States.TaskFailed", cause, "emr-containers").message == message


def test_an_object_without_words_is_told_by_the_names_of_its_fields() -> None:
    cause = raised("Refused", dumps({"card": "4111", "state": {"a": 1}}))
    assert named("Refused", cause, "lambda").message == "Refused: {card, state}"
    text = f"refused: {dumps({'card': '4111', 'state': [1]})}"
    assert named("E", raised("E", text), "lambda").message == "E: refused: {card, state}"


def test_what_only_wraps_an_answer_of_awss_is_not_shown() -> None:
    text = "An error occurred (SlowDown) when calling the PutObject operation: Reduce your rate"
    for error in ("ClientError", "botocore.exceptions.ClientError"):
        assert named(error, raised(error, text), "lambda").message == "SlowDown: Reduce your rate"


def test_an_answer_of_no_known_shape_is_told_by_the_names_of_its_fields() -> None:
    diagnosis = named("States.TaskFailed", dumps({"Paper": "a4", "Press": 1}), "press")
    assert (diagnosis.cause, diagnosis.message) == (
        "unknown",
        "States.TaskFailed: {Paper, Press}",
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "Failed Line Number: 24; An error occurred while calling o1.toDF. Not so",
            "Not so (line 24)",
        ),
        ("Failed Line Number: 9; KeyError: 'ink'", "KeyError: 'ink' (line 9)"),
        ("An error occurred while calling o1.jdbc. Not so", "Not so"),
    ],
)
def test_of_a_glue_job_whose_error_has_no_category_what_was_raised_is_shown(
    said: str, told: str
) -> None:
    run = {"ErrorMessage": f"Error Category: UNCLASSIFIED_ERROR; {said}", "JobRunState": "FAILED"}
    assert named("States.TaskFailed", dumps(run), "glue").message == told

"""Children of children, and JSON that AWS cut or wrapped: the failure at the leaf."""

import json

import pytest

from tests.causes.make import CHILD, child, dumps, named, raised, task


def test_children_are_read_to_any_depth_and_their_leaf_is_named() -> None:
    cause = task("Your Spot Task was interrupted.", "SpotInterruption")
    for _ in range(6):
        cause = child("States.TaskFailed", cause)
    diagnosis = named("States.TaskFailed", cause, "states:startExecution.sync:2")
    assert diagnosis.cause == "spot_interruption"
    assert diagnosis.child_arn is None


@pytest.mark.parametrize(
    "cause",
    [child(), child("Boom"), child("States.TaskFailed", "it did not work")],
)
def test_a_child_that_says_too_little_is_named_for_reading(cause: str) -> None:
    assert named("States.TaskFailed", cause, "states:startExecution.sync").child_arn == CHILD


def test_the_innermost_child_that_says_too_little_is_the_one_to_read() -> None:
    inner = child().replace("child:run-1", "grandchild:run-2")
    diagnosis = named("States.TaskFailed", child("States.TaskFailed", inner), "nested-sfn")
    assert diagnosis.child_arn == CHILD.replace("child:run-1", "grandchild:run-2")


def test_the_status_of_a_child_without_error_names_it() -> None:
    assert named("States.TaskFailed", child(status="TIMED_OUT")).cause == "timeout_execution"
    assert named("States.TaskFailed", child(status="ABORTED")).cause == "aborted_by_user"


def test_json_that_aws_cut_is_read_as_far_as_it_goes() -> None:
    whole = raised("ValueError", "no such order", stackTrace=["line " * 10] * 1000)
    diagnosis = named("ValueError", whole[:32_768], "lambda")
    assert diagnosis.message == "ValueError: no such order"
    nested = dumps({"Cause": raised("KeyError", "'id'", trace=["x" * 40_000]), "Error": "KeyError"})
    assert named("States.TaskFailed", nested[:32_768], "nested-sfn").cause == "code_error"


def test_json_that_was_written_as_a_json_string_is_opened() -> None:
    text = json.dumps(json.dumps(json.loads(raised("MemoryError", "full"))))
    assert named("MemoryError", text, "lambda").cause == "out_of_memory"


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("Failed to assume the press's role", "permission"),
        ("Failed to get access token from the press", "permission"),
        ("0/9 nodes are available: 9 node(s) did not fit", "capacity_unavailable"),
        ("Unable to infer schema for Ink", "data_condition"),
        ("Internal service exception: so it is", "service_error"),
    ],
)
def test_what_jobs_of_any_service_say_of_roles_nodes_and_schemas_is_read(
    said: str, cause: str
) -> None:
    for document in (
        {"JobRunState": "FAILED", "ErrorMessage": said},
        {"ApplicationId": "a", "State": "FAILED", "StateDetails": said},
        {"TrainingJobStatus": "Failed", "FailureReason": said},
    ):
        assert named("States.TaskFailed", json.dumps(document), "glue").cause == cause


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("The press exceeded MaxWaitTimeInSeconds", "timeout_task"),
        ("ClientError: Failed to download container image press:1", "image_pull"),
    ],
)
def test_a_training_jobs_own_words_are_read(said: str, cause: str) -> None:
    document = {"TrainingJobStatus": "Failed", "FailureReason": said}
    assert named("States.TaskFailed", json.dumps(document), "sagemaker").cause == cause


def test_a_cluster_without_a_route_is_a_matter_of_its_network() -> None:
    change = {"Code": "VALIDATION_ERROR", "Message": "Cannot find route to InternetGateway in x"}
    document = {"Cluster": {"Status": {"State": "TERMINATED", "StateChangeReason": change}}}
    assert named("States.TaskFailed", json.dumps(document), "emr").cause == "network"

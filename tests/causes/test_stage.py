"""Whether a task or job ever ran: `start` where it did not; the cause stays the reason's."""

import json
from typing import Any

import pytest

from tests.causes.make import child, dumps, job, named, task

RUN_TASK = "ecs:runTask.sync"


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("CannotPullContainerError: repo/app:1: not found", "image_pull"),
        ("ResourceInitializationError: dial tcp 10.0.0.1:443: i/o timeout", "network"),
        ("ResourceInitializationError: AccessDeniedException: not authorized to", "permission"),
        ("Capacity is unavailable at this time", "capacity_unavailable"),
        ("Something new", "task_start_failure"),
    ],
)
def test_a_task_that_never_ran_is_told_beside_the_reason(reason: str, cause: str) -> None:
    diagnosis = named("States.TaskFailed", task(reason, "TaskFailedToStart"), RUN_TASK)
    assert (diagnosis.cause, diagnosis.stage) == (cause, "start")


@pytest.mark.parametrize(
    ("reason", "stop_code", "exit_code"),
    [
        ("Essential container in task exited", "EssentialContainerExited", 1),
        ("Your Spot Task was interrupted.", "SpotInterruption", 143),
        ("Task stopped by user", "UserInitiated", None),
    ],
)
def test_a_task_that_ran_failed_while_it_did(
    reason: str, stop_code: str, exit_code: int | None
) -> None:
    cause = task(reason, stop_code, exit_code=exit_code)
    assert named("States.TaskFailed", cause, RUN_TASK).stage == "run"


def test_a_task_that_was_not_placed_never_ran() -> None:
    cause = dumps({"Failures": [{"Arn": "a", "Reason": "RESOURCE:CPU"}], "Tasks": []})
    assert named("AmazonECS.Unknown", cause, RUN_TASK).stage == "start"


def test_a_call_that_was_refused_started_nothing() -> None:
    cause = "Rate exceeded (Service: AmazonECS; Status Code: 400; Error Code: ThrottlingException)"
    diagnosis = named("ECS.AmazonECSException", cause, RUN_TASK, "TaskSubmitFailed")
    assert (diagnosis.cause, diagnosis.stage) == ("throttling", "start")


def test_a_batch_job_that_never_ran_is_told_by_its_status() -> None:
    pull = "CannotPullContainerError: repo/app:1: not found"
    assert named("States.TaskFailed", job("Task failed to start", reason=pull)).stage == "start"
    assert named("States.TaskFailed", job("MISCONFIGURATION:JOB_RESOURCE - x")).stage == "start"
    assert named("States.TaskFailed", job("Host EC2 (instance i-0a) terminated.")).stage == "run"
    ended = job("Essential container in task exited", exit_code=1)
    assert named("States.TaskFailed", ended).stage == "run"


def test_a_childs_task_that_never_ran_is_told_through_its_parents() -> None:
    cause = task("CannotPullContainerError: x: not found", "TaskFailedToStart")
    for _ in range(3):
        cause = child("States.TaskFailed", cause)
    assert named("States.TaskFailed", cause, "states:startExecution.sync:2").stage == "start"


def cluster(code: str) -> dict[str, Any]:
    change = {"Code": code, "Message": "x"}
    return {"Cluster": {"Status": {"State": "TERMINATED", "StateChangeReason": change}}}


@pytest.mark.parametrize(
    ("document", "stage"),
    [
        (cluster("BOOTSTRAP_FAILURE"), "start"),
        (cluster("STEP_FAILURE"), "run"),
        ({"Step": cluster("STEP_FAILURE")["Cluster"]}, "run"),
        ({"VirtualClusterId": "v", "State": "FAILED", "FailureReason": "USER_ERROR"}, "run"),
        (
            {"VirtualClusterId": "v", "State": "FAILED", "FailureReason": "CLUSTER_UNAVAILABLE"},
            "start",
        ),
        ({"JobRunState": "FAILED", "ErrorMessage": "LAUNCH ERROR | no such script"}, "start"),
        ({"JobRunState": "FAILED", "ErrorMessage": "KeyError: 'id'"}, "run"),
    ],
)
def test_jobs_of_emr_and_glue_tell_whether_they_ran(document: dict[str, Any], stage: str) -> None:
    assert named("States.TaskFailed", json.dumps(document), "emr").stage == stage


def test_a_build_failed_before_it_began_where_its_phase_comes_before() -> None:
    for phase, stage in (("PROVISIONING", "start"), ("BUILD", "run")):
        context = {"Message": "it did not work", "StatusCode": "CLIENT_ERROR"}
        build = {"BuildStatus": "FAILED", "Phases": [{"PhaseType": phase, "Contexts": [context]}]}
        assert named("States.TaskFailed", dumps({"Build": build}), "codebuild").stage == stage


def test_a_build_that_timed_out_in_the_queue_never_began() -> None:
    submitted = {"PhaseType": "SUBMITTED", "PhaseStatus": "SUCCEEDED"}
    for phase, stage in (("QUEUED", "start"), ("BUILD", "run")):
        phases = [submitted, {"PhaseType": phase, "PhaseStatus": "TIMED_OUT"}]
        cause = dumps({"Build": {"BuildStatus": "TIMED_OUT", "Phases": phases}})
        diagnosis = named("States.TaskFailed", cause, "codebuild")
        assert (diagnosis.cause, diagnosis.stage) == ("timeout_task", stage)


@pytest.mark.parametrize("called", ["ecs:runTask", "batch:submitJob", "glue:startJobRun"])
def test_a_refused_call_of_a_service_that_only_starts_things_started_nothing(called: str) -> None:
    refused = "Rate exceeded (Service: {}; Status Code: 400; Error Code: Throttling; Request ID: 9)"
    service = called.partition(":")[0].upper()
    diagnosis = named(f"{service}.PressException", refused.format(service), called)
    assert diagnosis.stage == "start"
    assert named("DynamoDB.PressException", refused.format("X"), "dynamodb:putItem").stage == "run"


def test_an_image_that_a_build_could_not_pull_is_told_by_its_words() -> None:
    words = "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE: Unable to pull customer's container image. {}"
    for reason, nature in (("manifest unknown", "permanent"), ("Something new", "depends")):
        context = {"Message": words.format(reason), "StatusCode": ""}
        build = {"BuildStatus": "FAILED", "Phases": [{"PhaseType": "X", "Contexts": [context]}]}
        diagnosis = named("States.TaskFailed", dumps({"Build": build}), "codebuild")
        assert (diagnosis.cause, diagnosis.nature) == ("image_pull", nature)

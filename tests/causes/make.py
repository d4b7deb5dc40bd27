"""Causes as AWS writes them, for tests: compact JSON, PascalCase, keys in order."""

import json
from typing import Any

from sfn_digest.causes import Symptom, UserRules, diagnose
from sfn_digest.model.executions import Diagnosis, UnsuccessfulStatus

CHILD = "arn:aws:states:eu-west-1:210987654321:execution:child:run-1"


def dumps(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def named(
    error: str | None,
    cause: str | None,
    integration: str | None = None,
    event_type: str | None = "TaskFailed",
    *,
    status: UnsuccessfulStatus | None = None,
    rules: UserRules | None = None,
) -> Diagnosis:
    return diagnose(Symptom(error, cause, event_type, integration, status), rules)


def task(
    reason: str,
    stop_code: str = "EssentialContainerExited",
    *,
    exit_code: int | None = None,
    container_reason: str | None = None,
    environment: str = "x",
) -> str:
    """A stopped ECS task as `ecs:runTask.sync` hands it on."""
    container: dict[str, Any] = {"LastStatus": "STOPPED", "Name": "app"}
    if exit_code is not None:
        container["ExitCode"] = exit_code
    if container_reason:
        container["Reason"] = container_reason
    overrides = [{"Environment": [{"Name": "SETTING", "Value": environment}], "Name": "app"}]
    return dumps(
        {
            "ClusterArn": "arn:aws:ecs:eu-west-1:210987654321:cluster/jobs",
            "Containers": [container],
            "Overrides": {"ContainerOverrides": overrides},
            "StopCode": stop_code,
            "StoppedReason": reason,
            "TaskArn": "arn:aws:ecs:eu-west-1:210987654321:task/jobs/4b1c",
        }
    )


def job(status_reason: str, *, exit_code: int | None = None, reason: str | None = None) -> str:
    """A failed Batch job as `batch:submitJob.sync` hands it on."""
    container: dict[str, Any] = {"Environment": [{"Name": "A", "Value": "OutOfMemoryError"}]}
    if exit_code is not None:
        container["ExitCode"] = exit_code
    if reason:
        container["Reason"] = reason
    return dumps(
        {
            "Attempts": [{"Container": container, "StatusReason": status_reason}],
            "Container": container,
            "JobQueue": "arn:aws:batch:eu-west-1:210987654321:job-queue/q",
            "Status": "FAILED",
            "StatusReason": status_reason,
        }
    )


def child(error: str | None = None, cause: str | None = None, status: str = "FAILED") -> str:
    """A child execution as `states:startExecution.sync` hands it on."""
    said = {key: value for key, value in (("Error", error), ("Cause", cause)) if value is not None}
    return dumps(
        {"ExecutionArn": CHILD, "Input": '{"note":"AccessDenied"}', "Status": status, **said}
    )


def raised(error_type: str | None, message: Any, **more: Any) -> str:
    """The error of a Lambda function."""
    kind = {} if error_type is None else {"errorType": error_type}
    return dumps({"errorMessage": message, **kind, **more})

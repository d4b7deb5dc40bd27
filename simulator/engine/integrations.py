"""How a task's resource shows in its events."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from simulator.engine.histories import UNCUT
from simulator.engine.outcomes import Stage

Family = Literal["Task", "LambdaFunction", "Activity"]

FAILED_EVENTS: Mapping[Family, Mapping[Stage, str]] = {
    "Task": {
        "schedule_failed": "TaskSubmitFailed",
        "start_failed": "TaskStartFailed",
        "submit_failed": "TaskSubmitFailed",
        "failed": "TaskFailed",
        "timed_out": "TaskTimedOut",
    },
    "LambdaFunction": {
        "schedule_failed": "LambdaFunctionScheduleFailed",
        "start_failed": "LambdaFunctionStartFailed",
        "submit_failed": "LambdaFunctionScheduleFailed",
        "failed": "LambdaFunctionFailed",
        "timed_out": "LambdaFunctionTimedOut",
    },
    "Activity": {
        "schedule_failed": "ActivityScheduleFailed",
        "start_failed": "ActivityScheduleFailed",
        "submit_failed": "ActivityScheduleFailed",
        "failed": "ActivityFailed",
        "timed_out": "ActivityTimedOut",
    },
}
BEFORE_START: tuple[Stage, ...] = ("schedule_failed", "start_failed")


@dataclass(frozen=True, slots=True)
class Integration:
    """What the events of a task say of its resource; `submits` is true of .sync and callbacks."""

    family: Family
    arn: str
    service: str = ""
    action: str = ""

    @property
    def submits(self) -> bool:
        """Whether a TaskSubmitted event comes between start and result."""
        return ".sync" in self.action or self.action.endswith(".waitForTaskToken")

    @property
    def nested(self) -> bool:
        """Whether the task runs a state machine and waits for it."""
        return self.service == "states" and ".sync" in self.action

    def named(self, details: Mapping[str, Any] | None = None) -> Mapping[str, Any] | None:
        """The details of an event, with the service's name where this family gives it."""
        if self.family == "Task":
            return {**(details or {}), "resourceType": self.service, "resource": self.action}
        return details


@cache
def integration_of(resource: str) -> Integration:
    """Read a Task state's Resource."""
    if ":activity:" in resource:
        return Integration("Activity", resource)
    if not resource.startswith("arn:aws:states:::"):
        return Integration("LambdaFunction", resource)
    parts = resource.removeprefix("arn:aws:states:::").split(":")
    cut = 2 if parts[0] == "aws-sdk" else 1
    return Integration("Task", resource, ":".join(parts[:cut]), ":".join(parts[cut:]))


def scheduled_details(
    integration: Integration, state: Mapping[str, Any], region: str, arguments: str
) -> Mapping[str, Any]:
    """The details of the …Scheduled event; `arguments` is JSON text."""
    limits: dict[str, Any] = {
        name: state[field]
        for name, field in (
            ("timeoutInSeconds", "TimeoutSeconds"),
            ("heartbeatInSeconds", "HeartbeatSeconds"),
        )
        if field in state
    }
    if integration.family == "Task":
        return {
            "resourceType": integration.service,
            "resource": integration.action,
            "region": region,
            "parameters": arguments,
            **limits,
        }
    return {
        "resource": integration.arn,
        "input": arguments,
        "inputDetails": UNCUT,
        **limits,
    }


def started_details(integration: Integration) -> Mapping[str, Any] | None:
    """The details of the …Started event, if it has any."""
    if integration.family == "Activity":
        return {"workerName": "worker-1"}
    return integration.named()

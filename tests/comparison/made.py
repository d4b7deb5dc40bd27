"""Accounts over a few weeks before a moment, whose executions are two events each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from simulator.records import SimExecution, SimMachine, Status, Truth, World

REGION = "eu-west-1"
ACCOUNT_ID = "123456789012"
HOUR = 3600.0
DAY = 24 * HOUR
END = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
"""The end of the last week: recent, since Step Functions forgets."""

TAGS: Mapping[str, str] = {"sfn-digest": "on"}


def arn(name: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT_ID}:stateMachine:{name}"


def machine(name: str, **more: Any) -> SimMachine:
    created = END.timestamp() - 200 * DAY
    made = SimMachine(arn(name), name, "STANDARD", {"StartAt": "Work"}, TAGS, created)
    return replace(made, **more)


def run(
    name: str,
    number: str,
    *,
    days_ago: float,
    error: str | None = None,
    took: float = 60.0,
    version: str | None = None,
) -> SimExecution:
    """An execution that closed so many days before END: by `error`, or well where it is None."""
    stopped = END.timestamp() - days_ago * DAY
    status: Status = "SUCCEEDED" if error is None else "FAILED"
    return SimExecution(
        arn=f"{arn(name).replace(':stateMachine:', ':execution:')}:{number}",
        machine_arn=arn(name),
        name=number,
        status=status,
        started_at=stopped - took,
        stopped_at=stopped,
        events=_events(stopped, took, error, version),
        truth=Truth(None, None),
    )


def _events(
    stopped: float, took: float, error: str | None, version: str | None
) -> tuple[Mapping[str, Any], ...]:
    details = {"stateMachineVersionArn": version} if version else {}
    first = {
        "id": 1,
        "previousEventId": 0,
        "timestamp": stopped - took,
        "type": "ExecutionStarted",
        "executionStartedEventDetails": details,
    }
    last: dict[str, Any] = {"id": 2, "previousEventId": 1, "timestamp": stopped}
    if error is None:
        return first, {**last, "type": "ExecutionSucceeded"}
    words = {"error": error, "cause": f"{error} happened"}
    return first, {**last, "type": "ExecutionFailed", "executionFailedEventDetails": words}


def world(machines: Sequence[SimMachine], executions: Sequence[SimExecution], **more: Any) -> World:
    start, end = END.timestamp() - 60 * DAY, END.timestamp()
    made = World(ACCOUNT_ID, REGION, start, end, tuple(machines), tuple(executions))
    return replace(made, **more)

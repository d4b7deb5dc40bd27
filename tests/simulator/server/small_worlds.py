"""Small worlds written by hand, and clients that talk to them as users' code does."""

from collections.abc import Mapping
from typing import Any

from simulator.records import RawEvent, SimExecution, SimMachine, Status, Truth, World

REGION = "eu-central-1"
ACCOUNT = "123456789012"
DAY = 86400.0
END = 1_790_640_000.0
START = END - 7 * DAY
NOTHING_KNOWN = Truth(state=None, cause=None)


class Clock:
    """A clock the test turns by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def machine_arn(name: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"


def execution_arn(machine: str, name: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine}:{name}"


def machine(
    name: str, *, tags: Mapping[str, str] | None = None, express: bool = False
) -> SimMachine:
    return SimMachine(
        arn=machine_arn(name),
        name=name,
        type="EXPRESS" if express else "STANDARD",
        definition={"StartAt": "Work", "States": {"Work": {"Type": "Succeed"}}},
        tags={"digest": "weekly"} if tags is None else tags,
        created_at=START - 30 * DAY,
    )


def failing_events(started: float, stopped: float, error: str, cause: str) -> list[RawEvent]:
    return [
        {
            "id": 1,
            "previousEventId": 0,
            "type": "ExecutionStarted",
            "timestamp": started,
            "executionStartedEventDetails": {"input": '{"secret": 1}', "roleArn": "arn:r"},
        },
        {
            "id": 2,
            "previousEventId": 0,
            "type": "TaskStateEntered",
            "timestamp": started,
            "stateEnteredEventDetails": {"name": "Work", "input": '{"secret": 1}'},
        },
        {
            "id": 3,
            "previousEventId": 2,
            "type": "ExecutionFailed",
            "timestamp": stopped,
            "executionFailedEventDetails": {"error": error, "cause": cause},
        },
    ]


def execution(
    of: str,
    name: str,
    *,
    status: Status = "FAILED",
    started: float = START,
    stopped: float | None = START + 60,
    error: str = "Boom",
    cause: str = "it broke",
    **more: Any,
) -> SimExecution:
    events = failing_events(started, stopped or started, error, cause)
    shown = events if stopped is not None else events[:2]
    fields: dict[str, Any] = {"events": tuple(shown), "truth": NOTHING_KNOWN, **more}
    return SimExecution(
        arn=execution_arn(of, name),
        machine_arn=machine_arn(of),
        name=name,
        status=status,
        started_at=started,
        stopped_at=stopped,
        **fields,
    )


def world(*parts: SimMachine | SimExecution, denied: frozenset[str] = frozenset()) -> World:
    return World(
        account_id=ACCOUNT,
        region=REGION,
        start=START,
        end=END,
        machines=tuple(part for part in parts if isinstance(part, SimMachine)),
        executions=tuple(part for part in parts if isinstance(part, SimExecution)),
        denied=denied,
    )

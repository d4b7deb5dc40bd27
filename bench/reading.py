"""What reading and naming one failure costs: `python -m bench.reading`.

A state fails twenty times by the error of its kind, with no word in common between two failures,
so that nothing is remembered from one to the next.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from bench.table import write_table
from sfn_digest.aws.answers import Answer
from sfn_digest.aws.histories import read_event
from sfn_digest.model.executions import Execution, HistoryEvent
from sfn_digest.pipeline.failures import read_failure

ATTEMPTS = 20
FAILURES = 400
ENDED = datetime(2026, 3, 9, tzinfo=UTC)
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders"

KINDS: Mapping[str, tuple[str, str]] = {
    "Lambda, throttled": (
        "Lambda.TooManyRequestsException",
        "Rate Exceeded. (Service: Lambda, Status Code: 429, Request ID: {id})",
    ),
    "an error in the code": (
        "KeyError",
        (
            '{{"errorMessage": "\'customer-{id}\'", "errorType": "KeyError", "requestId": "{id}", '
            '"stackTrace": ["  File \\"/var/task/app.py\\", line {n}, in handler\\n"]}}'
        ),
    ),
    "ECS, Spot": (
        "States.TaskFailed",
        (
            '{{"Attachments": [], "Containers": [{{"Name": "score", "ExitCode": 143, "TaskArn": '
            '"arn:aws:ecs:eu-west-1:123456789012:task/batch/{id}"}}], '
            '"StopCode": "SpotInterruption", '
            '"StoppedReason": "Your Spot Task was interrupted.", "LastStatus": "STOPPED"}}'
        ),
    ),
}


def history(kind: str, number: int) -> Sequence[Mapping[str, Any]]:
    """The events of an execution as boto3 gives them, the last event first."""
    error, cause = KINDS[kind]
    said = cause.format(id=f"{number:08x}-0000-4000-8000-{number:012x}", n=number % 90 + 1)
    failed = {"error": error, "cause": said, "resourceType": "lambda", "resource": "invoke"}
    of_task = {"resourceType": "lambda", "resource": "invoke", "region": "eu-west-1"}
    events: list[dict[str, Any]] = [
        {"type": "ExecutionStarted", "executionStartedEventDetails": {}},
        {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "Load"}},
    ]
    for _ in range(ATTEMPTS):
        events += [
            {"type": "TaskScheduled", "taskScheduledEventDetails": {**of_task, "parameters": ""}},
            {"type": "TaskStarted", "taskStartedEventDetails": of_task},
            {"type": "TaskFailed", "taskFailedEventDetails": failed},
        ]
    ended = {"error": error, "cause": said}
    events.append({"type": "ExecutionFailed", "executionFailedEventDetails": ended})
    began = ENDED - timedelta(seconds=len(events))
    dated = [
        {
            **event,
            "id": at,
            "previousEventId": at - 1,
            "timestamp": began + timedelta(seconds=at),
        }
        for at, event in enumerate(events, start=1)
    ]
    return dated[::-1]


def milliseconds(kind: str) -> float:
    """Of one core, for reading and naming one failure of this kind: the median."""
    took = []
    for number in range(FAILURES):
        raw = history(kind, number)
        execution = Execution(f"{MACHINE}:{number}", MACHINE, str(number), "FAILED", ENDED, ENDED)
        began = time.process_time()
        page = [read_event(Answer(event)) for event in raw]
        read_failure(execution, iter([page]), child_history=_none)
        took.append(1000 * (time.process_time() - began))
    return median(took)


def _none(_: str) -> Iterator[Sequence[HistoryEvent]]:
    return iter(())


def rows() -> Sequence[tuple[str, str]]:
    """A row a kind of failure."""
    return [(f"{kind}, {ATTEMPTS} attempts", f"{milliseconds(kind):.2f} ms") for kind in KINDS]


def main() -> None:
    """Print the table."""
    write_table(("reading and naming a failure", "CPU"), rows())


if __name__ == "__main__":
    main()

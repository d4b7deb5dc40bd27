"""Definitions, failures and successes, written down by hand for the tests of hints."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sfn_digest.model.executions import (
    DiagnosedAttempt,
    Diagnosis,
    Execution,
    Failure,
    Nature,
    Window,
)
from sfn_digest.model.report import Hint
from sfn_digest.model.successes import ReadSuccess, Success, Successes, SuccessfulAttempt
from sfn_digest.retry import Terms, evaluate, read_definition

START = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = Window(START, START + timedelta(days=7))
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders"
ECS = "arn:aws:states:::ecs:runTask.sync"
LAMBDA = "arn:aws:states:::lambda:invoke"
NATURES: Mapping[str, Nature] = {
    "service_error": "transient",
    "throttling": "transient",
    "spot_interruption": "transient",
    "task_start_failure": "transient",
    "container_exit": "depends",
    "timeout_task": "depends",
}


def task(resource: str = LAMBDA, **fields: Any) -> dict[str, Any]:
    """A machine of one Task state, Work; None takes a field away."""
    state = {"Type": "Task", "Resource": resource, "TimeoutSeconds": 3600, "End": True, **fields}
    kept = {key: value for key, value in state.items() if value is not None}
    return {"StartAt": "Work", "States": {"Work": kept}}


def retry(*names: str, attempts: int = 2, **fields: Any) -> list[dict[str, Any]]:
    """A Retry field with one retrier."""
    return [{"ErrorEquals": list(names), "MaxAttempts": attempts, **fields}]


def failed_attempt(
    at: datetime, cause: str, error: str, *, took: float, back_off: float | None, leaf: str = ""
) -> DiagnosedAttempt:
    """A failed attempt that was scheduled at `at`."""
    nature = NATURES.get(cause, "permanent")
    diagnosis = Diagnosis(cause, nature, leaf or error, "message", f"v1:{cause}")
    ended = at + timedelta(seconds=took)
    return DiagnosedAttempt("Work", diagnosis, at, ended, back_off, error)


def attempts(
    at: datetime, cause: str, error: str, number: int, *, took: float = 2, pause: float = 5
) -> list[DiagnosedAttempt]:
    """Attempts that all failed, `pause` seconds after each other."""
    return [
        failed_attempt(
            at + timedelta(seconds=place * (took + pause)),
            cause,
            error,
            took=took,
            back_off=pause if place + 1 < number else None,
        )
        for place in range(number)
    ]


def failure(number: int, made: Sequence[DiagnosedAttempt], *, machine: str = MACHINE) -> Failure:
    """A failed execution that its last attempt ended."""
    last = made[-1]
    execution = Execution(
        arn=f"{machine.replace(':stateMachine:', ':execution:')}:run-{number}",
        machine_arn=machine,
        name=f"run-{number}",
        status="FAILED",
        started_at=(made[0].scheduled_at or last.failed_at) - timedelta(seconds=1),
        stopped_at=last.failed_at,
    )
    return Failure(execution, last.state, None, last.diagnosis, tuple(made), attempts_complete=True)


def failures(
    cause: str,
    error: str,
    *,
    number: int = 12,
    made: int = 1,
    every: float = 600.0,
    begin: float = 20.0,
    pause: float = 5.0,
) -> list[Failure]:
    """Executions that failed by one cause, `every` seconds after each other from an hour on, each
    `made` times, `pause` seconds after each other.
    """
    first = START + timedelta(hours=begin)
    return [
        failure(n, attempts(first + timedelta(seconds=n * every), cause, error, made, pause=pause))
        for n in range(number)
    ]


def passes(
    every: float = 600.0, *, unless: tuple[float, float] = (0, 0), took: float = 30.0
) -> Successes:
    """Successes all week, save between two times in hours; ten of them were read."""
    listed = []
    for number in range(int(7 * 86_400 / every)):
        hours = number * every / 3600
        if unless[0] <= hours < unless[1]:
            continue
        at = START + timedelta(hours=hours)
        arn = f"{MACHINE.replace(':stateMachine:', ':execution:')}:good-{number}"
        listed.append(Success(arn, MACHINE, at, at + timedelta(seconds=took + 2)))
    read = tuple(
        ReadSuccess(
            each,
            (),
            (SuccessfulAttempt("Work", each.started_at + timedelta(seconds=1), each.stopped_at),),
        )
        for each in listed[:120]
    )
    return Successes(MACHINE, tuple(listed), read, complete=True)


def hints(
    definition: Mapping[str, Any],
    failed: Sequence[Failure],
    successes: Successes | None = None,
    kind: str | None = None,
    terms: Terms | None = None,
) -> list[Hint]:
    """The hints on the one machine, of one kind if named."""
    found = evaluate(
        {MACHINE: read_definition(definition)},
        failed,
        {MACHINE: successes} if successes else {},
        WEEK,
        terms,
    )
    return [hint for hint in found if kind in (None, hint.kind)]

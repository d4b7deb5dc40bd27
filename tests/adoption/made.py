"""Hints that were kept, and weeks after them, written down by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sfn_digest.adoption import Findings, Kept, StoredHint
from sfn_digest.asl.definition import read_retrier
from sfn_digest.asl.edit import with_retrier
from sfn_digest.model.executions import Failure, Window
from sfn_digest.model.report import Hint, Recovered
from sfn_digest.model.successes import ReadSuccess, Success, Successes, SuccessfulAttempt
from sfn_digest.retry import read_definition
from sfn_digest.retry.observations.incidents import incidents_of
from tests.retry.made import MACHINE, START, attempts, failed_attempt, failure, task

AWAY, ERROR = "service_error", "Lambda.ServiceException"
WEEK = timedelta(days=7)
FIRST = Window(START, START + WEEK)
SECOND = Window(FIRST.end, FIRST.end + WEEK)
RETRIER = {
    "ErrorEquals": [ERROR],
    "IntervalSeconds": 60,
    "MaxAttempts": 5,
    "BackoffRate": 2.0,
    "MaxDelaySeconds": 900,
}
CHANGED = SECOND.start + timedelta(hours=1)


def hint(**changes: Any) -> Hint:
    """Make a hint to retry: of ten failures seven to nine would have recovered."""
    given = Hint(
        kind="retry",
        machine_arn=MACHINE,
        state="Work",
        cause=AWAY,
        errors=(ERROR,),
        retrier=RETRIER,
        failures=10,
        incidents=4,
        recovered=Recovered(surely=7, likely=8.0, possibly=9, low=7, high=9),
        added_wait_seconds=100.0,
    )
    return replace(given, **changes)


def kept(**changes: Any) -> StoredHint:
    """Make the same hint as it is kept at the end of the first week."""
    given = StoredHint(
        kind="retry",
        machine_arn=MACHINE,
        state="Work",
        cause=AWAY,
        errors=(ERROR,),
        retrier=RETRIER,
        hinted_at=FIRST.end,
        last_hinted_at=FIRST.end,
        predicted_low=0.7,
        predicted_high=0.9,
        failures=10,
    )
    return replace(given, **changes)


def retriers(every: Sequence[Kept]) -> list[StoredHint]:
    """Give the kept hints that predict a share of recoveries."""
    return [each for each in every if isinstance(each, StoredHint)]


def patched(definition: dict[str, Any] | None = None) -> dict[str, Any]:
    """Give the machine's definition with the hint in it."""
    before = definition or task()
    state = read_definition(before).states["Work"]
    return {**before, "States": {"Work": with_retrier(state, read_retrier(RETRIER))}}


def failed(number: int, *, begin: datetime = CHANGED, every: float = 36_000.0) -> list[Failure]:
    """Make executions that failed although the hint's retries were made."""
    return [
        failure(
            n,
            attempts(begin + timedelta(seconds=60 + n * every), AWAY, ERROR, 6, pause=60),
        )
        for n in range(number)
    ]


def recovered(
    number: int, *, begin: datetime = CHANGED, every: float = 36_000.0, cause: str = AWAY
) -> tuple[ReadSuccess, ...]:
    """Make executions whose task failed once and succeeded at the first retry."""
    return tuple(_recovered(n, begin + timedelta(seconds=60 + n * every), cause)
                 for n in range(number))  # fmt: skip


def _recovered(number: int, at: datetime, cause: str) -> ReadSuccess:
    arn = f"{MACHINE.replace(':stateMachine:', ':execution:')}:saved-{number}"
    run = Success(arn, MACHINE, at, at + timedelta(seconds=90))
    again = at + timedelta(seconds=62)
    return ReadSuccess(
        run,
        (failed_attempt(at, cause, ERROR, took=2, back_off=60),),
        (SuccessfulAttempt("Work", again, again + timedelta(seconds=1)),),
    )


def successes(
    read: Sequence[ReadSuccess] = (), unread: Sequence[Success] = (), *, complete: bool = True
) -> Successes:
    """Make what is known of the machine's successes."""
    listed = (*(each.execution for each in read), *unread)
    return Successes(MACHINE, listed, tuple(read), complete)


def findings(
    definition: dict[str, Any],
    failures: Sequence[Failure] = (),
    found: Successes | None = None,
    **changes: Any,
) -> Findings:
    """Make what the report on the second week has found of the machine."""
    made = Findings(
        definitions={MACHINE: read_definition(definition)},
        failures=failures,
        successes={MACHINE: found if found is not None else successes()},
        window=SECOND,
        changed={MACHINE: CHANGED},
    )
    changed = replace(made, **changes)
    known = (changed.definitions, changed.failures, changed.successes)
    return replace(changed, incidents=incidents_of(*known).incidents)

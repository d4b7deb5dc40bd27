"""Pure: a digest made up to hold every block that a real one has, for Slack's validator."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sfn_digest.records import (
    Coverage,
    DiagnosedTry,
    Diagnosis,
    Execution,
    ExecutionCounts,
    Failure,
    StateMachine,
    Window,
)
from sfn_digest.report.build import build_report
from sfn_digest.report.model import Hint, Recovered, Report
from sfn_digest.report.slack_blocks import Message, message
from sfn_digest.texts import texts_in

_END = datetime(2026, 1, 12, tzinfo=UTC)
_ACCOUNT, _REGION = "123456789012", "eu-west-1"
_MACHINE = StateMachine(
    f"arn:aws:states:{_REGION}:{_ACCOUNT}:stateMachine:example", "example", "STANDARD"
)
_SPOT = Diagnosis(
    cause="spot_interruption",
    nature="transient",
    error="States.TaskFailed",
    message="Your Spot Task was interrupted.",
    group="example",
)


def sample_message() -> Message:
    """The message of a made-up week: a failing machine, a hard execution, a hint and a note."""
    return message(_report(), texts_in("en"))


def _report() -> Report:
    report = build_report(
        account_id=_ACCOUNT,
        region=_REGION,
        window=Window(_END - timedelta(days=7), _END),
        machines=[_MACHINE],
        counts={_MACHINE.arn: ExecutionCounts(succeeded=9, failed=1)},
        found={_MACHINE.arn: ExecutionCounts(failed=1)},
        failures=[_failure()],
        coverage=_coverage(),
        unlisted=(),
    )
    return replace(report, hints=(_hint(),))


def _failure() -> Failure:
    execution = Execution(
        arn=f"{_MACHINE.arn.replace(':stateMachine:', ':execution:')}:run",
        machine_arn=_MACHINE.arn,
        name="run",
        status="FAILED",
        started_at=_END - timedelta(hours=2),
        stopped_at=_END - timedelta(hours=1),
    )
    tries = tuple(
        DiagnosedTry("Work", _SPOT, None, _END - timedelta(minutes=110 - 10 * each), None)
        for each in range(4)
    )
    return Failure(execution, "Work", None, _SPOT, tries, tries_complete=True)


def _coverage() -> Coverage:
    return Coverage(
        machines_tagged=2,
        machines_scanned=1,
        failures_found=1,
        failures_read=1,
        api_calls={"GetExecutionHistory": 1},
        throttled=0,
        complete=False,
        notes=("other was skipped, as an example.",),
    )


def _hint() -> Hint:
    return Hint(
        kind="example",
        machine_arn=_MACHINE.arn,
        state="Work",
        cause=_SPOT.cause,
        errors=(_SPOT.error,),
        retrier={"ErrorEquals": [_SPOT.error], "IntervalSeconds": 60, "MaxAttempts": 5},
        failures=1,
        incidents=1,
        recovered=Recovered(surely=1, likely=1.0, possibly=1, low=1, high=1),
        added_wait_seconds=300.0,
        title="Wait longer between tries",
        text="One failure would have been recovered.",
    )

"""Pure: a digest made up to hold every block that a real one has, for Slack's validator."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sfn_digest.i18n import message as i18n
from sfn_digest.model.comparison import Before, CauseChange, Period
from sfn_digest.model.executions import (
    Coverage,
    DiagnosedAttempt,
    Diagnosis,
    Execution,
    ExecutionCounts,
    Failure,
    StateMachine,
    Window,
)
from sfn_digest.model.report import Hint, Recovered, Report
from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.build import build_report
from sfn_digest.report.slack import messages

_SKIPPED = i18n.Message("{machine} was skipped: {reason}", machine="other", reason="an example.")
_END = datetime(2026, 1, 12, tzinfo=UTC)
_ACCOUNT, _REGION = "123456789012", "eu-west-1"
_WEEK = timedelta(days=7)
_MACHINE = StateMachine(
    f"arn:aws:states:{_REGION}:{_ACCOUNT}:stateMachine:example", "example", "STANDARD"
)
_EXECUTION = f"{_MACHINE.arn.replace(':stateMachine:', ':execution:')}:run"
_SPOT = Diagnosis(
    cause="spot_interruption",
    nature="transient",
    error="States.TaskFailed",
    message="Your Spot Task was interrupted.",
    group="example",
)


def sample_messages() -> tuple[SlackMessage, ...]:
    """The messages of a made-up week, with replies of every kind: a failing machine, a hard
    execution, a hint, a note, a week before, and a trend. Charts, which not every plan has, are
    left out.
    """
    return messages(sample_report(), texts_in("en"))


def sample_report() -> Report:
    """Give a report that holds every part."""
    report = build_report(
        account_id=_ACCOUNT,
        region=_REGION,
        window=Window(_END - _WEEK, _END),
        machines=[_MACHINE],
        counts={_MACHINE.arn: ExecutionCounts(succeeded=9, failed=1)},
        found={_MACHINE.arn: ExecutionCounts(failed=1)},
        failures=[_failure()],
        coverage=_coverage(),
        unlisted=(),
    )
    trend = (_period(1), _period(0))
    return replace(report, hints=(_hint(),), before=_before(), trend=trend)


def _period(weeks_ago: int) -> Period:
    end = _END - weeks_ago * _WEEK
    window = Window(end - _WEEK, end)
    return Period(window, executions=10, succeeded=9, failed=1, timed_out=0, aborted=0)


def _before() -> Before:
    change = CauseChange(_MACHINE.arn, "Work", _SPOT.cause, _SPOT.group, "repeated", 1, 1)
    return Before(
        "kept_report",
        _period(1),
        4,
        {_MACHINE.arn: ExecutionCounts(succeeded=9, failed=1)},
        (change,),
        (_EXECUTION,),
    )


def _failure() -> Failure:
    execution = Execution(
        arn=_EXECUTION,
        machine_arn=_MACHINE.arn,
        name="run",
        status="FAILED",
        started_at=_END - timedelta(hours=2),
        stopped_at=_END - timedelta(hours=1),
    )
    attempts = tuple(
        DiagnosedAttempt("Work", _SPOT, None, _END - timedelta(minutes=110 - 10 * each), None)
        for each in range(4)
    )
    return Failure(execution, "Work", None, _SPOT, attempts, attempts_complete=True)


def _coverage() -> Coverage:
    return Coverage(
        machines_tagged=2,
        machines_scanned=1,
        failures_found=1,
        failures_read=1,
        api_calls={"GetExecutionHistory": 1},
        throttled=0,
        complete=False,
        notes=(_SKIPPED,),
        left_out=(_SKIPPED,),
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
        title=i18n.Message("Raise the timeout of {state}", state="Example"),
        text=i18n.Message("Currently: no retries."),
    )

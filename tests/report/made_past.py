"""The week of `made` with what came before it: last week, a trend, hints and an adopted one."""

from dataclasses import replace
from datetime import timedelta

from sfn_digest.i18n.message import Message
from sfn_digest.model.comparison import (
    Adopted,
    AdoptedChange,
    Before,
    CauseChange,
    ChangeTally,
    DefinitionChange,
    Period,
)
from sfn_digest.model.executions import ExecutionCounts, Window
from sfn_digest.model.report import Hint, Recovered, Report
from sfn_digest.report.build import most_pressing
from tests.report import made

WEEK = timedelta(days=7)
SPOT_RETRIER = {
    "ErrorEquals": ["States.TaskFailed"],
    "IntervalSeconds": 60,
    "MaxAttempts": 5,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
}

RETRY = Hint(
    kind="retry",
    machine_arn=made.SCORES.arn,
    state="Score",
    cause=made.SPOT,
    errors=("States.TaskFailed",),
    retrier=SPOT_RETRIER,
    failures=10,
    incidents=9,
    recovered=Recovered(surely=4, likely=7.6, possibly=10, low=5, high=9),
    added_wait_seconds=5_400.0,
    title=Message(
        "Retry longer after {cause}: {errors} in {state}",
        cause="Spot interruptions",
        errors="States.TaskFailed",
        state="Score",
    ),
    text=Message(
        "Wait 60 s, 5 attempts: about 8 of 10 failures (9 incidents) would have recovered, 5 to 9 "
        "at 95 %."
    ),
    sure="likely",
    id="5c2e9a71",
    added_attempts=14.0,
    patched={"Retry": [SPOT_RETRIER, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]},
)
LIMIT = replace(
    RETRY,
    kind="time_limit",
    machine_arn=made.BATCH.arn,
    state="Wait",
    cause="timeout_execution",
    errors=(),
    retrier=None,
    title=Message("Give Wait more time"),
    text=Message("1 execution ended by the timeout of 5 min in Wait."),
    sure="sure",
    id="b04e17d2",
    patched={"TimeoutSeconds": 900},
)
UNWRITTEN = replace(LIMIT, title=Message("Shrink the payload of Load"), patched=None)

ADOPTED = Adopted(
    kind="retry",
    machine_arn=made.IMPORTS.arn,
    state="Copy",
    cause=made.START,
    errors=("ECS.AmazonECSException",),
    retrier=SPOT_RETRIER,
    hinted_at=made.WINDOW.start - 2 * WEEK,
    adopted_at=made.WINDOW.start - WEEK,
    predicted_low=0.5,
    predicted_high=0.9,
    failures=8,
    recovered=6,
    verdict="as_predicted",
)

ON_DEMAND = AdoptedChange(
    kind="ecs_branch",
    machine_arn=made.SCORES.arn,
    state="CalculateScores",
    cause=made.SPOT,
    errors=("States.TaskFailed",),
    patched={"Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "CalculateScores why"}]},
    was={},
    hinted_at=made.WINDOW.start - 2 * WEEK,
    adopted_at=made.WINDOW.start - WEEK,
    before=ChangeTally(168, ended=17, failed=24, attempts=120, retries=103, incidents=17),
    since=ChangeTally(160, ended=0, failed=17, attempts=78, retries=68, caught=10),
    verdict="fewer",
)


def period(weeks_ago: int, failed: int) -> Period:
    """Give one week of the trend."""
    window = Window(made.WINDOW.start - weeks_ago * WEEK, made.WINDOW.end - weeks_ago * WEEK)
    return Period(window, 13_000 + failed, 13_000, failed, 0, 0)


def this_period() -> Period:
    """Give the week itself as a part of the trend."""
    totals = made.week().totals
    ended = (totals.succeeded, totals.failed, totals.timed_out, totals.aborted)
    return Period(made.WINDOW, totals.executions, *ended)


def changes() -> tuple[CauseChange, ...]:
    """Give a new cause after a change of its definition, one that came again, one that is gone."""
    start = made.WINDOW.start
    scores, batch, imports = made.SCORES.arn, made.BATCH.arn, made.IMPORTS.arn
    version = DefinitionChange(start + timedelta(hours=20), f"{batch}:12")
    began = start + timedelta(hours=21)
    return (
        CauseChange(batch, "Load", made.BROKEN, "g1", "new", 4, 0, began, version),
        CauseChange(scores, "Score", made.SPOT, "g2", "repeated", 10, 8, start, None),
        CauseChange(imports, "Copy", made.START, "g3", "resolved", 0, 5),
    )


def before() -> Before:
    """Give the week before."""
    return Before(
        source="kept_report",
        period=period(1, 30),
        failed_attempts=40,
        machines={
            made.SCORES.arn: ExecutionCounts(386, 14),
            made.BATCH.arn: ExecutionCounts(60),
            made.WEB.arn: ExecutionCounts(12_000, 4),
            made.IMPORTS.arn: ExecutionCounts(6, 1),
        },
        causes=changes(),
        carried_over=(f"{made.SCORES.arn.replace('stateMachine', 'execution')}:run-002",),
    )


def compared_week() -> Report:
    """Give the week with all that came before it."""
    return replace(
        made.week(),
        before=before(),
        trend=(period(3, 0), period(2, 12), period(1, 30), this_period()),
        hints=(RETRY, LIMIT, UNWRITTEN),
        adopted=(ADOPTED,),
        adopted_changes=(ON_DEMAND,),
        account_alias="acme-data",
    )


def tagged_week() -> Report:
    """Give the week with machines of two environments and two owners, and one without either."""
    week = compared_week()
    prod, test = ("prod", "Data team"), ("test", "Imports")
    tags = {made.SCORES.arn: test, made.BATCH.arn: prod, made.IMPORTS.arn: test}
    machines = [
        replace(each, environment=tags[each.arn][0], owner=tags[each.arn][1])
        if each.arn in tags
        else each
        for each in week.machines
    ]
    return replace(week, machines=tuple(sorted(machines, key=most_pressing)))


def quiet_after_a_bad_week() -> Report:
    """Give a week without failures after one that had some."""
    return replace(made.quiet_week(), before=before(), trend=(period(1, 30), period(0, 0)))


def with_past(report: Report, *, hints: int) -> Report:
    """Give a report of any size the longest past and so many hints."""
    machines = [machine for machine in report.machines if machine.unsuccessful]
    several = [
        CauseChange(m.arn, row.state, row.cause, row.group, "new", row.executions, 0)
        for m in machines
        for row in m.causes
    ]
    past = replace(
        before(),
        machines={m.arn: ExecutionCounts(failed=3) for m in machines},
        causes=tuple(several),
    )
    carried = tuple(failure.execution_arn for failure in report.failures[:500])
    long = {f"{'k' * 40}{n}": "v" * 60 for n in range(60)}
    hinted = [
        replace(RETRY, machine_arn=machines[n % len(machines)].arn, patched={"Retry": [long]},
                title=Message("t" * 300), text=Message("x" * 600))
        for n in range(hints if machines else 0)
    ]  # fmt: skip
    return replace(
        report,
        before=replace(past, carried_over=carried),
        trend=tuple(period(n, n * 1_000_000) for n in range(60, -1, -1)),
        hints=tuple(hinted),
        adopted=tuple(
            replace(ADOPTED, machine_arn=h.machine_arn, errors=("E" * 200,)) for h in hinted
        ),
    )

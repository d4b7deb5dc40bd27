"""Picker, report and the week before count an execution once, whenever it was redriven."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from sfn_digest.config.request import Request
from sfn_digest.model.executions import ExecutionCounts, StateMachine, Window
from sfn_digest.model.report import Report
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scope
from simulator.records import SimExecution, Status
from tests.aws.small_world import END, TAG, WEEK, arn, machine, opened, redriven, run, world

pytestmark = pytest.mark.slow

NAMES = [f"orders-{n}" for n in range(4)]
BEFORE = Window(WEEK.start - timedelta(days=7), WEEK.start)
LAST: list[Status] = ["FAILED", "FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED"]


def execution(random: Random, name: str, number: int) -> SimExecution:
    """One that ended up to four times within four weeks, and was redriven soon after each end."""
    ends = sorted(random.sample(range(1, 28 * 24), random.choice([1, 1, 2, 3, 4])), reverse=True)
    *earlier, last = (hours + 0.25 for hours in ends)
    plain = run(name, number, hours_ago=last, status=random.choice(LAST))
    again = redriven(plain, *((random.choice(LAST[:4]), hours) for hours in earlier))
    redrives = [
        {"type": "ExecutionRedriven", "id": 2, "timestamp": END.timestamp() - (hours - 0.1) * 3600}
        for hours in earlier
    ]
    return replace(again, events=(*plain.events[:1], *redrives, *plain.events[1:]))


def standing(each: SimExecution, window: Window) -> Status | None:
    """How it had closed when a window was over; None where it had not, or not within it."""
    ends = [*each.earlier_ends, (each.status, each.stopped_at or 0.0)]
    redrives = [e["timestamp"] for e in each.events if e["type"] == "ExecutionRedriven"]
    over = window.end.timestamp()
    known = [(status, moment) for status, moment in ends if moment < over]
    if not known or known[-1][1] < window.start.timestamp():
        return None
    if any(known[-1][1] < moment < over for moment in redrives):
        return None
    return known[-1][0]


def truth(made: list[SimExecution], window: Window) -> dict[str, tuple[int, int, int]]:
    """What failed, timed out and was aborted in a window, by machine."""
    found = {arn(name): [0, 0, 0] for name in NAMES}
    for each in made:
        status = standing(each, window)
        if status in ("FAILED", "TIMED_OUT", "ABORTED"):
            found[each.machine_arn][("FAILED", "TIMED_OUT", "ABORTED").index(status)] += 1
    return {name: (each[0], each[1], each[2]) for name, each in found.items()}


def reported(
    made: list[SimExecution], monkeypatch: pytest.MonkeyPatch
) -> tuple[Report, dict[str, ExecutionCounts]]:
    """The report, and what the picker was shown."""
    shown: dict[str, ExecutionCounts] = {}

    def pick(scope: Scope) -> tuple[StateMachine, ...]:
        shown.update(scope.counts)
        return scope.machines

    with opened(world([machine(name) for name in NAMES], made), monkeypatch, share=1.0) as (
        account,
        _,
    ):
        request = Request(WEEK, tag=TAG, successes=0)
        return make_report(Run(request, account), pick=pick), shown


def test_picker_report_and_the_week_before_count_each_execution_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = Random(14)
    made = [execution(random, random.choice(NAMES), number) for number in range(70)]
    report, shown = reported(made, monkeypatch)
    now, then = truth(made, WEEK), truth(made, BEFORE)
    told = {each.arn: (each.failed, each.timed_out, each.aborted) for each in report.machines}
    assert told == now
    assert {name: (n.failed, n.timed_out, n.aborted) for name, n in shown.items()} == now
    assert [shown[each.arn].executions for each in report.machines] == [
        each.succeeded + each.unsuccessful for each in report.machines
    ]
    assert report.before is not None
    assert report.before.source == "cloudwatch"
    failed = sum(failed + timed_out for failed, timed_out, _ in then.values())
    unsure = [note for note in report.coverage.notes if "which executions were redriven" in note]
    missing = sum(int(str(each.values["n"])) for each in unsure)
    assert report.before.period.failures <= failed <= report.before.period.failures + missing

"""A part of a report has the numbers of its own machines, and the parts make up the whole."""

from dataclasses import fields, replace

from sfn_digest.i18n.message import Message
from sfn_digest.model.releases import MachineVersions
from sfn_digest.model.report import Report
from sfn_digest.model.sample import CauseEstimate, Estimate
from sfn_digest.model.since import CauseSince
from sfn_digest.model.stuck import StuckMachine
from sfn_digest.report.subsets import part_of
from tests.report import made, made_past
from tests.report.hostile import Author, by_any_author
from tests.report.hostile_past import with_past


def numbers(report: Report) -> tuple[int, ...]:
    totals, read = report.totals, report.coverage
    return (
        *(totals.executions, totals.succeeded, totals.failed, totals.timed_out, totals.aborted),
        *(totals.expected, len(report.failures), len(report.hints), read.machines_scanned),
    )


@by_any_author
def test_the_parts_of_any_report_make_up_the_whole(author: Author) -> None:
    report = with_past(author, author.found(max_machines=9).report())
    arns = [each.arn for each in report.machines]
    ours = {arn for arn in arns if author.random.random() < 0.5}
    parts = part_of(report, ours), part_of(report, set(arns) - ours)
    whole = part_of(report, set(arns))
    assert [sum(pair) for pair in zip(*map(numbers, parts), strict=True)] == list(numbers(whole))
    assert {each.machine_arn for each in parts[0].failures} <= ours


def test_a_part_is_compared_with_the_same_machines_a_week_ago() -> None:
    part = part_of(made_past.compared_week(), {made.SCORES.arn})
    assert part.before is not None
    assert (part.before.period.failures, part.before.period.executions) == (14, 400)
    assert {each.machine_arn for each in part.before.causes} == {made.SCORES.arn}
    assert [each.failures for each in part.trend] == [14, 11]


def test_a_part_in_which_everything_was_read_is_complete() -> None:
    note = Message("{machine} was skipped.", machine=made.IMPORTS.name)
    week = made.week(complete=False, machines_scanned=4, notes=(note,))
    denied = replace(week, coverage=replace(week.coverage, skipped=(made.IMPORTS.arn,)))
    whole, lacking = (part_of(denied, {arn}) for arn in (made.SCORES.arn, made.IMPORTS.arn))
    assert whole.coverage.complete
    assert not whole.coverage.notes
    assert not lacking.coverage.complete
    assert lacking.coverage.left_out == (note,)
    assert (lacking.coverage.machines_scanned, lacking.coverage.machines_tagged) == (0, 1)


def test_a_part_tells_nothing_of_another_channel_s_machines() -> None:
    arns = (made.SCORES.arn, made.BATCH.arn)
    week = replace(
        made_past.compared_week(),
        stuck=tuple(
            StuckMachine(
                arn,
                executions=1,
                complete=True,
                successes=9,
                usual_seconds=60.0,
                timeout_seconds=None,
                longest=(),
            )
            for arn in arns
        ),
        releases=tuple(MachineVersions(arn, (), made.WINDOW.start) for arn in arns),
        since=tuple(CauseSince(arn, "Load", made.SPOT, 3) for arn in arns),
        estimated=(
            CauseEstimate(None, made.SPOT, Estimate(300, 200, 400)),
            *(CauseEstimate(arn, made.SPOT, Estimate(150, 100, 200)) for arn in arns),
        ),
    )
    part = part_of(week, {made.SCORES.arn})
    for field in fields(Report):
        of = getattr(part, field.name)
        if isinstance(of, tuple):
            named = {getattr(each, "machine_arn", None) for each in of}
            assert named <= {made.SCORES.arn, None}, field.name
    assert [len(of) for of in (part.stuck, part.releases, part.since)] == [1, 1, 1]
    assert part.estimated_of(None) == {made.SPOT: Estimate(150, 100, 200)}

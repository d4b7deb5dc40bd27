"""What is expected is counted and stands behind the rest; everything else is ranked as before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sfn_digest.causes import Expectation
from sfn_digest.model.executions import ExecutionCounts
from sfn_digest.model.report import MachineReport, Report
from sfn_digest.report import leading
from sfn_digest.report.attention import attention
from sfn_digest.report.refined import ended, mark_expected
from tests.report import made, made_past

UNTIL = made.WINDOW.end + timedelta(days=30)


def tagged(report: Report, name: str, *words: str) -> Report:
    """The report with a machine whose tag expects these."""
    machines = [
        replace(each, expected=words) if each.name == name else each for each in report.machines
    ]
    return replace(report, machines=tuple(machines))


def test_a_cause_that_a_tag_expects_is_counted_and_needs_nobody() -> None:
    report = mark_expected(tagged(made.week(), "calculate-scores", made.SPOT, made.START))
    (scores,) = [each for each in report.machines if each.name == "calculate-scores"]
    assert (scores.expected_failures, scores.unexpected) == (11, 0)
    assert report.totals.expected == 11
    assert sum(each.expected for each in report.failures) == 11
    assert [(each.what, each.executions, each.reason) for each in report.expected] == [
        (made.SPOT, 10, None),
        (made.START, 1, None),
    ]
    assert "calculate-scores" not in [each.machine.name for each in attention(report)]


def test_stops_are_expected_by_their_status_though_their_history_was_not_read() -> None:
    week = made.week()
    machines = [
        replace(each, aborted=5, expected=("aborted",)) if each.name == "nightly-import" else each
        for each in week.machines
    ]
    report = mark_expected(replace(week, machines=tuple(machines)))
    (imports,) = [each for each in report.machines if each.name == "nightly-import"]
    assert (imports.expected_stops, imports.expected_failures) == (5, 0)
    assert report.totals.expected == 5


def test_the_rules_give_a_reason_and_an_end() -> None:
    rule = Expectation("known", UNTIL, machine="daily-*", error="KeyError")
    (row,) = mark_expected(made.week(), [rule]).expected
    assert (row.executions, row.reason, row.until) == (4, "known", UNTIL)


def test_what_happens_after_the_end_is_news_again_and_a_note_says_so() -> None:
    over = Expectation("known", made.WINDOW.start, error="KeyError")
    report = mark_expected(made.week(), [over])
    assert (report.expected, report.totals.expected) == ((), 0)
    (note,) = ended([over], made.WINDOW)
    last = made.WINDOW.start - timedelta(days=1)
    assert note.startswith("KeyError is no longer expected")
    assert f"says so only until {last:%Y-%m-%d}, so its failures count again" in note
    assert ended([Expectation("r", UNTIL, error="E")], made.WINDOW) == ()


def test_where_nothing_is_expected_the_report_stays_as_it_is() -> None:
    never = Expectation("r", datetime(2100, 1, 1, tzinfo=UTC), error="Never")
    assert mark_expected(made.week(), [never]) == made.week()


def test_more_of_what_is_expected_is_no_jump_and_the_rate_told_is_of_the_failures_told() -> None:
    week = mark_expected(tagged(made.week(), "calculate-scores", made.SPOT, made.START))
    scores = next(each for each in week.machines if each.name == "calculate-scores")
    assert scores.failures == scores.expected_failures == 11
    other = replace(scores, failed=scores.failed + 20)
    past = made_past.compared_week().before
    assert past is not None
    before = replace(past, causes=(), machines={scores.arn: ExecutionCounts(400, 1)})

    def lead(machine: MachineReport) -> list[str]:
        machines = tuple(machine if each is scores else each for each in week.machines)
        told = leading.lines(replace(week, machines=machines, before=before), made.TEXTS, 5)
        return [each.said for each in told.needs if each.machine.arn == scores.arn]

    one_more = lead(replace(scores, failed=scores.failed + 1))
    assert not any("Failure rate up" in each for each in one_more)
    (said,) = lead(other)
    assert said.startswith("Failure rate up from 0.25% to 4.8%: 20 of 421 failed")


def test_the_other_machines_are_ranked_by_what_was_not_expected() -> None:
    first = made.week().machines[0]
    machines = [
        replace(first, arn=f"arn-{n}", name=f"m{n}", failed=n, timed_out=0) for n in range(1, 8)
    ]
    expected = replace(machines[2], name="expected", failed=99, expected_failures=98)
    week = replace(made.week(), machines=(*machines[:2], expected, *machines[3:]), hints=())
    told = [each.machine.name for each in leading.lines(week, made.TEXTS, 5).others]
    assert told == ["m4", "m2", "expected", "m1"]

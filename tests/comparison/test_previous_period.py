"""The period before, held against this one: what is new, what went away, and what is unknown."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.comparison import (
    compared_with_counts,
    compared_with_report,
    read_previous_report,
    trend,
)
from sfn_digest.model.comparison import Before, CauseChange, Period
from sfn_digest.model.executions import CountedPeriod, ExecutionCounts
from sfn_digest.model.report import MachineReport, Report
from sfn_digest.report.json_face import to_dict
from tests.comparison.reports import (
    END,
    WEEK,
    WEEK_BEFORE,
    arn,
    cause,
    failure,
    machine,
    report,
)


def failed_before(before: Before) -> dict[str, int]:
    return {arn: each.unsuccessful for arn, each in before.machines.items()}


def kept(*machines: MachineReport, **more: Any) -> Report:
    found = read_previous_report(to_dict(report(*machines, window=WEEK_BEFORE, **more)))
    assert found is not None
    return found


def changes(before: Before) -> dict[tuple[str, str], tuple[str, int, int]]:
    return {
        (each.machine_arn.rpartition(":")[2], each.cause): (
            each.change,
            each.before,
            each.executions,
        )
        for each in before.causes
    }


def compared(earlier: Report, now: Report) -> dict[tuple[str, str], tuple[str, int, int]]:
    return changes(compared_with_report(earlier, now, None))


def test_causes_are_new_repeated_or_resolved_by_machine() -> None:
    earlier = kept(machine("orders", cause("both", 2), cause("gone", 3)), machine("mail"))
    now = report(machine("orders", cause("both", 5)), machine("mail", cause("gone", 1)))
    assert compared(earlier, now) == {
        ("mail", "gone"): ("new", 0, 1),
        ("orders", "both"): ("repeated", 2, 5),
        ("orders", "gone"): ("resolved", 3, 0),
    }


def test_what_only_cost_attempts_in_the_other_period_is_neither_new_nor_resolved() -> None:
    attempts_only = replace(cause("tried", 0), failed_attempts=3)
    ended = report(machine("orders", cause("both", 1), cause("tried", 1)))
    assert compared(kept(machine("orders", cause("both", 1), attempts_only)), ended) == {
        ("orders", "both"): ("repeated", 1, 1)
    }
    earlier = kept(machine("orders", cause("both", 1), cause("tried", 1)))
    now = report(machine("orders", cause("both", 1), attempts_only))
    assert compared(earlier, now) == {("orders", "both"): ("repeated", 1, 1)}


def test_new_causes_come_first_then_repeated_then_resolved_and_frequent_ones_before_rare() -> None:
    earlier = kept(machine("orders", cause("both", 9), cause("gone", 8), cause("left", 9)))
    now = report(machine("orders", cause("both", 7), cause("one", 1), cause("two", 2)))
    order = [each.cause for each in compared_with_report(earlier, now, None).causes]
    assert order == ["two", "one", "both", "left", "gone"]


def test_a_change_tells_when_its_first_execution_ended_and_where_most_of_them_failed() -> None:
    rows = (cause("new", 1, state="Read"), cause("new", 3, state="Pay"))
    [change] = compared_with_report(
        kept(machine("orders")), report(machine("orders", *rows)), None
    ).causes
    assert (change.state, change.executions) == ("Pay", 4)
    assert change.first_at == WEEK.start + timedelta(hours=1)


def test_what_an_earlier_report_did_not_read_is_not_called_new() -> None:
    unread = replace(machine("orders", cause("both", 2)), failed=3)
    now = report(machine("orders", cause("both", 1), cause("other", 1)))
    assert compared(kept(unread, complete=False), now) == {("orders", "both"): ("repeated", 2, 1)}


def test_a_machine_that_could_not_be_seen_earlier_has_no_new_causes() -> None:
    unseen = machine("ledger", succeeded=0)
    now = report(machine("ledger", cause("old", 1)), machine("orders"))
    earlier = kept(unseen, machine("orders"), complete=False)
    read = replace(earlier.coverage, skipped=(unseen.arn,))
    assert compared(replace(earlier, coverage=read), now) == {}
    # One that was counted, and had not run yet, is another matter.
    assert compared(earlier, now) == {("ledger", "old"): ("new", 0, 1)}


def test_other_machines_of_an_incomplete_report_are_compared_all_the_same() -> None:
    unread = replace(machine("orders", cause("both", 2)), failed=3)
    earlier = kept(unread, machine("mail"), complete=False)
    now = report(machine("orders", cause("other", 1)), machine("mail", cause("fresh", 1)))
    assert compared(earlier, now) == {
        ("mail", "fresh"): ("new", 0, 1),
        ("orders", "both"): ("resolved", 2, 0),
    }


def test_what_this_report_did_not_read_is_not_called_resolved() -> None:
    unread = replace(machine("orders", cause("both", 2)), failed=3)
    earlier = kept(machine("orders", cause("both", 2), cause("gone", 1)))
    assert compared(earlier, report(unread, complete=False)) == {
        ("orders", "both"): ("repeated", 2, 2)
    }


def test_a_machine_that_did_not_run_has_resolved_nothing() -> None:
    earlier = kept(machine("orders", cause("gone", 1)))
    assert compared(earlier, report(machine("orders", succeeded=0))) == {}


def test_a_machine_that_is_no_longer_reported_on_is_left_out() -> None:
    earlier = kept(machine("orders", cause("both", 1)), machine("sold", cause("gone", 9)))
    before = compared_with_report(earlier, report(machine("orders", cause("both", 1))), None)
    assert changes(before) == {("orders", "both"): ("repeated", 1, 1)}
    assert failed_before(before) == {arn("orders"): 1}
    assert before.period.failed == 1


def test_a_machine_that_was_not_reported_on_then_has_cloudwatch_s_numbers_and_no_changes() -> None:
    counted = CountedPeriod(
        WEEK_BEFORE, {arn("joined"): ExecutionCounts(10, 4), arn("orders"): ExecutionCounts(1, 99)}
    )
    now = report(machine("orders"), machine("joined", cause("any", 1)))
    before = compared_with_report(kept(machine("orders")), now, counted)
    assert before.causes == ()
    assert failed_before(before) == {arn("joined"): 4, arn("orders"): 0}
    assert before.period == Period(WEEK_BEFORE, 114, 110, 4, 0, 0)


def test_groups_formed_by_another_version_are_not_compared() -> None:
    earlier = kept(machine("orders", cause("both", 1, version=1)))
    now = report(machine("orders", cause("both", 1, version=2)))
    assert compared(earlier, now) == {}


def test_attempts_are_known_where_as_much_was_read_then_as_is_now() -> None:
    whole = machine("orders", cause("both", 2), attempts=7)
    now = report(machine("orders"))
    assert compared_with_report(kept(whole), now, None).failed_attempts == 7
    unread = replace(whole, failed=3)
    assert compared_with_report(kept(unread), now, None).failed_attempts is None
    assert (
        compared_with_report(kept(unread), report(unread, complete=False), None).failed_attempts
        == 7
    )


def test_executions_that_failed_again_are_carried_over() -> None:
    earlier = kept(machine("orders", cause("both", 3)))
    again = failure("orders", "1:both", 1, ended=END - timedelta(days=1))
    other = failure("orders", "1:both", 7)
    now = report(machine("orders", cause("both", 2)), failures=(again, other))
    before = compared_with_report(earlier, now, None)
    assert before.carried_over == (again.execution_arn,)


def test_a_failure_in_the_hour_both_windows_share_is_not_carried_over() -> None:
    earlier = kept(machine("orders", cause("both", 1)))
    shared = failure("orders", "1:both", 0, ended=earlier.window.end - timedelta(minutes=5))
    now = report(machine("orders", cause("both", 1)), failures=(shared,))
    assert compared_with_report(earlier, now, None).carried_over == ()


def test_without_the_list_of_failures_causes_are_compared_and_nothing_is_carried_over() -> None:
    cut = to_dict(report(machine("orders", cause("both", 3)), window=WEEK_BEFORE, complete=False))
    earlier = read_previous_report({**cut, "failures": []})
    assert earlier is not None
    now = report(machine("orders", cause("both", 1), cause("new", 1)))
    before = compared_with_report(earlier, now, None)
    assert changes(before) == {
        ("orders", "new"): ("new", 0, 1),
        ("orders", "both"): ("repeated", 3, 1),
    }
    assert before.carried_over == ()


def counted(**machines: ExecutionCounts) -> CountedPeriod:
    return CountedPeriod(WEEK_BEFORE, {arn(name): each for name, each in machines.items()})


def test_from_cloudwatch_there_are_numbers_and_causes_of_machines_that_had_no_failure() -> None:
    now = report(
        machine("orders", cause("any", 1)),
        machine("mail", cause("fresh", 2)),
        machine("注文", cause("unknown", 1)),
    )
    before = compared_with_counts(
        [counted(orders=ExecutionCounts(50, 3, 2, 1), mail=ExecutionCounts(9))], now
    )
    assert before.source == "cloudwatch"
    assert before.period == Period(WEEK_BEFORE, 65, 59, 3, 2, 1)
    assert failed_before(before) == {arn("mail"): 0, arn("orders"): 6}
    assert changes(before) == {("mail", "fresh"): ("new", 0, 2)}
    assert (before.failed_attempts, before.carried_over) == (None, ())


def test_what_failed_in_an_older_period_is_not_called_new() -> None:
    now = report(machine("orders", cause("any", 1)), machine("mail", cause("fresh", 2)))
    older = counted(orders=ExecutionCounts(50, 1), mail=ExecutionCounts(9))
    last = counted(orders=ExecutionCounts(50), mail=ExecutionCounts(9))
    before = compared_with_counts([older, last], now)
    assert failed_before(before)[arn("orders")] == 0
    assert changes(before) == {("mail", "fresh"): ("new", 0, 2)}


def test_a_trend_ends_with_what_the_report_itself_says() -> None:
    now = report(machine("orders", cause("both", 2)))
    earlier = kept(machine("orders", cause("both", 5)))
    older = CountedPeriod(WEEK_BEFORE, {arn("orders"): ExecutionCounts(7, 1)})
    before = compared_with_report(earlier, now, None)
    shown = trend((older, counted(orders=ExecutionCounts(100, 4))), before, now)
    assert [each.failed for each in shown] == [1, 5, 2]
    assert [each.executions for each in shown] == [8, 105, 102]
    assert shown[-1].window == WEEK
    assert trend((), before, now) == ()


ROWS = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3), max_size=4)
MACHINE = st.tuples(ROWS, st.integers(0, 2), st.integers(0, 2))
"""Causes with their executions, failures that were not read, and successes."""


def _made(name: str, drawn: tuple[dict[str, int], int, int]) -> MachineReport:
    rows, unread, succeeded = drawn
    told = machine(name, *(cause(each, n) for each, n in rows.items()), succeeded=succeeded)
    return replace(told, failed=told.failed + unread)


@given(
    then=st.lists(MACHINE, max_size=3),
    now=st.lists(MACHINE, max_size=3),
    complete=st.booleans(),
    read_then=st.booleans(),
)
def test_new_and_resolved_are_claimed_only_of_what_was_read(
    then: list[tuple[dict[str, int], int, int]],
    now: list[tuple[dict[str, int], int, int]],
    complete: bool,
    read_then: bool,
) -> None:
    machines = [_made(str(at), each) for at, each in enumerate(now)]
    earlier_machines = [_made(str(at), each) for at, each in enumerate(then)]
    whole = to_dict(report(*earlier_machines, window=WEEK_BEFORE, complete=read_then))
    earlier = read_previous_report(whole)
    if earlier is None:
        return
    for change in compared_with_report(earlier, report(*machines, complete=complete), None).causes:
        at = int(change.machine_arn.rpartition(":")[2])
        assert change.before == then[at][0].get(change.cause, 0)
        assert change.executions == now[at][0].get(change.cause, 0)
        assert change.change != "new" or then[at][1] == change.before == 0
        assert change.change != "resolved" or now[at][1] == change.executions == 0
        assert change.change != "repeated" or change.before * change.executions > 0


WEEKS = [
    replace(WEEK, start=WEEK.start + timedelta(days=7 * n), end=WEEK.end + timedelta(days=7 * n))
    for n in range(6)
]


def told_weekly(*weeks: MachineReport) -> Report:
    """The last of some weeks' reports, each held against the kept one of the week before."""
    last: Report | None = None
    for window, orders in zip(WEEKS, weeks, strict=False):
        now = report(orders, window=window)
        if last is not None:
            earlier = read_previous_report(to_dict(last))
            assert earlier is not None
            now = replace(now, before=compared_with_report(earlier, now, None))
        last = now
    assert last is not None
    return last


def only_change(told: Report) -> CauseChange:
    assert told.before is not None
    (change,) = told.before.causes
    return change


STRUCK, QUIET = machine("orders", cause("a", 2)), machine("orders")


def test_a_cause_that_goes_on_says_for_how_many_weeks_and_since_when() -> None:
    change = only_change(told_weekly(STRUCK, STRUCK, STRUCK, STRUCK))
    assert (change.change, change.periods) == ("repeated", 4)
    assert change.since == WEEKS[0].start + timedelta(hours=1)


def test_a_cause_that_was_gone_and_came_back_says_when_it_struck_last() -> None:
    told = told_weekly(STRUCK, QUIET, QUIET, STRUCK)
    change = only_change(told)
    assert (change.change, change.periods, change.executions) == ("returned", 1, 2)
    assert change.last_at == WEEKS[0].start + timedelta(hours=2)
    assert told.before is not None
    assert told.before.gone == ()


def test_a_cause_that_came_back_and_goes_on_counts_from_its_return() -> None:
    change = only_change(told_weekly(STRUCK, QUIET, STRUCK, STRUCK))
    assert (change.change, change.periods) == ("repeated", 2)
    assert change.since == WEEKS[2].start + timedelta(hours=1)


def test_a_cause_that_is_resolved_is_remembered_until_it_is_long_gone() -> None:
    told = told_weekly(STRUCK, QUIET, QUIET)
    assert told.before is not None
    assert [each.group for each in told.before.gone] == ["1:a"]
    long_ago = replace(told.before.gone[0], last_at=WEEKS[2].end - timedelta(days=101))
    kept_then = replace(told, before=replace(told.before, gone=(long_ago,)))
    now = report(QUIET, window=WEEKS[3])
    assert compared_with_report(kept_then, now, None).gone == ()


def test_an_expected_cause_is_marked_among_the_changes() -> None:
    usual = replace(cause("a", 2), expected_executions=2)
    now = report(machine("orders", usual))
    (change,) = compared_with_report(kept(machine("orders")), now, None).causes
    assert change.expected

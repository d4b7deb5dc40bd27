"""A change of the definition is named beside a cause that first appeared shortly after it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sfn_digest.comparison import (
    compared_with_counts,
    compared_with_report,
    lookups,
    read_previous_report,
    with_changes,
)
from sfn_digest.model.comparison import DefinitionChange
from sfn_digest.model.executions import CountedPeriod, ExecutionCounts
from sfn_digest.report.json_face import to_dict
from tests.comparison.reports import WEEK, WEEK_BEFORE, arn, cause, failure, machine, report

NOW = report(
    machine("orders", cause("old", 9), cause("rare", 1), cause("often", 3)),
    machine("mail", cause("main", 2), cause("side", 1)),
)
EARLIER = read_previous_report(
    to_dict(report(machine("orders", cause("old", 1)), machine("mail"), window=WEEK_BEFORE))
)
EXPRESS = "arn:aws:states:eu-west-1:123456789012:express:mail:run:1"
FIRST_AT = WEEK.start + timedelta(hours=1)


def test_new_causes_are_looked_up_by_their_first_execution_the_frequent_first() -> None:
    assert EARLIER is not None
    wanted = lookups(NOW, compared_with_report(EARLIER, NOW, None))
    assert [each.change.cause for each in wanted] == ["often", "main", "side", "rare"]
    assert wanted[0].execution_arn == failure("orders", "1:often", 10).execution_arn


def test_without_a_kept_report_the_main_cause_of_a_machine_stands_for_all() -> None:
    quiet = CountedPeriod(WEEK_BEFORE, {arn("mail"): ExecutionCounts(5)})
    wanted = lookups(NOW, compared_with_counts([quiet], NOW))
    assert [each.change.cause for each in wanted] == ["main"]


def test_a_machine_that_did_not_run_before_has_no_definition_to_compare_with() -> None:
    idle = CountedPeriod(WEEK_BEFORE, {arn("orders"): ExecutionCounts()})
    now = report(machine("orders", cause("fresh", 1)))
    assert lookups(now, compared_with_counts([idle], now)) == []


def test_an_express_execution_is_not_looked_up_since_aws_does_not_tell_its_definition() -> None:
    express = replace(failure("mail", "1:fresh", 3), execution_arn=EXPRESS)
    now = report(machine("mail", cause("fresh", 1)), machine("orders", cause("other", 1)))
    failures = tuple(express if each.machine_arn == arn("mail") else each for each in now.failures)
    now = replace(now, failures=failures)
    quiet = CountedPeriod(
        WEEK_BEFORE, {arn("mail"): ExecutionCounts(5), arn("orders"): ExecutionCounts(5)}
    )
    wanted = lookups(now, compared_with_counts([quiet], now))
    assert [each.change.cause for each in wanted] == ["other"]


@pytest.mark.parametrize(
    ("before_first", "named"),
    [
        (timedelta(0), True),
        (timedelta(hours=2), True),
        (timedelta(days=3), True),
        (timedelta(days=3, seconds=1), False),
        (timedelta(seconds=-1), False),
    ],
)
def test_a_change_is_named_within_three_days_before_the_first_failure(
    before_first: timedelta, named: bool
) -> None:
    now = report(machine("orders", cause("fresh", 1)))
    quiet = CountedPeriod(WEEK_BEFORE, {arn("orders"): ExecutionCounts(5)})
    before = compared_with_counts([quiet], now)
    [wanted] = lookups(now, before)
    updated = FIRST_AT - before_first
    version = arn("orders") + ":7"
    told = with_changes(before, {wanted: updated}, {wanted.execution_arn: version})
    [change] = told.causes
    assert change.definition == (DefinitionChange(updated, version) if named else None)


def test_what_was_not_looked_up_has_no_change() -> None:
    assert EARLIER is not None
    before = compared_with_report(EARLIER, NOW, None)
    assert with_changes(before, {}, {}) == before

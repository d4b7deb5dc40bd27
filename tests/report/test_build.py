"""The report's numbers agree with what was found."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from sfn_digest.model.executions import ExecutionCounts, Failure, StateMachine
from sfn_digest.model.report import MachineReport, Report
from sfn_digest.report import leading
from sfn_digest.report import presenter as view
from sfn_digest.report.build import build_report
from sfn_digest.report.subsets import part_of
from tests.report import made
from tests.report.hostile import Author, Found, by_any_author
from tests.report.made import BATCH, BROKEN, SCORES, SPOT, START


def build(
    machines: list[StateMachine], counts: dict[str, ExecutionCounts], *failures: Failure
) -> Report:
    return Found(machines, counts, list(failures), made.coverage(1, len(failures))).report()


def named(report: Report, name: str) -> MachineReport:
    return next(machine for machine in report.machines if machine.name == name)


def test_failed_numbers_are_those_of_the_listed_failures_not_of_cloudwatch() -> None:
    counts = {SCORES.arn: ExecutionCounts(succeeded=10, failed=99, timed_out=5, aborted=2)}
    report = build([SCORES], counts, made.failure(SCORES, 1, SPOT, (SPOT,)))
    scores = report.machines[0]
    assert (scores.succeeded, scores.failed, scores.timed_out, scores.aborted) == (10, 1, 0, 0)


def test_cloudwatch_counts_stand_for_an_express_machine() -> None:
    checkout = named(made.week(), "checkout")
    assert (checkout.failed, checkout.timed_out, checkout.aborted) == (3, 1, 0)


def test_cloudwatch_counts_stand_where_executions_could_not_be_listed() -> None:
    report = build_report(
        account_id=made.ACCOUNT,
        region=made.REGION,
        window=made.WINDOW,
        machines=[SCORES],
        counts={SCORES.arn: ExecutionCounts(succeeded=10, failed=4)},
        found={},
        failures=[],
        coverage=made.coverage(1, 0),
        unlisted={SCORES.arn},
    )
    assert report.machines[0].failed == 4


def test_failures_whose_history_could_not_be_read_still_count() -> None:
    report = build_report(
        account_id=made.ACCOUNT,
        region=made.REGION,
        window=made.WINDOW,
        machines=[SCORES],
        counts={SCORES.arn: ExecutionCounts(succeeded=10, failed=3)},
        found={SCORES.arn: ExecutionCounts(failed=3)},
        failures=[made.failure(SCORES, 1, SPOT, (SPOT,))],
        coverage=made.coverage(1, 1),
        unlisted=(),
    )
    assert (report.totals.failed, len(report.failures)) == (3, 1)


def test_a_child_and_its_parents_count_once_and_are_shown_under_each_machine() -> None:
    leaf = made.failure(SCORES, 1, SPOT, (SPOT,))
    middle = replace(made.failure(SCORES, 2, SPOT, (SPOT,)), children=(leaf.execution.arn,))
    outer = replace(
        made.failure(BATCH, 3, SPOT, (SPOT,)),
        children=(middle.execution.arn, leaf.execution.arn),
    )
    alone = replace(made.failure(BATCH, 4, SPOT, (SPOT,)), children=("arn:of-one-not-read",))
    report = build([SCORES, BATCH], {}, leaf, middle, outer, alone)
    assert (report.totals.unsuccessful, report.totals.repeated) == (4, 2)
    assert report.totals.incidents == 2
    assert Counter(failure.root for failure in report.failures) == {
        leaf.execution.arn: 3,
        alone.execution.arn: 1,
    }
    assert [machine.unsuccessful for machine in report.machines] == [2, 2]
    (total,) = view.cause_totals(report)
    assert (total.executions, total.attempts) == (2, 2)
    told = leading.context(report, made.TEXTS)
    assert told.endswith("2 repeat a child's failure")


def test_failures_of_one_incident_are_counted_as_one_that_stops_by_people_do_not_join() -> None:
    first, second, other = (made.failure(SCORES, n, SPOT, (SPOT,)) for n in range(3))
    parent = replace(made.failure(BATCH, 4, SPOT), children=(second.execution.arn,))
    stopped = made.failure(BATCH, 5, "aborted_by_user", state=None, status="ABORTED", error="")
    known = {second.execution.arn: first.execution.arn, other.execution.arn: other.execution.arn}
    failures = [first, second, other, parent, stopped]
    report = build_report(
        account_id=made.ACCOUNT,
        region=made.REGION,
        window=made.WINDOW,
        machines=[SCORES, BATCH],
        counts={},
        found=made.listed(failures),
        failures=failures,
        coverage=made.coverage(2, 5),
        unlisted=(),
        incidents=known,
    )
    assert report.totals.incidents == 2
    told = {each.execution_arn: each.incident for each in report.failures}
    assert told[parent.execution.arn] == told[second.execution.arn] == first.execution.arn
    assert told[other.execution.arn] == other.execution.arn
    part = part_of(report, {BATCH.arn})
    assert (len(part.failures), part.totals.incidents, part.totals.repeated) == (2, 1, 1)


def test_a_listed_machine_whose_failures_were_redriven_to_success_has_none() -> None:
    report = build([SCORES], {SCORES.arn: ExecutionCounts(succeeded=10, failed=4)})
    assert report.totals.unsuccessful == 0


def test_a_machine_without_counts_had_no_successes() -> None:
    assert build([SCORES], {}).totals.executions == 0


def test_machines_with_most_failures_come_first_then_by_name() -> None:
    report = made.week()
    assert [machine.name for machine in report.machines] == [
        "calculate-scores",
        "daily-batch",
        "checkout",
        "nightly-import",
        "map-objects",
    ]


def test_a_cause_counts_the_executions_it_ended_and_the_attempts_it_cost() -> None:
    rows = {row.cause: row for row in named(made.week(), "calculate-scores").causes}
    assert (rows[SPOT].executions, rows[SPOT].failed_attempts) == (10, 24)
    assert (rows[START].executions, rows[START].failed_attempts) == (1, 3)


def test_a_cause_that_only_cost_attempts_has_a_row_without_executions() -> None:
    report = build([SCORES], {}, made.failure(SCORES, 1, SPOT, (START, SPOT)))
    assert [(r.cause, r.executions, r.failed_attempts) for r in report.machines[0].causes] == [
        (SPOT, 1, 1),
        (START, 0, 1),
    ]


def test_the_same_cause_in_two_states_is_two_rows() -> None:
    two = [made.failure(BATCH, n, BROKEN, state=state) for n, state in enumerate(("Load", "Save"))]
    assert len(build([BATCH], {}, *two).machines[0].causes) == 2


def test_attempts_of_an_execution_are_counted_by_cause_most_first() -> None:
    attempts = (START, SPOT, SPOT)
    report = build([SCORES], {}, made.failure(SCORES, 1, SPOT, attempts))
    assert list(report.failures[0].failed_attempts.items()) == [(SPOT, 2), (START, 1)]


def test_a_failure_without_a_failed_attempt_has_no_attempts() -> None:
    report = build([SCORES], {}, made.failure(SCORES, 1, "aborted_by_user", status="ABORTED"))
    assert report.failures[0].failed_attempts == {}
    assert report.machines[0].aborted == 1


def test_the_latest_failure_is_listed_first() -> None:
    stopped = [failure.stopped_at for failure in made.week().failures]
    assert stopped == sorted(stopped, reverse=True)
    assert stopped[0] - stopped[-1] > timedelta(days=1)


def test_a_failure_of_a_machine_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(ValueError, match="daily-batch"):
        build([SCORES], {}, made.failure(BATCH, 1, BROKEN))


@by_any_author
def test_executions_of_causes_add_up_to_the_failures_of_a_listed_machine(author: Author) -> None:
    found = author.found()
    for machine in found.report().machines:
        if machine.type != "EXPRESS" and machine.arn not in found.unlisted:
            assert sum(row.executions for row in machine.causes) == machine.unsuccessful


@by_any_author
def test_attempts_of_causes_add_up_to_the_attempts_of_executions(author: Author) -> None:
    found = author.found()
    report = found.report()
    by_machine: Counter[tuple[str, str]] = Counter()
    for failure in report.failures:
        for cause, attempts in failure.failed_attempts.items():
            by_machine[failure.machine_arn, cause] += attempts
    rows: Counter[tuple[str, str]] = Counter()
    for machine in report.machines:
        for row in machine.causes:
            rows[machine.arn, row.cause] += row.failed_attempts
    assert +rows == by_machine
    assert by_machine.total() == sum(len(failure.attempts) for failure in found.failures)


@by_any_author
def test_totals_are_the_sums_of_machines(author: Author) -> None:
    found = author.found()
    report = found.report()
    totals = report.totals
    assert totals.executions == totals.succeeded + totals.unsuccessful
    assert totals.unsuccessful == sum(machine.unsuccessful for machine in report.machines)
    assert len(report.failures) == len(found.failures)


def test_the_example_of_a_cause_is_its_latest_failure_in_whatever_order_they_were_read() -> None:
    failures = [
        replace(each, diagnosis=replace(each.diagnosis, message=message))
        for message, hours in (("earlier", 30), ("latest", 2), ("between", 9))
        for each in [made.failure(SCORES, hours, SPOT, ())]
    ]
    latest = max(failures, key=lambda each: each.execution.stopped_at).diagnosis.message
    for order in permutations(failures):
        found = Found([SCORES], {}, list(order), made.coverage(1, 3))
        (machine,) = found.report().machines
        assert [row.message for row in machine.causes] == [latest]

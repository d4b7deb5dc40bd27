"""Which lists are asked for: what failed, and a few others in turn."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws.backlog import failing_targets, targets_in_rotation
from sfn_digest.aws.execution_lists import Target
from sfn_digest.model.executions import UNSUCCESSFUL, ExecutionCounts, StateMachine, Window
from tests.aws.small_world import WEEK


def machines(number: int) -> list[StateMachine]:
    return [StateMachine(f"arn:m{n:03}", f"m{n:03}", "STANDARD") for n in range(number)]


def later(weeks: int) -> Window:
    length = timedelta(days=7 * weeks)
    return Window(WEEK.start + length, WEEK.end + length)


def test_what_failed_is_listed_by_status_and_a_machine_that_was_not_counted_in_all() -> None:
    failed, quiet, unknown = machines(3)
    counts = {failed.arn: ExecutionCounts(9, 3, 0, 1), quiet.arn: ExecutionCounts(9)}
    assert failing_targets([failed, quiet, unknown], counts) == [
        Target(failed, "FAILED", 3),
        Target(failed, "ABORTED", 1),
        *(Target(unknown, status, None) for status in UNSUCCESSFUL),
    ]


@given(st.integers(1, 60), st.integers(1, 15))
def test_each_machine_and_status_without_a_failure_has_its_turn(number: int, each: int) -> None:
    quiet = machines(number)
    counts = {machine.arn: ExecutionCounts(5) for machine in quiet}
    rounds = -(-3 * number // each)
    seen: Counter[Target] = Counter()
    for week in range(rounds):
        chosen = targets_in_rotation(quiet, counts, later(week), each)
        assert len(chosen) == len(set(chosen)) == min(each, 3 * number)
        seen.update(chosen)
    assert len(seen) == 3 * number
    assert max(seen.values()) <= 2


def test_what_failed_has_no_turn() -> None:
    failed, unknown = machines(2)
    counts = {failed.arn: ExecutionCounts(0, 1, 1, 1)}
    assert targets_in_rotation([failed, unknown], counts, WEEK, 10) == []


def test_the_same_window_has_the_same_turn() -> None:
    counts = {machine.arn: ExecutionCounts() for machine in machines(40)}
    once, again = (targets_in_rotation(machines(40), counts, WEEK, 10) for _ in range(2))
    assert once == again
    assert targets_in_rotation(machines(40), counts, later(1), 10) != once

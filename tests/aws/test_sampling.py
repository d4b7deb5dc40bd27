"""The order of reading is fair at every moment, whatever was listed first."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import inf
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws.sampling import LAG, SamplePlan
from sfn_digest.model.executions import UNSUCCESSFUL, Execution, UnsuccessfulStatus

pytestmark = pytest.mark.slow

END = datetime(2026, 3, 9, tzinfo=UTC)


def execution(
    machine: str, number: int, *, days_ago: float = 0.5, status: UnsuccessfulStatus = "FAILED"
) -> Execution:
    stopped = END - timedelta(days=days_ago)
    arn = f"arn:aws:states:eu-west-1:1:execution:{machine}:{status}-{number}"
    return Execution(arn, machine, str(number), status, stopped, stopped)


def a_week(machine: str, number: int, status: UnsuccessfulStatus = "FAILED") -> list[Execution]:
    """So many executions spread evenly over seven days, newest first."""
    return [
        execution(machine, n, days_ago=7 * (n + 0.5) / number, status=status) for n in range(number)
    ]


def pages(executions: Sequence[Execution], size: int) -> list[Sequence[Execution]]:
    return [executions[at : at + size] for at in range(0, len(executions), size)]


def taken(plan: SamplePlan, number: int) -> list[Execution]:
    return [plan.take() for _ in range(number)]


def test_no_machine_is_read_twice_before_all_were_read_once() -> None:
    plan = SamplePlan()
    plan.add(a_week("large", 900))
    for n in range(30):
        plan.add(a_week(f"m{n:02}", 5))
    for turn in range(1, 6):
        counts = Counter(each.machine_arn for each in taken(plan, 31))
        assert set(counts.values()) == {1}, turn


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_at_every_moment_machines_with_more_to_read_were_read_as_often(
    sizes: list[int], random: Random
) -> None:
    plan = SamplePlan()
    listings = [pages(a_week(f"m{n}", size), 10) for n, size in enumerate(sizes)]
    waiting = [page for listing in listings for page in listing]
    random.shuffle(waiting)
    for page in waiting:
        plan.add(page)
    left = dict(zip((f"m{n}" for n in range(len(sizes))), sizes, strict=True))
    read: Counter[str] = Counter()
    for _ in range(sum(sizes)):
        each = plan.take().machine_arn
        read[each] += 1
        left[each] -= 1
        least = min((read[name] for name, more in left.items() if more), default=0)
        assert all(read[name] <= least + 1 for name, more in left.items() if more)
    assert len(plan) == 0


def test_a_machine_that_is_listed_late_catches_up() -> None:
    plan = SamplePlan()
    plan.add(a_week("early", 500))
    taken(plan, 40)
    plan.add(a_week("late", 500))
    assert {each.machine_arn for each in taken(plan, 40)} == {"late"}


def test_a_machine_s_days_and_statuses_take_turns() -> None:
    plan = SamplePlan()
    for status, number in zip(UNSUCCESSFUL, (700, 70, 7), strict=True):
        plan.add(a_week("orders", number, status))
    first = taken(plan, 21)
    assert len({(each.status, each.stopped_at.date()) for each in first}) == 21


def test_what_was_listed_first_is_not_read_more_often() -> None:
    plan = SamplePlan()
    for page in pages(a_week("orders", 7000), 1000):
        plan.add(page)
    days = Counter(each.stopped_at.date() for each in taken(plan, 700))
    assert set(days.values()) == {100}


@given(st.randoms(use_true_random=False))
def test_the_draw_of_a_stratum_is_the_same_in_whatever_order_it_was_listed(random: Random) -> None:
    executions = [execution("orders", n) for n in range(200)]
    shuffled = list(executions)
    random.shuffle(shuffled)
    one, other = SamplePlan(), SamplePlan()
    one.add(executions)
    other.add(shuffled)
    assert taken(one, 50) == taken(other, 50)


def test_a_stratum_is_drawn_by_chance() -> None:
    """Halves of a day that differ in cause are read alike."""
    early = 0
    for seed in range(40):
        plan = SamplePlan()
        plan.add([execution(f"m{seed}", n, days_ago=0.2 + n / 250) for n in range(100)])
        early += sum(int(each.name) < 50 for each in taken(plan, 20))
    assert 340 < early < 460


def read_by_kind(plan: SamplePlan, kinds: dict[str, int], number: int) -> Counter[str]:
    """How often each machine was read, whose failures are of so many kinds."""
    read: Counter[str] = Counter()
    for each in taken_and_learned(plan, kinds, number):
        read[each.machine_arn] += 1
    return read


def taken_and_learned(plan: SamplePlan, kinds: dict[str, int], number: int) -> list[Execution]:
    read = []
    for _ in range(number):
        each = plan.take()
        plan.learned(each.arn, int(each.name) % kinds[each.machine_arn])
        read.append(each)
    return read


def test_a_machine_whose_failures_vary_is_read_more_often_but_not_twice_as_often() -> None:
    plan = SamplePlan(old=inf)
    kinds = {"one": 1, "many": 20}
    for name in kinds:
        plan.add(a_week(name, 5000))
    read = read_by_kind(plan, kinds, 3000)
    assert 1.5 < read["many"] / read["one"] < 2.0


def test_a_few_of_each_new_kind_are_read_before_many_more_of_an_old_one() -> None:
    plan = SamplePlan()
    kinds = {"old": 1, "new": 20}
    for page in pages(a_week("old", 20_000), 1000):
        plan.add(page)
    plan.add(a_week("new", 600))
    read = read_by_kind(plan, kinds, 900)
    assert read["new"] == 600
    assert read["old"] == 300


def test_which_answer_came_first_makes_no_difference() -> None:
    def order(*, backwards: bool) -> list[str]:
        plan = SamplePlan()
        for n in range(4):
            plan.add(a_week(f"m{n}", 800))
        read: list[str] = []
        for _ in range(30):
            some = taken(plan, LAG // 2)
            for each in reversed(some) if backwards else some:
                plan.learned(each.arn, (each.machine_arn == "m1") and int(each.name) % 7)
            read += [each.arn for each in some]
        return read

    assert order(backwards=False) == order(backwards=True)


def test_strata_tell_what_was_found_and_read_on_each_page() -> None:
    plan = SamplePlan()
    for page in pages(a_week("orders", 140), 30):
        plan.add(page)
    read = {each.arn for each in taken_and_learned(plan, {"orders": 1}, 40)}
    unread = plan.take()
    strata = list(plan.strata())
    assert sum(each.found for each in strata) == 140
    assert sorted(arn for each in strata for arn in each.read) == sorted(read)
    assert all(unread.arn not in each.read for each in strata)
    assert {each.machine_arn for each in strata} == {"orders"}
    days = [each.day for each in strata]
    assert days == sorted(days, reverse=True)
    assert len(set(days)) == 7
    assert len(strata) > len(set(days))


def test_what_waits_is_bounded_and_the_largest_machines_give_way() -> None:
    plan = SamplePlan(most=1000)
    plan.add(a_week("small", 100))
    for page in pages(a_week("large", 20_000), 1000):
        plan.add(page)
        assert len(plan) <= 1000
    assert sum(each.found for each in plan.strata()) == 20_100
    read = Counter(each.machine_arn for each in taken(plan, len(plan)))
    assert read["small"] == 100
    days = Counter(each.day for each in plan.strata())
    assert len(days) == 7


def test_what_is_read_is_bounded_too_and_what_was_known_counts() -> None:
    plan = SamplePlan(most=1000)
    known, *rest = pages(a_week("large", 3_000), 250)
    plan.add(known, {each.arn: "kind" for each in known})
    read = 0
    for page in rest:
        plan.add(page)
        read += len(taken(plan, min(100, len(plan))))
    read += len(taken(plan, len(plan)))
    assert 500 < read <= 1000 - 250
    assert sum(each.found for each in plan.strata()) == 3_000


def test_where_none_waits_none_is_taken() -> None:
    plan = SamplePlan()
    plan.add([])
    with pytest.raises(IndexError):
        plan.take()

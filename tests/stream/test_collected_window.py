"""What a window's events come to, in whatever order, however often and with whatever losses."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.model.executions import ExecutionCounts, Window
from sfn_digest.stream.collected_window import Collected, Collection, KeptChange
from sfn_digest.stream.status_change import StatusChange
from tests.stream.made import ARN, END, WEEK, end

pytestmark = pytest.mark.slow

STATUSES = ("FAILED", "TIMED_OUT", "ABORTED")
ENDS = st.builds(
    end,
    st.integers(0, 30),
    machine=st.sampled_from(("orders", "mail")),
    status=st.sampled_from(STATUSES),
    hours_ago=st.integers(0, 200).map(float),
    group=st.sampled_from("ab"),
)


def taken_up(kept: list[KeptChange], counted: Window = WEEK, most: int = 20_000) -> Collected:
    collection = Collection(WEEK, counted, most=most)
    collection.superseding(each for each in kept if each.change.redrive_count)
    collection.add(kept)
    return collection.collected()


def kept(changes: list[StatusChange], read: int = 10**9) -> list[KeptChange]:
    return [
        KeptChange(each, each.name.encode() if number < read else None)
        for number, each in enumerate(changes)
    ]


@given(st.lists(ENDS, unique_by=lambda each: each.key), st.integers(0, 99), st.randoms())
def test_duplicates_and_disorder_change_nothing_and_every_end_counts_once(
    changes: list[StatusChange], read: int, chance: random.Random
) -> None:
    ends = kept(changes, read)
    once = taken_up(ends)
    twice = [*ends, *chance.sample(ends, len(ends) // 2)]
    chance.shuffle(twice)
    again = taken_up(twice)
    assert (again.found, again.ends, again.known) == (once.found, once.ends, once.known)
    assert Counter(again.strata) == Counter(once.strata)
    assert Counter(again.readings) == Counter(once.readings)
    inside = [each for each in changes if each.stopped_at in WEEK]
    assert once.executions == len(inside)
    assert Counter((each.machine_arn, each.status) for each in inside) == Counter(
        {
            (arn, status): number
            for arn, counts in once.found.items()
            for status, number in zip(
                STATUSES, (counts.failed, counts.timed_out, counts.aborted), strict=True
            )
        }
    )


@given(st.lists(ENDS, unique_by=lambda each: each.key), st.data())
def test_what_is_lost_is_missing_to_the_number_and_everything_else_is_known(
    changes: list[StatusChange], data: st.DataObject
) -> None:
    whole = taken_up(kept(changes))
    lost = [each for each in changes if data.draw(st.booleans())]
    rest = taken_up(kept([each for each in changes if each not in lost]))
    missing = rest.missing(whole.found)
    assert sum(each.unsuccessful for each in missing.values()) == sum(
        each.stopped_at in WEEK for each in lost
    )
    for each in changes:
        execution = each.failed
        assert execution is not None
        assert (execution in rest) == (each not in lost and each.stopped_at in WEEK)


@given(st.lists(ENDS, unique_by=lambda each: each.key), st.integers(0, 99), st.integers(1, 20))
def test_the_strata_stand_for_every_execution_and_hold_each_reading_once(
    changes: list[StatusChange], read: int, most: int
) -> None:
    collected = taken_up(kept(changes, read), most=most)
    assert sum(each.found for each in collected.strata) == collected.executions
    assert all(len(each.read) <= each.found for each in collected.strata)
    names = [arn.rsplit(":", 1)[1] for each in collected.strata for arn in each.read]
    assert Counter(names) == Counter(each.decode() for each in collected.readings)


def test_beyond_the_bound_the_fullest_hours_are_thinned_and_the_others_stay_whole() -> None:
    crowd = [end(number, hours_ago=5.5) for number in range(1000)]
    few = [end(number, machine="mail", hours_ago=7) for number in range(5)]
    collected = taken_up(kept([*few, *crowd]), most=100)
    assert len(collected.readings) <= 100
    assert {f"run-{number}".encode() for number in range(5)} <= set(collected.readings)
    whole, thinned = sorted(collected.strata, key=lambda each: each.found)
    assert (whole.found, len(whole.read)) == (5, 5)
    assert thinned.found == 1000
    assert 40 <= len(thinned.read) < 100


def test_an_execution_that_was_redriven_counts_by_its_last_end_alone() -> None:
    changes = [
        end(1, hours_ago=30),
        end(1, hours_ago=3, redrives=1, status="TIMED_OUT"),
        end(2, hours_ago=30),
        end(2, hours_ago=20, redrives=1, status="SUCCEEDED"),
        end(3, hours_ago=9),
    ]
    for order in (changes, changes[::-1]):
        collected = taken_up(kept(order))
        assert collected.found == {ARN + "orders": ExecutionCounts(failed=1, timed_out=1)}
        # CloudWatch counts each of the ends.
        assert collected.ends == {ARN + "orders": ExecutionCounts(failed=3, timed_out=1)}
        assert set(collected.readings) == {b"run-1", b"run-3"}
        assert len(collected.readings) == 2


def test_ends_beside_the_window_are_known_unless_they_are_left_to_the_lists() -> None:
    counted = Window(WEEK.start - timedelta(minutes=40), END)
    before = end(1, hours_ago=7 * 24 + 0.1)
    execution = before.failed
    assert execution is not None
    assert execution in taken_up(kept([before]), counted)
    assert taken_up(kept([before]), counted).executions == 0
    late = Window(WEEK.start - timedelta(minutes=15), WEEK.start)
    collection = Collection(WEEK, counted, late)
    collection.add(kept([before]))
    assert execution not in collection.collected()
    assert collection.collected().ends == {}


def test_where_each_hour_has_one_reading_they_are_not_looked_through_with_each_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[int] = []
    thin = Collection._thin

    def counted(collection: Collection) -> None:
        looked.append(collection._readings)
        thin(collection)

    monkeypatch.setattr(Collection, "_thin", counted)
    changes = [end(number, group=f"g{number}") for number in range(1_000)]
    collected = taken_up(kept(changes), most=50)
    assert len(looked) < 20
    assert collected.executions == 1_000
    assert sum(each.found for each in collected.strata) == 1_000

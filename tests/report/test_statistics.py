"""What a sample says of all failures, and how sure that is."""

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.model.executions import UnsuccessfulStatus
from sfn_digest.model.sample import Estimate, Stratum
from sfn_digest.report.statistics import _beta, _nearest, samples, together


def stratum(
    machine: str,
    found: int,
    read: int,
    *,
    day: int = 1,
    status: UnsuccessfulStatus = "FAILED",
) -> Stratum:
    arns = tuple(f"{machine}/{status}/{day}/{n}" for n in range(read))
    return Stratum(machine, status, date(2026, 3, day), found, arns)


def read_of(strata: list[Stratum]) -> list[str]:
    return [arn for each in strata for arn in each.read]


def test_each_execution_stands_for_those_of_its_own_day() -> None:
    strata = [stratum("m", 900, 9, day=2), stratum("m", 10, 10, day=1)]
    sample = samples(strata, read_of(strata))["m"]
    assert sample.found == 910
    assert sample.estimate(strata[0].read[:3]).executions == 300
    assert sample.estimate(strata[1].read[:3]) == Estimate(
        3, 3, sample.estimate(strata[1].read[:3]).high
    )
    assert sample.estimate([*strata[0].read[:3], *strata[1].read[:3]]).executions == 303


def test_where_all_were_read_the_number_is_exact() -> None:
    strata = [stratum("m", 9, 9, day=2), stratum("m", 4, 4, day=1)]
    sample = samples(strata, read_of(strata))["m"]
    assert sample.complete
    assert sample.estimate(strata[0].read[:5]) == Estimate(5, 5, 5)


def test_one_read_of_a_hundred_says_little() -> None:
    strata = [stratum("m", 100, 1)]
    sample = samples(strata, read_of(strata))["m"]
    assert not sample.complete
    assert sample.estimate(strata[0].read) == Estimate(100, 1, 100)


def test_days_of_which_none_was_read_are_counted_with_their_neighbors_of_the_same_status() -> None:
    strata = [
        stratum("m", 50, 0, day=3),
        stratum("m", 10, 5, day=2),
        stratum("m", 20, 4, day=1),
        stratum("m", 7, 0, day=9, status="TIMED_OUT"),
        stratum("m", 30, 1, day=8, status="TIMED_OUT"),
    ]
    sample = samples(strata, read_of(strata))["m"]
    assert [(cell.found, cell.read) for cell in sample.cells] == [(60, 5), (20, 4), (37, 1)]


def test_a_machine_of_which_none_was_read_has_no_sample() -> None:
    strata = [stratum("read", 5, 1), stratum("unread", 500, 0)]
    assert samples(strata, read_of(strata)).keys() == {"read"}


def test_an_execution_whose_history_could_not_be_read_stands_for_nothing() -> None:
    strata = [stratum("m", 40, 4)]
    sample = samples(strata, strata[0].read[:2])["m"]
    assert sample.estimate(strata[0].read[:1]).executions == 20


def test_machines_are_added_up() -> None:
    strata = [stratum("a", 100, 10), stratum("b", 10, 10)]
    parts = samples(strata, read_of(strata))
    whole = together(list(parts.values()))
    assert whole.found == 110
    estimate = whole.estimate([*strata[0].read[:5], *strata[1].read[:2]])
    assert estimate.executions == 52
    assert 15 < estimate.low < 52 < estimate.high < 90


STRATA = st.lists(
    st.tuples(st.integers(1, 400), st.integers(0, 12)).map(lambda each: (each[0], min(each))),
    min_size=1,
    max_size=8,
)


@given(STRATA, st.data())
def test_bounds_hold_what_was_seen_and_leave_room_for_what_else_was_seen(
    sizes: list[tuple[int, int]], data: st.DataObject
) -> None:
    strata = [stratum("m", found, read, day=9 - n) for n, (found, read) in enumerate(sizes)]
    read = read_of(strata)
    if not read:
        assert samples(strata, read) == {}
        return
    those = data.draw(st.sets(st.sampled_from(read), min_size=1))
    sample = samples(strata, read)["m"]
    estimate = sample.estimate(those)
    assert sample.found == sum(found for found, _ in sizes)
    assert len(those) <= estimate.low <= estimate.executions <= estimate.high
    assert estimate.high <= sample.found - (len(read) - len(those))


@given(st.integers(20, 2000), st.integers(1, 50), st.integers(1, 50))
def test_the_bounds_of_others_mirror_those_of_a_cause(found: int, hits: int, others: int) -> None:
    read = hits + others
    strata = [stratum("m", found + read, read)]
    sample = samples(strata, read_of(strata))["m"]
    one = sample.estimate(strata[0].read[:hits])
    other = sample.estimate(strata[0].read[hits:])
    assert abs(one.low + other.high - sample.found) <= 2
    assert abs(one.high + other.low - sample.found) <= 2


@pytest.mark.slow
def test_bounds_hold_the_truth_19_times_in_20() -> None:
    """Of days that differ in size and in the share of a cause, read unevenly."""
    held = drawn = 0
    for seed in range(300):
        random = Random(seed)
        strata, those, truth = [], [], 0
        for day in range(1, 8):
            found = random.choice((20, 80, 300))
            ill = int(found * random.random() ** 2)
            truth += ill
            members = [f"{day}/{n}" for n in range(found)]
            read = random.sample(range(found), random.randint(2, 12))
            those += [members[n] for n in read if n < ill]
            strata.append(
                Stratum("m", "FAILED", date(2026, 3, day), found, tuple(members[n] for n in read))
            )
        if those:
            drawn += 1
            estimate = samples(strata, read_of(strata))["m"].estimate(those)
            held += estimate.low <= truth <= estimate.high
    assert held / drawn >= 0.93


@pytest.mark.parametrize(
    ("share", "a", "b", "below"),
    [
        (0.5, 2, 3, 0.6875),
        (0.3, 1, 1, 0.3),
        (0.9, 5, 1, 0.59049),
        (0.2, 0.5, 0.5, 0.2951672),
        (0.0, 3, 3, 0.0),
        (1.0, 3, 3, 1.0),
        (0.1, 300, 2700, 0.5065),
    ],
)
def test_the_distribution_of_a_share_is_the_beta_distribution(
    share: float, a: float, b: float, below: float
) -> None:
    assert _beta(share, a, b) == pytest.approx(below, abs=1e-3)


@given(st.sets(st.integers(0, 60), min_size=1), st.integers(0, 60))
def test_the_nearest_place_is_the_earlier_one_of_two_that_are_as_near(
    places: set[int], at: int
) -> None:
    ordered = sorted(places)
    assert _nearest(ordered, at) == min(ordered, key=lambda place: abs(place - at))

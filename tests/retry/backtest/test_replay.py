"""What a retrier would have made of a visit, and the bounds on how many recover."""

from random import Random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.retry.backtest.bounds import recovered_of
from sfn_digest.retry.backtest.policies import JITTERED, Rhythm, spread_over
from sfn_digest.retry.backtest.replay import Case, Risk, course_of
from sfn_digest.retry.observations.evidence import StateEvidence
from sfn_digest.retry.observations.incidents import drain_of
from sfn_digest.retry.observations.thinning import Pass
from sfn_digest.retry.observations.visits import Attempt, Visit
from sfn_digest.retry.outages.path import Path
from sfn_digest.retry.outages.priors import Setting
from sfn_digest.retry.outages.sampler import Draw

SETTING = Setting(up=1e6, down=600.0, calm=1e-7, storm=1 - 1e-7, lost=1e-7)
FAR = 1e9


def visit(at: float = 0.0) -> Visit:
    made = Attempt(at, at + 1, "service_error", "transient", "E")
    return Visit("x", "m", "Work", (made,), None, fatal=True)


def risk(*, down: bool) -> dict[str, Risk]:
    """A dependency that was up or down at the moment 0, and then changes as it may."""
    draw = Draw(SETTING, frozenset(), Path([0.0], [down], SETTING.up, SETTING.down))
    return {"service_error": Risk("service_error", draw, 1.0, retried=True)}


def share_recovered(after: int, *, down: bool) -> float:
    """Of visits moved to a time of which nothing is known, those that one retry saves."""
    random = Random(8)
    moved = Case(visit(FAR), 0, like=0.0)
    return mean(
        course_of(
            moved, risk(down=down), Rhythm(after, 1, after), [random.random() for _ in range(3)], 1
        ).recovers
        for _ in range(500)
    )


@pytest.mark.parametrize(("after", "share"), [(6, 0.01), (416, 0.5), (1800, 0.95)])
def test_a_visit_in_another_week_s_spell_waits_as_long_as_such_spells_last(
    after: int, share: float
) -> None:
    assert abs(share_recovered(after, down=True) - share) < 0.05


def test_a_visit_that_failed_in_good_weather_meets_good_weather_elsewhere_too() -> None:
    assert share_recovered(6, down=False) == 1


def herds(size: int, served: int) -> tuple[StateEvidence, list[Visit]]:
    """Three times so many visits refused together, and so many served at once."""
    starts = [day * 86_400.0 for day in range(3)]
    refused = [visit(at + n) for at in starts for n in range(size)]
    passes = tuple(Pass(at + n) for at in starts for n in range(served))
    return StateEvidence("m", "Work", tuple(refused), passes, (50.0, 60.0, 70.0)), refused


@pytest.mark.parametrize(("size", "served", "seconds"), [(12, 4, 180), (4, 40, 60), (5, 0, 300)])
def test_a_herd_drains_in_as_many_turns_as_it_is_larger_than_what_is_served(
    size: int, served: int, seconds: float
) -> None:
    assert drain_of(*herds(size, served)) == seconds


def test_failures_that_come_alone_need_no_time_to_drain() -> None:
    evidence, _ = herds(12, 4)
    assert drain_of(evidence, [visit(n * 86_400.0) for n in range(12)]) == 0


def test_a_herd_is_spread_over_the_time_it_takes_to_drain() -> None:
    assert spread_over(0) == JITTERED
    assert {rhythm.interval for rhythm in spread_over(61)} == {120, 300}
    assert [rhythm.interval for rhythm in spread_over(4000)] == [300]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=80), st.integers(40, 60))
def test_what_is_likely_lies_within_the_bounds(counts: list[int], failures: int) -> None:
    found = recovered_of(counts, [0] * failures, len(counts))
    assert 0 <= found.low <= found.likely <= found.high <= failures

"""What a retrier would have made of a visit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.retry.backtest.policies import JITTERED, RHYTHMS, Rhythm, spread_over
from sfn_digest.retry.backtest.replay import Risk, Scene, replay
from sfn_digest.retry.observations.crowds import drain_of, refused_for
from sfn_digest.retry.observations.observed_states import StateEvidence
from sfn_digest.retry.observations.thinning import Pass
from sfn_digest.retry.observations.visits import Visit
from tests.retry.backtest.made import attempt, risk, scene, truths, visit
from tests.retry.outages.made import random, setting

MINUTE = Rhythm(60, 1, 60)


def came_to(found: Scene, rhythm: Rhythm, attempts: int) -> tuple[bool, int, float]:
    """Whether the one visit recovers, its retries, and the seconds that they take."""
    result = replay(found, [rhythm], 12).at_most(attempts)
    return (
        bool(result.recovers[0, 0, 0]),
        int(result.retries[0, 0, 0]),
        float(result.seconds[0, 0, 0]),
    )


def test_the_first_retry_after_an_outage_recovers() -> None:
    assert came_to(scene([risk(210.0)]), MINUTE, 12) == (True, 4, 4 * 60 + 3)


def test_too_few_retries_cost_their_time_and_bring_nothing() -> None:
    assert came_to(scene([risk(200.0)]), MINUTE, 2) == (False, 2, 2 * 60 + 2)


def test_what_is_lost_fails_at_every_retry() -> None:
    assert came_to(scene([risk(0.0, lost=True)]), MINUTE, 12) == (False, 12, 12 * 60 + 12)


def test_a_cause_that_the_retrier_does_not_name_ends_the_visit() -> None:
    other = risk(1e6, "out_of_memory", retried=False)
    assert came_to(scene([risk(0.0), other]), MINUTE, 12) == (False, 1, 61)


def test_a_retry_that_failed_does_not_succeed_because_it_is_drawn_again() -> None:
    """A new draw fails half of the time, but the first two retries were made, and failed."""
    even = replace(truths(0.0, made=0.5), later=np.full((1, 1, 60), 0.5))
    made = visit(attempt(5), attempt(9))
    found = Scene(
        [made],
        [Risk("service_error", even, 1.0, retried=True)],
        np.linspace(0.0, 6000.0, 60),
        chosen=np.array([0]),
        draws=np.array([0]),
        random=random(1),
    )
    course = replay(found, [MINUTE], 12)
    assert course.recovers[0, 0, 0] > 2


def test_a_retry_that_succeeded_fails_only_in_worse_weather() -> None:
    recovered = visit(recovered_at=5.0)
    assert came_to(scene([risk(0.0, made=0.5)], recovered), MINUTE, 12)[:2] == (True, 1)
    assert came_to(scene([risk(90.0, made=1e-7)], recovered), MINUTE, 12)[:2] == (True, 2)


@given(st.sampled_from(RHYTHMS), st.floats(0, 40_000), st.integers(1, 12))
def test_more_retries_never_recover_less(rhythm: Rhythm, until: float, attempts: int) -> None:
    courses = replay(scene([risk(until)]), [rhythm], 12)
    few, more = courses.at_most(attempts), courses.at_most(12)
    assert few.recovers[0, 0, 0] <= more.recovers[0, 0, 0]
    assert few.retries[0, 0, 0] <= more.retries[0, 0, 0]
    assert few.seconds[0, 0, 0] <= rhythm.hold(attempts, 1.0)


@given(st.sampled_from(JITTERED), st.integers(1, 12))
def test_full_jitter_falls_anywhere_within_the_delay(rhythm: Rhythm, attempts: int) -> None:
    seconds = came_to(scene([risk(1e9)]), rhythm, attempts)[2]
    assert attempts <= seconds <= rhythm.hold(attempts, 1.0)


def test_rhythms_that_are_tried_together_come_to_the_same_as_alone() -> None:
    known = scene([risk(4000.0), risk(90.0, "throttling")])
    together = replay(known, RHYTHMS, 12)
    for place, rhythm in enumerate(RHYTHMS):
        alone = replay(known, [rhythm], 12)
        np.testing.assert_array_equal(together.recovers[place], alone.recovers[0])
        np.testing.assert_array_equal(together.waited[place], alone.waited[0])


@pytest.mark.parametrize(("after", "share"), [(6, 0.01), (416, 0.5), (1800, 0.95)])
def test_a_visit_in_another_week_s_spell_waits_as_long_as_such_spells_last(
    after: int, share: float
) -> None:
    lengths = (1e9, 100.0, 600.0, 1e7, 1e-6, 1e-6, 1e-7, 1 - 1e-7, 1e-7)
    known = replace(truths(0.0, draws=2000), _setting=setting(*lengths, draws=2000))
    moved = scene(
        [Risk("service_error", known, 1.0, retried=True)],
        chosen=np.array([], np.int64),
        moved=np.array([0]),
        draws=np.arange(2000),
    )
    recovered = replay(moved, [Rhythm(after, 1, after)], 1).at_most(1).recovers.mean()
    assert recovered == pytest.approx(share, abs=0.06)


def herds(size: int, served: int) -> tuple[StateEvidence, list[Visit]]:
    """Three times so many visits refused together, and so many served at once."""
    starts = [day * 86_400.0 for day in range(3)]
    refused = [visit(at=at + n) for at in starts for n in range(size)]
    passes = tuple(Pass(at + n) for at in starts for n in range(served))
    return StateEvidence("m", "Work", tuple(refused), passes, (50.0, 60.0, 70.0)), refused


@pytest.mark.parametrize(("size", "served", "seconds"), [(12, 4, 180), (4, 40, 60), (5, 0, 300)])
def test_a_herd_drains_in_as_many_turns_as_it_is_larger_than_what_is_served(
    size: int, served: int, seconds: float
) -> None:
    assert drain_of(*herds(size, served)) == seconds


def test_a_herd_of_which_nobody_is_seen_served_drains_as_others_of_the_state_do() -> None:
    """In a Map that fails the items that were let through are cut off."""
    evidence, refused = herds(12, 0)
    assert drain_of(replace(evidence, at_once=6), refused) == 120
    assert drain_of(replace(evidence, at_once=18), refused) == 60


def test_a_herd_is_known_to_be_refused_from_its_first_failure_to_its_last() -> None:
    """Its retries are made one after the other, and the herds a day apart."""
    _, refused = herds(12, 4)
    assert refused_for(refused) == 11
    late = visit(*refused[12 + 11].attempts, at=86_400.0)
    later = replace(late, attempts=(late.first, replace(late.last, failed=late.first.failed + 40)))
    assert refused_for([*refused, later]) == 40
    assert refused_for([]) == 0


def test_failures_that_come_alone_need_no_time_to_drain() -> None:
    evidence, _ = herds(12, 4)
    assert drain_of(evidence, [visit(at=n * 86_400.0) for n in range(12)]) == 0


def test_a_herd_is_spread_over_the_time_it_takes_to_drain() -> None:
    assert spread_over(0) == JITTERED
    assert {rhythm.interval for rhythm in spread_over(301)} == {600, 900, 1800}
    assert [rhythm.interval for rhythm in spread_over(4000)] == [1800]

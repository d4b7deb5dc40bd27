"""The figures of a hint: bounds, and what a retrier costs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.model.retry_cost import RetryCost
from sfn_digest.retry.backtest.estimate import estimated, recovered_of, stretched
from sfn_digest.retry.backtest.policies import Rhythm
from sfn_digest.retry.backtest.replay import Outcomes
from tests.retry.backtest.made import attempt, visit

RETRIER = Rhythm(60, 1, 60).retrier(("E",), 3)


@given(st.lists(st.lists(st.booleans(), min_size=12, max_size=12), min_size=1, max_size=40))
def test_what_is_likely_lies_within_the_bounds(recovers: list[list[bool]]) -> None:
    found = recovered_of(np.array(recovers))
    assert 0 <= found.low <= found.likely <= found.high <= 12
    assert found.surely <= found.possibly


def test_bounds_are_wider_than_what_every_draw_agrees_on() -> None:
    found = recovered_of(np.ones((50, 40), np.bool_))
    assert (found.surely, found.likely, found.low, found.high) == (40, 40, 37, 40)


def test_that_some_failure_recovers_stays_said_where_the_draws_agree_on_it() -> None:
    assert recovered_of(np.ones((50, 2), np.bool_)).low == 1
    one_of_ten = np.array([[False] * 2] + [[True] * 2] * 9)
    assert recovered_of(one_of_ten).low == 0
    sample = estimated(
        RETRIER,
        [visit()] * 3,
        Outcomes(
            np.ones((1, 20, 3), np.bool_),
            np.ones((1, 20, 3), np.int64),
            np.ones((1, 20, 3), np.float32),
        ),
        own=np.ones(3, np.bool_),
        lost=np.zeros((20, 3), np.bool_),
        hold=183.0,
    )
    assert stretched(sample, 9).recovered.low >= 1


def test_an_execution_waits_once_for_the_items_of_a_map_that_are_retried_together() -> None:
    """One waits 10 seconds for three items; of another an item does not recover."""
    epoch = 1_700_000_000.0
    first = [visit(attempt(epoch + 1), at=epoch + n) for n in range(3)]
    other = [replace(visit(at=epoch + 500), execution="other") for _ in range(2)]
    recovers = [True, True, True, True, False]
    found = estimated(
        RETRIER,
        [*first, *other],
        Outcomes(
            np.array([[recovers]]),
            np.ones((1, 1, 5), np.int64),
            np.array([[[10.0, 4.0, 5.0, 100.0, 300.0]]], np.float32),
        ),
        own=np.array([True, False, False, True, False]),
        lost=np.zeros((1, 5), np.bool_),
        hold=183.0,
    )
    assert found.cost.wait_seconds == 10.0


def costs(recovers: list[bool], retries: list[int], seconds: list[float]) -> RetryCost:
    """The cost in one draw: a failure that may recover, a lost one, and one that recovers today
    after five seconds.
    """
    lost, well = visit(), visit(recovered_at=6.0)
    visits = [visit(), replace(lost, execution="lost"), replace(well, execution="well")]
    return estimated(
        RETRIER,
        visits,
        Outcomes(np.array([[recovers]]), np.array([[retries]]), np.array([[seconds]])),
        own=np.array([True, True, False]),
        lost=np.array([[False, True, False]]),
        hold=183.0,
    ).cost


def test_the_wait_is_that_of_failures_that_recover() -> None:
    assert costs([True, False, True], [2, 3, 1], [122.0, 183.0, 5.0]).wait_seconds == 122


def test_who_succeeds_today_and_would_later_is_slower_by_the_difference() -> None:
    cost = costs([True, False, True], [1, 3, 1], [60.0, 183.0, 65.0])
    assert (cost.slower, cost.slower_by_seconds) == (1, 60)
    assert costs([True, False, True], [1, 3, 1], [60.0, 183.0, 5.5]).slower == 0


def test_an_execution_is_slower_once_however_many_of_its_items_are() -> None:
    """Three items of one that succeeds, one of another, and one of an execution that fails."""
    well = [replace(visit(recovered_at=6.0), execution=name) for name in ("a", "a", "a", "b", "x")]
    visits = [*well, visit()]
    found = estimated(
        RETRIER,
        visits,
        Outcomes(
            np.ones((1, 1, 6), np.bool_),
            np.ones((1, 1, 6), np.int64),
            np.full((1, 1, 6), 65.0, np.float32),
        ),
        own=np.array([False] * 5 + [True]),
        lost=np.zeros((1, 6), np.bool_),
        hold=183.0,
    )
    assert (found.cost.slower, found.cost.slower_by_seconds) == (2, 60)


def test_no_more_executions_become_slower_than_recover_today() -> None:
    sample = estimated(
        RETRIER,
        [visit(), replace(visit(recovered_at=6.0), execution="well")],
        Outcomes(
            np.ones((1, 1, 2), np.bool_),
            np.ones((1, 1, 2), np.int64),
            np.full((1, 1, 2), 65.0, np.float32),
        ),
        own=np.array([True, False]),
        lost=np.zeros((1, 2), np.bool_),
        hold=183.0,
    )
    assert stretched(sample, 9).cost.slower == 9
    assert stretched(sample, 9, recovering=4).cost.slower == 4


def test_attempts_are_counted_over_all_visits_against_those_that_were_made() -> None:
    assert costs([True, False, True], [2, 3, 1], [122.0, 183.0, 5.0]).attempts == 5


def test_what_outlasts_the_retries_may_still_pass_but_what_is_lost_never_does() -> None:
    assert costs([False, False, True], [3, 3, 1], [183.0, 183.0, 5.0]).outlasted == 1
    assert costs([True, False, True], [3, 3, 1], [183.0, 183.0, 5.0]).outlasted == 0


def test_net_benefit_is_what_is_gained_less_attempts_and_hours() -> None:
    made = visit(attempt(5.0))
    found = Outcomes(np.array([[[True]]]), np.array([[[3]]]), np.array([[[3606.0]]], np.float32))
    estimate = estimated(
        RETRIER, [made], found, own=np.array([True]), lost=np.array([[False]]), hold=183.0
    )
    assert estimate.net == pytest.approx(1 - 2 * 0.02 - 0.1 * (3606 - 5) / 3600)


def test_an_estimate_over_a_sample_is_wider_over_all() -> None:
    recovers = np.array([[True] * 8 + [False] * 2] * 20)
    found = estimated(
        RETRIER,
        [visit()] * 10,
        Outcomes(recovers[None], np.ones((1, 20, 10), np.int64), np.ones((1, 20, 10), np.float32)),
        own=np.ones(10, np.bool_),
        lost=np.zeros((20, 10), np.bool_),
        hold=183.0,
    )
    whole = stretched(found, 100)
    assert (whole.failures, whole.recovered.likely) == (100, 80)
    assert whole.recovered.low < 10 * found.recovered.low
    assert whole.recovered.high > 10 * 8
    assert whole.cost.hold_seconds == found.cost.hold_seconds
    assert whole.cost.attempts == 10 * found.cost.attempts

"""Hints that are applied as they were given, held against what came out."""

from collections.abc import Mapping
from typing import Any

import pytest

from bench.applied import BY_DEFAULT, measure
from bench.applied_checks import Judged, about, judged
from sfn_digest.model.report import Hint, Recovered
from sfn_digest.model.retry_cost import RetryCost
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.records import World
from simulator.worlds.failures import lambda_unavailable
from simulator.worlds.hints.ground import LAMBDA, STATE, definition
from simulator.worlds.systems import HOUR, Setting, System, build_world, machine_arn

pytestmark = pytest.mark.slow

SETTING = Setting(0.0, 48 * HOUR, 1)
RETRIER = {
    "ErrorEquals": ["Lambda.ServiceException"],
    "IntervalSeconds": 600,
    "MaxAttempts": 5,
    "BackoffRate": 1,
}


def lived(retry: list[dict[str, Any]], *, redriven: bool = False) -> World:
    """Ten executions, ten minutes after each other, of which an outage of an hour meets six; the
    first of these may be redriven hours later.
    """

    def outcome(attempt: Attempt) -> Outcome:
        away = HOUR <= attempt.now < 2 * HOUR
        return lambda_unavailable(attempt) if away else Succeeds(5.0)

    later = {3: (3 * HOUR,)} if redriven else {}
    starts = tuple(
        Start("work", f"run-{n}", HOUR / 2 + n * 600.0, {}, redrive_after=later.get(n, ()))
        for n in range(10)
    )
    system = System("work", definition(LAMBDA, retry), starts, {STATE: outcome})
    return build_world([system], SETTING)


def found(
    low: int,
    high: int,
    retrier: Mapping[str, Any] = RETRIER,
    *,
    redriven: bool = False,
    **cost: Any,
) -> Judged:
    given: dict[str, Any] = {
        "attempts": 20,
        "wait_seconds": 1800,
        "hold_seconds": 3010,
        "slower": 0,
    }
    hint = Hint(
        kind="retry",
        machine_arn=machine_arn("work"),
        state=STATE,
        cause="service_error",
        errors=("Lambda.ServiceException",),
        retrier=retrier,
        failures=6,
        incidents=1,
        recovered=Recovered(low, (low + high) / 2, high, low, high),
        added_wait_seconds=0.0,
        cost=RetryCost(**{**given, "slower_by_seconds": 0, "outlasted": 0, **cost}),
    )
    before, after = (lived(retry, redriven=redriven) for retry in ([], [dict(retrier)]))
    return judged(hint, before, after)


def broken(one: Judged) -> list[str]:
    return [check for check, held in one.checks.items() if not held]


def test_a_hint_that_says_what_comes_out_keeps_every_promise() -> None:
    one = found(4, 6)
    assert (one.gained, one.worse, broken(one)) == (5, False, [])
    assert one.seen == (
        "4 to 6 of 6 recover: 5, hold 3010: 3003, held 3003 of 21600, wait 1800: 1801, "
        "slower 0 at least: 0, attempts 20: 20"
    )
    assert str(one).endswith(f": +5; {one.seen}")


@pytest.mark.parametrize(
    ("said", "off"),
    [
        ({"low": 6, "high": 6}, ["bounds"]),
        ({"low": 1, "high": 4}, ["bounds"]),
        ({"low": 4, "high": 6, "hold_seconds": 2000}, ["hold"]),
        ({"low": 4, "high": 6, "hold_seconds": 30_000}, ["deadline"]),
        ({"low": 4, "high": 6, "wait_seconds": 300}, ["wait"]),
        ({"low": 4, "high": 6, "slower": 20}, ["slower"]),
        ({"low": 4, "high": 6, "attempts": 100}, ["attempts"]),
    ],
)
def test_each_promise_that_is_broken_is_named(said: dict[str, Any], off: list[str]) -> None:
    one = found(**said)
    assert broken(one) == off
    assert str(one).endswith(f"OFF: {', '.join(off)}")


def test_a_retrier_under_which_nothing_recovers_heals_nothing() -> None:
    assert broken(found(1, 6, {**RETRIER, "IntervalSeconds": 1}, hold_seconds=30)) == [
        "bounds",
        "heals",
    ]


def test_the_hours_before_somebody_redrives_are_none_that_retries_held() -> None:
    one = found(4, 5, redriven=True)
    assert broken(one) == []
    assert "4 to 5 of 5 recover: 5, hold 3010: 3003, " in one.seen


def test_numbers_are_about_the_same_within_a_factor_of_two_or_some_room() -> None:
    assert about(10, 20, 1)
    assert about(-10, -20, 1)
    assert about(3, -3, 6)
    assert not about(9, 20, 1)
    assert not about(10, -10, 3)
    assert not about(10, 0, 3)


def test_every_hint_on_a_random_account_can_be_applied_and_makes_nothing_worse() -> None:
    every = list(measure(6))
    assert {each.kind for each in every} > {BY_DEFAULT}
    assert all(each.applied for each in every)
    assert not any(each.worse for each in every)


def test_what_retries_of_a_herd_cost_is_promised_about_as_it_comes() -> None:
    """Most of a Map's items are refused, and few of their retries."""
    (crowd,) = (each for each in measure(528) if each.kind == "retry" and "crowd" in each.name)
    assert crowd.checks["wait"]
    assert crowd.checks["attempts"]

"""Conditions: draws by key, spells, buckets and concurrency."""

from dataclasses import replace
from statistics import fmean

from simulator.engine.draws import between, draw, identifier
from simulator.engine.outcomes import Attempt
from simulator.worlds.conditions import Concurrency, Spell, TokenBucket, Weather

ATTEMPT = Attempt("m", "e", "s", "r", 100.0, 1, 1, "key", None)


def test_a_draw_depends_on_its_key_alone() -> None:
    first = [draw(1, "a", number) for number in range(50)]
    assert first == [draw(1, "a", number) for number in range(50)]
    assert len(set(first)) == 50
    assert draw(2, "a", 0) != first[0]


def test_draws_are_spread_evenly() -> None:
    assert 0.48 < fmean(draw(1, number) for number in range(4000)) < 0.52
    assert all(3 <= between(3, 5, 1, number) < 5 for number in range(100))


def test_an_identifier_looks_like_a_uuid() -> None:
    assert [len(part) for part in identifier(1, "x").split("-")] == [8, 4, 4, 4, 12]


def test_weather_strikes_within_its_spells_only() -> None:
    storm = Weather("storm", 1, [Spell(50, 150, 1.0)])
    assert storm.strikes(ATTEMPT)
    assert not storm.strikes(replace(ATTEMPT, now=150.0))


def test_a_hazard_strikes_after_its_mean_time() -> None:
    storm = Weather("storm", 1, [Spell(0, 200, 12.0)])
    times = [storm.first_strike(replace(ATTEMPT, key=str(number))) for number in range(3000)]
    assert 280 < fmean(times) < 320
    assert Weather("calm", 1, []).first_strike(ATTEMPT) == float("inf")


def test_a_bucket_lets_through_its_size_and_then_its_refill() -> None:
    bucket = TokenBucket(3, 0.5)
    assert [bucket.takes(10.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.takes(now) for now in (11.0, 12.0, 13.0, 14.0)] == [False, True, False, True]


def test_a_slot_is_free_again_when_its_call_ends() -> None:
    slots = Concurrency(2)
    assert [slots.takes(0.0, 5.0), slots.takes(1.0, 9.0), slots.takes(2.0, 1.0)] == [
        True,
        True,
        False,
    ]
    assert slots.takes(5.0, 1.0)

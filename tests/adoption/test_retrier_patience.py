"""A state carries a hint where every hinted error meets a retrier at least as patient."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.adoption.judge import at_least_as_patient, carries
from sfn_digest.asl.definition import LONGEST_DELAY, Retrier, State, read_retrier
from sfn_digest.asl.edit import as_asl, with_retrier
from sfn_digest.retry import read_definition
from tests.retry.made import task

pytestmark = pytest.mark.slow

NAMES = ("Lambda.ServiceException", "Lambda.SdkClientException", "States.TaskFailed",
         "States.Timeout", "States.ALL", "Mine")  # fmt: skip
NAMED = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(tuple)
RETRIERS = st.builds(
    Retrier,
    errors=NAMED,
    interval=st.integers(1, 99_999_999).map(float),
    attempts=st.integers(0, 99_999_999),
    rate=st.sampled_from((1.0, 1.0000001, 1.1, 1.5, 2.0, 3.7, 1e6)),
    max_delay=st.sampled_from((1.0, 60.0, 3600.0, LONGEST_DELAY)),
    full_jitter=st.booleans(),
)
HINTED = RETRIERS.map(
    lambda each: replace(each, attempts=1 + each.attempts % 20, interval=each.interval % 900 + 1)
)
SMALL = st.builds(
    Retrier,
    errors=st.just(("Mine",)),
    interval=st.integers(1, 3).map(float),
    attempts=st.integers(0, 3),
    rate=st.just(1.0),
    full_jitter=st.booleans(),
)


def state(*retriers: Retrier, **fields: Any) -> State:
    retry = [as_asl(each) for each in retriers]
    return read_definition(task(Retry=retry or None, **fields)).states["Work"]


@given(RETRIERS.map(lambda each: replace(each, attempts=each.attempts % 300)))
def test_the_longest_wait_is_the_sum_of_all_delays(retrier: Retrier) -> None:
    delays = sum(retrier.delay(used) for used in range(retrier.attempts))
    assert retrier.longest_wait == pytest.approx(delays, rel=1e-6)


@given(RETRIERS)
def test_a_retrier_is_at_least_as_patient_as_itself(retrier: Retrier) -> None:
    assert at_least_as_patient(retrier, retrier)


@given(SMALL, SMALL, SMALL)
def test_patience_is_an_order(one: Retrier, two: Retrier, three: Retrier) -> None:
    if at_least_as_patient(one, two) and at_least_as_patient(two, three):
        assert at_least_as_patient(one, three)


@given(st.lists(RETRIERS, max_size=4), HINTED)
def test_a_state_that_was_patched_with_a_hint_carries_it(own: list[Retrier], hint: Retrier) -> None:
    before = state(*own)
    after = read_definition(
        {"StartAt": "Work", "States": {"Work": with_retrier(before, hint)}}
    ).states["Work"]
    assert carries(after, hint.errors, read_retrier(as_asl(hint)))


@given(HINTED, st.integers(1, 5), st.floats(1, 3))
def test_more_retries_over_a_longer_wait_carry_a_hint(
    hint: Retrier, further: int, longer: float
) -> None:
    more = replace(hint, attempts=hint.attempts + further, interval=hint.interval * longer)
    assert carries(state(), hint.errors, hint) is False
    assert at_least_as_patient(more, hint)


@given(HINTED)
def test_one_retry_less_does_not_carry_a_hint(hint: Retrier) -> None:
    assert not carries(state(replace(hint, attempts=hint.attempts - 1)), hint.errors, hint)


@given(HINTED.filter(lambda each: each.interval < each.max_delay))
def test_the_same_retries_over_a_shorter_wait_do_not_carry_a_hint(hint: Retrier) -> None:
    hurried = replace(hint, interval=hint.interval / 2)
    assert not at_least_as_patient(hurried, hint)


def test_every_hinted_error_must_be_retried() -> None:
    hint = Retrier(("Mine", "Yours"), 60, 3)
    assert not carries(state(replace(hint, errors=("Mine",))), hint.errors, hint)
    assert carries(state(replace(hint, errors=("States.ALL",))), hint.errors, hint)


def test_a_retrier_that_an_earlier_one_hides_does_not_count() -> None:
    hint = Retrier(("Mine",), 60, 3)
    hidden = state(Retrier(("Mine", "Yours"), 1, 1), hint)
    assert not carries(hidden, hint.errors, hint)


def test_jitter_halves_the_wait_that_a_hint_without_it_asks_for() -> None:
    hint = Retrier(("Mine",), 60, 3)
    jittered = replace(hint, full_jitter=True)
    assert not at_least_as_patient(jittered, hint)
    assert at_least_as_patient(replace(jittered, interval=120), hint)
    assert at_least_as_patient(hint, jittered)


def test_a_timeout_of_the_heartbeat_is_retried_under_the_name_of_the_heartbeat() -> None:
    hint = Retrier(("States.Timeout",), 60, 3)
    own = replace(hint, errors=("States.HeartbeatTimeout",))
    assert carries(state(own, HeartbeatSeconds=30), hint.errors, hint)
    assert not carries(state(own), hint.errors, hint)

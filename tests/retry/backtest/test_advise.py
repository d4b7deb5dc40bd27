"""The advice on a state: what is looked at, and what counts as one spell."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sfn_digest.retry import read_definition
from sfn_digest.retry.backtest.advise import advise
from sfn_digest.retry.backtest.estimate import price_of
from sfn_digest.retry.observations.observed_states import gather
from sfn_digest.retry.observations.shared_outages import spells
from sfn_digest.retry.outages.sampler import Effort
from tests.retry.made import MACHINE, START, attempts, failure, failures, passes, task

ERROR = "Lambda.TooManyRequestsException"


def test_a_herd_is_one_however_few_of_its_failures_are_looked_at() -> None:
    """Twenty come together each time, and one of ten is replayed."""
    failed = [
        failure(
            day * 20 + place,
            attempts(START + timedelta(days=day, seconds=place), "throttling", ERROR, 1),
        )
        for day in range(1, 6)
        for place in range(20)
    ]
    definitions = {MACHINE: read_definition(task())}
    (evidence,) = gather(definitions, failed, {MACHINE: passes()})
    (advice,) = advise(evidence, Effort(particles=16, draws=16, visits=50, cases=10))
    assert advice.estimate.retrier.full_jitter


def test_refused_calls_are_retried_with_jitter_even_where_few_come_together() -> None:
    failed = failures("throttling", ERROR, number=6, every=900.0)
    known = {MACHINE: passes(unless=(20.0, 21.4))}
    (evidence,) = gather({MACHINE: read_definition(task())}, failed, known)
    (advice,) = advise(evidence, Effort(particles=16, draws=16))
    assert advice.decided
    assert advice.estimate.retrier.full_jitter


@pytest.mark.parametrize(
    ("low", "decided", "heals"), [(3, True, True), (2, True, False), (3, False, False)]
)
def test_a_retrier_heals_most_where_its_lower_bound_is_a_half(
    low: int, decided: bool, heals: bool
) -> None:
    failed = failures("service_error", "E", number=6, every=60.0)
    known = {MACHINE: passes()}
    (evidence,) = gather({MACHINE: read_definition(task())}, failed, known)
    (advice,) = advise(evidence, Effort(particles=16, draws=16))
    estimate = advice.estimate
    bounds = replace(estimate.recovered, low=low)
    found = replace(advice, estimate=replace(estimate, recovered=bounds), decided=decided)
    assert found.heals_most == heals


def test_of_what_lies_far_beyond_what_was_tried_in_vain_nothing_is_promised_or_ruled_out() -> None:
    """Failures far apart, each retried for seconds: blips, or inputs that never succeed."""
    failed = failures("service_error", "E", number=20, every=14_000.0, made=3)
    known = {MACHINE: passes()}
    (evidence,) = gather({MACHINE: read_definition(task())}, failed, known)
    (advice,) = advise(evidence, Effort(particles=16, draws=16))
    estimate, longest = advice.estimate, max(each.waited for each in evidence.visits)
    assert not advice.decided
    assert (estimate.recovered.low, estimate.recovered.high) == (0, 20)
    assert estimate.cost.hold_seconds > 4 * longest
    assert price_of(estimate.retrier.attempts, estimate.cost.hold_seconds) <= 0.06 + price_of(
        2, longest
    )


def test_nobody_is_asked_to_learn_by_retrying_what_never_heals_under_the_same_error() -> None:
    failed = [
        *failures("service_error", "E", number=6, every=14_000.0, made=3),
        *failures("permission", "E", number=6, every=14_000.0, begin=21.0, made=3),
    ]
    (evidence,) = gather({MACHINE: read_definition(task())}, failed, {MACHINE: passes()})
    assert advise(evidence, Effort(particles=16, draws=16)) == []


def test_what_was_tried_for_long_enough_in_vain_is_not_asked_to_be_learned_again() -> None:
    failed = failures("service_error", "E", number=20, every=14_000.0, made=3, pause=600.0)
    known = {MACHINE: passes()}
    (evidence,) = gather({MACHINE: read_definition(task())}, failed, known)
    assert advise(evidence, Effort(particles=16, draws=16)) == []


def test_an_outage_that_executions_meet_far_apart_is_one_spell() -> None:
    failed = [
        *failures("service_error", "E", number=6, every=1200.0, begin=20.0),
        *failures("service_error", "E", number=2, every=1200.0, begin=40.0),
    ]
    definitions = {MACHINE: read_definition(task())}
    known = {MACHINE: passes(unless=(19.9, 22.1))}
    (evidence,) = gather(definitions, failed, known)
    assert len(spells(evidence, evidence.visits[:6])) == 1
    assert len(spells(evidence, evidence.visits)) == 3

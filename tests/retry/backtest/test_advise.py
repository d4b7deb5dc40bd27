"""The advice on a state: what is looked at, and what counts as one spell."""

from datetime import timedelta

from sfn_digest.retry import read_definition
from sfn_digest.retry.backtest.advise import advise, spells_of
from sfn_digest.retry.observations.observed_states import gather
from sfn_digest.retry.outages.posterior import Effort
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


def test_an_outage_that_executions_meet_far_apart_is_one_spell() -> None:
    failed = [
        *failures("service_error", "E", number=6, every=1200.0, begin=20.0),
        *failures("service_error", "E", number=2, every=1200.0, begin=40.0),
    ]
    definitions = {MACHINE: read_definition(task())}
    known = {MACHINE: passes(unless=(19.9, 22.1))}
    (evidence,) = gather(definitions, failed, known)
    assert spells_of(evidence, evidence.visits[:6]) == 1
    assert spells_of(evidence, evidence.visits) == 3

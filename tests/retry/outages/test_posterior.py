"""How beliefs are mixed that explain the same evidence."""

import numpy as np

from sfn_digest.retry.outages.beliefs import HOUR, beliefs_of
from sfn_digest.retry.outages.posterior import mixed
from sfn_digest.retry.outages.sampler import Fit
from tests.retry.outages.made import random


def shares(*evidence: float, doubtful: int = 0) -> list[float]:
    """The share of draws of each belief, by how well each explains the evidence."""
    found = [Fit(np.full((9, 64), float(n)), each) for n, each in enumerate(evidence)]
    places = mixed(found, doubtful, 100, random(1))
    assert places.shape == (9, 100)
    return [float((places[0] == n).mean()) for n in range(len(evidence))]


def test_beliefs_that_explain_as_much_have_as_many_draws() -> None:
    assert shares(-10.0, -10.0) == [0.5, 0.5]


def test_a_belief_that_explains_less_has_fewer_draws_but_has_some() -> None:
    better, worse = shares(-10.0, -12.0)
    assert 0.6 < better < 0.9
    assert worse > 0.2


def test_a_belief_that_explains_far_less_has_none_unless_many_failures_are_in_doubt() -> None:
    assert shares(-10.0, -15.0) == [1.0, 0.0]
    assert shares(-10.0, -15.0, doubtful=10)[1] > 0


def test_a_herd_is_not_refused_for_days() -> None:
    (belief,) = beliefs_of("throttling", herds=True)
    assert belief.down_long[1] <= 2 * HOUR


def test_a_herd_is_refused_for_about_as_long_as_it_takes_to_be_served() -> None:
    (unknown,) = beliefs_of("throttling", herds=True)
    for served in (0.5, 40.0, 900.0, 40_000.0):
        (belief,) = beliefs_of("throttling", herds=True, served=served)
        assert belief.down_long[1] == min(4 * max(8.0, served), unknown.down_long[1])
        assert 2 * belief.down_short[1] <= belief.down_long[1]
        places = belief.places(64, random(1))
        assert np.isfinite(belief.density(places)).all()

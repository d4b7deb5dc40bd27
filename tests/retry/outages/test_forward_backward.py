"""The likelihood of what was seen, and courses drawn given it, against all courses together."""

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.retry.observations.thinning import Probe
from sfn_digest.retry.outages.forward_backward import between, course, drawn, log_likelihood
from sfn_digest.retry.outages.likelihood import Seen, arranged, likelihoods
from sfn_digest.retry.outages.phases import DOWN, Array, chain_of, transitions
from tests.retry.outages.made import OUTAGE, VALUES, random, setting, week

PROBES = st.lists(
    st.tuples(st.floats(1.0, 5e5), st.booleans(), st.integers(1, 5), st.booleans()),
    min_size=1,
    max_size=4,
)


def arranged_of(made: list[tuple[float, bool, int, bool]]) -> Seen:
    """Probes so far apart: failed or not, of so many attempts, of a visit that may be lost."""
    at, probes = 0.0, []
    for gap, failed, number, doubtful in made:
        at += gap
        earlier = number - 1 if failed and doubtful else None
        within = (1, 0.0) if failed else (number, 20.0 * (number - 1))
        probes.append(Probe(at, failed, visit=0 if failed else -1, within=within, earlier=earlier))
    return arranged(probes, 7, {0})


def brute(seen: Seen) -> dict[tuple[int, ...], float]:
    """How likely each course of phases is together with what was seen."""
    parameters = setting()
    chain = chain_of(parameters)
    table = likelihoods(seen.kinds, parameters, chain)[..., 0][seen.kind]
    steps = transitions(chain, np.diff(seen.at))[..., 0]
    return {
        phases: float(
            chain.long_run[phases[0], 0]
            * np.prod([table[place, phase] for place, phase in enumerate(phases)])
            * np.prod([steps[n, a, b] for n, (a, b) in enumerate(pairwise(phases))])
        )
        for phases in product(range(4), repeat=len(seen.at))
    }


@given(PROBES)
def test_the_likelihood_is_that_of_all_courses_together(
    made: list[tuple[float, bool, int, bool]],
) -> None:
    seen = arranged_of(made)
    found = log_likelihood(seen, setting())[0]
    expected = np.log(sum(brute(seen).values())) + 7 * np.log1p(-0.05)
    assert found == pytest.approx(expected, rel=1e-6)


@given(st.sampled_from([1.0, 64.0, 4096.0]), st.sampled_from([1e-5, 0.01, 0.5]))
def test_that_two_attempts_failed_is_as_likely_as_by_the_execution_or_by_the_weather(
    gap: float, lost: float
) -> None:
    """What was down and failed the first is no sign that the execution is lost."""
    parameters = setting(*VALUES[:-1], lost)
    first, second = Probe(0.0, failed=True, visit=0), Probe(gap, failed=True, visit=0)
    weather = np.exp(log_likelihood(arranged([first, second], 0, ()), parameters)[0])
    doubtful = [
        replace(first, earlier=0),
        replace(second, earlier=1, since=gap),
    ]
    found = np.exp(log_likelihood(arranged(doubtful, 0, {0}), parameters)[0])
    assert found == pytest.approx(lost + (1 - lost) * weather, rel=1e-3)


def test_courses_are_drawn_as_often_as_they_are_likely() -> None:
    seen = arranged_of([(1, True, 1, True), (600, False, 1, False), (90, True, 1, False)])
    many = setting(draws=4000)
    found = course(seen, many, chain_of(many), random(1))
    likely = brute(seen)
    whole = sum(likely.values())
    for phases, share in likely.items():
        often = (found == np.array(phases)[:, None]).all(axis=0).mean()
        assert often == pytest.approx(share / whole, abs=0.03)


def share_down(moments: list[float]) -> Array:
    """How often it is down, given that it was down at 0 and up at 1000 seconds."""
    many = setting(draws=4000)
    phases = np.array([[3], [0]], np.int64).repeat(4000, axis=1)
    found = between(chain_of(many), np.array([0.0, 1000.0]), phases, np.array(moments), random(2))
    share: Array = (found >= DOWN.start).mean(axis=1)
    return share


def test_between_two_known_moments_the_weather_follows_the_bridge() -> None:
    steps = transitions(chain_of(setting()), np.array([400.0, 600.0]))[..., 0]
    weights = steps[0, 3, :] * steps[1, :, 0]
    expected = weights[DOWN].sum() / weights.sum()
    assert share_down([400.0]) == pytest.approx([expected], abs=0.03)
    assert share_down([100.0, 400.0, 401.0])[1:] == pytest.approx([expected, expected], abs=0.03)


def test_outside_of_what_was_seen_the_weather_forgets_it() -> None:
    expected = chain_of(setting()).long_run[DOWN, 0].sum()
    assert share_down([-1e9, 1e9]) == pytest.approx([expected, expected], abs=0.03)


def test_amid_an_outage_it_is_down_and_far_from_it_is_up() -> None:
    many, seen = setting(draws=200), week(OUTAGE)
    chain = chain_of(many)
    phases = course(seen, many, chain, random(3))
    found = between(chain, seen.at, phases, np.array([176_000.0, 400_000.0]), random(4))
    down = (found >= DOWN.start).mean(axis=1)
    assert down[0] > 0.9
    assert down[1] < 0.1


def test_luck_falls_on_each_phase_by_its_weight() -> None:
    weights = np.array([[1.0], [3.0], [0.0], [4.0]]).repeat(4, axis=1)
    assert drawn(weights, np.array([0.1, 0.2, 0.49, 0.51])).tolist() == [0, 1, 1, 3]

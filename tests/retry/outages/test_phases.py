"""The chain of phases against what can be worked out of its rates."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.retry.outages.phases import DOWN, UP, Array, chain_of, keeping, transitions
from tests.retry.outages.made import VALUES, setting

LENGTHS = st.floats(5.0, 5e6)
SHARES = st.floats(0.001, 0.999)
GAPS = st.floats(0.0, 1e6)


def rates() -> Array:
    """The rates between the phases: which one follows depends on nothing before."""
    up_long, up_short, down_short, down_long, short, long, *_ = VALUES
    lengths, shares = (up_long, up_short, down_short, down_long), (1 - short, short, 1 - long, long)
    found = -np.diag(1 / np.array(lengths))
    for side, other in ((range(2), range(2, 4)), (range(2, 4), range(2))):
        for one in side:
            for two in other:
                found[one, two] = shares[two] / lengths[one]
    return found


@given(st.tuples(LENGTHS, LENGTHS, LENGTHS, LENGTHS, SHARES, SHARES), GAPS)
def test_from_each_phase_one_of_the_phases_follows(values: tuple[float, ...], gap: float) -> None:
    chain = chain_of(setting(*values, 0.1, 0.9, 0.1))
    steps = transitions(chain, np.array([gap]))[0, :, :, 0]
    np.testing.assert_allclose(steps.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(chain.long_run[:, 0] @ steps, chain.long_run[:, 0], atol=1e-7)


@given(GAPS, GAPS)
def test_two_gaps_after_each_other_are_one_of_both(one: float, two: float) -> None:
    steps = transitions(chain_of(setting()), np.array([one, two, one + two]))[..., 0]
    np.testing.assert_allclose(steps[0] @ steps[1], steps[2], atol=1e-9)


def test_over_a_moment_the_chain_follows_its_rates() -> None:
    steps = transitions(chain_of(setting()), np.array([0.01]))[0, :, :, 0]
    np.testing.assert_allclose(steps, np.eye(4) + 0.01 * rates(), atol=1e-7)


def test_far_from_anything_known_each_phase_has_its_long_run_share() -> None:
    chain = chain_of(setting())
    steps = transitions(chain, np.array([1e9]))[0, :, :, 0]
    np.testing.assert_allclose(steps, np.broadcast_to(chain.long_run[:, 0], (4, 4)), atol=1e-9)


def test_keeping_a_side_is_being_in_either_of_its_phases() -> None:
    chain, gaps = chain_of(setting()), np.array([0.0, 30.0, 5000.0])
    steps, kept = transitions(chain, gaps)[..., 0], keeping(chain, gaps)[..., 0]
    np.testing.assert_allclose(kept[:, UP], steps[:, UP, UP].sum(axis=2))
    np.testing.assert_allclose(kept[:, DOWN], steps[:, DOWN, DOWN].sum(axis=2))

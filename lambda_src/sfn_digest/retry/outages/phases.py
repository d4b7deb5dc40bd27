"""The outage model: a dependency is up or down, in turns whose lengths have heavy tails.

A Gilbert-Elliott channel (Gilbert 1960, Elliott 1963) in continuous time, with two phases on
either side: a time up is a long or a short one, a time down likewise, each of exponential
length. Such a mixture (a hyperexponential) stands for what real outages are: most end within
minutes, a few last for hours, and one is often followed by the next. Which phase comes next
depends on nothing before, so the chain is reversible, and a symmetric matrix tells all of it.

Arrays end in an axis of draws: as many sets of parameters as are looked at side by side.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

UP = slice(0, 2)
DOWN = slice(2, 4)
PHASES = 4
"""A long and a short time up, a short and a long time down, in this order."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The parameters of the model, each an array of one value a draw.

    Four mean lengths in seconds; the share of short ones among the times up and of long ones
    among the times down; and three probabilities: that an attempt fails while it is up
    (`calm`) and while it is down (`storm`), and that an execution fails at every attempt,
    whatever the weather (`lost`).
    """

    up_long: Array
    up_short: Array
    down_short: Array
    down_long: Array
    share_short: Array
    share_long: Array
    calm: Array
    storm: Array
    lost: Array


@dataclass(frozen=True, slots=True)
class Chain:
    """How the phases follow each other, by the modes in which the chain forgets its past.

    After a time t it is in phase j, having been in i, with the probability
    sum over modes k of `into[i, k] * exp(rates[k] * t) * back[k, j]`.
    """

    into: Array
    back: Array
    rates: Array
    long_run: Array


def chain_of(setting: Setting) -> Chain:
    """The chain with these parameters."""
    lengths = np.array([setting.up_long, setting.up_short, setting.down_short, setting.down_long])
    shares = np.array(
        [1 - setting.share_short, setting.share_short, 1 - setting.share_long, setting.share_long]
    )
    weight = shares * lengths
    root = np.sqrt(weight)
    rates = np.zeros((lengths.shape[1], PHASES, PHASES))
    flow = (shares[UP, None] / root[UP, None]) * (shares[None, DOWN] / root[None, DOWN])
    rates[:, UP, DOWN] = flow.transpose(2, 0, 1)
    rates[:, DOWN, UP] = flow.transpose(2, 1, 0)
    rates[:, range(PHASES), range(PHASES)] = -1 / lengths.T
    values, vectors = np.linalg.eigh(rates)
    modes = vectors.transpose(1, 2, 0)
    return Chain(
        into=np.ascontiguousarray(modes / root[:, None]),
        back=np.ascontiguousarray((modes * root[:, None]).transpose(1, 0, 2)),
        rates=_rates(values),
        long_run=weight / weight.sum(0),
    )


def _rates(values: Array) -> Array:
    """The eigenvalues as rates, the last of which is 0: nothing is ever forgotten of the sum."""
    return np.concatenate([np.minimum(values.T[:-1], 0.0), np.zeros((1, len(values)))])


def fading(chain: Chain, gaps: Array) -> Array:
    """How much is left of each mode after each gap in seconds: (gap, mode, draw)."""
    left = np.empty((len(gaps), *chain.rates.shape))
    np.exp(gaps[:, None, None] * chain.rates[:-1], out=left[:, :-1])
    left[:, -1] = 1.0
    return left


def transitions(chain: Chain, gaps: Array) -> Array:
    """The probabilities of each phase after each gap: (gap, from, to, draw)."""
    left = fading(chain, gaps)
    found: Array = np.einsum("ikc,gkc,kjc->gijc", chain.into, left, chain.back)
    return np.maximum(found, 0.0)


def keeping(chain: Chain, gaps: Array) -> Array:
    """How likely it is on the same side (up or down) after each gap, by phase before it."""
    left = fading(chain, gaps)
    result = np.empty((len(gaps), PHASES, left.shape[-1]))
    for side in (UP, DOWN):
        ends = chain.back[:, side].sum(axis=1)
        result[:, side] = np.einsum("ikc,gkc,kc->gic", chain.into[side], left, ends)
    return np.clip(result, _TINY, 1.0)


_TINY = 1e-12

"""The forward-backward algorithm: how likely all that was seen is, and a course drawn from it."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sfn_digest.retry.outages.likelihood import Seen, likelihoods
from sfn_digest.retry.outages.phases import Array, Chain, Setting, chain_of, fading

Phases = NDArray[np.int8]
_LEAST = 1e-280


def log_likelihood(seen: Seen, setting: Setting) -> Array:
    """The log likelihood of everything seen, the phases summed out: a value a draw.

    The chance of each phase is carried along by its modes. Of these the last never fades and
    tells the sum over all phases.
    """
    chain = chain_of(setting)
    table = likelihoods(seen.kinds, setting, chain)
    turned = np.einsum("kjc,njc,jmc->nmkc", chain.back, table, chain.into)
    left = fading(chain, np.diff(seen.at, prepend=seen.at[:1]))
    scales = np.empty((len(seen.at), len(setting.calm)))
    modes = np.einsum("imc,ic->mc", chain.into, chain.long_run)
    for place, kind in enumerate(seen.kind.tolist()):
        modes = np.einsum("mkc,kc->mc", turned[kind], modes * left[place])
        scales[place] = scale = np.maximum(modes[-1] / chain.into[0, -1], _LEAST)
        modes /= scale
    sound: Array = seen.sound * np.log1p(-setting.lost)
    found: Array = np.log(scales).sum(0) + sound
    return np.where(np.isfinite(found), found, _IMPOSSIBLE)


_IMPOSSIBLE = -1e12


def _later(chain: Chain, left: Array, chances: Array) -> Array:
    """The chance of each phase a gap later."""
    modes = np.einsum("ikc,ic->kc", chain.into, chances)
    modes *= left
    found: Array = np.einsum("kjc,kc->jc", chain.back, modes)
    return np.maximum(found, 0.0)


def course(seen: Seen, setting: Setting, chain: Chain, random: Generator) -> Phases:
    """A course of phases at the probes, drawn given everything seen: (probe, draw)."""
    left = fading(chain, np.diff(seen.at, prepend=seen.at[:1]))
    chances = _filtered(seen, setting, chain, left)
    luck = random.random((len(seen.at), len(setting.calm)))
    draws = np.arange(len(setting.calm))
    result = np.empty(luck.shape, np.int8)
    result[-1] = phase = drawn(chances[-1], luck[-1])
    for place in range(len(seen.at) - 2, -1, -1):
        modes = chain.back[:, phase, draws] * left[place + 1]
        ahead = np.maximum(np.einsum("ikc,kc->ic", chain.into, modes), 0.0)
        result[place] = phase = drawn(chances[place] * ahead, luck[place])
    return result


def _filtered(seen: Seen, setting: Setting, chain: Chain, left: Array) -> Array:
    """The chance of each phase at each probe, given all that was seen up to it."""
    table = likelihoods(seen.kinds, setting, chain)
    result = np.empty((len(seen.at), *chain.long_run.shape))
    chances = chain.long_run
    for place, kind in enumerate(seen.kind):
        chances = _later(chain, left[place], chances) * table[kind]
        chances /= np.maximum(chances.sum(0), _LEAST)
        result[place] = chances
    return result


def between(chain: Chain, at: Array, phases: Phases, moments: Array, random: Generator) -> Phases:
    """The phases at other moments, given those at the probes: (moment, draw).

    `at` are the probes' times. Between two probes the moments come one after the other, all
    such stretches side by side.
    """
    stretch = np.searchsorted(at, moments, side="right") - 1
    rank = np.arange(len(moments)) - np.searchsorted(stretch, stretch)
    luck = random.random((len(moments), phases.shape[1]))
    result = np.empty(luck.shape, np.int8)
    for turn in range(rank.max(initial=-1) + 1):
        now = np.flatnonzero(rank == turn)
        held, then = moments[now], stretch[now]
        since = np.where(turn, moments[now - 1], at[np.maximum(then, 0)])
        before = result[now - 1] if turn else phases[np.maximum(then, 0)]
        weights = _from(chain, before, np.maximum(held - since, 0.0))
        follows = then + 1 < len(at)
        if follows.any():
            until = at[then[follows] + 1] - held[follows]
            weights[:, follows] *= _towards(chain, phases[then[follows] + 1], until)
        if not turn and then[0] < 0:
            ahead = _towards(chain, phases[:1], at[:1] - held[:1])[:, 0]
            weights[:, 0] = chain.long_run * ahead
        result[now] = drawn(weights, luck[now])
    return result


def _from(chain: Chain, phase: Phases, gaps: Array) -> Array:
    """The chance of each phase so long after these: (phase, stretch, draw)."""
    draws = np.arange(phase.shape[1])
    modes = chain.into.transpose(1, 0, 2)[:, phase, draws] * fading(chain, gaps).transpose(1, 0, 2)
    found: Array = np.einsum("kgc,kjc->jgc", modes, chain.back)
    return np.maximum(found, 0.0)


def _towards(chain: Chain, phase: Phases, gaps: Array) -> Array:
    """How likely these are so long after each phase: (phase, stretch, draw)."""
    draws = np.arange(phase.shape[1])
    modes = chain.back[:, phase, draws] * fading(chain, gaps).transpose(1, 0, 2)
    found: Array = np.einsum("kgc,ikc->igc", modes, chain.into)
    return np.maximum(found, 0.0)


def drawn(weights: Array, luck: Array) -> Phases:
    """The phase that luck in [0, 1) falls on, by the weights along the first axis."""
    sums = np.cumsum(weights, axis=0)
    found: Phases = (luck * sums[-1] >= sums[:-1]).sum(0).astype(np.int8)
    return found

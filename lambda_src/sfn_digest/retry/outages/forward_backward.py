"""The forward-backward algorithm: how likely all that was seen is, and a course drawn from it."""

from functools import reduce

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sfn_digest.retry.outages.likelihood import Seen, likelihoods
from sfn_digest.retry.outages.phases import PHASES, Array, Chain, Setting, chain_of, fading

Phases = NDArray[np.int64]
_LEAST = 1e-290


def log_likelihood(seen: Seen, setting: Setting) -> Array:
    """The log likelihood of everything seen, the phases summed out: a value a draw."""
    _, scales = _carried(seen, setting, chain_of(setting))
    with np.errstate(divide="ignore"):
        found: Array = np.log(scales).sum(0) + seen.sound * np.log1p(-setting.lost)
    return np.where(np.isfinite(found), found, _IMPOSSIBLE)


_IMPOSSIBLE = -1e12
_TURNS = 8
"""Probes after which what is carried along is scaled anew, lest it fade to nothing."""


def _carried(seen: Seen, setting: Setting, chain: Chain) -> tuple[Array, Array]:
    """The chance of each phase at each probe, given all that was seen up to it, told by the
    chain's modes and up to a factor: (probe, mode, draw). And by what it was scaled, now and then.

    The last mode never fades, and tells the sum over all phases.
    """
    table = likelihoods(seen.kinds, setting, chain)
    turned = np.einsum("kjc,njc,jmc->nkmc", chain.back, table, chain.into)
    left = fading(chain, np.diff(seen.at, prepend=seen.at[:1]))
    whole = chain.into[0, -1]
    modes = (chain.into * chain.long_run[:, None]).sum(0)
    result, scales = np.empty_like(left), []
    kinds = seen.kind.tolist()
    held, parts = np.empty_like(modes), np.empty_like(chain.into)
    for place, (kind, fade, carried) in enumerate(zip(kinds, left, result, strict=True)):
        np.multiply(modes, fade, out=held)
        np.multiply(turned[kind], held[:, None], out=parts)
        modes = np.add.reduce(parts, out=carried)
        if place % _TURNS == _TURNS - 1 or place == len(kinds) - 1:
            scales.append(np.maximum(modes[-1] / whole, 0.0))
            modes = modes / np.where(scales[-1] > _LEAST, scales[-1], np.inf)
    return result, np.array(scales)


def course(seen: Seen, setting: Setting, chain: Chain, random: Generator) -> Phases:
    """A course of phases at the probes, drawn given everything seen: (probe, draw)."""
    modes, _ = _carried(seen, setting, chain)
    chances = np.maximum(np.einsum("kjc,tkc->tjc", chain.back, modes), 0.0)
    left = fading(chain, np.diff(seen.at, append=seen.at[-1:]))
    luck = random.random((len(seen.at), len(setting.calm)))
    draws = np.arange(len(setting.calm))
    result = np.empty(luck.shape, np.int64)
    result[-1] = drawn(chances[-1], luck[-1])
    follows = result[-1] * len(draws) + draws
    for end in range(len(seen.at) - 1, 0, -_STRETCH):
        part = slice(max(0, end - _STRETCH), end)
        phases = _by_next(chain, chances[part], left[part], luck[part])
        places = (phases * len(draws) + draws).reshape(len(phases), -1)
        for place in range(end - 1, part.start - 1, -1):
            result[place] = follows = places[place - part.start].take(follows)
        result[part] //= len(draws)
    return result


_STRETCH = 32
"""Probes for which the draws are worked out at once: as many as fit into a processor's cache."""


def _by_next(chain: Chain, chances: Array, left: Array, luck: Array) -> Phases:
    """The phase that is drawn at each probe if the next probe's is each: (probe, next, draw)."""
    # Added up in this order, the sums are the same however many probes are worked out at once.
    ahead = reduce(
        np.add,
        (
            chain.into[:, mode, None] * (chain.back[mode] * left[:, mode, None])[:, None]
            for mode in range(PHASES)
        ),
    )
    sums = (chances[:, :, None] * np.maximum(ahead, 0.0)).cumsum(axis=1)
    found: Phases = (sums[:, :-1] <= luck[:, None, None] * sums[:, -1:]).sum(axis=1)
    return np.where(sums[:, -1] > 0, found, 0)


def between(chain: Chain, at: Array, phases: Phases, moments: Array, random: Generator) -> Phases:
    """The phases at other moments, given those at the probes: (moment, draw).

    `at` are the probes' times. Between two probes the moments come one after the other, all
    such stretches side by side.
    """
    stretch = np.searchsorted(at, moments, side="right") - 1
    rank = np.arange(len(moments)) - np.searchsorted(stretch, stretch)
    luck = random.random((len(moments), phases.shape[1]))
    result = np.empty(luck.shape, np.int64)
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
    sums = weights.cumsum(axis=0)
    found: Phases = (sums > luck * sums[-1]).argmax(axis=0)
    return found

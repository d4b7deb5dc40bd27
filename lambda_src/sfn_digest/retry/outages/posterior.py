"""Possible truths about each cause of a state's failures, drawn given all that was seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from sfn_digest.retry.observations.crowds import comes_in_herds
from sfn_digest.retry.observations.observed_states import CauseSeen, StateEvidence
from sfn_digest.retry.observations.visits import Visit
from sfn_digest.retry.outages.beliefs import beliefs_of, setting_at
from sfn_digest.retry.outages.forward_backward import Phases, between, course, drawn
from sfn_digest.retry.outages.likelihood import Flags, Integers, Seen, seen_of
from sfn_digest.retry.outages.phases import DOWN, Array, Setting, chain_of, transitions
from sfn_digest.retry.outages.sampler import Effort, Fit, fits

MOST_MADE = 14
"""The most attempts of a visit whose outcome is known that are looked at."""
_GROWTH, _WIDEST = 1.3, 900.0
"""Moments after a failure are ever farther apart by this factor, up to so many seconds."""
_GRAIN, _COARSEST = 0.2, 256.0
"""Moments of several visits that are closer than this share of the offset, and than so many
seconds, fall together."""


def offsets(horizon: float) -> Array:
    """Seconds after a failure at which the weather is looked at, up to a horizon."""
    found = [0.0, 1.0]
    while found[-1] < horizon:
        step = min((_GROWTH - 1) * found[-1], _WIDEST)
        found.append(found[-1] + max(step, 1.0))
    return np.array(found)


@dataclass(frozen=True, slots=True)
class Truths:
    """Possible truths about one cause: the chance that it fails an attempt in each.

    `later`: of an attempt at each of `offsets` after a visit's first failure, (draw, visit,
    offset). `made`: of the attempts that a visit really made, the one that recovered
    included, (draw, visit, attempt). `lost`: the visits that fail whatever the weather.
    """

    later: Array
    made: Array
    lost: Flags
    _first: Phases
    _setting: Setting | None

    def crowded(
        self, shares: Mapping[int, Sequence[float]], herds: Sequence[int | None]
    ) -> "Truths":
        """The same, but what came in one of the `herds` fails in its share at each offset."""
        later = self.later.copy()
        for number, herd in enumerate(herds):
            if herd is not None:
                later[:, number] = shares[herd]
        return replace(self, later=later)

    def elsewhere(self, draws: Integers, visits: Integers, at: Array, random: Generator) -> Array:
        """`later` for visits in a like spell of another week, of which nothing is known."""
        if self._setting is None:
            return self.later[np.ix_(draws, visits)]
        setting = _chosen(self._setting, draws)
        steps = transitions(chain_of(setting), np.diff(at))
        phase = self._first[np.ix_(draws, visits)]
        result = np.empty((*phase.shape, len(at)))
        each = np.arange(len(draws))[:, None]
        down = np.arange(4) >= DOWN.start
        for place in range(len(at)):
            if place:
                phase = drawn(
                    np.moveaxis(steps[place - 1][phase, :, each], -1, 0), random.random(phase.shape)
                )
            result[..., place] = np.where(
                down[phase], setting.storm[:, None], setting.calm[:, None]
            )
        return result


def _chosen(setting: Setting, draws: Integers) -> Setting:
    return Setting(*(getattr(setting, name)[draws] for name in Setting.__slots__))


def truths_of(
    seen: CauseSeen,
    evidence: StateEvidence,
    cases: Sequence[int],
    at: Array,
    effort: Effort,
    random: Generator,
    supposed: Sequence[Visit] = (),
    *,
    herds: bool | None = None,
    served: float = 0.0,
) -> Truths:
    """Draws for one cause: of each belief that explains what was seen about as well as the best.

    Where two beliefs do, and mean opposite things, the draws differ as much as they should.
    They tell of some visits, the `cases` by number, and after them of some that nobody saw but
    that are `supposed`. Whether the cause strikes `herds` is taken from the evidence, unless more
    is known than that.
    """
    visits = [*(evidence.visits[number] for number in cases), *supposed]
    if seen.nature == "permanent":
        return _of_permanent(seen.cause, evidence, visits, len(at), effort, random)
    if herds is None:
        struck = [visit for visit in evidence.visits if visit.last.cause == seen.cause]
        herds = comes_in_herds(seen.cause, struck)
    beliefs = beliefs_of(seen.cause, herds=herds, served=served)
    few, every = seen_of(seen.cause, evidence, effort.probes)
    found = fits(few, beliefs, effort.particles, random)
    setting = setting_at(mixed(found, len(few.open_visits), effort.draws, random))
    doubtful = np.array(
        [*(number in every.open_visits for number in cases), *(False for _ in supposed)]
    )
    return _lived(seen.cause, visits, every, setting, at, doubtful, random)


def mixed(found: Sequence[Fit], doubtful: int, draws: int, random: Generator) -> Array:
    """Particles of each belief that explains the evidence about as well: the better, the more."""
    behind = max(fit.evidence for fit in found) - np.array([fit.evidence for fit in found])
    near = behind <= _ALMOST_AS_GOOD + _EACH * doubtful
    weights = np.where(near, np.exp(-_TRUSTED * behind), 0.0)
    ends = np.round(weights.cumsum() / weights.sum() * draws).astype(np.int64)
    chosen = []
    for fit, share in zip(found, np.diff(ends, prepend=0), strict=True):
        order = random.permutation(fit.places.shape[1])
        chosen.append(fit.places[:, order[np.arange(share) % len(order)]])
    return np.concatenate(chosen, axis=1)[:, random.permutation(draws)]


_ALMOST_AS_GOOD, _EACH = 4.0, 0.3
"""Log units by which a belief may explain the failures worse, in all and for each of them."""
_TRUSTED = 0.5
"""How much of the evidence decides between beliefs, as a power: none of them is the truth."""


def _lived(
    cause: str,
    visits: Sequence[Visit],
    seen: Seen,
    setting: Setting,
    at: Array,
    doubtful: Flags,
    random: Generator,
) -> Truths:
    """What befalls each visit in a course of the weather, one for each draw."""
    made = _made(visits)
    failed = np.array([visit.first.failed for visit in visits])
    grain = 2.0 ** np.floor(np.log2(np.clip(_GRAIN * at, 1.0, _COARSEST)))
    later = np.maximum(np.round((failed[:, None] + at) / grain) * grain, failed[:, None])
    moments = np.unique(np.concatenate([later.ravel(), made[~np.isnan(made)]]))
    chain = chain_of(setting)
    phases = between(chain, seen.at, course(seen, setting, chain, random), moments, random)
    chances = np.where(phases >= DOWN.start, setting.storm, setting.calm).T
    places = np.searchsorted(moments, np.where(np.isnan(made), moments[0], made))
    then = chances[:, places]
    ours = np.array([[_is(visit, place, cause) for place in range(MOST_MADE)] for visit in visits])
    return Truths(
        later=chances[:, np.searchsorted(moments, later)],
        made=then,
        lost=_lost(then, ours, setting, random) & doubtful,
        _first=phases.T[:, places[:, 0]],
        _setting=setting,
    )


def _made(visits: Sequence[Visit]) -> Array:
    """When a visit's attempts were made, with the one that recovered; the rest is not a number."""
    result = np.full((len(visits), MOST_MADE), np.nan)
    for number, visit in enumerate(visits):
        times = [each.at for each in visit.attempts]
        if visit.recovered_at is not None:
            times.append(visit.recovered_at)
        result[number, : len(times)] = times[:MOST_MADE]
    return result


def _is(visit: Visit, place: int, cause: str) -> bool:
    return place < len(visit.attempts) and visit.attempts[place].cause == cause


def _lost(then: Array, ours: Flags, setting: Setting, random: Generator) -> Flags:
    """Which visits are lost, of those that may be: the likelier the less the weather explains."""
    odds = np.log(setting.lost) - np.log1p(-setting.lost)
    weather = np.where(ours, np.log(then), 0.0).sum(-1)
    chance = 1 / (1 + np.exp(np.clip(weather - odds[:, None], -500, 500)))
    result: Flags = random.random(chance.shape) < chance
    return result


def _of_permanent(
    cause: str,
    evidence: StateEvidence,
    visits: Sequence[Visit],
    moments: int,
    effort: Effort,
    random: Generator,
) -> Truths:
    """A cause that never heals: it may also lie in wait behind another cause's failure."""
    often = sum(visit.last.cause == cause for visit in evidence.visits)
    others = len(evidence.visits) + len(evidence.passes) - often
    share = random.beta(often + 0.5, others + 0.5, effort.draws)
    struck = np.array([visit.last.cause == cause for visit in visits])
    unsaved = np.array([visit.recovered_at is None for visit in visits])
    shape = (effort.draws, len(visits))
    hidden = (random.random(shape) < share[:, None]) & unsaved
    return Truths(
        later=np.full((*shape, moments), _NEVER),
        made=np.full((*shape, MOST_MADE), _NEVER),
        lost=hidden | struck,
        _first=np.zeros(shape, np.int64),
        _setting=None,
    )


_NEVER = 1e-7
"""No further visit is struck by a cause that only strikes who it struck before."""

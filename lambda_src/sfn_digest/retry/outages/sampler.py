"""What hides behind the failures of one cause in one state: spells of it, and lost causes.

The model: a dependency is up or down, in turns of random length. An attempt fails with
probability `calm` while it is up (each attempt is a new draw: Spot, blips) and `storm` while it
is down. A share `lost` of executions fails at every attempt whatever the weather (bad input
under a transient error). The parameters, which executions are lost, and the weather are
sampled from their posterior (Metropolis within Gibbs, with the weather summed out), so that
what is reported carries everything that is not known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, inf, log
from random import Random

from sfn_digest.retry.observations.thinning import Probe
from sfn_digest.retry.outages.forward_backward import (
    Emission,
    backward,
    filtered,
    sampled,
    transitions,
)
from sfn_digest.retry.outages.path import Path
from sfn_digest.retry.outages.priors import Prior, Setting


@dataclass(frozen=True, slots=True)
class Draw:
    """One possible truth: parameters, which visits are lost, and the weather.

    `density` is the log of how well it explains what was seen, the weather summed out.
    """

    setting: Setting
    lost: frozenset[int]
    path: Path
    density: float = 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """The evidence on one cause in one state.

    `probes` in order of time; `open_visits` number the visits that never recovered, which
    alone may be lost; `visits` counts all visits, those that never failed included.
    """

    probes: Sequence[Probe]
    open_visits: Sequence[int]
    visits: float


class Sampler:
    """A chain of draws from the posterior; the same `random` gives the same draws."""

    def __init__(self, seen: Seen, prior: Prior, random: Random) -> None:
        """Begin with no visit lost."""
        self._seen, self._prior, self._random = seen, prior, random
        times = [probe.at for probe in seen.probes]
        self._times = times
        self._within = {probe.within for probe in seen.probes}
        self._gaps = [0.0, *(b - a for a, b in pairwise(times))]
        self._places: dict[int, list[int]] = {visit: [] for visit in seen.open_visits}
        for place, probe in enumerate(seen.probes):
            if probe.visit in self._places:
                self._places[probe.visit].append(place)
        # In the order of their last attempts, which `_weigh_lost` relies on.
        self._order = sorted(
            (v for v in seen.open_visits if self._places[v]), key=lambda v: self._places[v][-1]
        )
        self._lost: set[int] = set()
        self._setting = prior.start()
        self._target = self._density(self._setting)

    def draws(self, warm_up: int, number: int) -> Iterator[Draw]:
        """`number` draws after `warm_up` sweeps that are thrown away."""
        for sweep in range(warm_up + number):
            if self._prior.may_be_lost:
                self._weigh_lost()
            self._move()
            self._move()
            if sweep >= warm_up:
                yield self._draw()

    def _draw(self) -> Draw:
        steps = self._steps(self._setting)
        chances, _ = filtered(steps, self._emissions(self._setting), self._share(self._setting))
        course = sampled(steps, chances, self._random)
        path = Path(self._times, course, self._setting.up, self._setting.down)
        return Draw(self._setting, frozenset(self._lost), path, self._joint())

    def _joint(self) -> float:
        lost = len(self._lost)
        return self._target + self._prior.lost_density(self._setting.lost, lost, self._seen.visits)

    def _steps(self, setting: Setting) -> list[tuple[float, float]]:
        return transitions(self._gaps, setting.up, setting.down)

    @staticmethod
    def _share(setting: Setting) -> float:
        return setting.down / (setting.up + setting.down)

    def _emissions(self, setting: Setting) -> list[Emission]:
        hit = (setting.calm, setting.storm)
        miss = {within: _passed(within, setting) for within in self._within}
        share, rate = self._share(setting), 1 / setting.up + 1 / setting.down
        return [
            (_ANY if probe.visit in self._lost else hit)
            if probe.failed
            else miss[probe.within]
            if probe.weight == 1
            else _passes(probe, miss[probe.within], share, rate)
            for probe in self._seen.probes
        ]

    def _density(self, setting: Setting) -> float:
        believed = self._prior.density(setting)
        if believed == -inf:
            return believed
        _, likelihood = filtered(
            self._steps(setting), self._emissions(setting), self._share(setting)
        )
        return likelihood + believed

    def _move(self) -> None:
        """One Metropolis step over all but `lost`, on the scales where they vary evenly."""
        proposed = self._prior.neighbour(self._setting, self._random)
        target = self._density(proposed)
        if target >= self._target or self._random.random() < exp(target - self._target):
            self._setting, self._target = proposed, target

    def _weigh_lost(self) -> None:
        """Draw anew which visits are lost, one by one, with the weather summed out."""
        setting = self._setting
        steps, seen = self._steps(setting), self._emissions(setting)
        ahead = backward(steps, seen)
        chances, _ = filtered(steps, seen, self._share(setting))
        odds = log(setting.lost) - log(1 - setting.lost)
        for visit in self._order:
            self._weigh_one(visit, steps, seen, chances, ahead, odds)
        lost = self._prior.lost_share(len(self._lost), self._seen.visits, self._random)
        self._setting = replace(setting, lost=lost)
        self._target = self._density(self._setting)

    def _weigh_one(
        self,
        visit: int,
        steps: Sequence[tuple[float, float]],
        seen: list[Emission],
        chances: list[float],
        ahead: Sequence[tuple[float, float]],
        odds: float,
    ) -> None:
        places = self._places[visit]
        begin, end = places[0], places[-1] + 1
        before = chances[begin - 1] if begin else self._share(self._setting)
        options = []
        for emission in ((self._setting.calm, self._setting.storm), _ANY):
            for place in places:
                seen[place] = emission
            course, likelihood = filtered(steps[begin:end], seen[begin:end], before)
            calm, storm = ahead[end - 1]
            likelihood += log(calm + (storm - calm) * course[-1])
            options.append((likelihood, course))
        (weather, _), (lost, _) = options
        logit = odds + lost - weather
        is_lost = self._random.random() < 1 / (1 + exp(min(-logit, 500.0)))
        (self._lost.add if is_lost else self._lost.discard)(visit)
        chances[begin:end] = options[is_lost][1]
        for place in places:
            seen[place] = _ANY if is_lost else (self._setting.calm, self._setting.storm)
        self._refresh(steps, seen, chances, end)

    def _refresh(
        self,
        steps: Sequence[tuple[float, float]],
        seen: Sequence[Emission],
        chances: list[float],
        begin: int,
    ) -> None:
        """Carry a change on to later moments until it has faded."""
        chance = chances[begin - 1]
        for place in range(begin, len(chances)):
            rise, stay = steps[place]
            calm, storm = seen[place]
            down = rise + (stay - rise) * chance
            bad = down * storm
            chance = bad / (bad + (1 - down) * calm)
            if abs(chance - chances[place]) < _FADED:
                return
            chances[place] = chance


def _passed(within: tuple[int, float], setting: Setting) -> Emission:
    """How likely one of so many attempts succeeds, the last of them so much later than the first.

    In a time down all of them may fail only while it lasts.
    """
    attempts, spread = within
    kept = exp(-spread / setting.down)
    return 1 - setting.calm**attempts, 1 - kept * setting.storm**attempts


def _passes(probe: Probe, one: Emission, share: float, rate: float) -> Emission:
    """How likely so many passes are: it was up at every one of them, or down all the while."""
    up, down = one
    weight = probe.weight
    still_up = 1 - share * (1 - exp(-probe.spacing * rate))
    return up**weight * still_up ** (weight - 1), down**weight


_ANY = (1.0, 1.0)
_FADED = 1e-6

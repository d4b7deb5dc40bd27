"""Sets of parameters drawn from the posterior, by tempered sequential Monte Carlo.

Particles are drawn from a belief; then the evidence is let in by degrees. At each they are
weighted, drawn anew by their weights, and moved by Metropolis steps that keep the degree's
distribution (Neal 2001; Del Moral, Doucet and Jasra 2006). The weights tell as well how
likely the evidence is under each belief.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.random import Generator

from sfn_digest.retry.outages.beliefs import Belief, setting_at
from sfn_digest.retry.outages.forward_backward import log_likelihood
from sfn_digest.retry.outages.likelihood import Seen
from sfn_digest.retry.outages.phases import Array

_MOST_DEGREES = 14
_MOVES, _LAST_MOVES = 2, 4
_KEPT = 0.4
"""How evenly weighted particles remain at each degree, as a share of their number."""
_LEAST_STEP, _HALVINGS = 1e-6, 12
_ACCEPTED = 0.25
_FULL_EFFORT = 12
"""How many states are evaluated with all draws; more of them share."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much to draw: particles of each belief, and truths that retriers are judged in.

    `visits` is how many failed visits of a state are looked at most, `cases` how many of them
    are replayed, and `probes` on how many moments the parameters rest; of more, a sample is.
    """

    particles: int = 64
    draws: int = 96
    visits: int = 800
    cases: int = 100
    probes: int = 200

    @classmethod
    def shared_by(cls, states: int) -> "Effort":
        """Less for each where many states are evaluated, so that all take about as long."""
        part = min(1.0, _FULL_EFFORT / max(1, states))
        return cls(
            particles=round(64 * max(part, 0.3)),
            draws=round(96 * max(part, 0.333)),
            visits=round(800 * max(part, 0.5)),
            cases=round(100 * max(part, 0.25)),
            probes=round(200 * max(part, 0.5)),
        )


@dataclass(frozen=True, slots=True)
class Fit:
    """Particles of one belief, and the log likelihood of the evidence under it."""

    places: Array
    evidence: float


def fits(seen: Seen, beliefs: Sequence[Belief], particles: int, random: Generator) -> list[Fit]:
    """So many particles of each belief; the same `random` gives the same."""
    clouds = [_Cloud(belief, particles, random) for belief in beliefs]
    for cloud, found in zip(clouds, _likelihoods(seen, clouds), strict=True):
        cloud.likelihood = found
    for degree in range(_MOST_DEGREES):
        for cloud in clouds:
            cloud.warm(last=degree == _MOST_DEGREES - 1)
        done = all(cloud.degree >= 1 for cloud in clouds)
        for turn in range(_LAST_MOVES if done else _MOVES):
            for cloud in clouds:
                cloud.propose(turn)
            for cloud, found in zip(clouds, _likelihoods(seen, clouds), strict=True):
                cloud.settle(found, turn)
        if done:
            break
    return [Fit(cloud.places, cloud.evidence) for cloud in clouds]


def _likelihoods(seen: Seen, clouds: Sequence["_Cloud"]) -> list[Array]:
    """Those of what is proposed in each cloud, worked out all at once."""
    places = np.concatenate([cloud.proposed for cloud in clouds], axis=1)
    return np.split(log_likelihood(seen, setting_at(places)), len(clouds))


class _Cloud:
    """The particles of one belief on their way from it to the posterior."""

    def __init__(self, belief: Belief, particles: int, random: Generator) -> None:
        """Draw them from the belief; `likelihood` is set before anything else is asked."""
        self._belief, self._number, self._random = belief, particles, random
        self.places = self.proposed = belief.places(particles, random)
        self._density = self._proposed_density = belief.density(self.places)
        self.likelihood = np.zeros(particles)
        self.degree, self.evidence, self._stride = 0.0, 0.0, 1.0

    def warm(self, *, last: bool) -> None:
        """Let in as much more of the evidence as the particles bear, all of it at last."""
        if self.degree >= 1:
            return
        step = 1 - self.degree
        if not last and self._evenness(step) < _KEPT:
            low, high = _LEAST_STEP, step
            for _ in range(_HALVINGS):
                middle = sqrt(low * high)
                low, high = (low, middle) if self._evenness(middle) < _KEPT else (middle, high)
            step = low
        weights = self._weights(step)
        self.evidence += step * float(self.likelihood.max()) + float(np.log(weights.mean()))
        self.degree = 1.0 if step >= 1 - self.degree else self.degree + step
        sums = np.cumsum(weights) / weights.sum()
        marks = (self._random.random() + np.arange(self._number)) / self._number
        chosen = np.minimum(np.searchsorted(sums, marks), self._number - 1)
        self.places, self._density = self.places[:, chosen], self._density[chosen]
        self.likelihood = self.likelihood[chosen]

    def _weights(self, step: float) -> Array:
        found: Array = np.exp(step * (self.likelihood - self.likelihood.max()))
        return found

    def _evenness(self, step: float) -> float:
        weights = self._weights(step)
        return float(weights.sum() ** 2 / (weights @ weights)) / self._number

    def propose(self, turn: int) -> None:
        """A step for each particle: as the cloud is stretched, or as two others lie apart."""
        places, random = self.places, self._random
        if turn % 2 == 0:
            apart = places - places.mean(axis=1, keepdims=True)
            spread = apart @ apart.T / (self._number - 1) + 1e-6 * np.eye(len(places))
            steps = np.linalg.cholesky(spread) @ random.standard_normal(places.shape)
            self.proposed = places + self._stride * 2.38 / np.sqrt(len(places)) * steps
        else:
            one, other = random.integers(self._number, size=(2, self._number))
            apart = 0.8 * (places[:, one] - places[:, other])
            some = random.random(places.shape) < _SOME
            self.proposed = places + some * (apart + 0.1 * random.standard_normal(places.shape))
        self._proposed_density = self._belief.density(self.proposed)
        barred = np.isinf(self._proposed_density)
        self.proposed = np.where(barred, places, self.proposed)

    def settle(self, likelihood: Array, turn: int) -> None:
        """Take each step or not, so that the degree's distribution is kept."""
        gain = self.degree * (likelihood - self.likelihood)
        gain += self._proposed_density - self._density
        taken = np.log(self._random.random(self._number)) < gain
        self.places = np.where(taken, self.proposed, self.places)
        self.likelihood = np.where(taken, likelihood, self.likelihood)
        self._density = np.where(taken, self._proposed_density, self._density)
        if turn % 2 == 0:
            self._stride *= float(np.exp(np.clip(2 * (taken.mean() - _ACCEPTED), -0.7, 0.5)))


_SOME = 0.5

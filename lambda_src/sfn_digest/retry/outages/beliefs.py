"""What is believed of a cause before anything is seen: weakly, so that data soon outweigh it.

Lengths are uniform on a log scale between bounds; probabilities have Beta densities. They
were set on simulated worlds and real down times other than those the method is judged on.
"""

from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sfn_digest.retry.outages.phases import Array, Setting

Range = tuple[float, float]
Beta = tuple[float, float]

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
_RARE: Beta = (0.5, 20_000.0)
_SOLID: Beta = (100.0, 0.5)
_NOISE: Beta = (0.3, 20.0)
_OUTAGE: Beta = (2.0, 0.5)
_LOST: Beta = (0.2, 20.0)
_EVEN: Beta = (1.0, 1.0)

LENGTHS, PROBABILITIES = 4, 5
CALM, STORM = 6, 7
"""Where the places of particles hold these two, in the order of a Setting's fields."""
_LEAST, _MOST = 1e-7, 1 - 1e-7
_APART = log(2)
"""A long time is at least twice as long as a short one of its side."""


@dataclass(frozen=True, slots=True)
class Belief:
    """Ranges of the four mean lengths and Beta densities of the five shares of a Setting.

    Places are where particles stand: logarithms of lengths, log odds of probabilities.
    """

    calm: Beta
    storm: Beta
    lost: Beta
    up_long: Range = (30 * MINUTE, 60 * DAY)
    up_short: Range = (MINUTE, 2 * HOUR)
    down_short: Range = (5.0, 30 * MINUTE)
    down_long: Range = (10 * MINUTE, 7 * DAY)
    share_short: Beta = (0.5, 1.5)
    share_long: Beta = _EVEN

    @property
    def _ranges(self) -> tuple[Range, ...]:
        return (self.up_long, self.up_short, self.down_short, self.down_long)

    @property
    def _betas(self) -> tuple[Beta, ...]:
        return (self.share_short, self.share_long, self.calm, self.storm, self.lost)

    def places(self, number: int, random: Generator) -> Array:
        """Places of so many particles, drawn from the belief, lengths evenly spread."""
        rows = []
        for low, high in self._ranges:
            spread = (random.permutation(number) + random.random(number)) / number
            rows.append(log(low) + spread * log(high / low))
        for a, b in self._betas:
            rows.append(_log_odds(np.clip(random.beta(a, b, number), _LEAST, _MOST)))
        places = np.array(rows)
        up_long, up_short, down_short, down_long = places[:LENGTHS]
        places[0] = np.maximum(up_long, up_short + _APART)
        places[2] = np.minimum(down_short, log(self.down_long[1]) - _APART)
        places[3] = np.maximum(down_long, places[2] + _APART)
        places[STORM] = np.maximum(places[STORM], places[CALM])
        return places

    def density(self, places: Array) -> Array:
        """The log density at each place; minus infinity where the belief rules it out."""
        chance = _chance(places[LENGTHS:])
        powers = np.array(self._betas)
        result: Array = powers[:, 0] @ np.log(chance) + powers[:, 1] @ np.log1p(-chance)
        return np.where(self._allowed(places), result, -np.inf)

    def _allowed(self, places: Array) -> NDArray[np.bool_]:
        up_long, up_short, down_short, down_long = places[:LENGTHS]
        allowed: NDArray[np.bool_] = (up_long - up_short > _SLACK) & (
            down_long - down_short > _SLACK
        )
        allowed &= places[CALM] <= places[STORM]
        low, high = np.log(np.array(self._ranges)).T[:, :, None]
        lengths = places[:LENGTHS]
        allowed &= ((lengths >= low) & (lengths <= high)).all(axis=0)
        return allowed


_SLACK = _APART - 1e-9


def setting_at(places: Array) -> Setting:
    """The parameters that particles at these places stand for."""
    return Setting(*np.exp(places[:LENGTHS]), *_chance(places[LENGTHS:]))


def _chance(odds: Array) -> Array:
    return np.clip(1 / (1 + np.exp(-odds)), _LEAST, _MOST)


def _log_odds(chance: Array) -> Array:
    return np.log(chance) - np.log1p(-chance)


_CAPACITY = Belief(
    calm=(0.5, 5000.0),
    storm=_SOLID,
    lost=_RARE,
    up_short=(3 * MINUTE, 2 * HOUR),
    down_short=(4 * MINUTE, 40 * MINUTE),
    down_long=(20 * MINUTE, 7 * DAY),
    share_long=(1.5, 2.0),
)
"""A lack of capacity: solid, and over in minutes or hours, never in seconds."""
_TAKEN_BACK = Belief(calm=(0.5, 4.0), storm=_EVEN, lost=_RARE, down_short=(5 * MINUTE, HOUR))
"""Each attempt is a new draw: Spot does not look at what it takes back."""

_PASSING = (
    Belief(calm=_NOISE, storm=_OUTAGE, lost=_RARE),
    Belief(calm=_RARE, storm=_OUTAGE, lost=_LOST, down_short=(10 * MINUTE, HOUR)),
    Belief(calm=_NOISE, storm=_OUTAGE, lost=_LOST),
    Belief(calm=_RARE, storm=_SOLID, lost=_RARE),
)
_HERD = Belief(calm=_NOISE, storm=_OUTAGE, lost=_RARE, down_long=(10 * MINUTE, 2 * HOUR))
"""A herd is in its own way, and no longer than it takes to be served."""
_LEAST_SERVED, _AT_MOST = 8.0, 4.0
"""Seconds that a herd takes to be served at least, and how many times what it seems to at most."""


def _herd(served: float) -> Belief:
    """The belief where a herd seems to be served within so many seconds; 0: nobody knows."""
    if not served:
        return _HERD
    least = max(served, _LEAST_SERVED)
    most = min(_AT_MOST * least, _HERD.down_long[1])
    return replace(
        _HERD, down_short=(5.0, min(2 * least, most / 2)), down_long=(min(least, most / 4), most)
    )


_NOT_STARTED = tuple(each for each in _PASSING if each.lost == _RARE)
"""A task that never ran has not seen its input: no execution is lost by it."""
_OF_CAUSES = {
    "spot_interruption": (_TAKEN_BACK, _CAPACITY),
    "capacity_unavailable": (_CAPACITY,),
    "task_start_failure": _NOT_STARTED,
}


def beliefs_of(cause: str, *, herds: bool = False, served: float = 0.0) -> tuple[Belief, ...]:
    """The beliefs to try for a cause: each explains a failure on its own in another way.

    It was a new draw that came out badly, or an execution that never succeeds, or one of the
    two, or an outage that lets nothing through; the weather may explain it in each. A limit
    that refuses whole herds does not look at whom it refuses; they are `served` within so many
    seconds, where that is known.
    """
    if herds:
        return (_herd(served),)
    return _OF_CAUSES.get(cause, _PASSING)

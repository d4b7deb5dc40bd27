"""What is believed of a cause before anything is seen: weakly, so that data soon outweigh it.

Lengths are uniform on a log scale between bounds; probabilities have Beta densities. They
were set on simulated worlds other than those the method is judged on.
"""

from dataclasses import dataclass
from math import exp, inf, lgamma, log
from random import Random

Beta = tuple[float, float]

SHORTEST_DOWN, LONGEST_DOWN = 5.0, 86_400.0
SHORTEST_UP, LONGEST_UP = 300.0, 60 * 86_400.0
_STEP = 0.8
"""The spread of a proposal, in log units."""
_LEAST, _MOST = 1e-7, 1 - 1e-7


@dataclass(frozen=True, slots=True)
class Setting:
    """The parameters: mean seconds up and down, and three probabilities (see `hidden`)."""

    up: float
    down: float
    calm: float
    storm: float
    lost: float


@dataclass(frozen=True, slots=True)
class Prior:
    """Beta densities of the three probabilities of a Setting."""

    calm: Beta
    storm: Beta
    lost: Beta
    shortest_down: float = SHORTEST_DOWN

    @property
    def may_be_lost(self) -> bool:
        """Whether some executions may never succeed."""
        return self.lost != _RARE

    def start(self) -> Setting:
        """Where a chain begins."""
        calm = 0.01 if self.calm != _RARE else 0.00002
        return Setting(86_400.0, 1800.0, calm, 0.9, 0.01 if self.may_be_lost else _LEAST)

    def density(self, setting: Setting) -> float:
        """The log density on the scales of `neighbour`; minus infinity outside the bounds."""
        if not (self.shortest_down < setting.down < LONGEST_DOWN):
            return -inf
        if not (SHORTEST_UP < setting.up < LONGEST_UP and setting.calm < setting.storm):
            return -inf
        return _log_beta(setting.calm, self.calm) + _log_beta(setting.storm, self.storm)

    def lost_density(self, share: float, lost: int, visits: float) -> float:
        """The log density of a share of lost executions and of so many of all being lost."""
        kept = max(0.0, visits - lost)
        return _log_beta(share, self.lost) + lost * log(share) + kept * log(1 - share)

    def neighbour(self, setting: Setting, random: Random) -> Setting:
        """A proposal: some of the parameters moved a step."""
        which = random.random()
        weather, odds = which < _WEATHER_ONLY or which > _BOTH, which >= _WEATHER_ONLY
        up, down = setting.up, setting.down
        calm, storm = setting.calm, setting.storm
        if weather:
            up *= exp(random.gauss(0, _STEP))
            down *= exp(random.gauss(0, _STEP))
        if odds:
            calm, storm = _moved(calm, random), _moved(storm, random)
        return Setting(up, down, calm, storm, setting.lost)

    def lost_share(self, lost: int, visits: float, random: Random) -> float:
        """A draw of the share of lost executions, given how many of how many are."""
        a, b = self.lost
        return min(_MOST, max(_LEAST, random.betavariate(a + lost, b + max(0.0, visits - lost))))


_WEATHER_ONLY, _BOTH = 0.4, 0.8


def _moved(probability: float, random: Random) -> float:
    logit = log(probability) - log(1 - probability) + random.gauss(0, _STEP)
    return min(_MOST, max(_LEAST, 1 / (1 + exp(-logit))))


def _log_beta(p: float, beta: Beta) -> float:
    """The log of a Beta density on the logit scale."""
    a, b = beta
    return a * log(p) + b * log(1 - p) - lgamma(a) - lgamma(b) + lgamma(a + b)


_RARE: Beta = (0.5, 20_000.0)
_NOISE: Beta = (0.3, 20.0)
_OUTAGE: Beta = (2.0, 0.5)
_LOST: Beta = (0.2, 20.0)

_NEW_DRAW = (Prior(calm=(0.5, 4.0), storm=(1.0, 1.0), lost=_RARE),)
_PASSING = (
    Prior(calm=_NOISE, storm=_OUTAGE, lost=_RARE),
    Prior(calm=_RARE, storm=_OUTAGE, lost=_LOST, shortest_down=600.0),
    Prior(calm=_NOISE, storm=_OUTAGE, lost=_LOST),
)


def priors_of(cause: str, *, herds: bool = False) -> tuple[Prior, ...]:
    """The beliefs to try for a cause: each explains a failure on its own in another way.

    It was a new draw that came out badly, or an execution that never succeeds, or one of the
    two; the weather may explain it in each. Spot does not look at what it takes back, nor
    does a limit that refuses whole herds look at whom it refuses.
    """
    if cause == "spot_interruption":
        return _NEW_DRAW
    return _PASSING[:1] if herds else _PASSING

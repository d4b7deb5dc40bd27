"""Candidate retriers: settings that people would write, and how long each may hold an execution."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from sfn_digest.asl.definition import Retrier

MOST_ATTEMPTS = 12
"""The most retries that are evaluated."""
FEW = 3
"""The most retries where something better follows, such as capacity on demand after Spot."""
DEADLINE = 6 * 3600.0
"""Seconds that retries may hold an execution, unless a machine has a deadline of its own."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When retries come, whatever their number: seconds, growth, and the longest delay."""

    interval: int
    rate: float
    max_delay: int
    full_jitter: bool = False

    def delay(self, used: int) -> float:
        """The longest wait in seconds before the next attempt after `used` retries."""
        return min(self.interval * self.rate**used, self.max_delay)

    def hold(self, attempts: int, seconds: float) -> float:
        """Seconds that so many retries take at most, where each fails after `seconds`."""
        return _waits(self, attempts) + attempts * seconds

    def retrier(self, errors: tuple[str, ...], attempts: int) -> Retrier:
        """The retrier of this rhythm for some error names."""
        return Retrier(errors, self.interval, attempts, self.rate, self.max_delay, self.full_jitter)


@cache
def _waits(rhythm: Rhythm, attempts: int) -> float:
    return sum(rhythm.delay(used) for used in range(attempts))


@dataclass(frozen=True, slots=True)
class Around:
    """A retrier of a state around another one, and the seconds from its start to that one."""

    retrier: Retrier
    lead: float = 0.0

    def hold(self, within: float, seconds: float) -> float:
        """Seconds that its retries take at most, where each run is held for so long `within`, and
        its first attempt fails after `seconds`.
        """
        runs = self.retrier.attempts
        return self.retrier.longest_wait + runs * (self.lead + seconds) + (runs + 1) * within


@dataclass(frozen=True, slots=True)
class Repeated:
    """The retries of a rhythm, all of which each retry of the states around makes anew."""

    rhythm: Rhythm
    attempts: int
    around: Sequence[Around] = ()

    @property
    def full_jitter(self) -> bool:
        """Whether its delays are the longest that may be."""
        return self.rhythm.full_jitter

    def delay(self, used: int) -> float:
        """The longest wait in seconds before the next attempt after `used` retries."""
        return next(islice(self._delays(len(self.around)), used, None))

    @property
    def most(self) -> int:
        """How many retries there are at most, of those that are replayed."""
        return sum(1 for _ in islice(self._delays(len(self.around)), _MOST_REPEATED))

    def hold(self, seconds: float) -> float:
        """Seconds that all of them take at most, where each fails after `seconds`."""
        held = self.rhythm.hold(self.attempts, seconds)
        for each in self.around:
            held = each.hold(held, seconds)
        return held

    def _delays(self, height: int) -> Iterator[float]:
        """The delays before each retry, up to those of so many states around."""
        if height == 0:
            yield from map(self.rhythm.delay, range(self.attempts))
            return
        outer = self.around[height - 1]
        yield from self._delays(height - 1)
        for used in range(outer.retrier.attempts):
            yield outer.retrier.delay(used) + outer.lead
            yield from self._delays(height - 1)


_MOST_REPEATED = 64
"""Retries of a visit that are replayed."""

_INTERVALS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)
_CAPS = (60, 300, 900, 1800, 3600)
_DOUBLINGS = 4
"""A cap is at least so many times the interval: below it, an even interval does as well."""

RHYTHMS = (
    *(Rhythm(interval, 1, interval) for interval in _INTERVALS),
    *(
        Rhythm(interval, 2, cap)
        for interval in _INTERVALS
        for cap in _CAPS
        if cap >= _DOUBLINGS * interval
    ),
)
JITTERED = tuple(
    Rhythm(interval, 2, max_delay, full_jitter=True)
    for interval, max_delay in (
        (10, 60),
        (30, 300),
        (60, 600),
        (120, 1800),
        (300, 1800),
        (300, 3600),
        (600, 3600),
        (900, 3600),
        (1800, 3600),
    )
)
"""The rhythms evaluated for causes that come of too many calls at once."""


def spread_over(seconds: float) -> tuple[Rhythm, ...]:
    """Of these the ones whose first retries are spread over so many seconds, or the widest."""
    wide = tuple(rhythm for rhythm in JITTERED if rhythm.interval >= seconds)
    return wide or JITTERED[-1:]


def plainness(rhythm: Rhythm, attempts: int) -> tuple[bool, bool, int]:
    """The less the simpler: without jitter, at even intervals, with few retries."""
    return rhythm.full_jitter, rhythm.rate != 1, attempts

"""Candidate retriers: a small grid, and when each of their retries would start."""

from dataclasses import dataclass

from sfn_digest.asl.definition import Retrier

CROWDED = frozenset({"throttling", "concurrency_limit", "capacity_unavailable", "service_quota"})
"""Causes that come of too many calls at once, where retries must not come together."""

MOST_ATTEMPTS = 20
"""The most retries that are weighed."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When retries come, whatever their number: seconds, growth, and the longest delay."""

    interval: int
    rate: float
    max_delay: int
    full_jitter: bool = False

    def delay(self, used: int, luck: float) -> float:
        """Seconds to the next attempt after `used` retries; `luck` in [0, 1) places the jitter."""
        delay = min(self.interval * self.rate**used, self.max_delay)
        return delay * luck if self.full_jitter else delay

    def retrier(self, errors: tuple[str, ...], attempts: int) -> Retrier:
        """The retrier of this rhythm for some error names."""
        return Retrier(errors, self.interval, attempts, self.rate, self.max_delay, self.full_jitter)


RHYTHMS = tuple(
    Rhythm(interval, rate, max_delay)
    for interval, rate, max_delay in (
        (5, 2, 60),
        (5, 2, 600),
        (10, 1, 10),
        (15, 2, 300),
        (30, 1, 30),
        (30, 2, 900),
        (60, 1, 60),
        (60, 2, 1800),
        (120, 1.5, 900),
        (300, 1, 300),
        (300, 2, 3600),
        (900, 1, 900),
    )
)
JITTERED = tuple(
    Rhythm(interval, rate, max_delay, full_jitter=True)
    for interval, rate, max_delay in (
        (10, 2, 120),
        (30, 2, 300),
        (60, 2, 600),
        (120, 2, 1800),
        (300, 1.5, 1800),
    )
)
"""The rhythms weighed for causes that come of too many calls at once."""


def spread_over(seconds: float) -> tuple[Rhythm, ...]:
    """Of these the ones whose first retries are spread over so many seconds, or the widest."""
    wide = tuple(rhythm for rhythm in JITTERED if rhythm.interval >= seconds)
    return wide or JITTERED[-1:]

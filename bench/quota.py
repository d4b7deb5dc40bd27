"""Production at 90 % of GetExecutionHistory's quota, with the digest beside it and without:
`python -m bench.quota`.

AWS's token bucket is the simulator's; what the digest may call is worked out by its own code from
CloudWatch's minutes of production's load, and granted by its own governor. Time is simulated. A run
is 15 minutes of reading as fast as is granted.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bench.table import write_table
from sfn_digest.aws.api import Api
from sfn_digest.aws.governor import Allowance, Bucket, Limit
from sfn_digest.aws.metrics import Metric
from sfn_digest.aws.quotas import LOAD_MINUTES, applied_allowances, default_quotas, quota_metrics
from simulator.server.buckets import TokenBucket, published_buckets

REGION, API = "eu-west-1", Api.GET_EXECUTION_HISTORY
SHARE = 0.25
RUN = 15 * 60.0
WARM_UP = LOAD_MINUTES * 60.0
LOAD = 0.9
RATE = published_buckets(REGION)[API.value]
PER_SECOND = LOAD * RATE.refill
BURST = 300
SEEDS = range(20)

Load = Callable[[random.Random], Iterator[float]]


def evenly(_: random.Random) -> Iterator[float]:
    """One call after the other, at equal distances."""
    number = 0
    while True:
        yield number / PER_SECOND
        number += 1


def by_chance(chance: random.Random) -> Iterator[float]:
    """Calls that know nothing of each other."""
    at = 0.0
    while True:
        at += chance.expovariate(PER_SECOND)
        yield at


def in_bursts(chance: random.Random) -> Iterator[float]:
    """300 calls at once each minute, and the others in between."""
    minute = 0
    while True:
        begin = 60.0 * minute
        burst = begin + chance.random() * 30
        others = [begin + chance.random() * 60 for _ in range(round(60 * PER_SECOND) - BURST)]
        yield from sorted([*others, *[burst] * BURST])
        minute += 1


LOADS: Mapping[str, Load] = {
    "evenly": evenly,
    "by chance": by_chance,
    f"with {BURST} at once each minute": in_bursts,
}


class _Clock:
    """The digest's time, which passes by waiting alone."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float, given_up: object) -> None:  # noqa: ARG002 - a Clock's own
        self.time += seconds


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of the calls of one run."""

    production: int
    throttled: int
    ours: int
    ours_throttled: int


def run(load: Load, seed: int, *, reading: bool) -> Ran:
    """A quarter of an hour of production alone, to be seen in CloudWatch, and one beside it."""
    arrivals = _until(load(random.Random(seed)), WARM_UP + RUN)
    now = 0.0
    bucket = TokenBucket(RATE, 0.0, lambda: now)
    ours = _granted(_allowance(arrivals))
    next_of_ours = next(ours) if reading else None
    counts: Counter[str] = Counter()
    for at in arrivals:
        while next_of_ours is not None and next_of_ours[0] <= at:
            now, governor = next_of_ours
            if bucket.take():
                counts["ours"] += 1
            else:
                counts["ours throttled"] += 1
                governor.throttled(now)
            next_of_ours = next(ours, None)
        now = at
        taken = bucket.take()
        if at >= WARM_UP:
            counts["production"] += 1
            counts["throttled"] += not taken
    return Ran(*(counts[each] for each in ("production", "throttled", "ours", "ours throttled")))


def _until(arrivals: Iterator[float], end: float) -> list[float]:
    found: list[float] = []
    for at in arrivals:
        if at >= end:
            return found
        found.append(at)
    return found


def _allowance(arrivals: list[float]) -> Allowance:
    """What the digest allows itself once it has seen production's last minutes."""
    minutes = Counter(int(at // 60) for at in arrivals if at < WARM_UP)
    values: dict[Metric, list[float]] = {
        each: _seen(each, [float(minutes[m]) for m in sorted(minutes, reverse=True)])
        for each in quota_metrics()
    }
    return applied_allowances(values, default_quotas(REGION), SHARE)[API]


def _seen(metric: Metric, consumed: list[float]) -> list[float]:
    if metric.value != API.value:
        return []
    applied = {"ProvisionedBucketSize": RATE.size, "ProvisionedRefillRate": RATE.refill}
    return consumed if metric.name == "ConsumedCapacity" else [applied[metric.name]]


def _granted(allowance: Allowance) -> Iterator[tuple[float, Bucket]]:
    """The times at which the governor grants calls, one after the other."""
    clock = _Clock()
    clock.time = WARM_UP
    governor = Bucket(allowance, clock, lambda _: None)
    limit = Limit(WARM_UP + RUN)
    while (granted := governor.acquire(limit)) is not None:
        yield granted, governor


def rows() -> list[tuple[str, ...]]:
    """Production's throttled calls without the digest and with it, of all seeds together."""
    return [_row(name, load) for name, load in LOADS.items()]


def _row(name: str, load: Load) -> tuple[str, ...]:
    alone = [run(load, seed, reading=False) for seed in SEEDS]
    beside = [run(load, seed, reading=True) for seed in SEEDS]
    return (
        name,
        f"{sum(each.production for each in beside):,}",
        f"{sum(each.throttled for each in alone):,}",
        f"{sum(each.throttled for each in beside):,}",
        f"{sum(each.ours for each in beside):,}",
        f"{sum(each.ours_throttled for each in beside):,}",
    )


HEADER = (
    "production calls",
    "its calls",
    "throttled without the digest",
    "throttled beside it",
    "the digest's calls",
    "of them throttled",
)


def main() -> None:
    """Print the table."""
    write_table(HEADER, rows())


if __name__ == "__main__":
    main()

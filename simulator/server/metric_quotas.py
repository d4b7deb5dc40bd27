"""The quota metrics of AWS/States: applied rates and live load of each API, by the minute."""

from collections.abc import Callable

from simulator.server.buckets import Throttle
from simulator.server.calls import CallLog
from simulator.server.metric_series import MINUTE, Stat, period_start


class QuotaMetrics:
    """Metrics with dimension APIName, for the APIs that have a bucket.

    Provisioned rates have one sample a minute. Each request is a sample of 1 of
    ConsumedCapacity, each refusal one of ThrottledEvents: the background load at all times,
    the account's own calls at the wall-clock time they were made.
    """

    def __init__(self, throttle: Throttle, log: CallLog) -> None:
        self._throttle = throttle
        self._log = log

    def periods(
        self, metric: str, api: str, start: float, end: float, period: int
    ) -> dict[int, Stat]:
        """Statistics by the epoch second each period in [start, end) begins at."""
        sample = self._sample(metric, api)
        if sample is None:
            return {}
        found: dict[int, Stat] = {}
        for begin in range(period_start(start, period), period_start(end, period), period):
            for minute in range(begin, begin + period, MINUTE):
                stat = sample(minute)
                if stat is not None and begin in found:
                    found[begin].add(stat)
                elif stat is not None:
                    found[begin] = stat
        return found

    def _sample(self, metric: str, api: str) -> Callable[[int], Stat | None] | None:
        rate = self._throttle.rates.get(api)
        if rate is None:
            return None
        background = self._throttle.background.get(api, 0.0) * MINUTE
        samples: dict[str, Callable[[int], Stat | None]] = {
            "ProvisionedBucketSize": lambda _: Stat(rate.size, 1, rate.size, rate.size),
            "ProvisionedRefillRate": lambda _: Stat(rate.refill, 1, rate.refill, rate.refill),
            "ConsumedCapacity": lambda minute: _ones(background + self._own(api, minute)),
            "ThrottledEvents": lambda minute: _ones(self._refused(api, minute)),
        }
        return samples.get(metric)

    def _own(self, api: str, minute: int) -> int:
        return self._log.in_minute(api, minute, throttled=False)

    def _refused(self, api: str, minute: int) -> int:
        return self._log.in_minute(api, minute, throttled=True)


def _ones(count: float) -> Stat | None:
    return Stat(count, count, 1, 1) if count else None

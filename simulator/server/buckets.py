"""Token buckets: how many calls an account may make before it is throttled.

Sizes and refills are those AWS publishes for Step Functions, by Region.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_LARGE_REGIONS = frozenset({"us-east-1", "us-west-2", "eu-west-1"})


@dataclass(frozen=True, slots=True)
class Rate:
    """A bucket's size in calls, and how many calls a second flow back into it."""

    size: float
    refill: float


DATAPOINTS = "GetMetricData datapoints"
RECENT_DATAPOINTS = "GetMetricData datapoints of the last 3 hours"
"""What CloudWatch meters beside calls: the points a request could have at most."""

Buckets = Mapping[str, Rate]
"""API name to its rate; an API without one is never throttled."""

UNLIMITED: Buckets = {}


def published_buckets(region: str) -> dict[str, Rate]:
    """The rates AWS gives a new account in this Region."""
    large = region in _LARGE_REGIONS
    return {
        "ListExecutions": Rate(200, 5) if large else Rate(100, 2),
        "DescribeExecution": Rate(300, 15) if large else Rate(250, 10),
        "GetExecutionHistory": Rate(400, 20),
        "ListStateMachines": Rate(100, 5),
        "DescribeStateMachine": Rate(200, 20),
        "DescribeStateMachineAlias": Rate(100, 1),
        "DescribeStateMachineForExecution": Rate(200, 1),
        "ListTagsForResource": Rate(100, 1),
        "ListMapRuns": Rate(100, 1),
        "DescribeMapRun": Rate(200, 1),
        "ListMetrics": Rate(25, 25),
        # CloudWatch Logs publishes these as at least so many a second.
        "StartQuery": Rate(5, 5),
        "GetQueryResults": Rate(5, 5),
        "FilterLogEvents": Rate(5, 5),
        "GetResources": Rate(15, 15),
        "GetMetricData": Rate(50, 50),
        DATAPOINTS: Rate(90_000, 90_000),
        RECENT_DATAPOINTS: Rate(180_000, 180_000),
    }


class TokenBucket:
    """A bucket that starts full; `background` calls a second by others drain it too."""

    def __init__(self, rate: Rate, background: float, clock: Callable[[], float]) -> None:
        self._size = rate.size
        self._refill = max(0.0, rate.refill - background)
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens = rate.size
        self._filled_at = clock()

    def take(self, amount: float = 1) -> bool:
        """Take so many tokens; False where the bucket holds less.

        More than the bucket can hold are taken out of a full one, and owed.
        """
        with self._lock:
            now = self._clock()
            gained = (now - self._filled_at) * self._refill
            self._tokens = min(self._size, self._tokens + gained)
            self._filled_at = now
            if self._tokens < min(amount, max(1.0, self._size)):
                return False
            self._tokens -= amount
            return True


class Throttle:
    """The buckets of an account, and the load others put on them in calls a second."""

    def __init__(
        self, rates: Buckets, background: Mapping[str, float], clock: Callable[[], float]
    ) -> None:
        self.rates = dict(rates)
        self.background = dict(background)
        self._buckets = {
            api: TokenBucket(rate, self.background.get(api, 0.0), clock)
            for api, rate in self.rates.items()
        }

    def admits(self, api: str, amount: float = 1) -> bool:
        """Whether one more call of `api`, or so much of what it meters, is let through now."""
        bucket = self._buckets.get(api)
        return bucket is None or bucket.take(amount)

"""What stands in for time, for boto3's clients and for a person watching."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from botocore.exceptions import ClientError

from sfn_digest.aws.api import Api, Quantity
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.governor import Allowance, Governor
from sfn_digest.aws.period_sums import finest
from sfn_digest.aws.usage import UsageTally


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float, given_up: threading.Event) -> None:  # noqa: ARG002
        with self._lock:
            self.time += seconds
            self.slept.append(seconds)


class Watcher:
    """A Progress that remembers."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.counts: Counter[str] = Counter()
        self.waits: list[tuple[str, float]] = []
        self._lock = threading.Lock()

    def stage(self, text: str) -> None:
        self.stages.append(text)

    def found(self, failures: int) -> None:
        self._count("found", failures)

    def read(self, failures: int) -> None:
        self._count("read", failures)

    def called(self, api: str) -> None:  # noqa: ARG002 - the sum is looked at
        self._count("called", 1)

    def waiting(self, api: str, seconds: float) -> None:
        self.waits.append((api, seconds))

    def throttled(self, api: str) -> None:
        self._count(f"throttled {api}", 1)

    def _count(self, what: str, number: int) -> None:
        with self._lock:
            self.counts[what] += number


def client_error(code: str, status: int = 400) -> ClientError:
    answer = {
        "Error": {"Code": code, "Message": "secret AKIA and arn"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(cast("Any", answer), "Operation")


class FakeClient:
    """Answers any operation from a script: an answer, or an exception to raise."""

    def __init__(self, answers: Sequence[Mapping[str, Any] | Exception]) -> None:
        self._answers: Iterator[Mapping[str, Any] | Exception] = iter(answers)
        self.requests: list[Mapping[str, Any]] = []

    def __getattr__(self, name: str) -> Callable[..., Mapping[str, Any]]:
        def operation(**request: Any) -> Mapping[str, Any]:
            self.requests.append(request)
            answer = next(self._answers)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return operation


def fake_client(*answers: Mapping[str, Any] | Exception) -> Any:
    return FakeClient(answers)


def free_calls(clock: FakeClock | None = None, tally: UsageTally | None = None) -> Calls:
    """Calls that hardly ever wait."""
    time = clock or FakeClock()
    watcher = Watcher()
    governor = Governor({each: Allowance(1000, 1000) for each in (*Api, *Quantity)}, time, watcher)
    return Calls("eu-west-1", governor, time, tally or UsageTally(), watcher)


class FakeMetrics:
    """CloudWatch's client, from points in time: the values by the minute of all metrics of a name.

    With `now`, points that CloudWatch keeps no longer at their age are missing.
    """

    def __init__(
        self, values: dict[str, dict[datetime, float]], now: datetime | None = None
    ) -> None:
        self.values = values
        self.now = now
        self.longest = 10**9
        self.refuses = True
        self.asked: list[tuple[int, int]] = []

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        queries = request["MetricDataQueries"]
        period = queries[0]["MetricStat"]["Period"]
        self.asked.append((period, len(queries)))
        start, end = request["StartTime"], request["EndTime"]
        if period > self.longest and self.refuses:
            raise client_error("ValidationError")
        if period > self.longest:
            start = end
        if self.now and period % finest(start, self.now):
            start = end
        names = {each["MetricStat"]["Metric"]["MetricName"] for each in queries}
        told = {name: self._points(name, start, end, period) for name in names}
        return {"MetricDataResults": [_result(each, told) for each in queries]}

    def _points(
        self, name: str, start: datetime, end: datetime, period: int
    ) -> Sequence[tuple[datetime, float]]:
        found: dict[datetime, float] = {}
        for moment, value in self.values.get(name, {}).items():
            begins = datetime.fromtimestamp(moment.timestamp() // period * period, UTC)
            if start <= begins < end:
                found[begins] = found.get(begins, 0.0) + value
        return sorted(found.items(), reverse=True)


def _result(
    query: dict[str, Any], told: Mapping[str, Sequence[tuple[datetime, float]]]
) -> dict[str, Any]:
    points = told[query["MetricStat"]["Metric"]["MetricName"]]
    return {
        "Id": query["Id"],
        "StatusCode": "Complete",
        "Timestamps": [moment for moment, _ in points],
        "Values": [value for _, value in points],
    }

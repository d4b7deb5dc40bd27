"""CloudWatch's metrics: AWS/States, and of AWS/Logs what a log group takes in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf
from typing import Any

from simulator.server.api import ApiError, Operation, Params, Result, only_known
from simulator.server.buckets import DATAPOINTS, RECENT_DATAPOINTS, Throttle
from simulator.server.logs.groups import LogGroups
from simulator.server.metric_quotas import QuotaMetrics
from simulator.server.metric_series import MINUTE, Series, Stat
from simulator.server.tokens import BadTokenError, ExpiredTokenError, Timing

_TOKEN_LIFETIME = 24 * 3600.0
"""Seconds; AWS publishes none for GetMetricData, this is Step Functions' own."""

_MOST_QUERIES = 500
_METRICS_A_PAGE = 500
_MOST_DATAPOINTS = 100_800
_STATISTICS = ("Sum", "SampleCount", "Average", "Minimum", "Maximum")
_DAY = 86400
_GRAINS = ((15 * _DAY, MINUTE), (63 * _DAY, 300))
_COARSEST = 3600
_RECENT = 3 * 3600

_Points = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Age:
    """What metrics run by: `end` is the world's, from which the age of data is reckoned.

    `lag` is how many seconds a metric comes late, on a clock on which `end` was at first `now`.
    """

    end: float
    lag: float
    now: Callable[[], float]

    @property
    def known_until(self) -> float:
        """Up to which moment all metrics are there."""
        return self.now() - self.lag if self.lag else inf


class MetricOperations:
    """Reads metrics; `datapoints` were asked for so far."""

    def __init__(
        self,
        series: Mapping[tuple[str, str], Series],
        quotas: QuotaMetrics,
        throttle: Throttle,
        age: Age,
        timing: Timing,
        groups: LogGroups,
    ) -> None:
        self.datapoints = 0
        self._series = series
        self._quotas = quotas
        self._throttle = throttle
        self._age = age
        self._groups = groups
        self._tokens = timing.tokens("NextToken", _TOKEN_LIFETIME)

    def table(self) -> Mapping[str, Operation]:
        """Each operation by its API name."""
        return {"GetMetricData": self._get, "ListMetrics": self._list}

    def _list(self, params: Params) -> Result:
        only_known(params, "Namespace", "MetricName", "Dimensions", "NextToken")
        if params.get("Namespace") != "AWS/States":
            return {"Metrics": []}
        wanted = params.get("MetricName")
        names = sorted(key for key in self._series if wanted in (None, key[0]))
        at = self._offset(params)
        end = at + _METRICS_A_PAGE
        metrics = [
            {
                "Namespace": "AWS/States",
                "MetricName": name,
                "Dimensions": [{"Name": "StateMachineArn", "Value": arn}],
            }
            for name, arn in names[at:end]
        ]
        token = {"NextToken": self._tokens.issue(params, end)} if end < len(names) else {}
        return {"Metrics": metrics, **token}

    def _get(self, params: Params) -> Result:
        only_known(
            params,
            *("MetricDataQueries", "StartTime", "EndTime"),
            *("NextToken", "ScanBy", "MaxDatapoints"),
        )
        queries, (start, end) = _queries(params), _span(params)
        self._meter(
            params,
            sum(ceil((end - start) / each["MetricStat"]["Period"]) for each in queries),
            start,
        )
        answers = [(query, self._points(query, start, end)) for query in queries]
        if params.get("ScanBy", "TimestampDescending") == "TimestampDescending":
            answers = [(query, points[::-1]) for query, points in answers]
        return self._page(params, answers)

    def _meter(self, params: Params, points: int, start: float) -> None:
        """CloudWatch meters the points that a request could have, be there data or not."""
        page = min(points, params.get("MaxDatapoints", _MOST_DATAPOINTS))
        recent = start >= self._age.end - _RECENT
        if not self._throttle.admits(RECENT_DATAPOINTS if recent else DATAPOINTS, page):
            raise ApiError("Throttling", "Rate exceeded", status="throttled")
        self.datapoints += page

    def _points(self, query: Mapping[str, Any], start: float, end: float) -> _Points:
        stat = query["MetricStat"]
        grain = _grain(self._age.end - start)
        if stat["Period"] % grain:
            return []
        start -= start % grain
        periods = self._periods(stat["Metric"], start, end, stat["Period"])
        return [(begin, found.value(stat["Stat"])) for begin, found in periods.items()]

    def _periods(
        self, metric: Mapping[str, Any], start: float, end: float, period: int
    ) -> Mapping[int, Stat]:
        dimensions = {item["Name"]: item["Value"] for item in metric.get("Dimensions", ())}
        name = metric.get("MetricName", "")
        if metric.get("Namespace") == "AWS/Logs" and name == "IncomingBytes":
            return self._groups.bytes_taken_in(
                dimensions.get("LogGroupName", ""), start, end, period
            )
        if metric.get("Namespace") != "AWS/States":
            return {}
        if set(dimensions) == {"APIName"}:
            return self._quotas.periods(name, dimensions["APIName"], start, end, period)
        series = self._series.get((name, dimensions.get("StateMachineArn", "")))
        if series is None or len(dimensions) != 1:
            return {}
        return series.periods(start, end, period, known_until=self._age.known_until)

    def _page(self, params: Params, answers: Sequence[tuple[Mapping[str, Any], _Points]]) -> Result:
        skip = self._offset(params)
        room, end = params.get("MaxDatapoints", _MOST_DATAPOINTS), skip
        total = sum(len(points) for _, points in answers)
        results = []
        for query, points in answers:
            if skip and skip >= len(points):
                skip -= len(points)
                continue
            if not room and points:
                break
            shown = points[skip : skip + room]
            whole = skip + len(shown) == len(points)
            results.append(_result(query, shown, whole=whole))
            skip, room, end = 0, room - len(shown), end + len(shown)
        token = {"NextToken": self._tokens.issue(params, end)} if end < total else {}
        return {"MetricDataResults": results, "Messages": [], **token}

    def _offset(self, params: Params) -> int:
        try:
            return self._tokens.offset(params)
        except (BadTokenError, ExpiredTokenError) as error:
            raise ApiError("InvalidNextToken", "The NextToken is not valid") from error


def _queries(params: Params) -> Sequence[Mapping[str, Any]]:
    queries: Sequence[Mapping[str, Any]] = params.get("MetricDataQueries") or []
    if not 1 <= len(queries) <= _MOST_QUERIES:
        raise _invalid(f"MetricDataQueries takes 1 to {_MOST_QUERIES} queries")
    if len({query.get("Id") for query in queries}) < len(queries):
        raise _invalid("The values for parameter id in MetricDataQueries are not unique")
    for query in queries:
        _check(query)
    return queries


def _check(query: Mapping[str, Any]) -> None:
    if "MetricStat" not in query:
        raise _invalid("The simulated account answers a MetricStat, not an Expression")
    stat = query["MetricStat"]
    if stat["Period"] < MINUTE or stat["Period"] % MINUTE:
        raise _invalid(f"Period {stat['Period']} is not a multiple of {MINUTE}")
    if stat["Stat"] not in _STATISTICS:
        raise _invalid(f"The simulated account knows the statistics {_STATISTICS}")


def _span(params: Params) -> tuple[float, float]:
    start, end = _epoch(params.get("StartTime")), _epoch(params.get("EndTime"))
    if start >= end:
        raise _invalid("The parameter StartTime must be less than the parameter EndTime")
    return start, end


def _epoch(moment: object) -> float:
    if not isinstance(moment, int | float):
        raise _invalid("StartTime and EndTime must be timestamps")
    return float(moment)


def _grain(age: float) -> int:
    """The finest period, in seconds, at which data of this age is kept."""
    return next((grain for oldest, grain in _GRAINS if age <= oldest), _COARSEST)


def _result(query: Mapping[str, Any], points: _Points, *, whole: bool) -> Result:
    return {
        "Id": query["Id"],
        "Label": query.get("Label", query["MetricStat"]["Metric"]["MetricName"]),
        "Timestamps": [begin for begin, _ in points],
        "Values": [float(value) for _, value in points],
        "StatusCode": "Complete" if whole else "PartialData",
    }


def _invalid(reason: str) -> ApiError:
    return ApiError("ValidationError", reason)

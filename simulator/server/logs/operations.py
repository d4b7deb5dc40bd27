"""CloudWatch Logs' operations: queries that take a while, and a search by pattern."""

import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.server.api import ApiError, Operation, Params, Result, only_known, required
from simulator.server.logs.expressions import pattern_of
from simulator.server.logs.groups import LogGroup, LogGroups
from simulator.server.logs.insights import parse_query

MOST_GROUPS = 50
MOST_AT_ONCE = 100
_PAGE = 10_000
_SCANNED_A_PAGE = 20_000
"""Lines that one FilterLogEvents call looks at, found or not; the figure is our own."""


@dataclass(slots=True)
class _Running:
    """A query that was started; it is done once it was asked for `steps` times."""

    rows: list[list[dict[str, str]]]
    statistics: Mapping[str, float]
    steps: int
    asked: int = 0
    stopped: bool = False

    @property
    def status(self) -> str:
        """How far it is."""
        if self.stopped:
            return "Cancelled"
        return _UNDER_WAY[min(self.asked, 1)] if self.asked < self.steps else "Complete"


@dataclass(slots=True)
class LogOperations:
    """What CloudWatch Logs tells of the world's log groups."""

    groups: LogGroups
    steps: int = 2
    queries: dict[str, _Running] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.Lock)

    def table(self) -> Mapping[str, Operation]:
        """Each operation by its API name."""
        return {
            "StartQuery": self._start,
            "GetQueryResults": self._results,
            "StopQuery": self._stop,
            "FilterLogEvents": self._filter,
        }

    def _start(self, params: Params) -> Result:
        only_known(
            params,
            *("logGroupName", "logGroupNames", "logGroupIdentifiers"),
            *("startTime", "endTime", "queryString", "limit", "queryLanguage"),
        )
        groups = [self._group(name) for name in _names(params)]
        query = parse_query(required(params, "queryString"), params.get("limit"))
        start, end = _span(params, 1000)
        lines = [line for group in groups for line in group.between(start, end)]
        rows, matched = query.rows(lines)
        statistics = {
            "recordsMatched": float(matched),
            "recordsScanned": float(len(lines)),
            "bytesScanned": float(sum(group.size(start, end) for group in groups)),
            "logGroupsScanned": float(len(groups)),
        }
        name = secrets.token_hex(16)
        with self._lock:
            running = [each for each in self.queries.values() if each.status in _UNDER_WAY]
            if len(running) >= MOST_AT_ONCE:
                raise ApiError("LimitExceededException", "Account maximum query concurrency limit")
            self.queries[name] = _Running(rows, statistics, self.steps)
        return {"queryId": name}

    def _results(self, params: Params) -> Result:
        only_known(params, "queryId", "nextToken", "maxItems")
        query = self._query(params)
        with self._lock:
            status = query.status
            query.asked += 1
        if status != "Complete":
            return {"status": status, "results": [], "statistics": {}}
        at = int(str(params.get("nextToken") or "0").rpartition("-")[2])
        end = at + int(params.get("maxItems") or _PAGE)
        more = {"nextToken": f"rows-{end}"} if end < len(query.rows) else {}
        return {
            "status": status,
            "results": query.rows[at:end],
            "statistics": query.statistics,
            **more,
        }

    def _stop(self, params: Params) -> Result:
        only_known(params, "queryId")
        self._query(params).stopped = True
        return {"success": True}

    def _query(self, params: Params) -> _Running:
        name = required(params, "queryId")
        if name not in self.queries:
            raise ApiError("ResourceNotFoundException", f"Query {name} does not exist.")
        return self.queries[name]

    def _filter(self, params: Params) -> Result:
        only_known(
            params,
            *("logGroupName", "logGroupIdentifier", "startTime", "endTime"),
            *("filterPattern", "nextToken", "limit"),
        )
        (name,) = _names(params)
        start, end = _span(params, 1)
        lines = self._group(name).between(start, end)
        matches = pattern_of(params.get("filterPattern", ""))
        at = int(str(params.get("nextToken") or "0").rpartition("-")[2])
        limit = int(params.get("limit") or _PAGE)
        events: list[dict[str, Any]] = []
        while at < len(lines) and len(events) < limit:
            line = lines[at]
            at += 1
            if matches(line.record):
                events.append(_event(line.stream, line.at, line.message, at))
            if not at % _SCANNED_A_PAGE:
                break
        more = {"nextToken": f"lines-{at}"} if at < len(lines) else {}
        return {"events": events, "searchedLogStreams": [], **more}

    def _group(self, name: str) -> LogGroup:
        short = name.removesuffix(":*").rpartition(":log-group:")[2]
        if short not in self.groups.all:
            raise ApiError("ResourceNotFoundException", "The specified log group does not exist.")
        return self.groups.all[short]


_UNDER_WAY = ("Scheduled", "Running")


def _event(stream: str, at: int, message: str, number: int) -> dict[str, Any]:
    return {
        "logStreamName": stream,
        "timestamp": at,
        "message": message,
        "ingestionTime": at + 1500,
        "eventId": str(number),
    }


def _names(params: Params) -> Sequence[str]:
    several = params.get("logGroupIdentifiers") or params.get("logGroupNames")
    one = params.get("logGroupIdentifier") or params.get("logGroupName")
    names = list(several) if several else [one] if one else []
    if not 1 <= len(names) <= MOST_GROUPS:
        raise ApiError("InvalidParameterException", f"1 to {MOST_GROUPS} log groups can be asked")
    if any(name.endswith(":*") for name in names):
        raise ApiError("InvalidParameterException", "A log group's identifier ends in no asterisk")
    return names


def _span(params: Params, factor: int) -> tuple[int, int]:
    start, end = (int(params.get(name) or 0) * factor for name in ("startTime", "endTime"))
    if start > end:
        raise ApiError("MalformedQueryException", "end date and time is before the start")
    # A whole second is meant where seconds are asked for.
    return start, end + factor - 1

"""Logs Insights: the little of its query language that asks for fields of some records."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from simulator.server.api import ApiError
from simulator.server.logs.expressions import Condition, InsightsFilter, field_of
from simulator.server.logs.groups import Line

DEFAULT_ROWS = 10_000
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Query:
    """A query read: what is shown of which lines, in which order, and how many."""

    fields: Sequence[str]
    filters: Sequence[Condition]
    newest_first: bool
    limit: int

    def rows(self, lines: Sequence[Line]) -> tuple[list[list[dict[str, str]]], int]:
        """The rows that answer it, and how many lines matched."""
        found = [line for line in lines if all(each(line.record) for each in self.filters)]
        found.sort(key=lambda line: line.at, reverse=self.newest_first)
        return [self._row(line) for line in found[: self.limit]], len(found)

    def _row(self, line: Line) -> list[dict[str, str]]:
        values = ((name, _value(line, name)) for name in self.fields)
        row = [{"field": name, "value": value} for name, value in values if value is not None]
        return [*row, {"field": "@ptr", "value": f"ptr-{line.at}"}]


def parse_query(text: str, limit: int | None) -> Query:
    """Read a query. Raises MalformedQueryException for what it does not know."""
    fields: list[str] = []
    filters: list[Condition] = []
    newest_first = True
    for command in _commands(text):
        name, _, rest = command.partition(" ")
        if name == "fields":
            fields = [each.strip() for each in rest.split(",")]
        elif name == "filter":
            filters.append(InsightsFilter(rest).whole())
        elif name == "sort":
            newest_first = _newest_first(rest)
        elif name == "limit" and rest.strip().isdecimal():
            limit = int(rest)
        else:
            raise ApiError("MalformedQueryException", f"unexpected symbol found {name}")
    rows = DEFAULT_ROWS if limit is None else limit
    if not 1 <= rows <= MOST_ROWS:
        raise ApiError("InvalidParameterException", f"limit must be from 1 to {MOST_ROWS}")
    return Query(fields, filters, newest_first, rows)


def _commands(text: str) -> list[str]:
    """The commands between pipes, which do not count within quotes."""
    parts = re.findall(r'(?:[^|"]|"(?:[^"\\]|\\.)*")+', text)
    return [" ".join(part.split()) if '"' not in part else part.strip() for part in parts]


def _newest_first(rest: str) -> bool:
    field, _, order = rest.strip().partition(" ")
    if field != "@timestamp" or order not in ("asc", "desc"):
        raise ApiError("MalformedQueryException", f"unexpected symbol found {field}")
    return order == "desc"


def _value(line: Line, name: str) -> str | None:
    if name == "@timestamp":
        moment = datetime.fromtimestamp(line.at / 1000, UTC)
        return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{line.at % 1000:03}"
    if name == "@message":
        return line.message
    value = field_of(line.record, name)
    if value is None or isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) else _json(value)


def _json(value: Mapping[str, Any] | list[Any]) -> str:
    return json.dumps(value)

"""The log records of Express executions: what is asked of CloudWatch Logs, and what a row holds.

FilterLogEvents is asked in short stretches, which costs nothing, and Logs Insights in all others.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.log_queries import MOST_TEXT, LogFilters, LogQueries, Record, Row
from sfn_digest.aws.log_spans import LogSpan
from sfn_digest.history.log_records import event_of_record
from sfn_digest.model.executions import Execution, HistoryEvent, UnsuccessfulStatus
from sfn_digest.model.logs import LoggedFailure

ENDED: Mapping[str, UnsuccessfulStatus] = {
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}
_LINKS = ("execution_arn", "id", "type", "previous_event_id", "event_timestamp", "redrive_count")
_WORDS = ("details.error", "details.cause")
_PLACES = (
    *("details.name", "details.state", "details.resource", "details.resourceType"),
    *("details.index", "details.mapRunArn"),
)
"""Input and output are not asked for, or dropped unread, whether they are logged or not."""

_KEPT = frozenset(name.removeprefix("details.") for name in (*_WORDS, *_PLACES))
MOST_ROWS = 10_000

_ARN_PARTS = 9
"""arn:partition:states:region:account:express:machine:name:id"""


LoggedEvent = tuple[str, HistoryEvent]
"""An event, and the ARN of its execution."""


class LogRecords:
    """Asks log groups for records. Each question raises an AccountError where AWS refuses it."""

    def __init__(self, calls: Calls, clients: Clients) -> None:
        self.queries = LogQueries(calls, clients.logs)
        self.filters = LogFilters(calls, clients.logs)

    def is_free(self, span: LogSpan) -> bool:
        """Whether a stretch is searched without scanning what is billed, as far as is known."""
        fits = self.filters.fits(span.group, span.start, span.end, span.bytes)
        return fits and not span.is_probe

    def ends(
        self, span: LogSpan, machine_names: Sequence[str], most: int
    ) -> Iterator[LoggedFailure]:
        """The ends of these machines' executions that did not succeed, newest first."""
        found = self._filtered(span, [ends_like(machine_names)])
        if found is not None:
            failures = [failure for each in found if (failure := _failure_of(*each)) is not None]
            failures.sort(key=lambda each: each.execution.stopped_at, reverse=True)
            yield from failures[:most]
            return
        text = ends_of(machine_names)
        for row in self.queries.rows(span.group, span.start, span.end, text, most):
            if (failure := failure_of_row(row)) is not None:
                yield failure

    def events(self, span: LogSpan, execution_arns: Sequence[str]) -> Sequence[LoggedEvent]:
        """Every event of some executions, each with the ARN of its execution."""
        found = self._filtered(span, list(events_like(execution_arns)))
        if found is None:
            text = events_of(execution_arns)
            rows = self.queries.rows(span.group, span.start, span.end, text, MOST_ROWS)
            found = [parsed for row in rows if (parsed := _event_of_row(row)) is not None]
        return found

    def _filtered(
        self, span: LogSpan, patterns: Sequence[str | None]
    ) -> Sequence[LoggedEvent] | None:
        """What FilterLogEvents finds; None where Logs Insights is to be asked instead."""
        parsed: list[LoggedEvent] = []
        for pattern in patterns:
            if pattern is None or not self.is_free(span):
                return None
            found = self.filters.records(span.group, span.start, span.end + _SECOND, pattern)
            if found is None:
                return None
            for record, at in found:
                event = event_of_record(kept(record), at)
                if event is not None:
                    parsed.append((str(record.get("execution_arn")), event))
        return parsed


_SECOND = timedelta(seconds=1)
"""Logs Insights takes whole seconds, and its end with them."""


def kept(record: Record) -> Record:
    """A record without what an execution took in or gave out."""
    details = record.get("details")
    named = details if isinstance(details, Mapping) else {}
    return {**record, "details": {name: named[name] for name in named if name in _KEPT}}


def ends_like(machine_names: Sequence[str]) -> str | None:
    """The filter pattern for the ends of these machines; None where AWS takes none so long."""
    types = " || ".join(f'($.type = "{each}")' for each in ENDED)
    # A name may hold none of the characters that would need escaping here.
    mine = " || ".join(f'($.execution_arn = "*:express:{name}:*")' for name in machine_names)
    pattern = f"{{ ({types}) && ({mine}) }}"
    return pattern if len(pattern) <= MOST_TEXT else None


def events_like(execution_arns: Sequence[str]) -> Iterator[str]:
    """Filter patterns for every event of some executions, as few as AWS takes."""
    together: list[str] = []
    for arn in execution_arns:
        one = f'($.execution_arn = "{arn}")'
        if together and len(" || ".join([*together, one])) > MOST_TEXT - 4:
            yield f"{{ {' || '.join(together)} }}"
            together = []
        together.append(one)
    yield f"{{ {' || '.join(together)} }}"


def ends_of(machine_names: Sequence[str]) -> str:
    """The query for the ends of these machines' executions that did not succeed."""
    types = ", ".join(f'"{each}"' for each in ENDED)
    # A name may hold none of the characters that would need escaping here.
    mine = " or ".join(f'execution_arn like ":express:{name}:"' for name in machine_names)
    return (
        f"fields {', '.join((*_LINKS, *_WORDS))}"
        f" | filter type in [{types}] and ({mine}) | sort @timestamp desc"
    )


def events_of(execution_arns: Sequence[str]) -> str:
    """The query for every event of some executions."""
    arns = ", ".join(f'"{arn}"' for arn in execution_arns)
    return (
        f"fields {', '.join((*_LINKS, *_WORDS, *_PLACES))}"
        f" | filter execution_arn in [{arns}] | sort @timestamp desc"
    )


def event_of_row(row: Row) -> HistoryEvent | None:
    """The event in a row of either query."""
    record: dict[str, Any] = {name: row[name] for name in _LINKS if name in row}
    prefix = "details."
    record["details"] = {
        name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)
    }
    return event_of_record(record)


def _event_of_row(row: Row) -> LoggedEvent | None:
    event = event_of_row(row)
    return (row.get("execution_arn", ""), event) if event is not None else None


def failure_of_row(row: Row) -> LoggedFailure | None:
    """The execution whose end a row tells; None where it is no such end."""
    parsed = _event_of_row(row)
    return _failure_of(*parsed) if parsed is not None else None


def _failure_of(arn: str, end: HistoryEvent) -> LoggedFailure | None:
    execution = ended_execution(arn, [end])
    return LoggedFailure(execution, (end,)) if execution is not None else None


def ended_execution(arn: str, events: Sequence[HistoryEvent]) -> Execution | None:
    """The Express execution that these of its events show, where it did not succeed.

    Where the first of its events is not among them, it started as far as is known when it ended.
    """
    end = next((each for each in events if each.type in ENDED), None)
    parts = arn.split(":")
    if end is None or len(parts) != _ARN_PARTS or parts[5] != "express":
        return None
    started = next((each for each in events if each.type == "ExecutionStarted"), end)
    return Execution(
        arn=arn,
        machine_arn=machine_of(arn),
        name=parts[7],
        status=ENDED[end.type],
        started_at=started.timestamp,
        stopped_at=end.timestamp,
    )


def machine_of(execution_arn: str) -> str:
    """The ARN of the Express machine that an execution is of."""
    parts = execution_arn.split(":")
    return ":".join([*parts[:5], "stateMachine", parts[6]])

"""A kept report of the period before, read back as far as it can be compared.

It was written by an earlier run, perhaps of another release, so nothing in it is taken for
granted: what is not as docs/report.schema.json says makes the whole unreadable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sfn_digest.model.executions import ExecutionCounts, Window
from sfn_digest.model.report import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class PreviousGroup:
    """Equal failures of one machine: how many executions ended by them, most often where."""

    cause: str
    state: str | None
    executions: int


@dataclass(frozen=True, slots=True)
class PreviousMachine:
    """One machine as it was reported; `groups` by their key, `attempts` all failed attempts.

    `whole`: every unsuccessful execution was read, so that a group that is not there did not
    strike. `tried` are the groups that cost failed attempts and ended no execution: none of
    `groups`, and yet not new when they end one.
    """

    counts: ExecutionCounts
    groups: Mapping[str, PreviousGroup]
    attempts: int
    whole: bool
    tried: frozenset[str]


@dataclass(frozen=True, slots=True)
class PreviousReport:
    """A report that was kept; `machines` and `failed` executions by ARN."""

    window: Window
    machines: Mapping[str, PreviousMachine]
    failed: frozenset[str]


def read_previous_report(kept: Mapping[str, Any]) -> PreviousReport | None:
    """What a kept report says; None where it is none of this schema, or has no numbers.

    A report that was made without CloudWatch has none: its successes were unknown.
    """
    try:
        return _earlier(kept)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        return None


def _earlier(kept: Mapping[str, Any]) -> PreviousReport | None:
    if kept["schema_version"] != SCHEMA_VERSION:
        return None
    complete = _of(bool, kept["coverage"]["complete"])
    machines = {_text(each["arn"]): _machine(each, complete) for each in _items(kept["machines"])}
    if not complete and not any(each.counts.succeeded for each in machines.values()):
        return None
    return PreviousReport(
        window=_window(_time(kept["window"]["start"]), _time(kept["window"]["end"])),
        machines=machines,
        failed=frozenset(_text(each["execution_arn"]) for each in _items(kept["failures"])),
    )


def _machine(machine: Mapping[str, Any], complete: bool) -> PreviousMachine:
    counts = ExecutionCounts(
        *(_count(machine[name]) for name in ("succeeded", "failed", "timed_out", "aborted"))
    )
    groups: dict[str, PreviousGroup] = {}
    attempts, every = 0, set()
    for row in _items(machine["causes"]):
        found = PreviousGroup(_text(row["cause"]), _state(row["state"]), _count(row["executions"]))
        attempts += _count(row["failed_attempts"])
        key = _text(row["group"])
        every.add(key)
        if found.executions:
            groups[key] = _joined(groups[key], found) if key in groups else found
    read = sum(each.executions for each in groups.values())
    whole = is_whole(counts, read, complete=complete)
    return PreviousMachine(counts, groups, attempts, whole, frozenset(every - groups.keys()))


def is_whole(counts: ExecutionCounts, read: int, *, complete: bool) -> bool:
    """Whether all of a machine's failures are known by cause, `read` of them having been read.

    Where a report is not `complete`, a machine without any execution may be one that could be
    neither counted nor listed.
    """
    seen = complete or counts.succeeded + counts.unsuccessful > 0
    return seen and read == counts.unsuccessful


def _joined(one: PreviousGroup, other: PreviousGroup) -> PreviousGroup:
    most = max(one, other, key=lambda each: each.executions)
    return PreviousGroup(most.cause, most.state, one.executions + other.executions)


def _window(start: datetime, end: datetime) -> Window:
    if end <= start:
        raise ValueError("a window ends after it starts")
    return Window(start, end)


def _of(kind: type[Any], value: object) -> Any:
    # JSON's true is no number here, though Python would count with it.
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} is wanted")
    return value


def _items(value: object) -> list[Any]:
    items: list[Any] = _of(list, value)
    return items


def _text(value: object) -> str:
    text: str = _of(str, value)
    return text


def _state(value: object) -> str | None:
    return None if value is None else _text(value)


def _count(value: object) -> int:
    number: int = _of(int, value)
    if number < 0:
        raise ValueError("a count is not below 0")
    return number


def _time(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("a time has a zone")
    return moment.astimezone(UTC)

"""Failures that users expect, written into the file of their rules with a reason and an end.

    [[expected]]
    machine = "nightly-*"           # optional: glob on the state machine's name
    error = "Budget.Spent"          # glob on the error name, or
    cause = "quota_exceeded"        # an id of the table of causes, or
    status = "aborted"              # executions that were stopped
    reason = "Until the new contract"
    until = 2026-12-31              # the last day, in UTC

It needs a reason, an end and at least one of error, cause and status; all it has must hold. What
is expected is counted and not ranked, and after its last day it is news again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sfn_digest.causes.globs import glob
from sfn_digest.causes.table import table
from sfn_digest.i18n.sanitize import clean, quoted
from sfn_digest.model.machine_tags import ABORTED

_KEYS = ("machine", "error", "cause", "status", "reason", "until")
_LONGEST_REASON = 120


@dataclass(frozen=True, slots=True)
class Expectation:
    """One table of the file; empty conditions are not asked. It holds before `until`."""

    reason: str
    until: datetime
    machine: str = ""
    error: str = ""
    cause: str = ""
    aborted: bool = False

    @property
    def what(self) -> str:
        """What is expected, in a word."""
        return self.cause or self.error or ABORTED

    @property
    def last_day(self) -> str:
        """The last day on which it holds, as the file gives it."""
        return f"{self.until - timedelta(days=1):%Y-%m-%d}"

    def is_on(self, machine: str) -> bool:
        """Whether it is about the machine of this name."""
        return not self.machine or glob(self.machine, machine)

    def holds(self, *, machine: str, cause: str, error: str, aborted: bool) -> bool:
        """Whether a failure is one that it expects, save for when it happened."""
        return (
            self.is_on(machine)
            and (not self.cause or self.cause == cause)
            and (not self.error or glob(self.error, error))
            and (aborted or not self.aborted)
        )


def parse_expectation(row: object) -> Expectation:
    """The expectation in a table of the file. Raises ValueError with what is wrong with it."""
    checks = (_bad_key, _bad_text, _bad_day, _bad_condition)
    if not isinstance(row, Mapping):
        raise ValueError("it is not a table")  # noqa: TRY004 - as all that is wrong with one
    if problem := next((found for check in checks if (found := check(row))), None):
        raise ValueError(problem)
    day: date = row["until"]
    return Expectation(
        reason=clean(row["reason"], _LONGEST_REASON),
        until=datetime.combine(day, time(), UTC) + timedelta(days=1),
        machine=row.get("machine", ""),
        error=row.get("error", ""),
        cause=row.get("cause", ""),
        aborted="status" in row,
    )


def _bad_key(row: Mapping[str, Any]) -> str | None:
    stranger = next((key for key in row if key not in _KEYS), None)
    return f"{quoted(stranger)} is none of {', '.join(_KEYS)}" if stranger else None


def _bad_text(row: Mapping[str, Any]) -> str | None:
    for key, text in row.items():
        if key != "until" and (not isinstance(text, str) or not clean(text, 1)):
            return f"{key!r} must be text that is not empty"
    return None if "reason" in row else "it needs a reason"


def _bad_day(row: Mapping[str, Any]) -> str | None:
    # A time of day is a date to Python too.
    if type(row.get("until")) is date and row["until"] < date.max:
        return None
    return "it needs until, the last day on which it holds, such as until = 2026-12-31"


def _bad_condition(row: Mapping[str, Any]) -> str | None:
    if "cause" in row and row["cause"] not in table():
        return f"its cause is {quoted(row['cause'])}, which is none of {', '.join(table())}"
    if row.get("status", ABORTED) != ABORTED:
        return f'its status is {quoted(row["status"])}: only "{ABORTED}" can be expected'
    named = any(key in row for key in ("error", "cause", "status"))
    return None if named else "it needs error, cause or status"

"""The time around a report: the period before, the trend, and whether a cause has passed since."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sfn_digest import guard
from sfn_digest.comparison import (
    Lookup,
    compared_with_counts,
    compared_with_report,
    lookups,
    trend,
    with_changes,
)
from sfn_digest.i18n.message import Message
from sfn_digest.model.comparison import Before, Period
from sfn_digest.model.executions import CountedPeriod, Failure
from sfn_digest.model.report import Report
from sfn_digest.model.since import CauseSince
from sfn_digest.model.successes import Successes
from sfn_digest.pipeline.run import Run

if TYPE_CHECKING:
    from datetime import datetime


def causes_since(
    failures: Iterable[Failure], successes: Mapping[str, Successes]
) -> tuple[CauseSince, ...]:
    """By machine, state and cause, for the machines whose successes were listed."""
    last: dict[tuple[str, str | None, str], datetime] = {}
    for each in failures:
        key = (each.execution.machine_arn, each.state, each.diagnosis.cause)
        last[key] = max(last.get(key, each.execution.stopped_at), each.execution.stopped_at)
    started = {
        arn: sorted(each.started_at for each in found.listed) for arn, found in successes.items()
    }
    return tuple(
        CauseSince(arn, state, cause, len(started[arn]) - bisect_right(started[arn], moment))
        for (arn, state, cause), moment in sorted(
            last.items(), key=lambda item: (item[0][0], item[0][1] or "", item[0][2])
        )
        if arn in started
    )


MOST_LOOKUPS = 10
"""Definitions that are asked for at most: their API's quota refills by one call a second."""


@dataclass(frozen=True, slots=True)
class PastPeriods:
    """The period before, if anything is known of it, and the trend, oldest first."""

    before: Before | None
    trend: tuple[Period, ...]


def look_back(
    run: Run,
    report: Report,
    failures: Sequence[Failure],
    counted: Sequence[CountedPeriod],
    earlier: Report | None,
) -> tuple[PastPeriods, tuple[Message, ...]]:
    """What lies before a report, and notes on what was left out.

    `counted` are the periods before, oldest first; `earlier` is the kept report of the last of
    them. Up to ten calls look up whether definitions changed before new causes appeared.
    """
    behind = run.guard.result_of
    before = behind(guard.COMPARISON, lambda: _before(report, counted, earlier), None)
    notes: tuple[Message, ...] = ()
    if before is not None:
        plain = before
        before, notes = behind(
            guard.CHANGES, lambda: _with_definitions(run, plain, report, failures), (plain, ())
        )
    shown = behind(guard.TREND, lambda: trend(counted, before, report), ())
    return PastPeriods(before, shown), notes


def _before(
    report: Report, counted: Sequence[CountedPeriod], earlier: Report | None
) -> Before | None:
    last = counted[-1] if counted else None
    if earlier is not None:
        return compared_with_report(earlier, report, last)
    return None if last is None else compared_with_counts(counted, report)


def _with_definitions(
    run: Run, before: Before, report: Report, failures: Sequence[Failure]
) -> tuple[Before, tuple[Message, ...]]:
    wanted, past = lookups(report, before), run.account.until(run.deadlines.changes).past
    updated: dict[Lookup, datetime] = {}
    for each in wanted[:MOST_LOOKUPS]:
        moment = past.definition_updated_at(each.execution_arn)
        if moment is None:
            # What was refused once would be refused again.
            break
        updated[each] = moment
    versions = {each.execution.arn: each.execution.machine_version_arn for each in failures}
    left = len(wanted) - MOST_LOOKUPS
    note = Message(
        "Definition changes were looked up for the {looked_up} most frequent new causes; "
        "{left} others were left out.",
        looked_up=MOST_LOOKUPS,
        left=left,
    )
    return with_changes(before, updated, versions), (note,) if left > 0 else ()

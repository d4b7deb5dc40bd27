"""From the reports of single places to the report on all of them, and what began in several.

Where incidents of several places begin within a quarter of an hour, the places share them if so
many would hardly have begun together by chance, were each place's incidents spread over the window
at random.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from math import expm1

from sfn_digest.accounts.records import (
    AccountRow,
    AccountsCoverage,
    AccountsReport,
    AccountsTotals,
    AccountSummary,
    CauseCount,
    MissingAccount,
    Place,
    PlaceCount,
    PlaceIncident,
    SharedCause,
    SharedIncident,
)
from sfn_digest.accounts.summaries import likely
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import Window
from sfn_digest.model.sample import together

TOGETHER = timedelta(minutes=15)
"""How far apart places may begin, and how long apart a look at the window is."""

BY_CHANCE = 0.05
"""How many such a window may be expected to show by chance alone, for each cause."""

_Begun = tuple[Place, PlaceIncident]


def combine(
    summaries: Iterable[AccountSummary],
    missing: Iterable[MissingAccount],
    window: Window,
    notes: Sequence[Message] = (),
) -> AccountsReport:
    """The report on all places, in an order that no order of answers has a say in."""
    ordered = sorted(summaries, key=lambda each: _most_pressing(each.row))
    absent = tuple(sorted(missing, key=lambda each: (each.name, each.account_id, each.region)))
    rows = tuple(each.row for each in ordered)
    return AccountsReport(
        window=window,
        totals=AccountsTotals(
            executions=sum(row.executions for row in rows),
            failures=sum(row.failures for row in rows),
            aborted=sum(row.aborted for row in rows),
        ),
        accounts=rows,
        missing=absent,
        causes=_shared_causes(rows),
        incidents=shared_incidents(ordered, window),
        coverage=_coverage(rows, absent, (*_windows_differ(rows, window), *notes)),
    )


def _most_pressing(row: AccountRow) -> tuple[int, float, str, str, str]:
    return -row.failures, -(row.failure_rate or 0.0), row.name, row.account_id, row.region


def _shared_causes(rows: Sequence[AccountRow]) -> tuple[SharedCause, ...]:
    """The causes that more than one place has; those of most places first, then of most
    executions.
    """
    by_cause: defaultdict[str, list[tuple[AccountRow, CauseCount]]] = defaultdict(list)
    for row in rows:
        for count in row.causes:
            by_cause[count.cause].append((row, count))
    shared = [_shared_cause(cause, of) for cause, of in by_cause.items() if len(of) > 1]
    return tuple(
        sorted(shared, key=lambda each: (-len(each.accounts), -each.executions, each.cause))
    )


def _shared_cause(cause: str, of: Sequence[tuple[AccountRow, CauseCount]]) -> SharedCause:
    counts = [PlaceCount(row.account_id, row.region, row.name, likely(count)) for row, count in of]
    return SharedCause(
        cause=cause,
        executions=sum(each.executions for each in counts),
        estimated=together((count.executions, count.estimated) for _, count in of),
        accounts=tuple(
            sorted(counts, key=lambda each: (-each.executions, each.account_id, each.region))
        ),
    )


def _coverage(
    rows: Sequence[AccountRow], missing: Sequence[MissingAccount], notes: Sequence[Message]
) -> AccountsCoverage:
    read = [row.coverage for row in rows]
    return AccountsCoverage(
        expected=len(rows) + len(missing),
        reported=len(rows),
        machines_tagged=sum(each.machines_tagged for each in read),
        machines_scanned=sum(each.machines_scanned for each in read),
        failures_found=sum(each.failures_found for each in read),
        failures_read=sum(each.failures_read for each in read),
        executions_counted=all(each.executions_counted for each in read),
        complete=not missing and all(each.complete for each in read),
        notes=tuple(notes),
    )


def _windows_differ(rows: Sequence[AccountRow], window: Window) -> Sequence[Message]:
    others = sum(row.window != window for row in rows)
    if not others:
        return ()
    return (
        Message(
            "The reports of {n} of {reported} do not cover exactly this period: give all "
            "accounts the same schedule and window.",
            n=others,
            reported=len(rows),
        ),
    )


def shared_incidents(
    summaries: Iterable[AccountSummary], window: Window
) -> tuple[SharedIncident, ...]:
    """What places share of all causes; what most of them do comes first, then the latest."""
    begun: defaultdict[str, list[_Begun]] = defaultdict(list)
    for summary in summaries:
        for incident in summary.incidents:
            begun[incident.cause].append((summary.row.place, incident))
    found = [shared for each in begun.values() for shared in _of_cause(each, window)]
    return tuple(
        sorted(
            found, key=lambda each: (-len(each.accounts), -each.began_at.timestamp(), each.cause)
        )
    )


def _of_cause(begun: Sequence[_Begun], window: Window) -> Iterator[SharedIncident]:
    """Each place's incident is a part of one at most: the earliest that it can begin with."""
    waiting = sorted(begun, key=lambda each: (each[1].began_at, each[0].account_id, each[0].region))
    tail = _tail(begun, window)
    at = 0
    while at < len(waiting):
        until = waiting[at][1].began_at + TOGETHER
        end = bisect_right(waiting, until, at, key=lambda each: each[1].began_at)
        together = waiting[at:end]
        places = len({place for place, _ in together})
        if places > 1 and tail[places] <= BY_CHANCE:
            yield _shared(together)
            at = end
        else:
            at += 1


def _tail(begun: Sequence[_Begun], window: Window) -> Sequence[float]:
    """How many times in the window at least so many places begin together by chance, expected."""
    counts: defaultdict[Place, int] = defaultdict(int)
    for place, _ in begun:
        counts[place] += 1
    looks = max((window.end - window.start) / TOGETHER, 1.0)
    exactly = [1.0]
    for number in counts.values():
        chance = -expm1(-number / looks)
        exactly = [
            stays * (1 - chance) + comes * chance
            for stays, comes in zip([*exactly, 0.0], [0.0, *exactly], strict=True)
        ]
    return [looks * sum(exactly[places:]) for places in range(len(exactly))]


def _shared(together: Sequence[_Begun]) -> SharedIncident:
    counts: defaultdict[Place, int] = defaultdict(int)
    for place, incident in together:
        counts[place] += incident.failures
    accounts = [
        PlaceCount(place.account_id, place.region, place.name, number)
        for place, number in counts.items()
    ]
    return SharedIncident(
        cause=together[0][1].cause,
        began_at=min(incident.began_at for _, incident in together),
        ended_at=max(incident.ended_at for _, incident in together),
        executions=sum(each.executions for each in accounts),
        accounts=tuple(
            sorted(accounts, key=lambda each: (-each.executions, each.account_id, each.region))
        ),
    )

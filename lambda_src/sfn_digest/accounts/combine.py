"""From the reports of single places to the report on all of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

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
    PlaceCoverage,
    SharedCause,
)
from sfn_digest.accounts.shared_incidents import episodes_of, shared_incidents
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import Window
from sfn_digest.model.report import Report
from sfn_digest.model.sample import Estimate, together

if TYPE_CHECKING:
    from datetime import datetime


def summarize(place: Place, report: Report) -> AccountSummary:
    """What the report on many accounts takes from one report; the rest need not be kept.

    A place without a name of its own goes by the account's alias.
    """
    totals, read = report.totals, report.coverage
    counted = read.executions_counted and totals.executions > 0
    row = AccountRow(
        account_id=place.account_id,
        region=place.region,
        name=place.name or report.account_alias or "",
        window=report.window,
        executions=totals.executions,
        failures=totals.failures,
        aborted=totals.aborted,
        failure_rate=totals.failures / totals.executions if counted else None,
        causes=_causes(report),
        coverage=PlaceCoverage(
            machines_tagged=read.machines_tagged,
            machines_scanned=read.machines_scanned,
            failures_found=read.failures_found,
            failures_read=read.failures_read,
            executions_counted=read.executions_counted,
            complete=read.complete,
            left_out=read.left_out,
        ),
    )
    moments: defaultdict[str, list[datetime]] = defaultdict(list)
    for failure in report.failures:
        if not failure.expected:
            moments[failure.cause].append(failure.stopped_at)
    return AccountSummary(row, tuple(episodes_of(moments)))


def _causes(report: Report) -> tuple[CauseCount, ...]:
    estimates: Mapping[str, Estimate] = report.estimated_of(None)
    counts: Counter[str] = Counter()
    for machine in report.machines:
        for row in machine.causes:
            counts[row.cause] += row.executions - row.expected_executions
    found = [
        CauseCount(cause, count, estimates.get(cause))
        for cause, count in counts.items()
        if count > 0
    ]
    return tuple(sorted(found, key=lambda each: (-_likely(each), each.cause)))


def _likely(count: CauseCount) -> int:
    return count.estimated.executions if count.estimated else count.executions


def combine(
    summaries: Iterable[AccountSummary],
    missing: Iterable[MissingAccount],
    window: Window,
    notes: Sequence[Message] = (),
) -> AccountsReport:
    """The report on all places, in an order that no order of answers has a say in."""
    told = sorted(summaries, key=lambda each: _most_pressing(each.row))
    absent = tuple(sorted(missing, key=lambda each: (each.name, each.account_id, each.region)))
    rows = tuple(each.row for each in told)
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
        incidents=shared_incidents(told, window),
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
    counts = [PlaceCount(row.account_id, row.region, row.name, _likely(count)) for row, count in of]
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

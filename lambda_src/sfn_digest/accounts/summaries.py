"""What the report on many accounts takes from the report on one: its row, and its incidents."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sfn_digest.accounts.records import (
    AccountRow,
    AccountSummary,
    CauseCount,
    Place,
    PlaceCoverage,
    PlaceIncident,
)
from sfn_digest.model.report import Report

if TYPE_CHECKING:
    from datetime import datetime

    from sfn_digest.model.sample import Estimate


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
    return AccountSummary(row, tuple(_incidents(report)))


def _incidents(report: Report) -> Iterator[PlaceIncident]:
    """The incidents of a report by cause; what was expected is left out."""
    moments: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for failure in report.failures:
        if not failure.expected:
            moments[failure.cause, failure.incident].append(failure.stopped_at)
    for (cause, _), times in sorted(moments.items()):
        yield PlaceIncident(cause, min(times), max(times), len(times))


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
    return tuple(sorted(found, key=lambda each: (-likely(each), each.cause)))


def likely(count: CauseCount) -> int:
    return count.estimated.executions if count.estimated else count.executions

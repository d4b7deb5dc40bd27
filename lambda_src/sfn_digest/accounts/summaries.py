"""What the report on many accounts takes from the report on one: its row, and its episodes.

Failures of a place by one cause are joined into episodes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sfn_digest.accounts.records import (
    AccountRow,
    AccountSummary,
    CauseCount,
    Episode,
    Place,
    PlaceCoverage,
)
from sfn_digest.model.report import Report

if TYPE_CHECKING:
    from sfn_digest.model.sample import Estimate

QUIET = timedelta(minutes=30)
"""Without a failure for so long, an episode is over."""


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
    return tuple(sorted(found, key=lambda each: (-likely(each), each.cause)))


def likely(count: CauseCount) -> int:
    return count.estimated.executions if count.estimated else count.executions


def episodes_of(moments: Mapping[str, Sequence[datetime]]) -> Iterator[Episode]:
    """The episodes in the times of a place's failures, by cause."""
    for cause, times in sorted(moments.items()):
        run: list[datetime] = []
        for moment in sorted(times):
            if run and moment - run[-1] > QUIET:
                yield Episode(cause, run[0], run[-1], len(run))
                run = []
            run.append(moment)
        if run:
            yield Episode(cause, run[0], run[-1], len(run))

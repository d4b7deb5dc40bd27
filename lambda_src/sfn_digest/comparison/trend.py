"""Periods in a row, the last of them the report's own."""

from collections.abc import Iterable, Sequence

from sfn_digest.model.comparison import Before, Period
from sfn_digest.model.executions import CountedPeriod, ExecutionCounts, Window
from sfn_digest.model.report import Report


def period(window: Window, counts: Iterable[ExecutionCounts]) -> Period:
    """One period of all the machines that were counted."""
    each = list(counts)
    succeeded = sum(one.succeeded for one in each)
    return Period(
        window=window,
        executions=succeeded + sum(one.unsuccessful for one in each),
        succeeded=succeeded,
        failed=sum(one.failed for one in each),
        timed_out=sum(one.timed_out for one in each),
        aborted=sum(one.aborted for one in each),
    )


def trend(
    counted: Sequence[CountedPeriod], before: Before | None, report: Report
) -> tuple[Period, ...]:
    """The counted periods and the report's own, oldest first; none where none were counted.

    The last two are what the report itself says of them, so that it says one thing.
    """
    if not counted:
        return ()
    earlier = [period(each.window, each.machines.values()) for each in counted]
    if before is not None:
        earlier[-1] = before.period
    totals = report.totals
    own = Period(
        window=report.window,
        executions=totals.executions,
        succeeded=totals.succeeded,
        failed=totals.failed,
        timed_out=totals.timed_out,
        aborted=totals.aborted,
    )
    return (*earlier, own)

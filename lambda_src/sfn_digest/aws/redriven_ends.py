"""Ends that redrives undid: CloudWatch counts an execution each time it ends, a report once.

What stands in a window that has just ended is listed: ListExecutions shows an execution's last
end alone. Of an earlier period no list tells any more what stood when it was over, and CloudWatch
says how often executions were redriven, but not which. There a redrive is taken to have undone an
end of the same period wherever one stood; it may have undone one of the 14 days before it, and how
many failures more that would be is reported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import fsum
from typing import TYPE_CHECKING

from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.coverage_notes import redrives_unknown, redrives_unsure
from sfn_digest.aws.execution_counts import (
    counted_span,
    failure_metric,
    redrive_metric,
)
from sfn_digest.aws.execution_lists import count_listed
from sfn_digest.aws.metric_sums import STEPS, read_sums
from sfn_digest.aws.metrics import MetricSpan, Point, read_points
from sfn_digest.aws.usage import UsageTally
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import (
    UNSUCCESSFUL,
    CountedPeriod,
    ExecutionCounts,
    Window,
)

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

REDRIVABLE = timedelta(days=14)
"""How long after its end an execution can be redriven (Step Functions developer guide)."""

_MANY_POINTS = 100_000
"""What the order of ends and redrives is read in, at most: five seconds' worth of the share."""


def listed_counts(
    calls: Calls,
    clients: Clients,
    counts: Mapping[str, ExecutionCounts],
    window: Window,
    span: MetricSpan,
) -> Mapping[str, ExecutionCounts]:
    """The same counts, with those of machines that were redriven in the span as listed.

    A machine whose executions cannot be listed keeps CloudWatch's numbers, as it does in a report.
    Raises AccountError where CloudWatch may not be asked.
    """
    metrics = {redrive_metric(arn): arn for arn, each in counts.items() if each.unsuccessful}
    sums = read_sums(calls, clients.cloudwatch, list(metrics), span)
    redriven = [arn for metric, arn in metrics.items() if sums.get(metric)]
    listed = {
        arn: count_listed(calls, clients.states, arn, counts[arn], window) for arn in redriven
    }
    return {**counts, **listed}


@dataclass(frozen=True, slots=True)
class UndoneEnds:
    """The ends of one period that redrives undid: at most so many, and at least."""

    most: int
    least: int


@dataclass(frozen=True, slots=True)
class EndsAndRedrives:
    """When a machine's executions ended without success, and when they were redriven."""

    ends: Sequence[Point]
    redrives: Sequence[Point]


def undone_ends(machine: EndsAndRedrives, window: Window, known_since: datetime) -> UndoneEnds:
    """Which ends in a period redrives within it may have undone, and surely did.

    A redrive undoes an earlier end, of the period or of the 14 days before it, of which the points
    tell where they are known long enough.
    """
    redrives = [each for each in machine.redrives if each[0] in window]
    # Of one time, ends come before redrives.
    moves = sorted(
        [(moment, 0.0, ended) for moment, ended in machine.ends if moment in window]
        + [(moment, redriven, 0.0) for moment, redriven in redrives]
    )
    standing = most = 0.0
    for _, redriven, ended in moves:
        undone = min(standing, redriven)
        standing += ended - undone
        most += undone
    first = window.start - REDRIVABLE
    before = fsum(number for moment, number in machine.ends if first <= moment < window.start)
    surely = fsum(number for _, number in redrives) - before if known_since <= first else 0.0
    return UndoneEnds(round(most), round(min(max(0.0, surely), most)))


def without_undone(counts: ExecutionCounts, undone: UndoneEnds) -> tuple[ExecutionCounts, int]:
    """The counts without them, failures taken off first, and how many failures too few those may
    be.
    """
    failed = min(undone.most, counts.failed)
    timed_out = min(undone.most - failed, counts.timed_out)
    aborted = min(undone.most - failed - timed_out, counts.aborted)
    standing = ExecutionCounts(
        counts.succeeded,
        counts.failed - failed,
        counts.timed_out - timed_out,
        counts.aborted - aborted,
    )
    surely = max(0, undone.least - counts.aborted)
    return standing, max(0, failed + timed_out - surely)


@dataclass(frozen=True, slots=True)
class StandingPeriods:
    """Periods in which an execution counts once, oldest first.

    `unsure` tells by machine how many failures more there may be in the last of them.
    """

    periods: tuple[CountedPeriod, ...]
    unsure: Mapping[str, int]


def standing_periods_or_note(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    periods: tuple[CountedPeriod, ...],
    now: datetime,
    tally: UsageTally,
) -> tuple[CountedPeriod, ...]:
    """The periods, oldest first, without the ends that redrives undid.

    A note says what is not sure of the last one, or why they are as CloudWatch counts them.
    """
    try:
        found = _standing_periods(calls, cloudwatch, periods, now)
    except AccountError as error:
        tally.note(redrives_unknown(error.sentence), left_out=False)
        return periods
    for note in redrives_unsure(found.unsure):
        tally.note(note, left_out=False)
    return found.periods


def _standing_periods(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    periods: tuple[CountedPeriod, ...],
    now: datetime,
) -> StandingPeriods:
    """The periods, oldest first, without the ends that redrives undid.

    One call a batch of machines that had an unsuccessful end, and another where any was redriven.
    Raises AccountError where CloudWatch may not be asked.
    """
    whole = Window(periods[0].window.start, periods[-1].window.end)
    moved = _moved(calls, cloudwatch, periods, counted_span(whole, now))
    found = [
        {
            arn: without_undone(each.machines[arn], undone_ends(of, each.window, whole.start))
            for arn, of in moved.items()
            if arn in each.machines
        }
        for each in periods
    ]
    standing = (
        replace(
            each,
            machines={**each.machines, **{arn: counts for arn, (counts, _) in once.items()}},
            redriven=frozenset(once),
        )
        for each, once in zip(periods, found, strict=True)
    )
    unsure = {arn: missing for arn, (_, missing) in found[-1].items() if missing}
    return StandingPeriods(tuple(standing), unsure)


def _moved(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    periods: Sequence[CountedPeriod],
    span: MetricSpan,
) -> Mapping[str, EndsAndRedrives]:
    """The machines that were redriven, with the points of their ends and redrives."""
    ended = {arn for each in periods for arn, n in each.machines.items() if n.unsuccessful}
    asked = {redrive_metric(arn): arn for arn in sorted(ended)}
    sums = read_sums(calls, cloudwatch, list(asked), span)
    redriven = [arn for metric, arn in asked.items() if sums.get(metric)]
    metrics = [
        metric
        for arn in redriven
        for metric in (redrive_metric(arn), *(failure_metric(each, arn) for each in UNSUCCESSFUL))
    ]
    fine = _fine(span, len(metrics))
    found = read_points(calls, cloudwatch, metrics, fine, lambda each: _middles(each, fine.period))
    return {
        arn: EndsAndRedrives(
            [
                point
                for status in UNSUCCESSFUL
                for point in found.get(failure_metric(status, arn), ())
            ],
            found.get(redrive_metric(arn), ()),
        )
        for arn in redriven
    }


def _middles(points: Sequence[Point], period: int) -> Sequence[Point]:
    """The points by their middles: each belongs to the period of a report in which that lies."""
    return [(begins + timedelta(seconds=period / 2), value) for begins, value in points]


def _fine(span: MetricSpan, metrics: int) -> MetricSpan:
    """The span in the shortest periods in which so many metrics are not very many points."""
    total = metrics * (span.end - span.start).total_seconds()
    fitting = [each for each in STEPS if each >= span.period and total / each <= _MANY_POINTS]
    period = min(fitting, default=STEPS[0])
    return MetricSpan(span.start - timedelta(seconds=period), span.end, period)

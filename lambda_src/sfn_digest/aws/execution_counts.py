"""How many executions of each machine closed, by status: CloudWatch asked before any listing.

CloudWatch's figures are best-effort and come in whole periods, so they are exact only where
the window begins and ends on a period's edge, and may lack the last minutes before now. They
decide whom to list; the report counts failures from the listing itself, successes from here.

Machines are counted while others are still being found, since each waits for a quota of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self, TypeAlias

from sfn_digest.aws.calls import Calls
from sfn_digest.aws.metric_sums import read_sums
from sfn_digest.aws.metrics import Metric, MetricSpan
from sfn_digest.model.executions import (
    ExecutionCounts,
    StateMachine,
    UnsuccessfulStatus,
    Window,
)

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_FAILURES: Mapping[UnsuccessfulStatus, str] = {
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}
_METRICS = ("ExecutionsSucceeded", *_FAILURES.values())

_PERIODS = (
    (60, timedelta(hours=6), timedelta(days=15)),
    (300, timedelta(days=2), timedelta(days=63)),
)
"""Period in seconds, the longest window it is used for, and how long CloudWatch keeps it."""

_HOUR = 3600


def counted_span(window: Window, now: datetime, *, fine: bool = False) -> MetricSpan:
    """The whole periods that cover a window: few pages, and of an age CloudWatch still keeps.

    The shortest that it keeps where they are to be `fine`.
    """
    length, age = window.end - window.start, now - window.start + timedelta(hours=1)
    period = next(
        (each for each, longest, kept in _PERIODS if (fine or length <= longest) and age <= kept),
        _HOUR,
    )
    first = int(window.start.timestamp()) // period * period
    last = -int(-window.end.timestamp() // period) * period
    return MetricSpan(datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC), period)


def read_counts(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    machines: Sequence[StateMachine],
    span: MetricSpan,
) -> Mapping[str, ExecutionCounts]:
    """Counts by machine ARN; a machine that CloudWatch cannot show is absent.

    That is so where CloudWatch failed on it, and where its name is not ASCII: Step Functions
    takes such names, but publishes no metrics under them. CloudWatch counts an execution each
    time it ends: see `redriven_ends`.
    """
    metrics = counting_metrics([each.arn for each in machines])
    sums = read_sums(calls, cloudwatch, metrics, span)
    return counts_by_machine(machines, sums)


def counting_metrics(machine_arns: Sequence[str]) -> Sequence[Metric]:
    """The metrics that count executions closed, of the machines that CloudWatch can show."""
    return [_metric(name, arn) for arn in machine_arns if arn.isascii() for name in _METRICS]


def begun_and_ended(machine_arn: str) -> Sequence[Mapping[Metric, int]]:
    """The metrics that count how often a machine's executions began or were redriven, and those
    that count their ends, to be taken off. In steps: where one is still open, each leaves more than
    none, since it began and did not succeed.
    """
    steps = (
        {"ExecutionsStarted": 1, "ExecutionsSucceeded": -1},
        {"ExecutionsRedriven": 1, "ExecutionsFailed": -1},
        {"ExecutionsTimedOut": -1, "ExecutionsAborted": -1},
    )
    return [{_metric(name, machine_arn): sign for name, sign in step.items()} for step in steps]


def failure_metric(status: UnsuccessfulStatus, machine_arn: str) -> Metric:
    """The metric that counts a machine's executions closed in a status."""
    return _metric(_FAILURES[status], machine_arn)


def redrive_metric(machine_arn: str) -> Metric:
    """The metric that counts a machine's redrives."""
    return _metric("ExecutionsRedriven", machine_arn)


def counts_by_machine(
    machines: Sequence[StateMachine], sums: Mapping[Metric, float]
) -> Mapping[str, ExecutionCounts]:
    """Counts by machine ARN from the sums of `counting_metrics`; absent where one is missing."""
    return {each.arn: _counts(each.arn, sums) for each in machines if _is_complete(each.arn, sums)}


def _counts(arn: str, sums: Mapping[Metric, float]) -> ExecutionCounts:
    return ExecutionCounts(*(round(sums[_metric(name, arn)]) for name in _METRICS))


def _is_complete(arn: str, sums: Mapping[Metric, float]) -> bool:
    return all(_metric(name, arn) in sums for name in _METRICS)


def _metric(name: str, arn: str) -> Metric:
    return Metric(name, "StateMachineArn", arn, "Sum")


PeriodSums: TypeAlias = Mapping[Metric, Sequence[float]]

AT_ONCE = 2_500
"""Machines that are counted together: 20 full calls. Fewer are counted once all are found."""


class CountingAhead:
    """Counts the executions of machines in `periods`, which end with a report's window.

    `count` gives the sums of machines by their ARNs, asked for as of so many machines in all. What
    is not taken by the end is given up.
    """

    def __init__(
        self,
        calls: Calls,
        periods: Sequence[Window],
        count: Callable[[Sequence[str], int], PeriodSums],
    ) -> None:
        self.periods = periods
        self._calls = calls
        self._count = count
        self._waiting: dict[str, None] = {}
        self._begun: set[str] = set()
        self._parts: list[Future[PeriodSums]] = []
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="counting")

    def __enter__(self) -> Self:
        """While machines are found and counted."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nobody wants what has not been taken."""
        self._calls.give_up()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def found(self, arns: Iterable[str]) -> None:
        """Some machines, which may have been found before."""
        self._waiting |= {arn: None for arn in arns if arn not in self._begun}
        while len(self._waiting) >= AT_ONCE:
            self._begin(list(self._waiting)[:AT_ONCE])

    def sums(self, arns: Sequence[str]) -> PeriodSums:
        """The sums of all machines, those among them that were not found before.

        Raises AccountError where CloudWatch may not be asked.
        """
        rest = [arn for arn in arns if arn not in self._begun]
        if rest or not self._parts:
            self._begin(rest)
        return {metric: each for part in self._parts for metric, each in part.result().items()}

    def _begin(self, arns: Sequence[str]) -> None:
        self._begun.update(arns)
        for arn in arns:
            self._waiting.pop(arn, None)
        self._parts.append(self._pool.submit(self._count, arns, len(self._begun)))

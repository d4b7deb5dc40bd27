"""Counting machines while others are still being found: each waits for a quota of its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self, TypeAlias

from sfn_digest.aws.calls import Calls
from sfn_digest.aws.metrics import Metric
from sfn_digest.model.executions import Window

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

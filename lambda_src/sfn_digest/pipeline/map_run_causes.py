"""Pure: from the children of a Map run that were read to the causes of all that failed."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

from sfn_digest.model.executions import Failure
from sfn_digest.model.map_runs import MapRun, MapRunCause, MapRunReport, MapRunSource

_TAIL = 0.025
"""What is left out on either side of a bound at 95 %."""

_EXACTLY = 200
"""Children up to which bounds are exact; of more they are as wide as for so many."""


@dataclass(frozen=True, slots=True)
class ReadMapRun:
    """A Map run, its Map state and machine, and the failed children that were read of it."""

    run: MapRun
    machine_arn: str
    state: str | None
    source: MapRunSource
    children: tuple[Failure, ...]

    @property
    def main(self) -> Failure | None:
        """A child that failed by the cause of most; None where none was read."""
        if not self.children:
            return None
        most, _ = Counter(map(_key, self.children)).most_common(1)[0]
        return next(each for each in self.children if _key(each) == most)


def map_run_report(read: ReadMapRun) -> MapRunReport:
    """What the report tells of it."""
    run = read.run
    return MapRunReport(
        map_run_arn=run.arn,
        execution_arn=run.execution_arn,
        machine_arn=read.machine_arn,
        state=read.state,
        status=run.status,
        tolerated=run.status == "SUCCEEDED",
        started_at=run.started_at,
        stopped_at=run.stopped_at,
        executions=run.executions,
        max_concurrency=run.max_concurrency,
        tolerated_failure_count=run.tolerated_failure_count,
        tolerated_failure_percentage=run.tolerated_failure_percentage,
        redrive_count=run.redrive_count,
        source=read.source,
        read=len(read.children),
        causes=_causes(read.children, max(run.executions.failures, len(read.children))),
    )


def _key(child: Failure) -> tuple[str, str | None, str, str]:
    diagnosis = child.diagnosis
    return diagnosis.cause, child.state, diagnosis.error, diagnosis.group


def _causes(children: Sequence[Failure], failed: int) -> tuple[MapRunCause, ...]:
    counts = Counter(map(_key, children))
    examples = {_key(child): child.diagnosis for child in reversed(children)}
    causes = []
    for key, number in sorted(counts.items(), key=lambda item: (-item[1], str(item[0]))):
        cause, state, error, group = key
        low, high = bounds(number, len(children), failed)
        causes.append(
            MapRunCause(
                cause=cause,
                nature=examples[key].nature,
                state=state,
                error=error,
                group=group,
                message=examples[key].message,
                children=number,
                low=low,
                high=high,
            )
        )
    return tuple(causes)


def bounds(found: int, read: int, total: int) -> tuple[int, int]:
    """At 95 %, how many of `total` are like `found` of the `read` ones, which were drawn evenly.

    Exact, by the hypergeometric distribution: every number for which as many as were found, or as
    few, would not have been a surprise. Where all were read, what was found is all.

    >>> bounds(3, 12, 12), bounds(12, 12, 1000)
    ((3, 3), (737, 1000))
    """
    least, most = found, total - (read - found)
    if read >= total:
        return found, found
    if read > _EXACTLY:
        found, read = round(found * _EXACTLY / read), _EXACTLY
    low = _first(least, most, lambda of: _at_least(found, read, of, total) > _TAIL)
    high = _first(least, most, lambda of: _at_most(found, read, of + 1, total) <= _TAIL)
    return low, max(low, high)


def _first(least: int, most: int, holds: Callable[[int], bool]) -> int:
    """The first number from `least` on for which it holds, as for all after it; else `most`."""
    while least < most:
        middle = (least + most) // 2
        if holds(middle):
            most = middle
        else:
            least = middle + 1
    return most


def _at_least(found: int, read: int, of: int, total: int) -> float:
    """How likely so many or more are among those read, where `of` of the total are there."""
    ways = sum(comb(of, each) * comb(total - of, read - each) for each in range(found, read + 1))
    return ways / comb(total, read)


def _at_most(found: int, read: int, of: int, total: int) -> float:
    """How likely so many or fewer are."""
    ways = sum(comb(of, each) * comb(total - of, read - each) for each in range(found + 1))
    return ways / comb(total, read)

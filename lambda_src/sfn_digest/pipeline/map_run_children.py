"""The children of a Map run that failed, and from those that were read the causes of all.

They are read from the files of its ResultWriter, or else some of them are described.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import comb

from sfn_digest.aws import Account
from sfn_digest.aws.map_run_calls import end_event
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import Execution, Failure, HistoryEvent, UnsuccessfulStatus
from sfn_digest.model.map_runs import MapRun, MapRunCause, MapRunReport, MapRunSource, ResultRow
from sfn_digest.pipeline.failures import Pages, read_failure
from sfn_digest.pipeline.representatives import alike, spread, taken_after
from sfn_digest.pipeline.run import Run

THRESHOLD = "map_failure_threshold"
"""The cause that says only that too many children failed."""

EACH = 12
"""Children of a Map run whose own histories are read, from all over the time it took."""

EACH_LIKE = 2
"""The same of those that a ResultWriter's files tell of, for each cause."""

MOST_LEVELS = 3
"""How deep Distributed Maps are followed within children of Distributed Maps."""

_BY_THEMSELVES: tuple[UnsuccessfulStatus, ...] = ("FAILED", "TIMED_OUT")
"""The others were stopped, mostly since the Map run had failed."""


@dataclass(frozen=True, slots=True)
class ChildReader:
    """Reads children by a run's rules, within the time of its account."""

    run: Run
    account: Account

    def children(self, map_run: MapRun, level: int = 1) -> tuple[tuple[Failure, ...], MapRunSource]:
        """The failed children that could be read, and where they are told of.

        Raises an AccountError where AWS refuses to list them.
        """
        for bucket, prefix in self.run.request.map_results:
            folder = "/".join(filter(None, (prefix, map_run.arn.rpartition(":")[2])))
            try:
                rows = self.account.map_runs.failed_rows(bucket, folder).rows
            except AccountError:
                # Its files may lie in another place, or nowhere: then some children are asked.
                continue
            return tuple(self._of_rows(map_run, rows)), "result_files"
        found = tuple(self._sampled(map_run, EACH if level == 1 else EACH_LIKE, level))
        return found, "sample" if found else "none"

    def _sampled(self, map_run: MapRun, most: int, level: int) -> Iterator[Failure]:
        failures = map_run.executions.failures
        for status in _BY_THEMSELVES:
            counts = map_run.executions
            number = counts.failed if status == "FAILED" else counts.timed_out
            if number:
                listed = self.account.map_runs.children(map_run.arn, status)
                share = max(1, round(most * number / failures))
                for each in spread(listed, share):
                    if (child := self._read(each, level)) is not None:
                        yield child

    def _read(self, child: Execution, level: int) -> Failure | None:
        """A child's failure as its history tells it; None where that could not be read."""
        if ":express:" in child.arn:
            return self._failure(child, iter([[self.account.map_runs.end_of(child)]]))
        pages = self.account.history(child.arn)
        first = next(pages, None)
        if first is None:
            return None
        return self._leaf(self._failure(child, chain([first], pages)), level)

    def _leaf(self, child: Failure, level: int) -> Failure:
        """The child with the cause in the Map run that it had itself, where it had one."""
        arn = child.map_run_arn
        if arn is None or child.diagnosis.cause != THRESHOLD or level >= MOST_LEVELS:
            return child
        inner, _ = self.children(self.account.map_runs.describe(arn), level + 1)
        return replace(child, diagnosis=inner[0].diagnosis) if inner else child

    def _failure(self, child: Execution, pages: Pages) -> Failure:
        history = self.account.history
        return read_failure(child, pages, child_history=history, rules=self.run.rules)

    def _of_rows(self, map_run: MapRun, rows: Sequence[ResultRow]) -> Iterator[Failure]:
        """A failure for each row, with the state that is known of a few that ended like it."""
        known = {each.execution.arn: each for row in rows for each in self._of_row(map_run, row)}
        groups = alike(known.values())
        whole: dict[str, Failure] = {}
        for mine in groups.values():
            for each in spread(mine, EACH_LIKE):
                if ":express:" not in each.execution.arn:
                    child = self._read(each.execution, level=1)
                    if child is not None:
                        whole[each.execution.arn] = child
        yield from {**known, **dict(taken_after(groups, whole)), **whole}.values()

    def _of_row(self, map_run: MapRun, row: ResultRow) -> Iterator[Failure]:
        for status in _BY_THEMSELVES:
            if row.status == status and row.execution_arn:
                child = _execution(map_run, row.execution_arn, status)
                events: list[HistoryEvent] = [end_event(child, row.error, row.cause)]
                yield self._failure(child, iter([events]))


def _execution(map_run: MapRun, arn: str, status: UnsuccessfulStatus) -> Execution:
    machine = map_run.arn.rpartition(":")[0].replace(":mapRun:", ":stateMachine:")
    stopped = map_run.stopped_at or map_run.started_at
    return Execution(
        arn=arn,
        machine_arn=machine,
        name=arn.rpartition(":")[2],
        status=status,
        started_at=map_run.started_at,
        stopped_at=stopped,
    )


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

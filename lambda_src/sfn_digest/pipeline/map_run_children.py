"""The children of a Map run that failed: from the files of its ResultWriter, or some of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from sfn_digest.aws import Account
from sfn_digest.aws.map_run_calls import end_event
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import Execution, Failure, HistoryEvent, UnsuccessfulStatus
from sfn_digest.model.map_runs import MapRun, MapRunSource, ResultRow
from sfn_digest.pipeline.alike import alike, spread, taken_after
from sfn_digest.pipeline.failures import Pages, read_failure
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

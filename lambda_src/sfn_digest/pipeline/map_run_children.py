"""The children of a Map run that failed, and from those that were read the causes of all.

They are read from the files of its ResultWriter, or else some of them are described.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from sfn_digest.aws import Account
from sfn_digest.aws.account_errors import OutOfTimeError
from sfn_digest.aws.map_run_calls import end_event
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import Execution, Failure, HistoryEvent, UnsuccessfulStatus
from sfn_digest.model.map_runs import MapRun, MapRunCause, MapRunReport, MapRunSource, ResultRow
from sfn_digest.model.sample import bounds
from sfn_digest.pipeline.failures import Pages, read_failure
from sfn_digest.pipeline.representatives import alike, spread, taken_after
from sfn_digest.pipeline.run import Run

THRESHOLD = "map_failure_threshold"
"""The cause that says only that too many children failed."""

EACH = 12
"""Children of a Map run whose own histories are read, from all over the time it took."""

EACH_LIKE = 2
"""The same of those that a ResultWriter's files show, for each cause."""

MOST_PAGES = 10
"""Lists of 1,000 failed children from which those are drawn; within other children it is one."""

MOST_LEVELS = 3
"""How deep Distributed Maps are followed within children of Distributed Maps."""

_BY_THEMSELVES: tuple[UnsuccessfulStatus, ...] = ("FAILED", "TIMED_OUT")
"""The others were stopped, mostly since the Map run had failed."""


@dataclass(frozen=True, slots=True)
class ReadChildren:
    """The failed children that could be read, evenly from so many, and where they are reported."""

    failures: tuple[Failure, ...] = ()
    drawn_from: int = 0
    source: MapRunSource = "none"


@dataclass(frozen=True, slots=True)
class ChildReader:
    """Reads children by a run's rules, within the time of its account.

    `unopened` says why files were not read, of each Map run that no `map-results` led to.
    """

    run: Run
    account: Account
    unopened: list[str] = field(default_factory=list)

    def read(self, arn: str, machine_arn: str, state: str | None) -> "ReadMapRun":
        """A Map run with its failed children. Raises an AccountError where AWS refuses it."""
        map_run = self.account.map_runs.describe(arn)
        children = self.children(map_run) if map_run.executions.failures else ReadChildren()
        return ReadMapRun(map_run, machine_arn, state, children)

    def children(self, map_run: MapRun, level: int = 1) -> ReadChildren:
        """The failed children. Raises an AccountError where AWS refuses to list them."""
        why: list[str] = []
        for bucket, prefix in self.run.request.map_results:
            folder = "/".join(filter(None, (prefix, map_run.arn.rpartition(":")[2])))
            try:
                rows = self.account.map_runs.failed_rows(bucket, folder).rows
            except OutOfTimeError:
                raise
            except AccountError as error:
                # Its files may lie in another place, or nowhere: then some children are asked.
                why.append(error.sentence)
                continue
            failures = tuple(self._of_rows(map_run, rows))
            return ReadChildren(failures, len(failures), "result_files")
        self.unopened.extend(why[:1])
        return self._sampled(map_run, level)

    def _sampled(self, map_run: MapRun, level: int) -> ReadChildren:
        counts, outermost = map_run.executions, level == 1
        most, most_pages = (EACH, MOST_PAGES) if outermost else (EACH_LIKE, 1)
        found: list[Failure] = []
        drawn_from = 0
        for status in _BY_THEMSELVES:
            number = counts.failed if status == "FAILED" else counts.timed_out
            if number:
                listed = self.account.map_runs.children(map_run.arn, status, most_pages)
                drawn_from += len(listed)
                share = max(1, round(most * number / counts.failures))
                children = (self._read(each, level) for each in spread(listed, share))
                found += [each for each in children if each is not None]
        return ReadChildren(tuple(found), drawn_from, "sample" if found else "none")

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
        inner = self.children(self.account.map_runs.describe(arn), level + 1).failures
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


@dataclass(frozen=True, slots=True)
class ReadMapRun:
    """A Map run, its Map state and machine, and what was read of its failed children."""

    run: MapRun
    machine_arn: str
    state: str | None
    read: ReadChildren

    @property
    def children(self) -> tuple[Failure, ...]:
        """Those that were read."""
        return self.read.failures

    @property
    def out_of_reach(self) -> int:
        """Those of which none could be drawn: older ones of very many, or in the rest of a file."""
        return max(0, self.run.executions.failures - max(self.read.drawn_from, len(self.children)))

    @property
    def main(self) -> Failure | None:
        """A child that failed by the cause of most; None where none was read."""
        if not self.children:
            return None
        most, _ = Counter(map(_key, self.children)).most_common(1)[0]
        return next(each for each in self.children if _key(each) == most)


def map_run_report(read: ReadMapRun) -> MapRunReport:
    """What the report shows of it."""
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
        source=read.read.source,
        read=len(read.children),
        causes=_causes(read),
    )


def _key(child: Failure) -> tuple[str, str | None, str, str]:
    diagnosis = child.diagnosis
    return diagnosis.cause, child.state, diagnosis.error, diagnosis.group


def _causes(read: ReadMapRun) -> tuple[MapRunCause, ...]:
    children, unknown = read.children, read.out_of_reach
    within = max(read.run.executions.failures - unknown, len(children))
    counts = Counter(map(_key, children))
    examples = {_key(child): child.diagnosis for child in reversed(children)}
    causes = []
    for key, number in sorted(counts.items(), key=lambda item: (-item[1], str(item[0]))):
        cause, state, error, group = key
        low, high = bounds(number, len(children), within)
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
                high=high + unknown,
            )
        )
    return tuple(causes)

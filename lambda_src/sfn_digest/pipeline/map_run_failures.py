"""Why children of Distributed Maps failed, where their Map run failed and where it did not.

The parent of a Map run that failed says no more than that too many children did, and that of one
which succeeded says nothing at all. So the children are read; see `map_run_children.py`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sfn_digest import guard
from sfn_digest.aws.account_errors import OutOfTimeError
from sfn_digest.aws.coverage_notes import listed
from sfn_digest.errors import AccountError
from sfn_digest.history.map_run_events import started_map_runs
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.executions import Execution, Failure
from sfn_digest.model.successes import Success
from sfn_digest.pipeline.map_run_children import THRESHOLD, ChildReader, ReadMapRun
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scanned

MOST_SECONDS = 120.0
"""How long all of it may take, whoever waits for it."""

MOST_FAILED, MOST_TOLERATED = 20, 10
"""Map runs that are looked into at most: those that ended an execution, and others."""

MOST_PARENTS = 3
"""Executions of one Distributed Map in which tolerated failures are looked for."""

_HOUR = timedelta(hours=1)


@dataclass(slots=True)
class MapRunsRead:
    """What was read of Map runs, and what was not.

    `refused` counts Map runs by machine and reason; `left_out` are failed ones that were not looked
    into, and `tolerated` failed children that CloudWatch counted in Map runs that did not fail.
    """

    runs: list[ReadMapRun] = field(default_factory=list)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    left_out: int = 0
    tolerated: int = 0
    out_of_time: bool = False

    def children_of(self, label: str) -> int:
        """Failed children of the Map runs read, of one Distributed Map."""
        return sum(e.run.executions.failures for e in self.runs if _label(e.run.arn) == label)


def read_map_runs(run: Run, found: Scanned) -> MapRunsRead:
    """The Map runs in which children failed; first those that ended an execution."""
    account = run.account.until(min(run.deadlines.evidence, run.account.now() + MOST_SECONDS))
    reader, read = ChildReader(run, account), MapRunsRead()
    failed = _in_turn(each for each in found.failures if _is_threshold(each))
    for failure in failed[:MOST_FAILED]:
        arn = failure.map_run_arn or ""
        _look_into(reader, read, arn, failure.execution.machine_arn, failure.state)
    read.left_out = len(failed[MOST_FAILED:])
    _look_for_tolerated(reader, read, found)
    return read


def with_leaf_causes(failures: Sequence[Failure], read: MapRunsRead) -> tuple[Failure, ...]:
    """The failures, each with the cause of most failed children of the Map run that ended it."""
    main = {each.run.arn: child.diagnosis for each in read.runs if (child := each.main)}
    return tuple(
        replace(each, diagnosis=main[each.map_run_arn])
        if each.map_run_arn in main and _is_threshold(each)
        else each
        for each in failures
    )


def _is_threshold(failure: Failure) -> bool:
    return failure.map_run_arn is not None and failure.diagnosis.cause == THRESHOLD


def _in_turn(failures: Iterable[Failure]) -> list[Failure]:
    """The first of each machine's states, then the second of each, and so on."""
    groups: defaultdict[tuple[str, str | None], list[Failure]] = defaultdict(list)
    for each in failures:
        groups[each.execution.machine_arn, each.state].append(each)
    most = max(map(len, groups.values()), default=0)
    return [mine[place] for place in range(most) for mine in groups.values() if place < len(mine)]


def _look_into(
    reader: ChildReader, read: MapRunsRead, arn: str, machine_arn: str, state: str | None
) -> None:
    if read.out_of_time:
        read.left_out += 1
        return
    try:
        map_run = reader.account.map_runs.describe(arn)
        children, source = reader.children(map_run) if map_run.executions.failures else ((), "none")
    except OutOfTimeError:
        read.out_of_time = True
        read.left_out += 1
    except AccountError as error:
        read.refused[machine_arn.rpartition(":")[2], error.sentence] += 1
    else:
        if map_run.executions.failures:
            read.runs.append(ReadMapRun(map_run, machine_arn, state, source, children))


def _look_for_tolerated(reader: ChildReader, read: MapRunsRead, found: Scanned) -> None:
    """Map runs that did not fail although children did, which CloudWatch alone tells of."""
    standard = [each for each in found.machines if each.type != "EXPRESS"]
    try:
        counted = reader.account.map_runs.child_failures(standard, reader.run.request.window)
    except AccountError as error:
        read.refused["", error.sentence] += 1
        return
    left = {
        arn: round(sum(hours.values())) - read.children_of(_label_of(arn))
        for arn, hours in counted.items()
    }
    read.tolerated = sum(number for number in left.values() if number > 0)
    for arn in sorted(left, key=lambda arn: -left[arn]):
        if left[arn] > 0:
            _look_among(reader, read, arn, list(_parents(reader, read, arn, counted[arn], found)))


def _look_among(
    reader: ChildReader, read: MapRunsRead, arn: str, parents: Sequence[Execution | Success]
) -> None:
    known = {each.run.arn for each in read.runs}
    for parent in parents[:MOST_PARENTS]:
        page = next(reader.account.history(parent.arn), ())
        for each in started_map_runs(iter([page])):
            looked = sum(each.run.status != "FAILED" for each in read.runs)
            ours = _label(each.arn) == _label_of(arn) and each.arn not in known
            if ours and looked < MOST_TOLERATED:
                known.add(each.arn)
                _look_into(reader, read, each.arn, parent.machine_arn, each.state)


def _parents(
    reader: ChildReader,
    read: MapRunsRead,
    arn: str,
    hours: Mapping[datetime, float],
    found: Scanned,
) -> Iterator[Execution | Success]:
    """Executions that ran while most children failed, those of the worst hour first."""
    machine = arn.partition("/")[0]
    failed = [f.execution for f in found.failures if f.execution.machine_arn == machine]
    try:
        listed = reader.account.map_runs.succeeded(machine, reader.run.request.window)
    except AccountError as error:
        read.refused[machine.rpartition(":")[2], error.sentence] += 1
        listed = ()
    told: set[str] = set()
    every: list[Execution | Success] = [*listed, *failed]
    for hour in sorted(hours, key=lambda hour: (-hours[hour], hour)):
        for each in every:
            ran = each.started_at < hour + _HOUR and each.stopped_at >= hour
            if ran and each.arn not in told:
                told.add(each.arn)
                yield each


def _label(map_run_arn: str) -> str:
    """A Map run's ARN without its own id: what all runs of one Distributed Map share."""
    return map_run_arn.rpartition(":")[0]


def _label_of(machine_arn: str) -> str:
    """The same from the ARN that its children run under."""
    return machine_arn.replace(":stateMachine:", ":mapRun:")


def with_map_runs(run: Run, found: Scanned) -> Scanned:
    """What was found, with the causes of Distributed Maps' children as far as they can be told."""
    try:
        read = read_map_runs(run, found)
        tell(run, read)
        failures = with_leaf_causes(found.failures, read)
    except Exception as error:  # noqa: BLE001 - told by the guard; the report lacks by it
        why = run.guard.caught(guard.MAP_RUNS, error)
        run.account.note(Message(guard.MAP_RUNS.missing, error=why), left_out=True)
        return found
    return replace(found, failures=failures, map_runs=tuple(read.runs))


def tell(run: Run, read: MapRunsRead) -> None:
    """Tell all of it under the report's coverage."""
    for sentence in gaps(read):
        run.account.note(sentence, left_out=True)
    for sentence in remarks(read):
        run.account.note(sentence, left_out=False)


def gaps(read: MapRunsRead) -> Iterator[Message]:
    """What the report lacks, in whole sentences."""
    if read.left_out:
        yield ngettext(
            "{n} failed Map run was not looked into, so its cause is not known.",
            "{n} failed Map runs were not looked into, so their causes are not known.",
            read.left_out,
        )
    for reason in dict.fromkeys(reason for name, reason in read.refused if name):
        names = sorted(name for name, each in read.refused if name and each == reason)
        yield Message(
            "Map runs of {machines} could not be read: {reason}",
            machines=listed(names),
            reason=reason,
        )
    looked = sum(e.run.executions.failures for e in read.runs if e.run.status != "FAILED")
    if read.tolerated > looked:
        yield ngettext(
            "CloudWatch counted {n} more failed child of Distributed Maps, in Map runs that were "
            "not looked into.",
            "CloudWatch counted {n} more failed children of Distributed Maps, in Map runs that "
            "were not looked into.",
            read.tolerated - looked,
        )


def remarks(read: MapRunsRead) -> Iterator[Message]:
    """How the report was made, in whole sentences."""
    for name, reason in read.refused:
        if not name:
            yield Message(
                "Whether Map runs that succeeded had failed children is not known: {reason}",
                reason=reason,
            )
    if read.runs:
        yield Message(
            "The causes of {runs} with failed children come from reading {children}.",
            runs=ngettext("{n} Map run", "{n} Map runs", len(read.runs)),
            children=ngettext(
                "{n} child", "{n} children", sum(len(each.children) for each in read.runs)
            ),
        )

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
from sfn_digest.errors import AccountError
from sfn_digest.history.map_run_events import started_map_runs
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.i18n.sanitize import listed
from sfn_digest.model.executions import Diagnosis, Execution, Failure
from sfn_digest.model.map_runs import label_of_machine, label_of_run
from sfn_digest.model.successes import Success
from sfn_digest.pipeline.map_run_causes import causes_behind, is_threshold, with_leaf_causes
from sfn_digest.pipeline.map_run_children import ChildReader, ReadMapRun
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
    `unopened` says why no files were read, of each Map run that `map-results` led to none of.
    """

    runs: list[ReadMapRun] = field(default_factory=list)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    left_out: int = 0
    tolerated: int = 0
    out_of_time: bool = False
    unopened: Sequence[str] = ()
    behind: dict[str, Diagnosis] = field(default_factory=dict)
    """The children's causes by the execution whose own child had the Map run."""

    def children_of(self, label: str) -> int:
        """Failed children of the Map runs read, of one Distributed Map."""
        return sum(e.run.executions.failures for e in self.runs if label_of_run(e.run.arn) == label)


def read_map_runs(run: Run, found: Scanned) -> MapRunsRead:
    """The Map runs in which children failed; first those that ended an execution."""
    account = run.account.until(min(run.deadlines.evidence, run.account.now() + MOST_SECONDS))
    reader, read = ChildReader(run, account), MapRunsRead()
    failed = _in_turn(each for each in found.failures if is_threshold(each))
    for failure in failed[:MOST_FAILED]:
        arn = failure.map_run_arn or ""
        _look_into(reader, read, arn, failure.execution.machine_arn, failure.state)
    read.left_out = len(failed[MOST_FAILED:])
    known = {each.run.arn: each for each in read.runs}
    read.behind = causes_behind(reader, found.failures, known, read.refused)
    _look_for_tolerated(reader, read, found)
    read.unopened = reader.unopened
    return read


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
        found = reader.read(arn, machine_arn, state)
    except OutOfTimeError:
        read.out_of_time = True
        read.left_out += 1
    except AccountError as error:
        read.refused[machine_arn.rpartition(":")[2], error.sentence] += 1
    else:
        if found.run.executions.failures:
            read.runs.append(found)


def _look_for_tolerated(reader: ChildReader, read: MapRunsRead, found: Scanned) -> None:
    """Map runs that did not fail although children did, which CloudWatch alone shows."""
    standard = [each for each in found.machines if each.type != "EXPRESS"]
    try:
        counted = reader.account.map_runs.child_failures(standard, reader.run.request.window)
    except AccountError as error:
        read.refused["", error.sentence] += 1
        return
    left = {
        arn: round(sum(hours.values())) - read.children_of(label_of_machine(arn))
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
            ours = label_of_run(each.arn) == label_of_machine(arn) and each.arn not in known
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
    seen: set[str] = set()
    every: list[Execution | Success] = [*listed, *failed]
    for hour in sorted(hours, key=lambda hour: (-hours[hour], hour)):
        for each in every:
            ran = each.started_at < hour + _HOUR and each.stopped_at >= hour
            if ran and each.arn not in seen:
                seen.add(each.arn)
                yield each


def with_map_runs(run: Run, found: Scanned) -> Scanned:
    """What was found, with the causes of Distributed Maps' children as far as they are known."""
    try:
        read = read_map_runs(run, found)
        note_map_runs(run, read)
        failures = with_leaf_causes(found.failures, read.runs, read.behind)
    except Exception as error:  # noqa: BLE001 - reported by the guard; the report lacks by it
        why = run.guard.caught(guard.MAP_RUNS, error)
        run.account.note(Message(guard.MAP_RUNS.missing, error=why), left_out=True)
        return found
    return replace(found, failures=failures, map_runs=tuple(read.runs))


def note_map_runs(run: Run, read: MapRunsRead) -> None:
    """Note all of it under the report's coverage."""
    for sentence in gaps(read):
        run.account.note(sentence, left_out=True)
    for sentence in remarks(read):
        run.account.note(sentence, left_out=False)


def gaps(read: MapRunsRead) -> Iterator[Message]:
    """What the report lacks, in whole sentences."""
    if read.left_out:
        yield ngettext(
            "{n} failed Map run was not read, so its cause is unknown.",
            "{n} failed Map runs were not read, so their causes are unknown.",
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
            "CloudWatch counted {n} more failed child of Distributed Maps, in Map runs that "
            "were not read.",
            "CloudWatch counted {n} more failed children of Distributed Maps, in Map runs "
            "that were not read.",
            read.tolerated - looked,
        )
    if unknown := sum(each.out_of_reach for each in read.runs):
        yield ngettext(
            "{n} failed child of Distributed Maps could not be sampled: its Map run had too many.",
            "{n} failed children of Distributed Maps could not be sampled: a Map run had too many.",
            unknown,
        )


def remarks(read: MapRunsRead) -> Iterator[Message]:
    """How the report was made, in whole sentences."""
    for name, reason in read.refused:
        if not name:
            yield Message(
                "It is unknown whether successful Map runs had failed children: {reason}",
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
    if read.unopened:
        yield ngettext(
            "No result files of {n} Map run could be opened under map-results, so some of "
            "its children were read instead: {reason}",
            "No result files of {n} Map runs could be opened under map-results, so some of "
            "their children were read instead: {reason}",
            len(read.unopened),
            reason=read.unopened[0],
        )

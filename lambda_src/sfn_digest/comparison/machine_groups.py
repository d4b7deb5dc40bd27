"""Groups of equal failures by machine in two periods, and whether a changed definition fits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sfn_digest.model.comparison import Before, CauseChange, DefinitionChange
from sfn_digest.model.executions import Coverage, ExecutionCounts
from sfn_digest.model.report import CauseRow, FailureReport, MachineReport, Report
from sfn_digest.model.sample import Estimate, together

DAYS_BEFORE = 3
"""A change that lies farther back is not named beside a cause."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A new cause, and the execution that ended first by it, whose definition is to be looked at.

    Equal failures began with `execution_arn`; `change` is what is reported of them.
    """

    change: CauseChange
    execution_arn: str


def lookups(report: Report, before: Before) -> Sequence[Lookup]:
    """The causes that are new or came back, most executions first; counted by CloudWatch, each
    machine's main one.

    A machine that did not run in the period before may be new itself, without a definition of
    before to compare with. Of an Express execution AWS does not tell which definition it ran.
    """
    machines = groups_by_machine(report)
    idle = {arn for arn, counts in before.machines.items() if not counts.executions}
    new = [
        each
        for each in before.causes
        if each.change in ("new", "returned") and each.machine_arn not in idle
    ]
    if before.source == "cloudwatch":
        main: dict[str, CauseChange] = {}
        for change in new:
            main.setdefault(change.machine_arn, change)
        new = list(main.values())
    firsts = ((each, machines[each.machine_arn].groups[each.group].first) for each in new)
    return [
        Lookup(each, first.execution_arn)
        for each, first in firsts
        if first is not None and ":express:" not in first.execution_arn
    ]


def with_changes(
    before: Before, updated: Mapping[Lookup, datetime], versions: Mapping[str, str | None]
) -> Before:
    """The same with the changes of definitions that came shortly before new causes.

    `updated` tells when the definition that ran was last changed; `versions` the version that
    an execution ran, by its ARN.
    """
    found = {
        (each.change.machine_arn, each.change.group): DefinitionChange(
            moment, versions.get(each.execution_arn)
        )
        for each, moment in updated.items()
        if _is_shortly_before(moment, each.change.first_at)
    }
    causes = tuple(
        replace(change, definition=found.get((change.machine_arn, change.group)))
        for change in before.causes
    )
    return replace(before, causes=causes)


def _is_shortly_before(moment: datetime, first_at: datetime | None) -> bool:
    return first_at is not None and (
        timedelta(0) <= first_at - moment <= timedelta(days=DAYS_BEFORE)
    )


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """Equal failures of one machine.

    `first` and `last` are the executions that ended first and last by them, None where a kept
    report lacks its list of failures. `expected`: all of them are no news.
    """

    cause: str
    state: str | None
    executions: int
    first: FailureReport | None
    last: FailureReport | None
    expected: bool
    estimated: Estimate | None = None
    """Of all that failed, where only a sample was read."""

    @property
    def likely(self) -> int:
        """The best guess of how many executions ended by it."""
        return self.estimated.executions if self.estimated else self.executions


@dataclass(frozen=True, slots=True)
class MachineGroups:
    """One machine: its groups by key, and all its failed `attempts`.

    `whole`: every unsuccessful execution was read, so that a group that is not there did not
    strike. `ran`: anything closed. `attempted` are the groups that cost failed attempts and ended
    no execution: none of `groups`, and yet not new when they end one.
    """

    counts: ExecutionCounts
    groups: Mapping[str, CauseGroup]
    attempts: int
    whole: bool
    attempted: frozenset[str]

    @property
    def ran(self) -> bool:
        """Whether any execution closed."""
        return self.counts.executions > 0


def groups_by_machine(report: Report) -> Mapping[str, MachineGroups]:
    """The report's machines by ARN."""
    failures: dict[tuple[str, str], list[FailureReport]] = defaultdict(list)
    for failure in report.failures:
        failures[failure.machine_arn, failure.group].append(failure)
    return {each.arn: _machine(each, report, failures) for each in report.machines}


def _machine(
    machine: MachineReport,
    report: Report,
    failures: Mapping[tuple[str, str], list[FailureReport]],
) -> MachineGroups:
    rows: dict[str, list[CauseRow]] = defaultdict(list)
    for row in machine.causes:
        if row.executions:
            rows[row.group].append(row)
    groups = {
        key: _group(found, failures.get((machine.arn, key), ())) for key, found in rows.items()
    }
    counts = ExecutionCounts(machine.succeeded, machine.failed, machine.timed_out, machine.aborted)
    read = sum(group.executions for group in groups.values())
    return MachineGroups(
        counts,
        groups,
        attempts=sum(row.failed_attempts for row in machine.causes),
        whole=_is_seen(machine.arn, counts, report.coverage) and read == counts.unsuccessful,
        attempted=frozenset(row.group for row in machine.causes) - groups.keys(),
    )


def _is_seen(arn: str, counts: ExecutionCounts, read: Coverage) -> bool:
    """Whether a machine's numbers are known: one without any execution may be one that could be
    neither counted nor listed.
    """
    counted = read.executions_counted and arn not in read.skipped
    return read.complete or counted or counts.executions > 0


def _group(rows: list[CauseRow], failures: Sequence[FailureReport]) -> CauseGroup:
    most = max(rows, key=lambda row: row.executions)
    executions = sum(row.executions for row in rows)
    return CauseGroup(
        most.cause,
        most.state,
        executions,
        first=min(failures, key=_ended, default=None),
        last=max(failures, key=_ended, default=None),
        expected=executions == sum(row.expected_executions for row in rows),
        estimated=together((row.executions, row.estimated) for row in rows),
    )


def _ended(failure: FailureReport) -> tuple[datetime, str]:
    return failure.stopped_at, failure.execution_arn

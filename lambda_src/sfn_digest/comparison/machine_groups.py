"""A report's groups of equal failures by machine, as two periods are held against each other."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sfn_digest.model.executions import ExecutionCounts
from sfn_digest.model.report import CauseRow, FailureReport, MachineReport, Report
from sfn_digest.model.sample import Estimate, together


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
        whole=_is_whole(counts, read, complete=report.coverage.complete),
        attempted=frozenset(row.group for row in machine.causes) - groups.keys(),
    )


def _is_whole(counts: ExecutionCounts, read: int, *, complete: bool) -> bool:
    """Whether all of a machine's failures are known by cause, `read` of them having been read.

    Where a report is not `complete`, a machine without any execution may be one that could be
    neither counted nor listed.
    """
    seen = complete or counts.executions > 0
    return seen and read == counts.unsuccessful


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

"""This period's groups of equal failures, as the period before is held against them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sfn_digest.comparison.previous_report import is_whole
from sfn_digest.model.executions import ExecutionCounts
from sfn_digest.model.report import CauseRow, FailureReport, MachineReport, Report


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """Equal failures of one machine: `first` is the execution that ended first by them."""

    cause: str
    state: str | None
    executions: int
    first: FailureReport


@dataclass(frozen=True, slots=True)
class MachineGroups:
    """One machine: its groups by key; `whole` and `tried` as in PreviousMachine; `ran`: anything
    closed.
    """

    groups: Mapping[str, CauseGroup]
    whole: bool
    ran: bool
    tried: frozenset[str]


def groups_by_machine(report: Report) -> Mapping[str, MachineGroups]:
    """This report's machines by ARN."""
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
    groups = {key: _group(found, failures[machine.arn, key]) for key, found in rows.items()}
    counts = ExecutionCounts(machine.succeeded, machine.failed, machine.timed_out, machine.aborted)
    read = sum(group.executions for group in groups.values())
    whole = is_whole(counts, read, complete=report.coverage.complete)
    tried = frozenset(row.group for row in machine.causes) - groups.keys()
    return MachineGroups(groups, whole, counts.succeeded + counts.unsuccessful > 0, tried)


def _group(rows: list[CauseRow], failures: list[FailureReport]) -> CauseGroup:
    most = max(rows, key=lambda row: row.executions)
    executions = sum(row.executions for row in rows)
    return CauseGroup(most.cause, most.state, executions, min(failures, key=_ended))


def _ended(failure: FailureReport) -> tuple[datetime, str]:
    return failure.stopped_at, failure.execution_arn

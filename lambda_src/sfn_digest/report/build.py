"""From failures that were read and named to the report that every face shows."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TypeAlias

from sfn_digest.model.executions import (
    Coverage,
    Diagnosis,
    ExecutionCounts,
    Failure,
    HandledError,
    Stage,
    StateMachine,
    Window,
)
from sfn_digest.model.machine_tags import environment_rank
from sfn_digest.model.recoveries import HandledReport
from sfn_digest.model.report import (
    CauseRow,
    FailureReport,
    MachineReport,
    Report,
    Totals,
)

_RowKey: TypeAlias = tuple[str, str | None, str, str, Stage]
_NO_EXECUTIONS = ExecutionCounts()


def build_report(
    *,
    account_id: str,
    region: str,
    window: Window,
    machines: Sequence[StateMachine],
    counts: Mapping[str, ExecutionCounts],
    found: Mapping[str, ExecutionCounts],
    failures: Sequence[Failure],
    coverage: Coverage,
    unlisted: Collection[str],
    incidents: Mapping[str, str] | None = None,
) -> Report:
    """Put what was found into the report: production first, and machines with most failures.

    `counts` are CloudWatch's, by machine ARN; a machine it does not name had no executions.
    A machine's failed, timed out and aborted numbers are those `found` by listing, whether or not
    each history could be read; CloudWatch's stand for Express machines and those in `unlisted`.
    `incidents` holds the first execution of each one's incident; one that is not in it has its own.
    Raises ValueError where a failure is of no machine given.
    """
    failures = latest_first(failures)
    reports = [
        _machine_report(each, counts, _ended(each, counts, found, unlisted), own)
        for each, own in _by_machine(failures, machines)
    ]
    failed = _failure_reports(failures, incidents or {})
    return Report(
        account_id=account_id,
        region=region,
        window=window,
        totals=totals_of(reports, failed),
        machines=tuple(sorted(reports, key=most_pressing)),
        failures=failed,
        hints=(),
        coverage=coverage,
    )


def most_pressing(machine: MachineReport) -> tuple[tuple[int, str], int, str, str]:
    """Production first, then machines of no environment, then the others by name; in each those
    with most failures first that were not expected.
    """
    rank = environment_rank(machine.environment)
    return rank, -machine.unexpected, machine.name, machine.arn


def latest_first(failures: Iterable[Failure]) -> tuple[Failure, ...]:
    """The failures by the time they ended, in an order that no reading thread has a say in."""
    return tuple(
        sorted(failures, key=lambda f: (f.execution.stopped_at, f.execution.arn), reverse=True)
    )


def _by_machine(
    failures: Sequence[Failure], machines: Sequence[StateMachine]
) -> Iterable[tuple[StateMachine, list[Failure]]]:
    by_machine: dict[str, list[Failure]] = {machine.arn: [] for machine in machines}
    for failure in failures:
        if failure.execution.machine_arn not in by_machine:
            raise ValueError(f"a failure of {failure.execution.machine_arn}, not asked for")
        by_machine[failure.execution.machine_arn].append(failure)
    return ((machine, by_machine[machine.arn]) for machine in machines)


def _ended(
    machine: StateMachine,
    counts: Mapping[str, ExecutionCounts],
    found: Mapping[str, ExecutionCounts],
    unlisted: Collection[str],
) -> ExecutionCounts:
    """The executions that did not succeed: those found, or counted where none can be listed."""
    counted, listed = (each.get(machine.arn, _NO_EXECUTIONS) for each in (counts, found))
    if machine.type == "EXPRESS":
        return ExecutionCounts(
            failed=max(counted.failed, listed.failed),
            timed_out=max(counted.timed_out, listed.timed_out),
            aborted=max(counted.aborted, listed.aborted),
        )
    return counted if machine.arn in unlisted else listed


def _machine_report(
    machine: StateMachine,
    counts: Mapping[str, ExecutionCounts],
    ended: ExecutionCounts,
    failures: list[Failure],
) -> MachineReport:
    return MachineReport(
        arn=machine.arn,
        name=machine.name,
        type=machine.type,
        succeeded=counts.get(machine.arn, _NO_EXECUTIONS).succeeded,
        failed=ended.failed,
        timed_out=ended.timed_out,
        aborted=ended.aborted,
        causes=_cause_rows(failures),
        **{each.name: getattr(machine.tags, each.name) for each in fields(machine.tags)},
    )


@dataclass(slots=True)
class _Tally:
    example: Diagnosis
    executions: int = field(default=0)
    attempts: int = field(default=0)


def _cause_rows(failures: Iterable[Failure]) -> tuple[CauseRow, ...]:
    tallies: dict[_RowKey, _Tally] = {}
    for failure in failures:
        _tally(tallies, failure.state, failure.diagnosis).executions += 1
        for tried in failure.attempts:
            _tally(tallies, tried.state, tried.diagnosis).attempts += 1
    rows = [_cause_row(key, tally) for key, tally in tallies.items()]
    return tuple(sorted(rows, key=_most_executions_first))


def _tally(tallies: dict[_RowKey, _Tally], state: str | None, diagnosis: Diagnosis) -> _Tally:
    key = (diagnosis.cause, state, diagnosis.error, diagnosis.group, diagnosis.stage)
    return tallies.setdefault(key, _Tally(diagnosis))


def _cause_row(key: _RowKey, tally: _Tally) -> CauseRow:
    cause, state, error, group, stage = key
    return CauseRow(
        cause=cause,
        nature=tally.example.nature,
        state=state,
        error=error,
        group=group,
        message=tally.example.message,
        executions=tally.executions,
        failed_attempts=tally.attempts,
        stage=stage,
        integration=tally.example.integration,
    )


def _most_executions_first(row: CauseRow) -> tuple[int, int, str, str, str, str, str]:
    size = (-row.executions, -row.failed_attempts)
    return (*size, row.cause, row.state or "", row.error, row.group, row.stage)


def totals_of(
    machines: Collection[MachineReport], failures: Collection[FailureReport], expected: int = 0
) -> Totals:
    """The totals of some machines, with those of their failures that were read."""
    succeeded = sum(machine.succeeded for machine in machines)
    incidents = {each.incident for each in failures if each.status != "ABORTED"}
    return Totals(
        executions=succeeded + sum(machine.unsuccessful for machine in machines),
        succeeded=succeeded,
        failed=sum(machine.failed for machine in machines),
        timed_out=sum(machine.timed_out for machine in machines),
        aborted=sum(machine.aborted for machine in machines),
        repeated=sum(each.root != each.execution_arn for each in failures),
        incidents=len(incidents),
        expected=expected,
    )


def _failure_reports(
    failures: Sequence[Failure], incidents: Mapping[str, str]
) -> tuple[FailureReport, ...]:
    """The failures, each with the one it began with: its innermost child here, or itself."""
    here = {failure.execution.arn for failure in failures}
    roots = [
        next((child for child in reversed(f.children) if child in here), f.execution.arn)
        for f in failures
    ]
    return tuple(
        _failure_report(failure, root, incidents.get(root, root))
        for failure, root in zip(failures, roots, strict=True)
    )


def _failure_report(failure: Failure, root: str, incident: str) -> FailureReport:
    execution, diagnosis = failure.execution, failure.diagnosis
    tried = [each.diagnosis for each in failure.attempts]
    return FailureReport(
        execution_arn=execution.arn,
        machine_arn=execution.machine_arn,
        root=root,
        incident=incident,
        status=execution.status,
        state=failure.state,
        fail_state=failure.fail_state,
        cause=diagnosis.cause,
        error=diagnosis.error,
        message=diagnosis.message,
        group=diagnosis.group,
        nature=diagnosis.nature,
        started_at=execution.started_at,
        stopped_at=execution.stopped_at,
        redrive_count=execution.redrive_count,
        failed_attempts=_most_first(each.cause for each in tried),
        attempts_complete=failure.attempts_complete,
        start_failures=_most_first(each.cause for each in tried if each.stage == "start"),
        stage=diagnosis.stage,
        handled=handled_report(failure.handled),
        state_implied=failure.state_implied,
    )


def _most_first(causes: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(causes).items(), key=lambda item: (-item[1], item[0])))


def handled_report(error: HandledError | None) -> HandledReport | None:
    """What a report shows of an error whose handler failed too; None where there was none."""
    if error is None:
        return None
    diagnosis = error.diagnosis
    return HandledReport(error.state, diagnosis.cause, diagnosis.error, diagnosis.message)

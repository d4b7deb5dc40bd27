"""The report on the period before as it was kept: read back, and asked what it reported."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sfn_digest.model.executions import Execution
from sfn_digest.model.older_reports import upgraded
from sfn_digest.model.plain import PlainError, from_plain
from sfn_digest.model.report import SCHEMA_VERSION, Report

MOST_COUNTED = 10**12
"""Of anything in a report."""
LONGEST_WINDOW = timedelta(days=100)
"""Longer than Step Functions keeps executions."""


def read_previous_report(kept: Mapping[str, Any]) -> Report | None:
    """The report that was kept, perhaps by another release; None where it is none of this
    schema version or the one before, or has no numbers.

    A report that was made without CloudWatch has none: its successes were unknown.
    """
    plain = upgraded(kept)
    if plain.get("schema_version") != SCHEMA_VERSION:
        return None
    try:
        report = from_plain(Report, plain)
    except PlainError:
        return None
    counted = report.coverage.complete or any(each.succeeded for each in report.machines)
    counts = list(_counts(report))
    possible = all(0 <= each <= MOST_COUNTED for each in counts)
    sound = possible and timedelta() < report.window.end - report.window.start <= LONGEST_WINDOW
    return report if counted and sound else None


def _counts(report: Report) -> Iterator[int]:
    for machine in report.machines:
        yield from (machine.succeeded, machine.failed, machine.timed_out, machine.aborted)
        for row in machine.causes:
            yield from (row.executions, row.failed_attempts, row.expected_executions)


def unreported_by(earlier: Report) -> Callable[[Execution], bool]:
    """Whether a report surely said nothing of an execution that closed in its window.

    A machine that it counted failures of in that status without naming each one may have had
    this one among them.
    """
    machines = {each.arn: each for each in earlier.machines}
    named = {each.execution_arn for each in earlier.failures}
    listed = Counter(each.machine_arn for each in earlier.failures)

    def untold(execution: Execution) -> bool:
        machine = machines.get(execution.machine_arn)
        if machine is None or execution.arn in named:
            return False
        by_status = {
            "FAILED": machine.failed,
            "TIMED_OUT": machine.timed_out,
            "ABORTED": machine.aborted,
        }
        every = listed[machine.arn] == sum(by_status.values())
        return every or not by_status[execution.status]

    return untold

"""Reports of a few machines and causes, as the digest makes them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sfn_digest.model.executions import Coverage, Window
from sfn_digest.model.report import CauseRow, FailureReport, MachineReport, Report, Totals

END = datetime(2026, 3, 9, 8, tzinfo=UTC)
WEEK = Window(END - timedelta(days=7), END)
WEEK_BEFORE = Window(END - timedelta(days=14), END - timedelta(days=7))
PREFIX = "arn:aws:states:eu-west-1:123456789012:"


def arn(name: str) -> str:
    return f"{PREFIX}stateMachine:{name}"


def cause(name: str, executions: int, *, state: str | None = "Work", version: int = 1) -> CauseRow:
    """A row of cause `name`, whose group is called after it."""
    group = f"{version}:{name}"
    return CauseRow(name, "permanent", state, "E", group, "said", executions, failed_attempts=0)


def machine(name: str, *causes: CauseRow, succeeded: int = 100, attempts: int = 0) -> MachineReport:
    """A machine all of whose failures were read; the first row cost all the `attempts`."""
    rows = list(causes)
    if attempts:
        rows[0] = replace(rows[0], failed_attempts=attempts)
    failed = sum(row.executions for row in rows)
    return MachineReport(arn(name), name, "STANDARD", succeeded, failed, 0, 0, tuple(rows))


def failure(
    name: str, group: str, number: int, *, window: Window = WEEK, ended: datetime | None = None
) -> FailureReport:
    """An execution that ended `number` hours after the window's start."""
    stopped = ended or window.start + timedelta(hours=number + 1)
    execution = f"{PREFIX}execution:{name}:{group}-{number}"
    return FailureReport(
        execution_arn=execution,
        machine_arn=arn(name),
        root=execution,
        incident=execution,
        status="FAILED",
        state="Work",
        fail_state=None,
        cause=group.partition(":")[2],
        error="E",
        message="said",
        group=group,
        nature="permanent",
        started_at=stopped - timedelta(minutes=1),
        stopped_at=stopped,
        redrive_count=0,
        failed_attempts={},
        attempts_complete=True,
    )


def report(
    *machines: MachineReport,
    window: Window = WEEK,
    complete: bool = True,
    failures: tuple[FailureReport, ...] | None = None,
) -> Report:
    """A report on the machines; its failures are those of their rows unless they are given."""
    made: list[FailureReport] = []
    for each in machines:
        ended = [row.group for row in each.causes for _ in range(row.executions)]
        made += [failure(each.name, group, at, window=window) for at, group in enumerate(ended)]
    succeeded = sum(each.succeeded for each in machines)
    failed = sum(each.unsuccessful for each in machines)
    return Report(
        account_id="123456789012",
        region="eu-west-1",
        window=window,
        totals=Totals(succeeded + failed, succeeded, failed, 0, 0, 0, failed),
        machines=machines,
        failures=tuple(made) if failures is None else failures,
        hints=(),
        coverage=Coverage(len(machines), len(machines), failed, failed, {}, 0, complete, ()),
    )

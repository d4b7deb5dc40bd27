"""The state machines with failures at a terminal, each with its causes."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table

from sfn_digest.i18n.message import Message
from sfn_digest.model.report import CauseRow, MachineReport, Report
from sfn_digest.report import compared, leading
from sfn_digest.report import presenter as view
from sfn_digest.report.environments import headed, itself
from sfn_digest.report.shown import Shown
from sfn_digest.report.terminal.first_screen import machine_name, runbook
from sfn_digest.report.terminal.parts import FAINT, TITLE, ByWidth, indented, plain_table
from sfn_digest.report.terminal.wrap import Text
from sfn_digest.report.wording import findings, labels, quantities

_MACHINES = 20
_CAUSES_OF_A_MACHINE = 5


def machines(report: Report, texts: Shown) -> RenderableType:
    """The machines with failures and their causes: a table, or lines where there is no room."""
    return ByWidth(_table(report, texts), Group(*_listed(report, texts)))


def _listed(report: Report, texts: Shown) -> Iterator[RenderableType]:
    """The machines in lines, where a table would leave no room for their names."""
    failing = view.failing_machines(report)
    for machine, heading in headed(failing[:_MACHINES], itself, report, texts):
        if heading:
            yield Text(heading, FAINT)
        yield _named(machine, texts)
        executions = view.executions_of(report, machine)
        failed = texts.tell(findings.machine_failures(machine.failures, executions))
        change = compared.machine_change(report, machine.arn, machine.failures, texts)
        yield indented(Text(f"{failed}{texts.tell(labels.COMMA)}{change}" if change else failed))
        for row in machine.causes[:_CAUSES_OF_A_MACHINE]:
            number = texts.tell(quantities.about(row.executions, row.estimated))
            yield indented(indented(Text(f"{number} ").append_text(_cause(row, texts))))
    if hidden := failing[_MACHINES:]:
        failures = sum(machine.failures for machine in hidden)
        yield Text(texts.tell(quantities.more_machines(len(hidden), failures)), FAINT)


def _table(report: Report, texts: Shown) -> Table:
    table = plain_table()
    headings = [texts.tell(labels.FAILURES), texts.tell(labels.OF), texts.tell(Message("Attempts"))]
    if report.before:
        headings.insert(1, texts.tell(labels.CHANGED))
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column()
    failing = view.failing_machines(report)
    for machine, heading in headed(failing[:_MACHINES], itself, report, texts):
        if heading:
            table.add_row(*_row(report, said=Text(heading, FAINT)))
        for row in _machine_rows(report, machine, texts):
            table.add_row(*row)
    if hidden := failing[_MACHINES:]:
        failures = sum(machine.failures for machine in hidden)
        table.add_row(
            *_row(report, said=texts.tell(quantities.more_machines(len(hidden), failures)))
        )
    return table


def _named(machine: MachineReport, texts: Shown) -> Text:
    known = leading.about(machine, "", texts)
    return Text.assemble(machine_name(machine, texts), known, runbook(machine, texts))


def _row(
    report: Report,
    *,
    said: RenderableType,
    failures: RenderableType = "",
    change: str = "",
    of: str = "",
    attempts: str = "",
) -> list[RenderableType]:
    """A row of the table of machines, which tells a change where the period before is known."""
    return [failures, *([change] if report.before else []), of, attempts, said]


def _machine_rows(
    report: Report, machine: MachineReport, texts: Shown
) -> Iterator[list[RenderableType]]:
    executions = view.executions_of(report, machine)
    yield _row(
        report,
        failures=Text(texts.number(machine.failures), TITLE),
        change=compared.machine_change(report, machine.arn, machine.failures, texts),
        of="" if executions is None else texts.number(executions),
        attempts=_count(view.failed_attempts(machine), texts),
        said=_named(machine, texts),
    )
    if not machine.causes:
        yield _row(report, said=indented(Text(texts.tell(labels.CAUSES_NOT_READ), FAINT)))
    for row in machine.causes[:_CAUSES_OF_A_MACHINE]:
        yield _row(
            report,
            failures=texts.tell(quantities.about(row.executions, row.estimated))
            if row.executions
            else "",
            attempts=_count(row.failed_attempts, texts),
            said=indented(_cause(row, texts)),
        )
    if hidden := len(machine.causes[_CAUSES_OF_A_MACHINE:]):
        yield _row(report, said=indented(Text(texts.tell(quantities.more_causes(hidden)), FAINT)))


def _cause(row: CauseRow, texts: Shown) -> Text:
    state = texts.name(row.state) if row.state else None
    said = Text(texts.tell(findings.cause_in(texts.title(row.cause), state)))
    detail = texts.detail(row.error, row.message)
    return said.append(f"\n{detail}", FAINT) if detail else said


def _count(value: int, texts: Shown) -> str:
    return texts.number(value) if value else ""

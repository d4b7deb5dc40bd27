"""The first screen of a report at a terminal: what needs somebody, the hints, and the machines."""

from collections.abc import Iterator, Sequence
from operator import attrgetter

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table

from sfn_digest.i18n.message import Message
from sfn_digest.model.report import CauseRow, MachineReport, Report
from sfn_digest.report import compared, leading
from sfn_digest.report import console as links
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import Shown
from sfn_digest.report.subsets import by_environment, headed, itself
from sfn_digest.report.terminal.sections import FAINT, TITLE, ByWidth, indented, plain_table
from sfn_digest.report.terminal.wrap import Text
from sfn_digest.report.wording import findings, labels, quantities
from sfn_digest.report.wording import leading_sentences as words

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
        failed = texts.translate(findings.machine_failures(machine.failures, executions))
        change = compared.machine_change(report, machine.arn, machine.failures, texts)
        yield indented(
            Text(f"{failed}{texts.translate(labels.COMMA)}{change}" if change else failed)
        )
        for row in machine.causes[:_CAUSES_OF_A_MACHINE]:
            number = texts.translate(quantities.about(row.executions, row.estimated))
            yield indented(indented(Text(f"{number} ").append_text(_cause(row, texts))))
    if hidden := failing[_MACHINES:]:
        failures = sum(machine.failures for machine in hidden)
        yield Text(texts.translate(quantities.more_machines(len(hidden), failures)), FAINT)


def _table(report: Report, texts: Shown) -> Table:
    table = plain_table()
    headings = [
        texts.translate(labels.FAILURES),
        texts.translate(labels.OF),
        texts.translate(Message("Attempts")),
    ]
    if report.before:
        headings.insert(1, texts.translate(labels.CHANGED))
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
            *_row(report, said=texts.translate(quantities.more_machines(len(hidden), failures)))
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
        yield _row(report, said=indented(Text(texts.translate(labels.CAUSES_NOT_READ), FAINT)))
    for row in machine.causes[:_CAUSES_OF_A_MACHINE]:
        yield _row(
            report,
            failures=texts.translate(quantities.about(row.executions, row.estimated))
            if row.executions
            else "",
            attempts=_count(row.failed_attempts, texts),
            said=indented(_cause(row, texts)),
        )
    if hidden := len(machine.causes[_CAUSES_OF_A_MACHINE:]):
        yield _row(
            report, said=indented(Text(texts.translate(quantities.more_causes(hidden)), FAINT))
        )


def _cause(row: CauseRow, texts: Shown) -> Text:
    state = texts.name(row.state) if row.state else None
    said = Text(texts.translate(findings.cause_in(texts.title(row.cause), state)))
    detail = texts.detail(row.error, row.message)
    return said.append(f"\n{detail}", FAINT) if detail else said


def _count(value: int, texts: Shown) -> str:
    return texts.number(value) if value else ""


NOTES = 10
_OTHERS = 5
_HINT_TITLES = 5
_WARNING = "bold yellow"


def first_screen(report: Report, texts: Shown) -> Iterator[RenderableType]:
    """What needs somebody, and what each hint would bring: within a screen of 40 lines."""
    lead = leading.lines(report, texts, _OTHERS)
    yield Text(leading.headline(report, texts), TITLE)
    yield from partial(report, texts)
    yield from section(texts.translate(words.NEEDS), _lines(lead.needs, report, texts))
    others = _lines(lead.others, report, texts)
    if lead.more:
        others.append(Text(lead.more, FAINT))
    yield from section(texts.translate(words.OTHERS), others)
    yield from section(texts.translate(labels.HINTS), _hint_titles(report, texts))
    yield Text()
    yield Text(leading.context(report, texts), FAINT)


def _lines(lines: Sequence[leading.Line], report: Report, texts: Shown) -> list[RenderableType]:
    """Lines by environment, each under its heading."""
    parts: list[RenderableType] = []
    for heading, those in by_environment(lines, attrgetter("machine"), report, texts):
        entries = [_line(each, texts) for each in those]
        parts += [Text(heading, FAINT), *map(indented, entries)] if heading else entries
    return parts


def _line(line: leading.Line, texts: Shown) -> RenderableType:
    do = texts.after_stop(line.do) if line.do else ""
    known = leading.about(line.machine, "", texts)
    name = machine_name(line.machine, texts)
    return Text.assemble(name, f"{known}: {line.said}", (do, TITLE), runbook(line.machine, texts))


def runbook(machine: MachineReport, texts: Shown) -> str:
    """Give the address of a machine's runbook, which a pipe takes along too."""
    return f" {texts.translate(words.RUNBOOK)}: {machine.runbook}" if machine.runbook else ""


def _hint_titles(report: Report, texts: Shown) -> list[RenderableType]:
    names = view.machine_names(report)
    parts: list[RenderableType] = []
    for hint in report.hints[:_HINT_TITLES]:
        gain = leading.benefit(hint, texts)
        title = texts.hint_title(hint, names[hint.machine_arn])
        parts.append(Text(f"{title}{': ' if gain else ''}{gain}"))
    if hidden := len(report.hints[_HINT_TITLES:]):
        parts.append(Text(texts.translate(quantities.more_hints(hidden)), FAINT))
    return parts


def section(title: str, parts: list[RenderableType]) -> list[RenderableType]:
    if not parts:
        return []
    return [Text(), Text(title, TITLE), *map(indented, parts)]


def partial(report: Report, texts: Shown) -> list[RenderableType]:
    missing = texts.partial(report, NOTES)
    return (
        [Text.assemble((texts.translate(labels.PARTIAL), _WARNING), f" {missing}")]
        if missing
        else []
    )


def machine_name(machine: MachineReport, texts: Shown) -> Text:
    link = Style(bold=True, link=links.machine_url(machine.arn))
    kind = f" ({texts.translate(labels.EXPRESS)})" if machine.type == "EXPRESS" else ""
    return Text.assemble((texts.name(machine.name), link), kind)

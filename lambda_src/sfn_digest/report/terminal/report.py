"""The report for a terminal or a pipe; needs the optional package rich.

All text goes in as rich's Text, which reads no markup, after it was cleaned of control
characters: what is printed holds no command but our own colours and links.
"""

from collections.abc import Iterable, Iterator
from typing import TextIO

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table

from sfn_digest.i18n.message import Message
from sfn_digest.model.report import CauseRow, FailureReport, Hint, MachineReport, Report
from sfn_digest.report import compared, leading
from sfn_digest.report import console as links
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import Shown
from sfn_digest.report.snippet import command
from sfn_digest.report.terminal.first_screen import (
    NOTES,
    first_screen,
    machine_name,
    partial,
    runbook,
    section,
)
from sfn_digest.report.terminal.map_runs import map_runs as told_map_runs
from sfn_digest.report.terminal.parts import FAINT, TITLE, indented, plain_table
from sfn_digest.report.terminal.past import (
    adopted,
    carried_over,
    changes,
    numbers,
    redrive,
    trend,
)
from sfn_digest.report.terminal.print import plain, print_to
from sfn_digest.report.terminal.unnoticed import unnoticed
from sfn_digest.report.terminal.wrap import Text
from sfn_digest.report.wording import counts, findings, labels, map_runs
from sfn_digest.report.wording import unnoticed as wording

_MACHINES = 20
_CAUSES_OF_A_MACHINE = 5
_EXECUTIONS = 12
_CAUSES = 5
_HINTS = 10


def write(report: Report, texts: Shown, out: TextIO, *, brief: bool = False) -> None:
    """Write the report to `out`: in color, with links, where that is a terminal.

    `brief` is what needs somebody alone: the first screen.
    """
    print_to(out, _digest(report, texts, brief=brief))


def render(report: Report, texts: Shown, width: int, *, brief: bool = False) -> str:
    """Give the report as plain text in lines of at most `width` columns, save for addresses."""
    return plain(_digest(report, texts, brief=brief), width)


def _digest(report: Report, texts: Shown, *, brief: bool) -> RenderableType:
    if not report.totals.failures:
        return Group(
            *partial(report, texts),
            Text(texts.quiet(report)),
            *trend(report, texts),
            *section(texts.tell(labels.CHANGES), changes(report, texts)),
            *section(texts.tell(labels.ADOPTED), adopted(report, texts)),
            *section(texts.tell(map_runs.TITLE), told_map_runs(report, texts)),
            *section(texts.tell(wording.TITLE), unnoticed(report, texts)),
            *_coverage(report, texts),
        )
    if brief:
        return Group(*first_screen(report, texts))
    return Group(
        *first_screen(report, texts),
        Text(),
        numbers(report, texts),
        *trend(report, texts),
        *section(texts.tell(labels.MACHINES), [_machines(report, texts)]),
        *section(texts.tell(labels.CHANGES), changes(report, texts)),
        *section(texts.tell(labels.CARRIED_OVER), carried_over(report, texts)),
        *section(
            texts.tell(
                Message("Executions with the most failed attempts, from each state machine in turn")
            ),
            _executions(report, texts),
        ),
        *section(texts.tell(map_runs.TITLE), told_map_runs(report, texts)),
        *section(texts.tell(wording.TITLE), unnoticed(report, texts)),
        *section(texts.tell(labels.HINTS), _hints(report, texts)),
        *section(texts.tell(labels.ADOPTED), adopted(report, texts)),
        *section(texts.tell(labels.REDRIVE), redrive(report, texts)),
        *section(texts.tell(labels.WHAT_TO_DO), _advice(report, texts)),
        Text(),
        Text(texts.scope(report)),
        *_coverage(report, texts),
    )


def _machines(report: Report, texts: Shown) -> Table:
    table = plain_table()
    headings = [texts.tell(labels.FAILURES), texts.tell(labels.OF), texts.tell(Message("Attempts"))]
    if report.before:
        headings.insert(1, texts.tell(labels.CHANGED))
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column()
    failing = view.failing_machines(report)
    for machine in failing[:_MACHINES]:
        for row in _machine_rows(report, machine, texts):
            table.add_row(*row)
    if hidden := failing[_MACHINES:]:
        failures = sum(machine.failures for machine in hidden)
        table.add_row(*_row(report, said=texts.tell(counts.more_machines(len(hidden), failures))))
    return table


def _named(machine: MachineReport, report: Report, texts: Shown) -> Text:
    known = leading.about(machine, leading.environment(machine, report, texts), texts)
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
        said=_named(machine, report, texts),
    )
    if not machine.causes:
        yield _row(report, said=indented(Text(texts.tell(labels.CAUSES_NOT_READ), FAINT)))
    for row in machine.causes[:_CAUSES_OF_A_MACHINE]:
        yield _row(
            report,
            failures=texts.tell(counts.about(row.executions, row.estimated))
            if row.executions
            else "",
            attempts=_count(row.failed_attempts, texts),
            said=indented(_cause(row, texts)),
        )
    if hidden := len(machine.causes[_CAUSES_OF_A_MACHINE:]):
        yield _row(report, said=indented(Text(texts.tell(counts.more_causes(hidden)), FAINT)))


def _cause(row: CauseRow, texts: Shown) -> Text:
    state = texts.name(row.state) if row.state else None
    said = Text(texts.tell(findings.cause_in(texts.title(row.cause), state)))
    detail = texts.detail(row.error, row.message)
    return said.append(f"\n{detail}", FAINT) if detail else said


def _executions(report: Report, texts: Shown) -> list[RenderableType]:
    names = view.machine_names(report)
    hardest = view.hardest_failures(report, _EXECUTIONS, at_least=0)
    parts: list[RenderableType] = [
        _execution(failure, names[failure.machine_arn], texts) for failure in hardest
    ]
    if hidden := len(report.failures) - len(hardest):
        parts.append(Text(texts.tell(counts.more_executions_in_json(hidden))))
    return parts


def _execution(failure: FailureReport, machine: str, texts: Shown) -> RenderableType:
    url = links.execution_url(failure.execution_arn)
    name = texts.name(view.execution_name(failure.execution_arn))
    cause = f"{texts.tell(labels.NO_FAILED_ATTEMPT)}: {texts.title(failure.cause)}"
    said = texts.attempts_of(failure) if failure.failed_attempts else cause
    ended = texts.tell(findings.ended(failure.status, failure.stopped_at))
    return Group(
        Text.assemble(f"{texts.name(machine)} / ", (name, Style(link=url))),
        indented(Text.assemble((f"{ended}: ", FAINT), said)),
    )


def _hints(report: Report, texts: Shown) -> list[RenderableType]:
    names = view.machine_names(report)
    parts: list[RenderableType] = [
        Group(
            Text(texts.hint_title(hint, names[hint.machine_arn]), TITLE),
            indented(Text(texts.hint(hint))),
            *_command(hint, names[hint.machine_arn]),
        )
        for hint in report.hints[:_HINTS]
    ]
    if hidden := len(report.hints[_HINTS:]):
        parts.append(Text(texts.tell(counts.more_hints(hidden))))
    return parts


def _command(hint: Hint, machine: str) -> Iterator[RenderableType]:
    if how := command(hint, machine):
        yield indented(Text(how, FAINT))


def _advice(report: Report, texts: Shown) -> list[RenderableType]:
    causes = [total for total in view.cause_totals(report) if texts.advice(total.cause)]
    parts = list(_advice_rows(causes[:_CAUSES], texts))
    if hidden := len(causes[_CAUSES:]):
        parts.append(Text(texts.tell(counts.more_causes(hidden))))
    return parts


def _advice_rows(causes: Iterable[view.CauseTotal], texts: Shown) -> Iterator[RenderableType]:
    for total in causes:
        counted = f" ({texts.tell(counts.about_executions(total.executions, total.estimated))})"
        said = Text.assemble((texts.title(total.cause), TITLE), counted)
        yield Group(said, indented(Text(texts.advice(total.cause))))
        if url := texts.url(total.cause):
            address = Text(url, Style(dim=True, link=url), no_wrap=True, overflow="ignore")
            yield indented(address)


def _coverage(report: Report, texts: Shown) -> list[RenderableType]:
    coverage = report.coverage
    lines = [texts.tell(findings.coverage(coverage)), *texts.remarks(coverage, NOTES)]
    return [Text(line, FAINT) for line in lines]


def _count(value: int, texts: Shown) -> str:
    return texts.number(value) if value else ""

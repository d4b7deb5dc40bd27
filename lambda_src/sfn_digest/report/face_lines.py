"""What the faces say of machines, executions, hints and causes, line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sfn_digest.i18n.message import Message
from sfn_digest.model.report import CauseRow, FailureReport, MachineReport, Report
from sfn_digest.report import compared, console, leading
from sfn_digest.report import presenter as view
from sfn_digest.report.html import charts
from sfn_digest.report.shown import Shown
from sfn_digest.report.snippet import command, snippet
from sfn_digest.report.wording import labels, quantities

BAR_WIDTH = 160
"""The width of the bar of a machine's causes."""


@dataclass(frozen=True, slots=True)
class CauseLine:
    """One cause of a machine; `series` is its colour."""

    title: str
    detail: str
    nature: str
    state: str
    series: int
    executions: str
    attempts: int


@dataclass(frozen=True, slots=True)
class MachineRow:
    """One machine with the rows of its causes; `change` is against the period before."""

    name: str
    url: str | None
    known: str
    runbook: str | None
    express: bool
    failures: int
    change: str
    executions: int | None
    attempts: int
    shares: tuple[charts.Segment, ...]
    causes: tuple[CauseLine, ...]


@dataclass(frozen=True, slots=True)
class ExecutionLine:
    """One failed execution."""

    name: str
    url: str | None
    machine: str
    status: str
    ended: str
    state: str
    cause: str
    detail: str
    attempts: str


@dataclass(frozen=True, slots=True)
class HintLine:
    """One hint, with its change in Amazon States Language and its command, where there are any."""

    machine: str
    cause: str
    title: str
    text: str
    snippet: str
    command: str


@dataclass(frozen=True, slots=True)
class CauseAdvice:
    """What one cause means, and what to do about it with AWS's page, by what it struck."""

    title: str
    meaning: str
    guides: tuple[tuple[str, str | None], ...]
    nature: str


def machine_line(
    report: Report, machine: MachineReport, series: dict[str, int], texts: Shown
) -> MachineRow:
    """Show one machine."""
    return MachineRow(
        name=texts.name(machine.name),
        url=console.machine_url(machine.arn),
        known=leading.about(machine, "", texts),
        runbook=machine.runbook,
        express=machine.type == "EXPRESS",
        failures=machine.failures,
        change=compared.machine_change(report, machine.arn, machine.failures, texts),
        executions=view.executions_of(report, machine),
        attempts=view.failed_attempts(machine),
        shares=charts.shares(machine, series, BAR_WIDTH),
        causes=tuple(_cause(row, series, texts) for row in machine.causes),
    )


def _cause(row: CauseRow, series: dict[str, int], texts: Shown) -> CauseLine:
    return CauseLine(
        title=texts.title(row.cause),
        detail=texts.detail(row.error, row.message),
        nature=texts.translate(labels.NATURE[row.nature]),
        state=texts.name(row.state) if row.state else "",
        series=series.get(row.cause, charts.SERIES),
        executions=texts.translate(quantities.about(row.executions, row.estimated)),
        attempts=row.failed_attempts,
    )


def execution_line(failure: FailureReport, machine: str, texts: Shown) -> ExecutionLine:
    """Show one failed execution of the machine of this name."""
    return ExecutionLine(
        name=texts.name(view.execution_name(failure.execution_arn)),
        url=console.execution_url(failure.execution_arn),
        machine=texts.name(machine),
        status=texts.translate(labels.STATUS[failure.status]),
        ended=texts.translator.formats.minute(failure.stopped_at),
        state=texts.name(failure.state) if failure.state else "",
        cause=texts.title(failure.cause),
        detail=_detail(failure, texts),
        attempts=texts.attempts_of(failure)
        if failure.failed_attempts
        else texts.translate(labels.NO_FAILED_ATTEMPT),
    )


def _detail(failure: FailureReport, texts: Shown) -> str:
    said = (texts.detail(failure.error, failure.message), texts.hidden_by_handler(failure.handled))
    return ". ".join(filter(None, said))


def hint_lines(report: Report, texts: Shown, most: int | None = None) -> list[HintLine]:
    """Show every hint, or so many at the most."""
    names = view.machine_names(report)
    return [
        HintLine(
            texts.name(names[hint.machine_arn]),
            texts.title(hint.cause),
            texts.hint_title(hint, names[hint.machine_arn]),
            texts.hint(hint),
            snippet(hint),
            command(hint, names[hint.machine_arn]),
        )
        for hint in report.hints[:most]
    ]


def advice_lines(report: Report, texts: Shown) -> Iterator[CauseAdvice]:
    """Say what to do about each cause that the table knows."""
    for total in view.cause_totals(report):
        row = texts.table.get(total.cause)
        called = view.integrations(report.machines, total.cause)
        guides = tuple(texts.guides(total.cause, called))
        if row and guides:
            yield CauseAdvice(
                title=texts.title(total.cause),
                meaning=texts.translate(
                    Message(
                        "{executions}. {meaning}",
                        executions=quantities.about_executions(total.executions, total.estimated),
                        meaning=texts.meaning(total.cause),
                    )
                ),
                guides=guides,
                nature=texts.translate(labels.NATURE[row.nature]),
            )


def more_machines(hidden: Sequence[MachineReport], texts: Shown) -> str:
    """Say what is not shown of the machines; empty where all are."""
    failures = sum(machine.failures for machine in hidden)
    return texts.translate(quantities.more_machines(len(hidden), failures)) if hidden else ""

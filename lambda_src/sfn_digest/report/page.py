"""The report as one HTML page that needs nothing from outside: no script, font or picture.

Jinja2 escapes all text; the page's policy lets a browser run and load nothing but the style
sheet that is in it.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from sfn_digest.report import charts, console, view
from sfn_digest.report.model import CauseRow, FailureReport, MachineReport, Report
from sfn_digest.report.shown import Shown

_EXECUTIONS = 200
_MACHINES = 400
_NOTES = 50
_BAR_WIDTH = 160


@dataclass(frozen=True, slots=True)
class _CauseLine:
    title: str
    detail: str
    nature: str
    state: str
    series: int
    executions: int
    tries: int


@dataclass(frozen=True, slots=True)
class _MachineLine:
    name: str
    url: str | None
    express: bool
    unsuccessful: int
    executions: int
    tries: int
    shares: tuple[charts.Segment, ...]
    causes: tuple[_CauseLine, ...]


@dataclass(frozen=True, slots=True)
class _ExecutionLine:
    name: str
    url: str | None
    machine: str
    status: str
    ended: str
    state: str
    cause: str
    detail: str
    tries: str


@dataclass(frozen=True, slots=True)
class _HintLine:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class _Advice:
    title: str
    meaning: str
    advice: str
    nature: str
    url: str | None
    executions: str


def page(report: Report, texts: Shown) -> str:
    """Give the whole page."""
    css = _css()
    series = charts.main_series(report)
    names = view.machine_names(report)
    failing = view.failing_machines(report)
    failures = view.by_tries(report)
    return _template().render(
        w=texts.words,
        l=texts.words.page,
        report=report,
        css=Markup(css),  # noqa: S704 - our own file, which the policy names by its hash
        css_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        title=texts.finding(report) if failing else texts.quiet(report),
        lead_name=texts.name(failing[0].name) if failing else "",
        lead=texts.lead(report) if failing else "",
        scope=texts.scope(report),
        partial=texts.partial(report, _NOTES),
        notes=texts.notes(report.coverage, _NOTES) if report.coverage.complete else [],
        tries=sum(map(view.failed_tries, report.machines)),
        series=[texts.title(cause) for cause in series],
        timeline=charts.timeline(report, series),
        size=charts,
        bar_width=_BAR_WIDTH,
        machines=[_machine(machine, series, texts) for machine in failing[:_MACHINES]],
        more_machines=_more_machines(failing[_MACHINES:], texts),
        hints=_hints(report, texts),
        advice=list(_advice(report, texts)),
        executions=[_execution(f, names[f.machine_arn], texts) for f in failures[:_EXECUTIONS]],
        more_executions=len(failures[_EXECUTIONS:]),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("sfn_digest.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")


@cache
def _css() -> str:
    return files("sfn_digest.report").joinpath("templates/page.css").read_text(encoding="utf-8")


def _machine(machine: MachineReport, series: dict[str, int], texts: Shown) -> _MachineLine:
    return _MachineLine(
        name=texts.name(machine.name),
        url=console.machine_url(machine.arn),
        express=machine.type == "EXPRESS",
        unsuccessful=machine.unsuccessful,
        executions=machine.succeeded + machine.unsuccessful,
        tries=view.failed_tries(machine),
        shares=charts.shares(machine, series, _BAR_WIDTH),
        causes=tuple(_cause(row, series, texts) for row in machine.causes),
    )


def _cause(row: CauseRow, series: dict[str, int], texts: Shown) -> _CauseLine:
    return _CauseLine(
        title=texts.title(row.cause),
        detail=texts.detail(row.error, row.message),
        nature=texts.words.NATURE[row.nature],
        state=texts.name(row.state) if row.state else "",
        series=series.get(row.cause, charts.SERIES),
        executions=row.executions,
        tries=row.tries,
    )


def _execution(failure: FailureReport, machine: str, texts: Shown) -> _ExecutionLine:
    return _ExecutionLine(
        name=texts.name(view.execution_name(failure.execution_arn)),
        url=console.execution_url(failure.execution_arn),
        machine=texts.name(machine),
        status=texts.words.STATUS[failure.status],
        ended=texts.words.minute(failure.stopped_at),
        state=texts.name(failure.state) if failure.state else "",
        cause=texts.title(failure.cause),
        detail=texts.detail(failure.error, failure.message),
        tries=texts.tries(failure) if failure.tries else texts.words.NO_FAILED_TRY,
    )


def _hints(report: Report, texts: Shown) -> list[_HintLine]:
    names = view.machine_names(report)
    return [
        _HintLine(texts.hint_title(hint, names[hint.machine_arn]), texts.hint(hint))
        for hint in report.hints
    ]


def _advice(report: Report, texts: Shown) -> Iterator[_Advice]:
    for total in view.cause_totals(report):
        row = texts.table.get(total.cause)
        if row and texts.advice(total.cause):
            yield _Advice(
                title=texts.title(total.cause),
                meaning=texts.meaning(total.cause),
                advice=texts.advice(total.cause),
                nature=texts.words.NATURE[row.nature],
                url=texts.url(total.cause),
                executions=texts.words.executions(total.executions),
            )


def _more_machines(hidden: tuple[MachineReport, ...], texts: Shown) -> str:
    failures = sum(machine.unsuccessful for machine in hidden)
    return texts.words.more_machines(len(hidden), failures) if hidden else ""

"""Map runs with failed children, as every face tells them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sfn_digest.model.map_runs import MapRunReport
from sfn_digest.model.report import Report
from sfn_digest.report import console
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import Shown
from sfn_digest.report.wording import findings, map_run_sentences

_CAUSES = 3


@dataclass(frozen=True, slots=True)
class MapRunLine:
    """One Map run: the machine and Map state, its execution's page, what became of it, and why."""

    name: str
    machine: str
    url: str | None
    said: str
    causes: tuple[str, ...]


def map_run_lines(report: Report, texts: Shown) -> tuple[MapRunLine, ...]:
    """Every Map run; those that failed first, and of these those with most failed children."""
    names = view.machine_names(report)
    ordered = sorted(report.map_runs, key=lambda run: (run.tolerated, -run.executions.failures))
    return tuple(map_run_line(each, names.get(each.machine_arn, ""), texts) for each in ordered)


def map_run_line(run: MapRunReport, machine: str, texts: Shown) -> MapRunLine:
    """One Map run of a machine of this name."""
    state = f" / {texts.name(run.state)}" if run.state else ""
    return MapRunLine(
        name=f"{texts.name(machine)}{state}",
        machine=texts.name(machine),
        url=console.execution_url(run.execution_arn),
        said=texts.translate(map_run_sentences.outcome(run)),
        causes=tuple(_causes(run, texts)),
    )


def _causes(run: MapRunReport, texts: Shown) -> Iterator[str]:
    if not run.causes:
        yield texts.translate(map_run_sentences.NOT_READ)
    for each in run.causes[:_CAUSES]:
        state = texts.name(each.state) if each.state else None
        title = texts.translate(findings.cause_in(texts.title(each.cause), state))
        detail = texts.detail(each.error, each.message)
        said = texts.translate(map_run_sentences.cause(each, title, run))
        yield f"{said} ({detail})" if detail else said

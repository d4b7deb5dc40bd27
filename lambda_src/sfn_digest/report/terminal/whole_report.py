"""The report for a terminal or a pipe; needs the optional package rich.

All text goes in as rich's Text, which reads no markup, after it was cleaned of control
characters: what is printed holds no command but our own colours and links.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, TextIO

from rich.console import Group, RenderableType
from rich.style import Style

from sfn_digest.i18n.message import Message
from sfn_digest.model.report import FailureReport, Report
from sfn_digest.report import console as links
from sfn_digest.report import presenter as view
from sfn_digest.report.face_lines import hint_lines
from sfn_digest.report.shown import Shown
from sfn_digest.report.terminal.first_screen import (
    NOTES,
    first_screen,
    machines,
    partial,
    section,
)
from sfn_digest.report.terminal.print import plain, print_to
from sfn_digest.report.terminal.sections import (
    FAINT,
    TITLE,
    adopted,
    carried_over,
    changes,
    indented,
    numbers,
    redrive,
    trend,
    unnoticed,
)
from sfn_digest.report.terminal.sections import map_runs as map_run_section
from sfn_digest.report.terminal.wrap import Text
from sfn_digest.report.wording import findings, labels, map_run_sentences, quantities
from sfn_digest.report.wording import unnoticed as wording

_EXECUTIONS = 12
_CAUSES = 5
_HINTS = 10


FULL = "sfn-digest report --full"

Depth = Literal["brief", "usual", "full"]
"""The first screen alone, with machines and hints after it, or with everything."""


def write(report: Report, texts: Shown, out: TextIO, *, depth: Depth = "full") -> None:
    """Write the report to `out`: in color, with links, where that is a terminal."""
    print_to(out, _digest(report, texts, depth))


def render(report: Report, texts: Shown, width: int, *, depth: Depth = "full") -> str:
    """Give the report as plain text in lines of at most `width` columns, save for addresses."""
    return plain(_digest(report, texts, depth), width)


def _digest(report: Report, texts: Shown, depth: Depth) -> RenderableType:
    if not report.totals.failures:
        return Group(
            *partial(report, texts),
            Text(texts.quiet(report)),
            *trend(report, texts),
            *section(texts.translate(labels.CHANGES), changes(report, texts)),
            *section(texts.translate(labels.ADOPTED), adopted(report, texts)),
            *section(texts.translate(map_run_sentences.TITLE), map_run_section(report, texts)),
            *section(texts.translate(wording.TITLE), unnoticed(report, texts)),
            *_coverage(report, texts),
        )
    if depth == "brief":
        return Group(*first_screen(report, texts))
    if depth == "usual":
        return Group(*_usual(report, texts))
    return Group(
        *first_screen(report, texts),
        Text(),
        numbers(report, texts),
        *trend(report, texts),
        *section(texts.translate(labels.MACHINES), [machines(report, texts)]),
        *section(texts.translate(labels.CHANGES), changes(report, texts)),
        *section(texts.translate(labels.CARRIED_OVER), carried_over(report, texts)),
        *section(
            texts.translate(
                Message("Executions with the most failed attempts, from each state machine in turn")
            ),
            _executions(report, texts),
        ),
        *section(texts.translate(map_run_sentences.TITLE), map_run_section(report, texts)),
        *section(texts.translate(wording.TITLE), unnoticed(report, texts)),
        *section(texts.translate(labels.HINTS), _hints(report, texts, len(report.hints))),
        *section(texts.translate(labels.ADOPTED), adopted(report, texts)),
        *section(texts.translate(labels.REDRIVE), redrive(report, texts)),
        *section(texts.translate(labels.WHAT_TO_DO), _advice(report, texts)),
        Text(),
        *_coverage(report, texts),
    )


def _usual(report: Report, texts: Shown) -> Iterator[RenderableType]:
    yield from first_screen(report, texts)
    yield Text()
    yield numbers(report, texts)
    yield from trend(report, texts)
    yield from section(texts.translate(labels.MACHINES), [machines(report, texts)])
    yield from section(texts.translate(labels.HINTS), _hints(report, texts, _HINTS))
    yield Text()
    yield from _coverage(report, texts)
    yield Text(texts.translate(Message("Everything else: {command}", command=FULL)), FAINT)


def _executions(report: Report, texts: Shown) -> list[RenderableType]:
    names = view.machine_names(report)
    hardest = view.hardest_failures(report, _EXECUTIONS, at_least=0)
    parts: list[RenderableType] = [
        _execution(failure, names[failure.machine_arn], texts) for failure in hardest
    ]
    if hidden := len(report.failures) - len(hardest):
        parts.append(Text(texts.translate(quantities.more_executions_in_json(hidden))))
    return parts


def _execution(failure: FailureReport, machine: str, texts: Shown) -> RenderableType:
    url = links.execution_url(failure.execution_arn)
    name = texts.name(view.execution_name(failure.execution_arn))
    cause = f"{texts.translate(labels.NO_FAILED_ATTEMPT)}: {texts.title(failure.cause)}"
    said = texts.attempts_of(failure) if failure.failed_attempts else cause
    ended = texts.translate(findings.ended(failure.status, failure.stopped_at))
    hidden = texts.hidden_by_handler(failure.handled)
    return Group(
        Text.assemble(f"{texts.name(machine)} / ", (name, Style(link=url))),
        indented(Text.assemble((f"{ended}: ", FAINT), said)),
        *([indented(Text(hidden))] if hidden else []),
    )


def _hints(report: Report, texts: Shown, most: int) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Group(
            Text(hint.title, TITLE),
            indented(Text(hint.text)),
            *([indented(Text(hint.command, FAINT))] if hint.command else []),
        )
        for hint in hint_lines(report, texts, most)
    ]
    if hidden := len(report.hints[most:]):
        parts.append(Text(texts.translate(quantities.more_hints(hidden))))
    return parts


def _advice(report: Report, texts: Shown) -> list[RenderableType]:
    causes = [total for total in view.cause_totals(report) if texts.advice(total.cause)]
    parts = list(_advice_rows(report, causes[:_CAUSES], texts))
    if hidden := len(causes[_CAUSES:]):
        parts.append(Text(texts.translate(quantities.more_causes(hidden))))
    return parts


def _advice_rows(
    report: Report, causes: Iterable[view.CauseTotal], texts: Shown
) -> Iterator[RenderableType]:
    for total in causes:
        counted = (
            f" ({texts.translate(quantities.about_executions(total.executions, total.estimated))})"
        )
        said = Text.assemble((texts.title(total.cause), TITLE), counted)
        yield said
        called = view.integrations(report.machines, total.cause)
        for advice, url in texts.guides(total.cause, called):
            yield indented(Text(advice))
            if url:
                address = Text(url, Style(dim=True, link=url), no_wrap=True, overflow="ignore")
                yield indented(address)


def _coverage(report: Report, texts: Shown) -> list[RenderableType]:
    coverage = report.coverage
    lines = [texts.translate(findings.coverage(coverage)), *texts.remarks(coverage, NOTES)]
    return [Text(line, FAINT) for line in lines]

"""The first screen of a report at a terminal: what needs somebody, and what hints would bring."""

from collections.abc import Iterator, Sequence
from operator import attrgetter

from rich.console import RenderableType
from rich.style import Style

from sfn_digest.model.report import MachineReport, Report
from sfn_digest.report import console as links
from sfn_digest.report import leading
from sfn_digest.report import presenter as view
from sfn_digest.report.environments import by_environment
from sfn_digest.report.shown import Shown
from sfn_digest.report.terminal.parts import FAINT, TITLE, indented
from sfn_digest.report.terminal.wrap import Text
from sfn_digest.report.wording import labels, quantities
from sfn_digest.report.wording import leading_sentences as words

NOTES = 10
_OTHERS = 5
_HINT_TITLES = 5
_WARNING = "bold yellow"


def first_screen(report: Report, texts: Shown) -> Iterator[RenderableType]:
    """What needs somebody, and what each hint would bring: within a screen of 40 lines."""
    lead = leading.lines(report, texts, _OTHERS)
    yield Text(leading.headline(report, texts), TITLE)
    yield from partial(report, texts)
    yield from section(texts.tell(words.NEEDS), _lines(lead.needs, report, texts))
    others = _lines(lead.others, report, texts)
    if lead.more:
        others.append(Text(lead.more, FAINT))
    yield from section(texts.tell(words.OTHERS), others)
    yield from section(texts.tell(labels.HINTS), _hint_titles(report, texts))
    yield Text()
    yield Text(leading.context(report, texts), FAINT)


def _lines(lines: Sequence[leading.Line], report: Report, texts: Shown) -> list[RenderableType]:
    """Lines by environment, each under its heading."""
    parts: list[RenderableType] = []
    for heading, those in by_environment(lines, attrgetter("machine"), report, texts):
        told = [_line(each, texts) for each in those]
        parts += [Text(heading, FAINT), *map(indented, told)] if heading else told
    return parts


def _line(line: leading.Line, texts: Shown) -> RenderableType:
    do = texts.after_stop(line.do) if line.do else ""
    known = leading.about(line.machine, "", texts)
    name = machine_name(line.machine, texts)
    return Text.assemble(name, f"{known}: {line.said}", (do, TITLE), runbook(line.machine, texts))


def runbook(machine: MachineReport, texts: Shown) -> str:
    """Give the address of a machine's runbook, which a pipe takes along too."""
    return f" {texts.tell(words.RUNBOOK)}: {machine.runbook}" if machine.runbook else ""


def _hint_titles(report: Report, texts: Shown) -> list[RenderableType]:
    names = view.machine_names(report)
    parts: list[RenderableType] = []
    for hint in report.hints[:_HINT_TITLES]:
        gain = leading.benefit(hint, texts)
        title = texts.hint_title(hint, names[hint.machine_arn])
        parts.append(Text(f"{title}{': ' if gain else ''}{gain}"))
    if hidden := len(report.hints[_HINT_TITLES:]):
        parts.append(Text(texts.tell(quantities.more_hints(hidden)), FAINT))
    return parts


def section(title: str, parts: list[RenderableType]) -> list[RenderableType]:
    if not parts:
        return []
    return [Text(), Text(title, TITLE), *map(indented, parts)]


def partial(report: Report, texts: Shown) -> list[RenderableType]:
    missing = texts.partial(report, NOTES)
    return [Text.assemble((texts.tell(labels.PARTIAL), _WARNING), f" {missing}")] if missing else []


def machine_name(machine: MachineReport, texts: Shown) -> Text:
    link = Style(bold=True, link=links.machine_url(machine.arn))
    kind = f" ({texts.tell(labels.EXPRESS)})" if machine.type == "EXPRESS" else ""
    return Text.assemble((texts.name(machine.name), link), kind)

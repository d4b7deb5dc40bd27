"""What failed executions do not tell, for a terminal."""

from rich.console import Group, RenderableType
from rich.style import Style

from sfn_digest.model.report import Report
from sfn_digest.report.shown import Shown
from sfn_digest.report.terminal.parts import indented
from sfn_digest.report.terminal.wrap import Text
from sfn_digest.report.unnoticed_lines import UnnoticedLine, unnoticed_lines
from sfn_digest.report.wording import unnoticed as wording

_LINES = 12


def unnoticed(report: Report, texts: Shown) -> list[RenderableType]:
    """Tell what retries saved, what hangs and what a release broke."""
    lines = unnoticed_lines(report, texts)
    parts: list[RenderableType] = [_part(each) for each in lines[:_LINES]]
    if hidden := len(lines[_LINES:]):
        parts.append(Text(texts.tell(wording.more(hidden))))
    return parts


def _part(told: UnnoticedLine) -> RenderableType:
    named = Text.assemble((told.name, Style(link=told.url)), f": {told.said}")
    head = named if told.name else Text(told.said)
    return Group(head, *(indented(Text(detail)) for detail in told.details))

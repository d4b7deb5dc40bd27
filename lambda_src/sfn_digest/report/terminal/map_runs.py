"""Map runs with failed children, for a terminal."""

from rich.console import Group, RenderableType
from rich.style import Style

from sfn_digest.model.report import Report
from sfn_digest.report.map_run_lines import map_run_lines
from sfn_digest.report.shown import Shown
from sfn_digest.report.terminal.parts import indented
from sfn_digest.report.terminal.wrap import Text
from sfn_digest.report.wording import map_runs as wording

_MAP_RUNS = 8


def map_runs(report: Report, texts: Shown) -> list[RenderableType]:
    """Tell of each what became of it, and why its children failed."""
    lines = map_run_lines(report, texts)
    parts: list[RenderableType] = [
        Group(
            Text.assemble((each.name, Style(link=each.url)), f": {each.said}"),
            *(indented(Text(cause)) for cause in each.causes),
        )
        for each in lines[:_MAP_RUNS]
    ]
    if hidden := len(lines[_MAP_RUNS:]):
        parts.append(Text(texts.tell(wording.more(hidden))))
    return parts

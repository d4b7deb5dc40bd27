"""Sections of the report at a terminal, on what came before and what no failure shows, and what all
its sections share: styles, tables, lines that are set in.
"""

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.style import Style
from rich.table import Table

from sfn_digest.model.report import Report
from sfn_digest.report import compared
from sfn_digest.report.adopted_lines import adopted_lines
from sfn_digest.report.map_run_lines import map_run_lines
from sfn_digest.report.redrive_lines import redrive_lines
from sfn_digest.report.shown import Shown
from sfn_digest.report.terminal.wrap import Text
from sfn_digest.report.unnoticed_lines import UnnoticedLine, unnoticed_lines
from sfn_digest.report.wording import comparisons, quantities
from sfn_digest.report.wording import map_run_sentences as map_run_words
from sfn_digest.report.wording import unnoticed as words

TITLE = "bold"
FAINT = "dim"


NARROW = 60
"""Columns below which a table of numbers leaves no room for names."""


class ByWidth:
    """Shows one of two forms, by the room there is."""

    def __init__(self, wide: RenderableType, narrow: RenderableType) -> None:
        self._wide, self._narrow = wide, narrow

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        yield self._narrow if options.max_width < NARROW else self._wide


def plain_table() -> Table:
    """Give a table without lines."""
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=FAINT)


def indented(part: RenderableType) -> RenderableType:
    """Set a part in by two columns."""
    # Padding cuts lines to the width, and an address that is cut leads nowhere.
    if isinstance(part, Text) and part.no_wrap:
        return Text("  ", no_wrap=True, overflow="ignore").append_text(part)
    return Padding(part, (0, 0, 0, 2))


_MAP_RUNS = 8


def map_runs(report: Report, texts: Shown) -> list[RenderableType]:
    """Say what became of each, and why its children failed."""
    lines = map_run_lines(report, texts)
    parts: list[RenderableType] = [
        Group(
            Text.assemble((each.name, Style(link=each.url)), f": {each.said}"),
            *(indented(Text(cause)) for cause in each.causes),
        )
        for each in lines[:_MAP_RUNS]
    ]
    if hidden := len(lines[_MAP_RUNS:]):
        parts.append(Text(texts.translate(map_run_words.more(hidden))))
    return parts


_LINES = 12


def unnoticed(report: Report, texts: Shown) -> list[RenderableType]:
    """Say what retries saved, what hangs and what a release broke."""
    lines = unnoticed_lines(report, texts)
    parts: list[RenderableType] = [_part(each) for each in lines[:_LINES]]
    if hidden := len(lines[_LINES:]):
        parts.append(Text(texts.translate(words.more(hidden))))
    return parts


def _part(found: UnnoticedLine) -> RenderableType:
    named = Text.assemble((found.name, Style(link=found.url)), f": {found.said}")
    head = named if found.name else Text(found.said)
    return Group(head, *(indented(Text(detail)) for detail in found.details))


_CHANGES = 12
_CARRIED_OVER = 5
_PERIODS = 26
_ADOPTED = 5
_MACHINES = 5
_LEVELS = "\N{LOWER ONE EIGHTH BLOCK}▂▃▄▅▆▇\N{FULL BLOCK}"


def numbers(report: Report, texts: Shown) -> RenderableType:
    """Give the four numbers: in a line, or each in its own with that of the period before."""
    four = compared.numbers(report, texts)
    if report.before is None:
        figures = [
            Text.assemble(f"{each.label} ", (texts.number(each.value), TITLE)) for each in four
        ]
        return Text("   ").join(figures)
    table = plain_table()
    table.show_header = False
    table.add_column()
    table.add_column(justify="right", style=TITLE, no_wrap=True)
    table.add_column(style=FAINT)
    for each in four:
        table.add_row(each.label, texts.number(each.value), each.was)
    return Group(table, Text(compared.against(report.before, texts), FAINT))


def trend(report: Report, texts: Shown) -> list[RenderableType]:
    """Draw the failures of the periods as blocks, with their numbers; nothing of one alone."""
    failures = [period.failures for period in report.trend][-_PERIODS:]
    if len(failures) < 2 or not any(failures):
        return []
    highest, steps = max(failures), len(_LEVELS) - 1
    # Rounded up, so that what is not nothing stands out from nothing.
    blocks = "".join(_LEVELS[-(-each * steps // highest)] for each in failures)
    return [
        Text.assemble(
            blocks, (f"  {texts.translate(comparisons.trend_line(failures, report.window))}", FAINT)
        )
    ]


def changes(report: Report, texts: Shown) -> list[RenderableType]:
    """Give what is new, came again or is resolved against the period before."""
    changed = compared.changes(report, texts)
    parts: list[RenderableType] = [_change(each, texts) for each in changed[:_CHANGES]]
    if hidden := len(changed[_CHANGES:]):
        parts.append(Text(texts.translate(quantities.more_causes(hidden))))
    recovered = compared.recovered(report, texts)
    return [*parts, Text(recovered)] if recovered else parts


def _change(each: compared.ChangeLine, texts: Shown) -> RenderableType:
    counted = texts.translate(comparisons.now_and_before(each.executions, each.before))
    said = Text.assemble(
        (f"{each.change}: ", TITLE), (each.machine, Style(link=each.url)), f" / {each.cause}"
    )
    detail = texts.together([counted, each.note] if each.note else [counted])
    return Group(said, indented(Text(detail, FAINT)))


def carried_over(report: Report, texts: Shown) -> list[RenderableType]:
    """Give the executions that failed in both periods."""
    again = compared.carried_over(report, texts)
    parts: list[RenderableType] = [
        Text.assemble(
            f"{each.machine} / " if each.machine else "", (each.name, Style(link=each.url))
        )
        for each in again[:_CARRIED_OVER]
    ]
    if hidden := len(again[_CARRIED_OVER:]):
        parts.append(Text(texts.translate(quantities.more_executions(hidden))))
    return parts


def adopted(report: Report, texts: Shown) -> list[RenderableType]:
    """Say what came of hints that definitions now carry."""
    lines = adopted_lines(report, texts)
    parts: list[RenderableType] = [
        Text.assemble((each.machine, Style(link=each.url)), f" {each.said}")
        for each in lines[:_ADOPTED]
    ]
    if hidden := len(lines[_ADOPTED:]):
        parts.append(Text(texts.translate(quantities.more_adopted_in_json(hidden))))
    return parts


def redrive(report: Report, texts: Shown) -> list[RenderableType]:
    """Say what a redrive would heal; the commands are on the page and in the thread."""
    redrives = redrive_lines(report, texts)
    if redrives is None:
        return []
    parts: list[RenderableType] = [Text(redrives.said)]
    parts += [
        indented(Text.assemble((each.machine, Style(link=each.url)), f": {each.said}"))
        for each in redrives.machines[:_MACHINES]
    ]
    if hidden := len(redrives.machines[_MACHINES:]):
        parts.append(indented(Text(texts.translate(quantities.more_machines_in_json(hidden)))))
    return parts

"""What the parts of the terminal's face share: styles, tables, lines that are set in."""

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table

from sfn_digest.report.terminal.wrap import Text

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

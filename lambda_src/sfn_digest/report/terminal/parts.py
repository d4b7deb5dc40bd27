"""What the parts of the terminal's face share: styles, tables, lines that are set in."""

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table

from sfn_digest.report.terminal.wrap import Text

TITLE = "bold"
FAINT = "dim"


def plain_table() -> Table:
    """Give a table without lines."""
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=FAINT)


def indented(part: RenderableType) -> RenderableType:
    """Set a part in by two columns."""
    # Padding cuts lines to the width, and an address that is cut leads nowhere.
    if isinstance(part, Text) and part.no_wrap:
        return Text("  ", no_wrap=True, overflow="ignore").append_text(part)
    return Padding(part, (0, 0, 0, 2))

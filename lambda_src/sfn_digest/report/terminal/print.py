"""Text for a terminal or a pipe, by the optional package rich.

What comes in is rich's Text, which reads no markup, after it was cleaned of control
characters: what is printed holds no command but our own colours and links.
"""

from io import StringIO, TextIOWrapper
from typing import TextIO

from rich.console import Console, RenderableType

WIDEST = 120
"""Columns beyond which lines get hard to follow."""


def print_to(out: TextIO, made: RenderableType) -> None:
    """Write to `out`: in colour, with links, where that is a terminal."""
    if isinstance(out, TextIOWrapper):
        # A terminal that cannot show a character shows "?" for it, not a traceback.
        out.reconfigure(errors="replace")
    console = Console(file=out, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, WIDEST)
    if console.is_terminal:
        console.print(made, crop=False)
    else:
        out.write(plain(made, console.width))


def plain(made: RenderableType, width: int) -> str:
    """Give plain text in lines of at most `width` columns, save for what must not be broken."""
    out = StringIO()
    console = Console(file=out, width=width, color_system=None, highlight=False)
    console.print(made, crop=False)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"

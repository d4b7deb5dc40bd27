"""Text that a terminal breaks as its language does; needs the optional package rich.

Rich breaks lines at spaces alone, and Japanese has none: here a line may end after any wide
glyph too, save where that would leave a mark at the beginning of a line (kinsoku), or part a
number from what it counts. Text without wide glyphs is left to rich.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self
from unicodedata import category

from rich.cells import cell_len, chop_cells
from rich.console import Console, JustifyMethod, OverflowMethod
from rich.containers import Lines
from rich.text import Text as RichText

if TYPE_CHECKING:
    from rich.style import StyleType

_OPENING, _CLOSING = {"Ps", "Pi"}, {"Pe", "Pf", "Po"}
_SMALL = "ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ"
"""Kana that belong to the one before them."""


class Text(RichText):
    """Rich's Text, wrapped at wide glyphs too."""

    if TYPE_CHECKING:

        @classmethod
        def assemble(cls, *parts: str | RichText | tuple[str, "StyleType"], **options: Any) -> Self:
            """Rich declares its own class, and makes one of this."""

        def append(self, text: RichText | str, style: "StyleType | None" = None) -> Self:
            """Rich declares its own class, and gives itself."""

    def wrap(
        self,
        console: Console,
        width: int,
        *,
        justify: JustifyMethod | None = None,
        overflow: OverflowMethod | None = None,
        tab_size: int = 8,
        no_wrap: bool | None = None,
    ) -> Lines:
        """Break into lines of at most `width` cells."""
        if cell_len(self.plain) == len(self.plain) or no_wrap or self.no_wrap:
            return super().wrap(
                console,
                width,
                justify=justify,
                overflow=overflow,
                tab_size=tab_size,
                no_wrap=no_wrap,
            )
        lines = Lines()
        for line in self.split(allow_blank=True):
            broken = line.divide(list(breaks(line.plain, width)))
            for part in broken:
                part.rstrip_end(width)
            lines.extend(broken)
        return lines


def breaks(text: str, width: int) -> Iterator[int]:
    """Where to begin a new line, so that each has at most `width` cells."""
    used, at = 0, 0
    for piece in _pieces(text):
        if used and used + cell_len(piece.rstrip()) > width:
            yield at
            used = 0
        *full, last = chop_cells(piece, width) if cell_len(piece.rstrip()) > width else [piece]
        for chunk in full:
            at += len(chunk)
            yield at
        at += len(last)
        used += cell_len(last)


def _pieces(text: str) -> Iterator[str]:
    """What is not to be parted, each with the spaces after it."""
    start = 0
    for at in range(1, len(text)):
        if _may_part(text[at - 1], text[at]):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _may_part(last: str, first: str) -> bool:
    """Whether a line may end with `last` and the next one begin with `first`."""
    if first == " " or not cell_len(first):
        return False
    if last == " ":
        return True
    if last.isdigit() or category(last) in _OPENING:
        return False
    if first in _SMALL or category(first) in _CLOSING:
        return False
    return cell_len(last) > 1 or cell_len(first) > 1

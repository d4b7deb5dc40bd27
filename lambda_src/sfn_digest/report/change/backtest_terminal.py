"""A backtest for a terminal or a pipe; needs the optional package rich."""

from collections.abc import Iterator
from typing import TextIO

from rich.console import Group, RenderableType

from sfn_digest.model.change import ChangeBacktest
from sfn_digest.report.change.sentences import HEADS, cells, figures, headline, would_lose
from sfn_digest.report.shown import Shown
from sfn_digest.report.terminal.parts import FAINT, indented, plain_table
from sfn_digest.report.terminal.print import plain, print_to
from sfn_digest.report.terminal.wrap import Text


def write(found: ChangeBacktest, texts: Shown, out: TextIO) -> None:
    """Write the backtest to `out`: in color where that is a terminal."""
    print_to(out, Group(*_parts(found, texts)))


def render(found: ChangeBacktest, texts: Shown, width: int) -> str:
    """Give the backtest as plain text in lines of at most `width` columns."""
    return plain(Group(*_parts(found, texts)), width)


def _parts(found: ChangeBacktest, texts: Shown) -> Iterator[RenderableType]:
    outcome = found.outcome
    better = outcome.net.low > 0 or round(outcome.net.likely) > 0
    style = "bold red" if would_lose(found) else "bold green" if better else "bold"
    yield Text(texts.tell(headline(found)), style=style)
    for each in figures(found):
        yield indented(Text(texts.tell(each)))
    if found.states:
        yield Text("")
        table = plain_table()
        for place, head in enumerate(HEADS):
            table.add_column(texts.tell(head), justify="right" if place else "left")
        for state in found.states:
            table.add_row(*cells(state, texts))
        yield table
    if found.notes:
        yield Text("")
        yield from (Text(texts.tell(each), style=FAINT) for each in found.notes)

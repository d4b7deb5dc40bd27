"""A backtest in GitHub's Markdown, as a comment on a pull request."""

import re
from collections.abc import Iterator

from sfn_digest.model.change import ChangeBacktest
from sfn_digest.report.change.sentences import HEADS, cells, figures, headline
from sfn_digest.report.shown import Shown

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~@])")


_LINKED = re.compile(r"(?i)\b(https?:|ftp:|mailto:|www)(?=[/.]|\w)")
"""What GitHub makes a link of by itself."""


def markdown(found: ChangeBacktest, texts: Shown) -> str:
    """The backtest as Markdown; text from the account stays text in it."""
    return "\n".join(_lines(found, texts)) + "\n"


def _lines(found: ChangeBacktest, texts: Shown) -> Iterator[str]:
    yield f"**{escaped(texts.translate(headline(found)))}**"
    for each in figures(found):
        yield ""
        yield f"- {escaped(texts.translate(each))}"
    if found.states:
        yield ""
        yield _row([texts.translate(each) for each in HEADS])
        yield _row(["---", *("--:" for _ in HEADS[1:])])
        for state in found.states:
            yield _row([escaped(cell) for cell in cells(state, texts)])
    if found.notes:
        yield ""
        yield from (f"> {escaped(texts.translate(each))}<br>" for each in found.notes)


def _row(row: list[str]) -> str:
    return f"| {' | '.join(row)} |"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: no link, no mention, no table's edge."""
    marked = _MARKS.sub(r"\\\1", " ".join(text.split()))
    return _LINKED.sub("\\1\u200b", marked.replace("\\@", "@\u200b"))

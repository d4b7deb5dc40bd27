"""Every picture: what it shows, how wide it is, and the exact data that it is drawn from."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any, Literal

from rich.ansi import AnsiDecoder
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from pictures.sizes import FAILURES, MACHINES, sized
from pictures.terminals import COLUMNS as SESSION_COLUMNS
from pictures.terminals import Terminal, colored, sessions
from pictures.weeks import demo_week
from sfn_digest.model.report import Report
from sfn_digest.model.slack_message import MESSAGE_LIMIT, SlackMessage, weight
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.html.page import page
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack import message, thread_messages
from sfn_digest.report.terminal import whole_report as terminal

COLUMNS, LINES = 100, 50
"""A terminal's width, and how much of the digest its picture shows."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`data` are JSON's own types; sizes are in CSS pixels.

    It begins at the element `begin` (a selector) and is cut at `height`, where there are such.
    """

    name: str
    kind: Literal["slack", "thread", "sheet", "page", "terminal"]
    data: Any
    width: int
    height: int | None = None
    scheme: Literal["light", "dark"] = "light"
    begin: str | None = None

    def job(self) -> Mapping[str, Any]:
        """What the browser is to draw."""
        return {
            "name": self.name,
            "kind": self.kind,
            "data": self.data,
            "width": self.width,
            "height": self.height,
            "scheme": self.scheme,
            "begin": self.begin,
        }


_COLOURS = ((60, 64, 72), (240, 113, 120), (127, 200, 130), (240, 200, 90), *[(130, 170, 255)] * 4)
_DARK = TerminalTheme((22, 24, 29), (238, 240, 243), list(_COLOURS))


def pictures() -> Iterator[Picture]:
    """Give every picture."""
    week = demo_week()
    english, japanese = texts_in("en"), texts_in("ja")
    thread = _first_of_each_kind(thread_messages(week, english))
    yield Picture("slack", "slack", [_blocks(message(week, english))], 680)
    yield Picture("slack-ja", "slack", [_blocks(message(week, japanese))], 680)
    yield Picture("slack-thread", "thread", [_blocks(reply) for reply in thread], 1_400)
    yield Picture("page", "page", page(week, english), 1_000, 1_450)
    yield Picture("page-dark", "page", page(week, english), 1_000, 1_450, "dark", "#timeline")
    yield Picture("terminal", "terminal", _terminal(week, english), 900)
    for name, sent in sessions(week):
        yield Picture(f"terminal-{name}", "terminal", _as_html(sent), 960)
    yield Picture(
        "sizes", "sheet", [_sized(m, f, english) for f in FAILURES for m in MACHINES], 2_000
    )


def _first_of_each_kind(thread: Iterable[SlackMessage]) -> list[SlackMessage]:
    """Leave out the replies that go on where another ended: their headers end in a number."""
    return [reply for reply in thread if not reply.blocks[0]["text"]["text"].endswith(")")]


def _blocks(shown: SlackMessage) -> list[dict[str, Any]]:
    """The blocks as JSON gives them back, so that equal ones have equal text."""
    blocks: list[dict[str, Any]] = json.loads(json.dumps(shown.blocks))
    return blocks


def _sized(machines: int, failures: int, texts: Shown) -> dict[str, Any]:
    shown = message(sized(machines, failures), texts)
    characters = f"{weight(shown):,} of {MESSAGE_LIMIT:,} characters"
    return {
        "title": f"{machines:,} state machine{'s' * (machines > 1)}, {failures:,} failures",
        "size": f"{len(shown.blocks)} of 50 blocks, {characters}",
        "blocks": _blocks(shown),
    }


def _terminal(report: Report, texts: Shown) -> str:
    """The digest's first lines as a terminal shows them, in HTML."""
    out = Terminal()
    with colored(COLUMNS):
        terminal.write(report, texts, out)
    return _as_html(out.getvalue(), COLUMNS, LINES)


def _as_html(sent: str, columns: int = SESSION_COLUMNS, most: int = 200) -> str:
    """The first lines of what a terminal was sent, as it shows them."""
    with colored(columns):
        console = Console(record=True, file=StringIO(), width=columns, force_terminal=True)
        for line in list(AnsiDecoder().decode(sent.rstrip()))[:most]:
            console.print(line, crop=False, soft_wrap=True)
    return console.export_html(theme=_DARK, inline_styles=True, code_format="{code}")

"""The report at a terminal: whole in 80 and 120 columns, plain in a pipe, and inert."""

import re
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from rich.cells import cell_len

from sfn_digest.report.terminal import render, write
from tests.report import made
from tests.report.golden import expected
from tests.report.hostile import Author, Found, by_any_author
from tests.report.made import REPORTS

_OUR_CODES = re.compile(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b\x07]*\x1b\\")


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", REPORTS)
def test_the_terminal_shows_the_golden_text(name: str, width: int) -> None:
    shown = render(REPORTS[name], made.TEXTS, width)
    assert shown == expected(f"terminal_{name}_{width}.txt", shown)


def test_a_pipe_gets_no_control_sequences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = StringIO()
    write(made.week(), made.TEXTS, out)
    assert "\x1b" not in out.getvalue()
    assert out.getvalue().startswith("22 of 13,659 executions failed\n")


def test_a_terminal_gets_links_and_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    out = Terminal()
    write(made.week(), made.TEXTS, out)
    assert f"#/statemachines/view/{made.SCORES.arn}" in out.getvalue()
    assert "\x1b[1m" in out.getvalue()


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    write(made.week(complete=False), made.TEXTS, out)
    assert "\x1b[33" not in out.getvalue()
    assert "\x1b[1;33" not in out.getvalue()


def test_a_terminal_without_the_glyphs_shows_a_question_mark() -> None:
    raw = BytesIO()
    out = TextIOWrapper(raw, encoding="ascii")
    machine = made.machine("名前")
    failures = [made.failure(machine, 1, made.SPOT)]
    write(Found([machine], {}, failures, made.coverage(1, 1)).report(), made.TEXTS, out)
    out.flush()
    assert b"?? has the one failure" in raw.getvalue()


def test_addresses_are_not_broken_over_lines() -> None:
    address = made.TABLE[made.SPOT].docs
    assert len(address) > 80
    assert address in render(made.week(), made.TEXTS, 80)


def test_what_is_not_shown_is_counted() -> None:
    shown = render(made.large(40, 500), made.TEXTS, 120)
    assert "and 20 more with 240 failures" in shown
    assert "and 488 more executions in the JSON report" in shown


@by_any_author
def test_hostile_text_is_inert_and_keeps_the_width(author: Author) -> None:
    report, texts = author.found().report(), author.texts()
    shown = render(report, texts, 80)
    assert all(line.isprintable() for line in shown.splitlines())
    for line in shown.splitlines():
        assert cell_len(line) <= 80 or line.lstrip().startswith("https://docs.example/")


@by_any_author
def test_hostile_text_brings_no_control_sequence_of_its_own(author: Author) -> None:
    out = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm-256color")
        write(author.found().report(), author.texts(), out)
    ours_gone = _OUR_CODES.sub("", out.getvalue())
    assert all(line.isprintable() for line in ours_gone.split("\n"))
    for link in re.findall(r"\x1b\]8;[^;]*;([^\x1b]+)\x1b", out.getvalue()):
        assert link.startswith(
            ("https://eu-west-1.console.aws.amazon.com/", "https://docs.example/")
        )

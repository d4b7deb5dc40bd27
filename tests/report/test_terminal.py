"""The report at a terminal: whole in 80 and 120 columns, plain in a pipe, and inert."""

import re
from dataclasses import replace
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from rich.cells import cell_len

from sfn_digest.i18n.translator import LANGUAGES, Language
from sfn_digest.model.executions import ExecutionCounts
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.terminal.whole_report import render, write
from sfn_digest.report.wording import labels
from sfn_digest.report.wording.leading_sentences import NEEDS
from tests.report import made, made_past
from tests.report.golden import expected
from tests.report.hostile import Author, Found, by_any_author
from tests.report.hostile_past import with_past

REPORTS = {
    **made.REPORTS,
    "compared_week": made_past.compared_week(),
    "quiet_after_a_bad_week": made_past.quiet_after_a_bad_week(),
}
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
    assert out.getvalue().startswith("21 of 13,659 executions failed (0.15%)\n")


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
    assert b"??: 1 of 1 failed due to Spot interruptions in Score" in raw.getvalue()


def test_addresses_are_not_broken_over_lines() -> None:
    address = made.TABLE[made.SPOT].docs
    assert len(address) > 80
    assert address in render(made.week(), made.TEXTS, 80)


def test_what_is_not_shown_is_counted() -> None:
    shown = render(made.large(40, 500), made.TEXTS, 120)
    assert "and 20 more with 240 failures" in shown
    assert "and 488 more executions in the JSON report" in shown


def test_the_four_numbers_say_how_they_moved_since_the_period_before() -> None:
    shown = render(made_past.compared_week(), made.TEXTS, 100)
    assert re.search(r"Failed +19 +previously 30, 11 fewer", shown)
    assert re.search(r"Timed out +2 +previously 0, new", shown)
    assert re.search(r"11 +3 fewer +401 +27 +calculate-scores", shown)


def test_attempts_that_cloudwatch_cannot_count_are_not_held_against_nothing() -> None:
    week = made_past.compared_week()
    assert week.before
    counted = replace(
        week.before, source="cloudwatch", failed_attempts=None, causes=(), carried_over=()
    )
    shown = render(replace(week, before=counted), made.TEXTS, 100)
    assert re.search(r"Failed attempts +32 +not counted in the previous period", shown)
    assert "as counted by CloudWatch" in shown
    assert "Causes held against" not in shown


def test_a_new_cause_names_the_change_of_the_definition_before_it() -> None:
    shown = " ".join(render(made_past.compared_week(), made.TEXTS, 120).split())
    assert "new: daily-batch / Error in the code in Load" in shown
    assert "the definition changed to version 12 on 2026-11-09 20:00 UTC" in shown
    assert "resolved: nightly-import / Task did not start in Copy" in shown


def test_the_trend_is_blocks_and_numbers() -> None:
    shown = render(made_past.compared_week(), made.TEXTS, 100)
    assert "\u2581▄█▆  Failures over 4 weeks: 0, 12, 30, 21" in shown


def test_a_machine_that_fails_no_more_is_named() -> None:
    week = made_past.compared_week()
    assert week.before
    gone = replace(
        week, before=replace(week.before, machines={made.QUIET.arn: ExecutionCounts(0, 6)})
    )
    assert "No longer failing: map-objects (6 previously)." in render(gone, made.TEXTS, 100)


@by_any_author
def test_hostile_text_is_inert_and_keeps_the_width(author: Author) -> None:
    report, texts = with_past(author, author.found().report()), author.texts()
    shown = render(report, texts, 80)
    assert all(line.isprintable() for line in shown.splitlines())
    for line in shown.splitlines():
        assert cell_len(line) <= 80 or line.lstrip().startswith("https://docs.example/")


@by_any_author
def test_hostile_text_brings_no_control_sequence_of_its_own(author: Author) -> None:
    out = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm-256color")
        write(with_past(author, author.found().report()), author.texts(), out)
    ours_gone = _OUR_CODES.sub("", out.getvalue())
    assert all(line.isprintable() for line in ours_gone.split("\n"))
    for link in re.findall(r"\x1b\]8;[^;]*;([^\x1b]+)\x1b", out.getvalue()):
        assert link.startswith(
            ("https://eu-west-1.console.aws.amazon.com/", "https://docs.example/")
        )


@pytest.mark.parametrize("name", REPORTS)
def test_the_first_screen_has_forty_lines(name: str) -> None:
    shown = render(REPORTS[name], made.TEXTS, 80, depth="brief")
    assert len(shown.splitlines()) <= 40
    assert render(REPORTS[name], made.TEXTS, 80, depth="usual").startswith(shown[:-1])


def test_in_forty_columns_every_machine_and_cause_is_named_whole() -> None:
    shown = render(made_past.compared_week(), made.TEXTS, 40)
    assert max(cell_len(line) for line in shown.splitlines() if "://" not in line) <= 40
    for line in (
        "calculate-scores",
        "11 of 401 failed, 3 fewer",
        "10 Spot interruption in Score",
    ):
        assert line in [each.strip() for each in shown.splitlines()]
    assert "…" not in shown


def test_the_long_report_is_for_those_who_ask() -> None:
    week = made_past.compared_week()
    usual, full = (render(week, made.TEXTS, 100, depth=each) for each in ("usual", "full"))
    assert len(usual.splitlines()) < len(full.splitlines()) * 2 / 3
    assert "calculate-scores / run-002" not in usual
    assert "calculate-scores / run-002" in full
    assert "sfn-digest report --full" in usual


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", [*REPORTS, "tagged_week", "large"])
def test_no_line_is_wider_than_the_terminal_save_addresses_and_commands(
    name: str, width: int, language: Language
) -> None:
    others = {"tagged_week": made_past.tagged_week(), "large": made.large(60, 400)}
    report, texts = (REPORTS | others)[name], texts_in(language)
    for depth in ("brief", "usual", "full"):
        for line in render(report, texts, width, depth=depth).splitlines():
            whole = "https://" in line or "sfn-digest patch" in line
            assert cell_len(line) <= width or whole, line


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*REPORTS, "tagged_week", "large"])
def test_what_needs_somebody_and_the_hints_stand_in_the_first_forty_lines(
    name: str, language: Language
) -> None:
    others = {"tagged_week": made_past.tagged_week(), "large": made.large(60, 400)}
    report, texts = (REPORTS | others)[name], texts_in(language)
    if not report.totals.failures:
        return
    first = render(report, texts, 80, depth="usual").splitlines()[:40]
    assert texts.translate(NEEDS) in first
    assert (texts.translate(labels.HINTS) in first) == bool(report.hints)
    assert len(render(report, texts, 80, depth="brief").splitlines()) <= 40

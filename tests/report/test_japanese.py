"""The digest in Japanese: all of it, within the same limits, and aligned at a terminal."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from rich.cells import cell_len

from sfn_digest import causes
from sfn_digest.causes import load_rules
from sfn_digest.i18n.message import Message, ngettext, sentences
from sfn_digest.i18n.translator import translator
from sfn_digest.pipeline.explained_execution import with_definition
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.html import page
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack import message, messages, thread_messages
from sfn_digest.report.terminal import story_text as explained
from sfn_digest.report.terminal import whole_report as terminal
from sfn_digest.report.wording import comparisons, findings, leading_sentences
from sfn_digest.retry import read_definition
from tests.pipeline.test_explain import FAILED, story
from tests.report import made, made_past
from tests.report.golden import expected, without_assets
from tests.report.hostile import Author, by_any_author
from tests.report.hostile_past import with_past
from tests.report.made_japanese import JAPANESE, REPORTS
from tests.report.slack_lint import lint, lint_reply

pytestmark = pytest.mark.slow

TRANSLATOR = translator("ja")
FORMATS = TRANSLATOR.formats


def in_japanese(texts: Shown) -> Shown:
    """Give the same table of causes, to be told in Japanese."""
    return replace(texts, translator=TRANSLATOR)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", REPORTS)
def test_the_terminal_shows_the_golden_text(name: str, width: int) -> None:
    shown = terminal.render(REPORTS[name], JAPANESE, width)
    assert shown == expected(f"terminal_ja_{name}_{width}.txt", shown)


@pytest.mark.parametrize("name", REPORTS)
def test_the_messages_are_the_golden_ones(name: str) -> None:
    posted = messages(REPORTS[name], JAPANESE)
    told = [{"text": each.text.split("\n"), "blocks": each.blocks} for each in posted]
    shown = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    assert shown == expected(f"slack_ja_{name}.json", shown)


@pytest.mark.parametrize("name", ["compared_week", "quiet_after_a_bad_week"])
def test_the_page_is_the_golden_one(name: str) -> None:
    shown = without_assets(page.page(REPORTS[name], JAPANESE))
    assert '<html lang="ja">' in shown
    assert shown == expected(f"page_ja_{name}.html", shown)


def test_one_execution_s_story_is_the_golden_one() -> None:
    definition = read_definition({"States": {"Call": {"Type": "Task", "Retry": []}}})
    shown = explained.render(with_definition(story(*FAILED), definition), JAPANESE, 80)
    assert shown == expected("explained_ja.txt", shown)


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("name", REPORTS)
def test_no_line_at_a_terminal_is_wider_than_it(name: str, width: int) -> None:
    for line in terminal.render(REPORTS[name], JAPANESE, width).splitlines():
        assert cell_len(line) <= width or "https://" in line, line


@pytest.mark.parametrize("width", [80, 120])
def test_columns_of_wide_glyphs_end_where_their_headings_do(width: int) -> None:
    lines = terminal.render(made.week(), JAPANESE, width).splitlines()
    heading = next(line for line in lines if line.split()[:2] == ["失敗", "実行"])
    row = next(line for line in lines if line.endswith("  calculate-scores"))
    for label, value in (("失敗", "11"), ("実行", "401"), ("試行", "27")):
        ends = (heading.index(label) + len(label), row.index(f" {value} ") + 1 + len(value))
        assert cell_len(heading[: ends[0]]) == cell_len(row[: ends[1]])


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (FORMATS.number(1204), "1,204"),
        (FORMATS.minute(datetime(2026, 11, 16, 9, tzinfo=UTC)), "2026年11月16日 09:00"),
        (FORMATS.second(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)), "2026年1月2日 03:04:05"),
        (
            FORMATS.minute(datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=9)))),
            "2025年12月31日 23:00",
        ),
        (
            findings.window(made.WINDOW),
            "2026年11月9日 00:00 から 2026年11月16日 00:00 まで (UTC)",
        ),
        (FORMATS.tick(datetime(2026, 11, 9, tzinfo=UTC), timedelta(hours=6)), "11/9"),
        (FORMATS.tick(datetime(2026, 11, 9, 6, tzinfo=UTC), timedelta(hours=6)), "11/9 06:00"),
        (
            findings.counted_cause(5, causes.noun("spot_interruption") or "", known=True),
            "スポット中断 5回",
        ),
        (findings.counted_cause(5, "昼休み", known=False), "昼休み 5回"),
        (
            leading_sentences.by_cause(Message("{n} failed", n=1), 1, 1, "不明"),
            "失敗1件、原因は不明",
        ),
        (
            leading_sentences.by_cause(Message("{n} failed", n=3), 3, 2, "HTTP 5xx 応答"),
            "失敗3件、うち2件は HTTP 5xx 応答",
        ),
        (findings.attempts_of_one_cause(3, "a", complete=False), "失敗した試行3回以上、すべて a"),
        (findings.quiet(0, 1), "失敗はありません: ステートマシン1個で終了した実行はありません。"),
        (FORMATS.length(190), "3分10秒"),
        (comparisons.trend(8, made.WINDOW), "8週間の失敗"),
    ],
)
def test_numbers_dates_and_counts_are_written_as_in_japan(said: str, shown: str) -> None:
    assert TRANSLATOR.translate(said) == shown


def test_a_sentence_made_elsewhere_is_told_with_all_its_parts() -> None:
    failures = ngettext("{n} failure", "{n} failures", 1204)
    names = Message("{names} and {rest} more", names=("States.Timeout", "名前"), rest=2)
    told = Message(
        "{failures} of {state} had the error {errors}, which {all} does not retry: fix the data "
        "or the definition.",
        failures=failures,
        state="Load",
        errors=names,
        all="States.ALL",
    )
    both = sentences(told, Message("The cause does not go away by itself."))
    assert both.startswith("1,204 failures of Load had the error States.Timeout, 名前 and 2 more, ")
    assert TRANSLATOR.translate(both) == (
        "Load の失敗1,204件は States.Timeout、名前 ほか2件 によるもので、States.ALL では再試行"
        "されません。データか定義を修正してください。この原因は自然には解消しません。"
    )


def test_what_has_no_template_is_shown_as_it_is() -> None:
    assert (
        TRANSLATOR.translate("ThrottlingException: Rate exceeded")
        == "ThrottlingException: Rate exceeded"
    )
    assert (
        TRANSLATOR.translate(Message("{names} is unheard of", names=("a", "b")))
        == "a、b is unheard of"
    )


def test_a_user_s_own_advice_keeps_the_user_s_words() -> None:
    rules = load_rules('[[rule]]\nerror = "X"\ncause = "network"\nadvice = "Ask Jo."\n')
    texts = texts_in("ja", rules)
    assert texts.advice("network") == "Ask Jo."
    assert texts.title("network") == "ネットワーク障害"


def test_what_a_diagnosis_says_in_place_of_aws_is_told_in_japanese() -> None:
    stopped = "The execution was stopped"
    assert JAPANESE.detail("", stopped) == "実行が停止されました"
    assert JAPANESE.detail("States.X", f"States.X: {stopped}") == "States.X: 実行が停止されました"
    assert JAPANESE.detail("", f"{stopped}, said Jo") == f"{stopped}, said Jo"
    assert made.TEXTS.detail("", stopped) == stopped


@pytest.mark.parametrize("machines", [1, 40, 400])
@pytest.mark.parametrize("failures", [0, 5, 5_000])
def test_a_digest_of_any_size_keeps_slacks_limits(machines: int, failures: int) -> None:
    report = made_past.with_past(made.large(machines, failures), hints=20)
    assert lint(message(report, JAPANESE)) == []
    for reply in thread_messages(report, JAPANESE, charts=True):
        assert lint_reply(reply) == []


@by_any_author
def test_hostile_text_keeps_the_limits_and_is_inert(author: Author) -> None:
    report = with_past(author, author.found(max_machines=9).report())
    texts = in_japanese(author.texts())
    assert lint(message(report, texts)) == []
    for reply in thread_messages(report, texts, charts=True):
        assert lint_reply(reply) == []

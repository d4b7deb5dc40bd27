"""A backtest as people and programs get it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest

from sfn_digest.config.request import parse_language
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.change import Bounds, ChangeBacktest, ChangedOutcome, ChangedState
from sfn_digest.model.executions import Window
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.change import show_change, would_lose

WINDOW = Window(datetime(2026, 10, 29, tzinfo=UTC), datetime(2026, 11, 28, tzinfo=UTC))
GOOD = ChangedOutcome(
    recovered=Bounds(11, 17.2, 19),
    net=Bounds(8, 16.0, 19),
    lost=Bounds(0, 1.2, 3),
    attempts=31.0,
    wait_seconds=7260.0,
    recovery_seconds=600.0,
    dollars=0.000775,
)
BAD = ChangedOutcome(
    lost=Bounds(6, 12.3, 20), net=Bounds(-20, -12.3, -6), attempts=-40.0, wait_seconds=-90.0
)


def made(outcome: ChangedOutcome, state: str = "Load") -> ChangeBacktest:
    return ChangeBacktest(
        machine_arn="arn:aws:states:eu-west-1:123456789012:stateMachine:jobs",
        machine="jobs",
        window=WINDOW,
        failures=19,
        successes=1204,
        states=(ChangedState(state, 19, 4, outcome),),
        outcome=outcome,
        notes=(
            Message(
                "Only the newest {n} are counted.", n=ngettext("{n} success", "{n} successes", 9)
            ),
        ),
    )


def shown(found: ChangeBacktest, face: str, language: str = "en") -> str:
    out = StringIO()
    show_change(found, face, texts_in(parse_language(language)), out)
    return out.getvalue()


@pytest.mark.parametrize("face", ["terminal", "markdown"])
def test_the_first_sentence_says_what_a_reviewer_needs(face: str) -> None:
    good, bad = shown(made(GOOD), face), shown(made(BAD), face)
    assert good.splitlines()[0].strip("*").startswith("This change would have recovered 17 of 19")
    assert bad.splitlines()[0].strip("*").startswith("This change would have lost 12 executions of")
    nothing = shown(replace(made(ChangedOutcome()), states=()), face)
    assert "would not have changed how any execution" in nothing
    assert "Attempts" not in nothing


def test_what_is_caught_and_what_is_not_replayed_is_in_the_first_sentence() -> None:
    caught = made(ChangedOutcome(caught=Bounds(15, 16.6, 19)))
    assert shown(caught, "terminal").startswith(
        "This change would have caught errors of 17 of 19 failed executions of jobs since"
    )
    assert "how they end then is not replayed" in shown(caught, "terminal").replace("\n", " ")
    partly = shown(made(ChangedOutcome()), "terminal")
    assert partly.startswith("As far as it is replayed, this change would not have changed how")
    whole = shown(replace(made(ChangedOutcome()), notes=()), "terminal")
    assert whole.startswith("This change would not have changed how any execution")


def test_a_comment_on_a_pull_request_has_the_bounds_the_price_and_what_was_left_out() -> None:
    assert shown(made(GOOD), "markdown") == (
        "**This change would have recovered 17 of 19 failed executions of jobs since "
        "2026-10-29.**\n"
        "\n- Recovered: 17 of 19 failed executions (95% interval: 11\N{EN DASH}19).\n"
        "\n- Lost: 1 of 1,204 successful executions (95% interval: 0\N{EN DASH}3).\n"
        "\n- Attempts: +31. Time that executions take: +2 h 1 min. State transitions: +$0.0008.\n"
        "\n| State | Failed | Recovered | Caught | Lost | Attempts | Time |\n"
        "| --- | --: | --: | --: | --: | --: | --: |\n"
        "| Load | 19 | 17 (11\N{EN DASH}19) | 0 | 1 (0\N{EN DASH}3) | +31 | +2 h 1 min |\n"
        "\n> Only the newest 9 successes are counted.<br>\n"
    )


def test_a_states_name_makes_no_link_no_mention_and_no_further_cell() -> None:
    text = shown(made(GOOD, "a|b [x](http://evil) @team <img>"), "markdown")
    row = next(line for line in text.splitlines() if "evil" in line)
    assert row.count(" | ") == 6
    assert "@team" not in row
    assert "[x](" not in row
    assert "<img" not in row.replace("\\<img", "")


def test_json_carries_its_version_and_every_number() -> None:
    found = json.loads(shown(made(BAD), "json"))
    assert found["schema_version"] == "1.0"
    assert found["outcome"]["lost"] == {"low": 6, "likely": 12.3, "high": 20}
    assert found["states"][0]["state"] == "Load"
    assert found["window"]["start"] == "2026-10-29T00:00:00.000Z"


def test_a_loss_is_called_one_only_where_more_is_lost_than_recovered() -> None:
    assert would_lose(made(BAD))
    assert not would_lose(made(GOOD))


def test_it_is_told_in_japanese_too() -> None:
    text = shown(made(GOOD), "markdown", "ja")
    assert "This change" not in text
    assert "Recovered" not in text

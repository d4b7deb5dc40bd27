"""Hints in every face: what to change and where, inert whatever a name holds."""

from dataclasses import replace

import pytest

from sfn_digest.i18n.message import Message
from sfn_digest.model.report import Hint, Recovered, Report
from sfn_digest.report import slack as slack_blocks
from sfn_digest.report.faces import to_markdown
from sfn_digest.report.html import page
from sfn_digest.report.slack.failure_replies import hint_replies
from sfn_digest.report.snippet import command
from sfn_digest.report.terminal import whole_report as terminal
from tests.report import made, made_past
from tests.report.slack_lint import lint

TEXT = "Ecs.ServerException never matched: <!channel> \u202e error names are case-sensitive."


def hinted(count: int) -> Report:
    hint = Hint(
        kind="dead_retrier",
        machine_arn=made.SCORES.arn,
        state="Run",
        cause=made.SPOT,
        errors=("ECS.ServerException",),
        retrier=None,
        failures=3,
        incidents=2,
        recovered=Recovered(0, 0.0, 0, 0, 0),
        added_wait_seconds=0.0,
        title=Message("Write ECS.ServerException for Ecs.ServerException"),
        text=Message(TEXT),
        sure="sure",
        added_attempts=0.0,
        failed_attempts=0,
        hours=0.0,
        dollars=0.0,
        patched=None,
    )
    return replace(made.week(), hints=(hint,) * count)


def test_the_terminal_shows_ten_hints_and_counts_the_rest() -> None:
    shown = terminal.render(hinted(12), made.TEXTS, 100, depth="usual")
    title = "calculate-scores: Write ECS.ServerException for Ecs.ServerException"
    assert shown.count(title) == 5 + 10
    assert "and 7 more hints" in shown
    assert "and 2 more hints" in shown
    assert "\u202e" not in shown


def test_the_long_report_at_a_terminal_shows_every_hint() -> None:
    shown = terminal.render(hinted(12), made.TEXTS, 100, depth="full")
    title = "calculate-scores: Write ECS.ServerException for Ecs.ServerException"
    assert shown.count(title) == 5 + 12
    assert "and 2 more hints" not in shown


LONG = " ".join(f"Sentence {number} of the hint." for number in range(60))


@pytest.mark.parametrize("face", ["terminal", "page", "thread", "markdown"])
def test_a_hint_is_told_whole_with_its_id_and_the_command_that_applies_it(face: str) -> None:
    given = replace(made_past.RETRY, text=Message(LONG))
    report = replace(made.week(), hints=(given,))
    shown = {
        "terminal": lambda: " ".join(terminal.render(report, made.TEXTS, 100).split()),
        "page": lambda: page.page(report, made.TEXTS),
        "markdown": lambda: to_markdown(report, made.TEXTS).replace("\\", ""),
        "thread": lambda: "".join(
            str(block) for reply in hint_replies(report, made.TEXTS) for block in reply.blocks
        ),
    }[face]()
    assert LONG in shown
    assert "sfn-digest patch --machine calculate-scores --hint 5c2e9a71" in shown


@pytest.mark.parametrize("face", ["terminal", "page", "thread", "message"])
def test_a_name_as_long_as_step_functions_allows_stands_whole(face: str) -> None:
    """CloudFormation's names are as long as that, and tell machines apart at their end."""
    name = "DataPlatformProductionEuWest1NightlyImportStateMachine4F2A1B3C-AbCdEfGhIjKlMnOpQ"
    assert len(name) == 80
    week = made.week()
    (first, *rest) = week.machines
    given = replace(made_past.RETRY, machine_arn=first.arn)
    report = replace(week, machines=(replace(first, name=name), *rest), hints=(given,))
    shown = {
        "terminal": lambda: "".join(terminal.render(report, made.TEXTS, 100).split()),
        "page": lambda: page.page(report, made.TEXTS),
        "thread": lambda: str([each.blocks for each in hint_replies(report, made.TEXTS)]),
        "message": lambda: slack_blocks.message(report, made.TEXTS).text,
    }[face]()
    assert f"{name}:" in shown


def test_a_change_to_be_made_by_hand_has_no_command() -> None:
    assert command(made_past.UNWRITTEN, "orders") == ""
    assert command(made_past.RETRY, "two words; rm") == (
        "sfn-digest patch --machine 'two words; rm' --hint 5c2e9a71"
    )
    assert command(made_past.RETRY, "hidden\u202ename") == ""


def test_the_page_shows_every_hint_escaped() -> None:
    shown = page.page(hinted(12), made.TEXTS)
    assert shown.count("<h3>calculate-scores: Write ECS.ServerException") == 12
    assert "<!channel>" not in shown
    assert "&lt;!channel&gt;" in shown


@pytest.mark.parametrize("count", [1, 200])
def test_the_message_names_what_to_change_within_slack_s_limits(count: int) -> None:
    message = slack_blocks.message(hinted(count), made.TEXTS)
    assert lint(message) == []
    assert len(message.blocks) <= 6
    assert "Write ECS.ServerException for Ecs.ServerException" in message.text

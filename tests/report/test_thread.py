"""The thread tells the rest: each reply within Slack's limits, and what is left out is said."""

import json
from dataclasses import replace
from typing import Any

import pytest

from sfn_digest.i18n.message import Message as Sentence
from sfn_digest.i18n.message import sentences
from sfn_digest.model.report import Hint, Report
from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.report.redrive_candidates import own_command
from sfn_digest.report.slack import MOST_REPLIES, messages, thread_messages
from simulator.server.slack_blocks import block_errors
from tests.examples import many
from tests.report import made, made_past
from tests.report.golden import expected
from tests.report.hostile import Author, Found, by_any_author
from tests.report.hostile_past import with_past
from tests.report.slack_lint import lint_reply, strings

pytestmark = pytest.mark.slow


def thread(report: Report, *, charts: bool = False) -> tuple[SlackMessage, ...]:
    return thread_messages(report, made.TEXTS, charts=charts)


def titles(report: Report) -> list[str]:
    return [message.text.partition("\n")[0] for message in thread(report)]


def titled(report: Report, title: str, *, charts: bool = False) -> SlackMessage:
    found = [each for each in thread(report, charts=charts) if f"\n{title}" in f"\n{each.text}"]
    return found[0]


def shown(message: SlackMessage) -> str:
    return "\n".join(strings(message.blocks))


def preformatted(message: SlackMessage) -> list[str]:
    """The code in a reply, block by block."""
    return [
        "".join(part["text"] for part in element["elements"])
        for block in message.blocks
        if block["type"] == "rich_text"
        for element in block["elements"]
        if element["type"] == "rich_text_preformatted"
    ]


REPLIES = [
    "Causes compared with the previous period",
    "Hints",
    "Causes by state machine and state",
    "Failed attempts by execution, from each state machine in turn",
    "Failed in the previous period and again in this one",
]


@pytest.mark.parametrize("number", range(len(REPLIES)))
def test_each_reply_is_the_golden_one(number: int) -> None:
    reply = thread(made_past.compared_week(), charts=True)[number]
    whole = {
        "text": reply.text.split("\n"),
        "blocks": reply.blocks,
        "fallback": reply.fallback_blocks and [each["type"] for each in reply.fallback_blocks],
    }
    told = json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
    assert told == expected(f"slack_thread_{number + 1}.json", told)


def test_the_replies_stand_in_their_order_after_the_root() -> None:
    report = made_past.compared_week()
    assert titles(report) == REPLIES
    assert messages(report, made.TEXTS)[1:] == thread(report)


def test_what_there_is_not_makes_no_reply() -> None:
    assert titles(made.week()) == REPLIES[2:4]
    assert thread(made.quiet_week()) == ()


def test_a_quiet_week_still_tells_what_is_gone() -> None:
    report = made_past.quiet_after_a_bad_week()
    assert titles(report) == [REPLIES[0], REPLIES[4]]
    assert "Failures over 2 weeks" in thread(report)[1].text


def test_a_hint_stands_with_what_it_changes_and_nothing_else_of_the_state() -> None:
    text = shown(titled(made_past.compared_week(), "Hints"))
    assert "about 8 of 10 failures (9 incidents) would have recovered" in text
    assert '"IntervalSeconds": 60' in text
    assert "sfn-digest patch --machine calculate-scores" in text
    assert "ecs:runTask.sync" not in text
    assert "daily-batch: Shrink the payload of Load" in text


def test_a_hint_on_a_timeout_leaves_the_state_s_retriers_out() -> None:
    patched = {"TimeoutSeconds": 900, "Retry": [made_past.SPOT_RETRIER]}
    report = replace(made.week(), hints=(replace(made_past.LIMIT, patched=patched),))
    text = shown(titled(report, "Hints"))
    assert '"TimeoutSeconds": 900' in text
    assert "Retry" not in text


def unlimited(number: int) -> Hint:
    """A state that waits without a timeout, with the one to set."""
    text = sentences(
        Sentence("It waits without a timeout."),
        Sentence("99% of successful executions spend at most {n} min in it.", n=number),
        Sentence("Set TimeoutSeconds to {n}.", n=100 * number),
    )
    return replace(
        made_past.LIMIT,
        kind="missing_timeout",
        id=f"t{number}",
        title=Sentence("Set a timeout on S{n}", n=number),
        text=text,
        patched={"TimeoutSeconds": 100 * number},
    )


def test_timeouts_to_set_stand_with_their_value_and_command_and_are_counted_beyond_ten() -> None:
    hints = tuple(unlimited(number) for number in range(1, 14))
    reply = titled(replace(made.week(), hints=hints), "Hints")
    text = shown(reply)
    assert text.count("never returns holds its execution for up to a year") == 1
    assert "daily-batch: Set a timeout on S7" in text
    assert "99% of successful executions spend at most 7 min in it. Set TimeoutSeconds to 700." in (
        text
    )
    assert "sfn-digest patch --machine daily-batch --hint t7" in text
    assert "sfn-digest patch" not in reply.text
    assert "Set TimeoutSeconds to 1,100" not in text
    assert "and 3 more hints in the JSON report" in text


def long_hint(retriers: int, **fields: Any) -> Hint:
    """A hint that changes so many retriers."""
    patched = {"Retry": [{"MaxAttempts": n} for n in range(retriers)]}
    return replace(made_past.RETRY, patched=patched, **fields)


def test_a_long_change_is_given_whole_over_as_many_blocks_and_replies_as_it_takes() -> None:
    report = replace(made.week(), hints=(long_hint(300), made_past.RETRY))
    found = [each for each in thread(report) if each.text.startswith("Hints")]
    assert len(found) > 1
    assert [lint_reply(reply) for reply in found] == [[]] * len(found)
    code = [each for reply in found for each in preformatted(reply)]
    commands = [place for place, each in enumerate(code) if each.startswith("sfn-digest patch")]
    retry = json.loads("\n".join(code[: commands[0]]))[made_past.RETRY.state]["Retry"]
    assert retry == [{"MaxAttempts": n} for n in range(300)]


def test_a_hint_that_does_not_fit_whole_is_counted_and_never_shown_in_part() -> None:
    huge = long_hint(3000, title=Sentence("Too long"))
    report = replace(made.week(), hints=(made_past.RETRY, huge))
    found = [each for each in thread(report) if each.text.startswith("Hints")]
    assert "Too long" not in "".join(map(shown, found))
    assert "1 more hint" in shown(found[-1])


def test_an_adopted_hint_tells_what_came_of_it() -> None:
    assert (
        "• nightly-import Copy, ECS.AmazonECSException: adopted on 2026-11-02: predicted "
        "50\N{EN DASH}90%, observed 75% (6 of 8 failures)"
    ) in titled(made_past.compared_week(), REPLIES[4]).text


def test_a_new_cause_stands_with_the_change_of_the_definition_before_it() -> None:
    text = titled(made_past.compared_week(), REPLIES[0]).text
    assert (
        "• new: daily-batch: Error in the code in Load: 4 now, 0 previously; first seen "
        "2026-11-09 21:00 UTC; the definition changed to version 12 on 2026-11-09 20:00 UTC"
    ) in text
    assert "• recurring: calculate-scores: Spot interruption in Score: 10 now, 8 previously" in text
    assert "• resolved: nightly-import: Task did not start in Copy: 0 now, 5 previously" in text


def test_what_failed_again_after_a_redrive_is_named() -> None:
    text = titled(made_past.compared_week(), REPLIES[4]).text
    lead = "Failed in the previous period and again in this one\n• calculate-scores / run-002\n"
    assert text.startswith(lead)
    assert "\nFailures over 4 weeks\n" in text


def test_a_cause_s_example_is_its_latest_execution_and_leads_to_the_console() -> None:
    reply = titled(made.week(), "Causes by")
    assert (
        "• Spot interruption in Score: 10 executions, 24 failed attempts; for example run-037"
        in (reply.text)
    )
    urls = [text for text in strings(reply.blocks) if text.startswith("https://")]
    assert any(url.endswith("details/" + _arn("run-037")) for url in urls)


def _arn(name: str) -> str:
    return f"{made.SCORES.arn.replace(':stateMachine:', ':execution:')}:{name}"


def test_an_execution_says_what_its_failed_attempts_were() -> None:
    text = titled(made.week(), "Failed attempts").text
    assert "6 failed attempts: 5 Spot interruptions, 1 start failure" in text
    assert "at least 3 failed attempts: 2 start failures" in text


def test_the_hardest_execution_of_each_machine_comes_before_many_of_one() -> None:
    machines = [made.SCORES, made.BATCH, made.IMPORTS]
    failures = [made.failure(made.SCORES, n, made.SPOT, (made.SPOT,) * 9) for n in range(50)]
    failures += [made.failure(each, 9, made.SPOT, (made.SPOT,) * 2) for each in machines[1:]]
    report = Found(machines, {}, failures, made.coverage(3, 52)).report()
    reply = titled(report, "Failed attempts")
    assert "daily-batch / " in reply.text
    assert "nightly-import / " in reply.text
    told = reply.text.count(" / ")
    assert f"and {52 - told} more executions in the JSON report\n" in reply.text


def test_what_can_be_redriven_stands_with_its_deadline_and_command() -> None:
    reply = titled(made.week(), "Executions that can")
    assert "11 executions of 1 state machine failed due to temporary causes." in reply.text
    assert "the earliest until 2026-11-23 06:00 UTC, and resume" in reply.text
    assert preformatted(reply) == ["sfn-digest redrive --machine calculate-scores --since 14d"]


def test_no_command_is_shown_for_a_name_that_a_shell_would_take_for_another() -> None:
    assert own_command("nightly run") == "sfn-digest redrive --machine 'nightly run' --since 14d"
    assert own_command("a\u202eb") == ""


def test_attempts_give_way_to_map_runs_and_redrives_so_that_one_reply_holds_all() -> None:
    failures = [made.failure(made.SCORES, n, made.SPOT, (made.SPOT,) * 9) for n in range(50)]
    report = Found([made.SCORES], {}, failures, made.coverage(1, 50)).report()
    (reply,) = (each for each in thread(report) if each.text.startswith("Failed attempts"))
    assert "\nExecutions that can be redriven\n" in reply.text
    assert lint_reply(reply) == []


def test_caught_failures_are_said_to_be_started_again() -> None:
    report = made.week()
    spot = next(each for each in report.failures if each.cause == made.SPOT)
    caught = replace(spot, fail_state="Give up")
    failures = tuple(caught if each is spot else each for each in report.failures)
    text = titled(replace(report, failures=failures), "Executions that can").text
    assert "1 more ended in a Fail state after a Catch: start a new execution" in text


def test_the_trend_is_a_table_and_is_said_in_words() -> None:
    week = replace(made_past.compared_week(), before=None, adopted=(), adopted_changes=())
    reply = titled(week, "Failures over")
    assert "2026-11-02: 30 of 13,030 executions failed" in reply.text
    rows = [[cell["text"] for cell in row] for row in reply.blocks[1]["rows"]]
    assert rows[0] == ["From (UTC)", "Failures", "Executions", "Share", "Trend"]
    assert rows[1] == ["2026-10-19", "0", "13,000 executions", "0%", "\N{EN DASH}"]
    assert rows[3] == ["2026-11-02", "30", "13,030 executions", "0.23%", "█" * 12]


def test_charts_are_drawn_where_they_are_asked_for_and_can_be_left_out() -> None:
    report = replace(made_past.compared_week(), before=None, adopted=())
    for title, chart in (
        ("Causes by", "Executions by root cause"),
        ("Failures over", "Failures over 4 weeks"),
    ):
        plain, drawn = titled(report, title), titled(report, title, charts=True)
        assert plain.fallback_blocks is None
        assert drawn.fallback_blocks == plain.blocks
        assert [b["title"] for b in drawn.blocks if b["type"] == "data_visualization"] == [chart]
        assert lint_reply(drawn) == []


def test_bars_that_cannot_be_told_apart_are_not_drawn() -> None:
    report = replace(made_past.compared_week(), before=None, adopted=())
    twice = replace(report, trend=(made_past.period(0, 3),) * 2)
    assert titled(twice, "Failures over", charts=True).fallback_blocks is None


@pytest.mark.parametrize(
    ("machines", "failures"), [(1, 0), (1, 5_000), (40, 0), (40, 5), (400, 5), (400, many(50_000))]
)
def test_a_thread_of_any_size_keeps_the_limits(machines: int, failures: int) -> None:
    report = made_past.with_past(made.large(machines, failures), hints=200)
    replies = thread(report, charts=True)
    assert len(replies) <= MOST_REPLIES
    for reply in replies:
        assert lint_reply(reply) == []
        assert block_errors(reply.fallback_blocks or reply.blocks) == []


def test_hints_that_find_no_place_are_counted() -> None:
    report = made_past.with_past(made.large(3, 9), hints=200)
    found = [each.text for each in thread(report) if each.text.startswith("Hints")]
    told = "".join(found).count(": tttt")
    assert f"• and {200 - told} more hints in the JSON report" in found[-1]


@by_any_author
def test_a_thread_of_hostile_text_keeps_the_limits_and_is_inert(author: Author) -> None:
    report = with_past(author, author.found(max_machines=9).report())
    replies = thread_messages(report, author.texts(), charts=True)
    assert len(replies) <= MOST_REPLIES
    for reply in replies:
        assert lint_reply(reply) == []

"""The Lambda's door: what it posts, what it answers, what it refuses."""

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

from sfn_digest.errors import (
    AccountError,
    BadEventError,
    BadRequestError,
    BadWindowError,
)
from sfn_digest.handler import handler
from simulator.demo import CHANNEL, DemoContext
from simulator.server import SlackMessage
from tests.conftest import Week

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

pytestmark = pytest.mark.slow


def invoke(event: object) -> dict[str, Any]:
    answer: dict[str, Any] = handler(event, cast("LambdaContext", DemoContext()))
    return answer


def roots(week: Week) -> list[SlackMessage]:
    return [message for message in week.account.slack.messages if message.thread_ts is None]


def posted(week: Week) -> int:
    return len(roots(week))


def test_a_scheduled_invocation_posts_one_digest_and_answers_where(week: Week) -> None:
    before = posted(week)
    answer = invoke({"scheduled_time": week.end.isoformat()})
    assert posted(week) == before + 1
    message = roots(week)[-1]
    assert answer["posted"] == {"channel": CHANNEL, "ts": message.ts}
    assert "executions failed" in message.text
    assert answer["totals"]["failed"] > 0
    assert len(json.dumps(answer)) < 20_000


def test_post_kept_stands_alone() -> None:
    with pytest.raises(BadEventError, match="post_kept must be alone in an event"):
        invoke({"post_kept": "x", "dry_run": True})


def test_a_dry_run_posts_nothing_and_answers_the_message(week: Week) -> None:
    before = posted(week)
    answer = invoke({"dry_run": True, "machines": "train-model", "until": week.end.isoformat()})
    assert posted(week) == before
    assert answer["posted"] is None
    assert answer["messages"][0]["blocks"]
    assert answer["coverage"]["machines_scanned"] == 1


def test_an_event_may_ask_for_another_language(week: Week) -> None:
    answer = invoke({"dry_run": True, "language": "ja", "until": week.end.isoformat()})
    root = answer["messages"][0]["text"]
    assert re.match(r"実行 ?[\d,]+件中 ?[\d,]+件が失敗", root)
    assert f"{week.end.year}年{week.end.month}月{week.end.day}日" in root


@pytest.mark.parametrize("event", ["weekly", ["weekly"], None, 7])
def test_an_event_that_is_no_object_is_refused_before_any_call(week: Week, event: object) -> None:
    before = len(week.account.calls), posted(week)
    with pytest.raises(BadEventError, match=r"not a JSON object: send \{\} for the last 7d"):
        invoke(event)
    assert (len(week.account.calls), posted(week)) == before


def test_a_window_that_makes_no_sense_is_refused_before_any_call(week: Week) -> None:
    before = len(week.account.calls)
    with pytest.raises(BadWindowError, match="before it starts"):
        invoke({"since": "2026-11-02", "until": "2026-11-01"})
    assert len(week.account.calls) == before


def test_without_a_channel_nothing_is_read(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SFN_DIGEST_CHANNEL")
    before = len(week.account.calls)
    with pytest.raises(BadRequestError, match="no channel to post to: set SFN_DIGEST_CHANNEL"):
        invoke({})
    assert len(week.account.calls) == before


def test_a_token_that_cannot_be_read_costs_no_scan_and_says_where_to_put_it(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_TOKEN_PARAMETER", "/nowhere/token")
    before = len(week.account.calls)
    with pytest.raises(AccountError, match=r"There is no SSM parameter /nowhere/token in .*create"):
        invoke({})
    assert {call.api for call in week.account.calls[before:]} == {"GetParameter"}


@pytest.mark.usefixtures("week")
def test_without_a_token_s_name_the_settings_to_choose_from_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SLACK_TOKEN_PARAMETER")
    with pytest.raises(
        BadRequestError, match=r"set SLACK_TOKEN_PARAMETER .* or SLACK_TOKEN_SECRET"
    ):
        invoke({})


def test_a_refusal_is_logged_as_one_sentence_without_the_token(
    week: Week, caplog: pytest.LogCaptureFixture
) -> None:
    before = posted(week)
    with pytest.raises(BadEventError):
        invoke({"colour": "red"})
    says = (
        "The event has “colour”, which is unknown: use since, until, machines, channel, "
        "dry_run, language, continue or scheduled_time only."
    )
    assert [record.getMessage() for record in caplog.records] == [says]
    assert "xoxb" not in caplog.text
    assert posted(week) == before


def test_what_only_a_report_needs_is_not_loaded_before_an_event_is_understood() -> None:
    rooms = ("aws", "causes", "delivery", "pipeline", "report", "retry", "slack", "stream")
    code = "import sys, sfn_digest.handler; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd="lambda_src"
    )
    loaded = set(ran.stdout.split())
    assert loaded.isdisjoint({f"sfn_digest.{room}" for room in rooms} | {"boto3", "numpy"})

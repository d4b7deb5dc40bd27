"""The Lambda posts once: however often it is fired, retried, cut short or refused."""

import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from sfn_digest import invocation
from sfn_digest.delivery import Digest, Done, MemoryLedger
from sfn_digest.errors import BadRequestError, SfnDigestError, UndeliveredError
from sfn_digest.handler import handler
from sfn_digest.report.json_face import to_dict
from sfn_digest.report.slack import messages
from simulator.demo import DemoContext
from simulator.server import DroppedAfterAccept, Refused, ServerFailed, SlackMessage
from simulator.server.transport import LoopbackServer, Response
from tests.conftest import Week
from tests.examples import many
from tests.pipeline.late import out_of_time
from tests.report import made, made_past

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from simulator.server.transport import Request

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _ledger(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - comes first
    ledger = MemoryLedger()
    monkeypatch.setenv("SFN_DIGEST_TABLE", "ledger")
    monkeypatch.setattr(invocation, "open_table", lambda *_: ledger)


def invoke(event: dict[str, object], request_id: str = "1") -> dict[str, Any]:
    lambda_context = replace(DemoContext(), aws_request_id=request_id)
    asked = event if "post_kept" in event else {"machines": "train-model", **event}
    answer: dict[str, Any] = handler(asked, cast("LambdaContext", lambda_context))
    return answer


def scheduled(week: Week, minutes_ago: int) -> dict[str, object]:
    """A period of its own for each test: the workspace is shared."""
    moment = week.end - timedelta(minutes=minutes_ago)
    return {"scheduled_time": moment.isoformat()}


def new(week: Week, before: tuple[SlackMessage, ...]) -> list[SlackMessage]:
    """The roots that came since: one a digest."""
    known = {message.ts for message in before}
    return [
        message
        for message in week.account.slack.messages
        if message.ts not in known and message.thread_ts is None
    ]


def test_a_period_that_is_fired_twice_is_posted_once(week: Week) -> None:
    before = week.account.slack.messages
    first, second = (invoke(scheduled(week, 1), str(n)) for n in (1, 2))
    (message,) = new(week, before)
    assert first["posted"] == second["posted"] == {"channel": "C0SFNDIGEST", "ts": message.ts}


def thread_of(week: Week, root: str) -> list[SlackMessage]:
    return [each for each in week.account.slack.messages if each.thread_ts == root]


def test_the_thread_stands_under_the_digest(week: Week) -> None:
    answer = invoke(scheduled(week, 10))
    titles = [each.text.split("\n")[0] for each in thread_of(week, answer["posted"]["ts"])]
    assert "Causes by state machine and state" in titles
    assert "Failed attempts by execution, from each state machine in turn" in titles


def test_charts_that_the_workspace_refuses_are_left_out(
    week: Week, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SFN_DIGEST_SLACK_CHARTS", "on")
    with caplog.at_level(logging.WARNING):
        answer = invoke(scheduled(week, 11))
    (causes,) = [
        each
        for each in thread_of(week, answer["posted"]["ts"])
        if each.text.startswith("Causes by state machine")
    ]
    assert [block["type"] for block in causes.blocks] == ["header", "rich_text"]
    assert any("Posting without Slack's own charts: " in told for told in caplog.messages)


def test_the_answer_stays_small_however_much_failed() -> None:
    report = made_past.with_past(made.large(400, many(50_000)), hints=400)
    kept = Digest("C0SFNDIGEST", messages(report, made.TEXTS, charts=True), to_dict(report))
    answer = Done(kept, None, "DryRun").answer()
    assert len(answer["messages"]) > 5
    assert len(json.dumps(answer)) < 2_000_000
    assert answer["before"]["period"]["failed"] == 30


def test_two_reports_asked_for_by_hand_are_two_digests_and_one_sent_again_is_not(
    week: Week,
) -> None:
    before = week.account.slack.messages
    hours: dict[str, object] = {"since": "36h"}
    asked = [({}, "a"), (hours, "b"), ({}, "a"), ({}, "sent again")]
    first, _, repeated, again = [invoke(event, number) for event, number in asked]
    assert len(new(week, before)) == 2
    assert first["posted"] == repeated["posted"] == again["posted"]


def test_the_same_words_in_another_order_are_the_same_report(week: Week) -> None:
    before = week.account.slack.messages
    for number, machines in enumerate((["train-model", "daily-*"], ["daily-*", "train-model"])):
        invoke({"machines": machines, "since": "7d"}, f"order {number}")
    assert len(new(week, before)) == 1


def test_an_answer_that_was_lost_is_looked_for_and_told(
    week: Week, caplog: pytest.LogCaptureFixture
) -> None:
    before = week.account.slack.messages
    week.account.slack.inject(DroppedAfterAccept())
    with caplog.at_level(logging.WARNING):
        invoke(scheduled(week, 2))
    assert len(new(week, before)) == 1
    assert "Slack had posted the message although its response was lost." in caplog.messages


def test_a_digest_that_slack_refused_is_posted_later_without_a_scan(week: Week) -> None:
    before = week.account.slack.messages
    week.account.slack.inject(Refused("not_in_channel"))
    with pytest.raises(UndeliveredError, match="write /invite") as caught:
        invoke(scheduled(week, 3))
    command = str(caught.value)
    assert "aws lambda invoke --function-name sfn-digest" in command
    payload = json.loads(command[command.index("'{") + 1 : command.index("}'") + 1])
    calls = len(week.account.calls)
    answer = invoke(payload, "9")
    (message,) = new(week, before)
    assert answer["posted"]["ts"] == message.ts
    assert answer["coverage"]["machines_scanned"] == 1
    assert {call.api for call in week.account.calls[calls:]} <= {"GetParameter"}


def test_an_id_under_which_nothing_is_kept_is_refused() -> None:
    with pytest.raises(BadRequestError, match="No report is stored under this ID"):
        invoke({"post_kept": "request.1.C0SFNDIGEST"})


def test_a_scan_that_runs_out_of_time_is_posted_with_what_is_missing(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = week.account.slack.messages
    out_of_time(monkeypatch)
    answer = invoke({**scheduled(week, 4), "machines": "*"})
    (message,) = new(week, before)
    assert not answer["coverage"]["complete"]
    assert "Time ran out" in message.text


@pytest.fixture
def webhook(week: Week, monkeypatch: pytest.MonkeyPatch) -> "Iterator[list[Request]]":  # noqa: ARG001
    """What an incoming webhook was sent; its URL stands where the token would."""
    requests: list[Request] = []

    def respond(request: "Request") -> Response:
        requests.append(request)
        return Response(200, "text/html", b"ok")

    server = LoopbackServer(respond)
    monkeypatch.setattr(invocation, "read_token", lambda *_: f"{server.url}/services/T/B/secret")
    yield requests
    server.close()


def test_a_webhook_in_place_of_the_token_is_posted_to_once(
    week: Week, webhook: "list[Request]"
) -> None:
    answers = [invoke(scheduled(week, 5), str(n)) for n in (1, 2)]
    assert len(webhook) == 1
    assert [each["posted"] for each in answers] == [{"channel": "C0SFNDIGEST", "ts": None}] * 2


def test_what_a_run_left_in_doubt_is_settled_by_lambda_s_next_attempt(week: Week) -> None:
    before = week.account.slack.messages
    week.account.slack.inject(ServerFailed(500, accepted=True))
    week.account.slack.inject(Refused("account_inactive"), "conversations.history")
    with pytest.raises(UndeliveredError, match="its channel's history could not be asked"):
        invoke(scheduled(week, 6))
    calls = len(week.account.calls)
    invoke(scheduled(week, 6))
    assert len(new(week, before)) == 1
    assert "GetExecutionHistory" not in {call.api for call in week.account.calls[calls:]}


def test_a_channel_that_slack_refuses_is_told_before_the_scan(week: Week) -> None:
    week.account.slack.inject(Refused("not_authed"), "auth.test")
    calls = len(week.account.calls)
    with pytest.raises(SfnDigestError, match="Slack"):
        invoke(scheduled(week, 47))
    read = {call.api for call in week.account.calls[calls:]}
    assert "ListExecutions" not in read
    assert invoke(scheduled(week, 47))["posted"]["channel"] == "C0SFNDIGEST"

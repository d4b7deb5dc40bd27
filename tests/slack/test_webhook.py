"""An incoming webhook takes one message, once, and says what went wrong without its URL."""

import json
import logging
import traceback
from datetime import UTC, datetime

import pytest

from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.slack.channel import MessageMetadata, PostedMessage
from sfn_digest.slack.post_errors import Kind, SlackPostError
from sfn_digest.slack.webhook import WebhookChannel, is_webhook
from simulator.server.transport import Request, Response
from tests.slack.served import serving

MESSAGE = SlackMessage(text="22 executions failed.", blocks=[{"type": "divider"}])
SECRET = "T000/B000/verysecret"
NOW = datetime.now(UTC)


def hook(url: str, time_left: float = 600.0) -> WebhookChannel:
    return WebhookChannel(url + SECRET, "C0SFNDIGEST", time_left=lambda: time_left)


def refused(answer: Response | None) -> SlackPostError:
    with serving(lambda _: answer) as url, pytest.raises(SlackPostError) as caught:
        hook(url).post(MESSAGE, None, None)
    return caught.value


def text(status: int, body: str, headers: dict[str, str] | None = None) -> Response:
    return Response(status, "text/html", body.encode(), headers or {})


def test_a_message_is_posted_whole_and_tells_no_place() -> None:
    requests: list[Request] = []

    def respond(request: Request) -> Response:
        requests.append(request)
        return text(200, "ok")

    with serving(respond) as url:
        assert hook(url).post(MESSAGE, MessageMetadata("k", "f"), None) == PostedMessage(
            "C0SFNDIGEST", None
        )
    (request,) = requests
    body = json.loads(request.body)
    assert (body["text"], body["blocks"]) == (MESSAGE.text, MESSAGE.blocks)
    assert body["unfurl_links"] is body["unfurl_media"] is False
    assert "metadata" not in body


@pytest.mark.parametrize(
    ("status", "body", "code", "kind"),
    [
        (400, "invalid_payload", "invalid_payload", "ours"),
        (400, "no_text", "no_text", "ours"),
        (400, "invalid_blocks", "invalid_blocks", "ours"),
        (403, "action_prohibited", "action_prohibited", "permanent"),
        (403, "invalid_token", "invalid_token", "permanent"),
        (404, "channel_not_found", "channel_not_found", "permanent"),
        (404, "no_service", "no_service", "permanent"),
        (410, "channel_is_archived", "channel_is_archived", "permanent"),
        (404, "<html>no such page</html>", "webhook_refused", "permanent"),
        (500, "rollup_error", "rollup_error", "ambiguous"),
        (502, "<html>bad gateway</html>", "server_error", "ambiguous"),
        (200, "<html>a proxy's page</html>", "unreadable_answer", "ambiguous"),
    ],
)
def test_a_refusal_is_named(status: int, body: str, code: str, kind: Kind) -> None:
    error = refused(text(status, body))
    assert (error.code, error.kind) == (code, kind)


def test_a_rate_limit_tells_how_long_to_wait() -> None:
    error = refused(text(429, "rate_limited", {"Retry-After": "30"}))
    assert (error.code, error.retry_after) == ("ratelimited", 30.0)


def test_a_dropped_connection_is_an_unknown_outcome() -> None:
    assert refused(None).kind == "ambiguous"


def test_nothing_is_sent_when_no_time_is_left() -> None:
    with pytest.raises(SlackPostError) as caught:
        hook("http://127.0.0.1:9/", time_left=0.5).post(MESSAGE, None, None)
    assert caught.value.code == "no_time_left"


@pytest.mark.parametrize("url", ["http://hooks.slack.com/", "https://x\n/", "https://a b/"])
def test_a_url_that_would_carry_the_secret_in_clear_or_is_none_is_refused(url: str) -> None:
    with pytest.raises(SlackPostError) as caught:
        hook(url).post(MESSAGE, None, None)
    assert caught.value.code == "no_service_id"
    assert SECRET not in str(caught.value)


def test_it_can_neither_look_nor_update() -> None:
    channel = hook("https://hooks.slack.com/services/")
    with pytest.raises(SlackPostError, match="cannot read the channel"):
        channel.find("k", None, NOW, NOW)
    with pytest.raises(SlackPostError, match="cannot change a message"):
        channel.update("1.0", MESSAGE, None)


@pytest.mark.parametrize("answer", [text(200, "ok"), text(403, "invalid_token"), None])
def test_the_url_is_in_no_exception_or_log(
    answer: Response | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = ""
    with serving(lambda _: answer) as url:
        try:
            hook(url).post(MESSAGE, None, None)
        except SlackPostError as error:
            told = "".join(traceback.format_exception(error))
    assert "verysecret" not in told + caplog.text


def test_a_url_is_told_from_a_token() -> None:
    assert is_webhook("https://hooks.slack.com/services/T/B/x")
    assert not is_webhook("xoxb-1-2-3")

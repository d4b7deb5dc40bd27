"""A message is posted once; whatever goes wrong is said in one sentence, without the token."""

import json
import logging
import socket
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest

from sfn_digest.report.slack_blocks import Message, message
from sfn_digest.slack.errors import Kind, SlackPostError
from sfn_digest.slack.post import Posted, post
from tests.report import made
from tests.simulator.server import (
    Delayed,
    DroppedAfterAccept,
    Fault,
    RateLimited,
    Refused,
    ServerFailed,
    SlackSink,
    Workspace,
)
from tests.simulator.server.transport import LoopbackServer, Request, Response

TOKEN = "xoxb-111-222-verysecret"
CHANNEL = "C0DIGEST"
MESSAGE = Message(text="22 of 13,659 executions failed.", blocks=[])


def plenty() -> float:
    return 600.0


@contextmanager
def serving(respond: Callable[[Request], Response | None]) -> Iterator[str]:
    server = LoopbackServer(respond)
    try:
        yield f"{server.url}/api/"
    finally:
        server.close()


@pytest.fixture
def sink() -> Iterator[SlackSink]:
    sink = SlackSink(Workspace(token=TOKEN, channels=(CHANNEL,)), time.time)
    with serving(lambda request: sink.respond(request, request.path[len("/api/") :])) as url:
        sink.url = url
        yield sink
        sink.close()


def send(sink: SlackSink, sent: Message = MESSAGE, time_left: float = 600.0) -> Posted:
    return post(sent, CHANNEL, TOKEN, base_url=sink.url, time_left=lambda: time_left)


def refusal(sink: SlackSink, *faults: Fault, time_left: float = 600.0) -> SlackPostError:
    for fault in faults:
        sink.inject(fault)
    with pytest.raises(SlackPostError) as caught:
        send(sink, time_left=time_left)
    return caught.value


def test_a_message_is_posted_and_its_place_returned(sink: SlackSink) -> None:
    digest = message(made.week(), made.TABLE)
    posted = send(sink, digest)
    (kept,) = sink.messages
    assert (posted.channel, posted.ts) == (kept.channel, kept.ts)
    assert kept.text == digest.text
    assert list(kept.blocks) == digest.blocks


def test_links_are_not_unfurled_and_nothing_is_parsed() -> None:
    bodies = []

    def respond(request: Request) -> Response:
        bodies.append(json.loads(request.body))
        return Response(200, "application/json", b'{"ok": true, "channel": "C1", "ts": "1.0"}')

    with serving(respond) as url:
        post(MESSAGE, CHANNEL, TOKEN, base_url=url, time_left=plenty)
    assert bodies[0].pop("unfurl_links") is False
    assert bodies[0].pop("unfurl_media") is False
    assert bodies[0].keys() == {"channel", "text", "blocks"}


def test_a_short_rate_limit_is_waited_for(sink: SlackSink) -> None:
    sink.inject(RateLimited(7))
    with patch("slack_sdk.http_retry.builtin_handlers.time.sleep") as sleep:
        send(sink)
    assert 7 <= sleep.call_args.args[0] <= 8
    assert [call.outcome for call in sink.calls] == ["ratelimited", "ok"]


def test_a_rate_limit_longer_than_the_time_left_is_not_waited_for(sink: SlackSink) -> None:
    error = refusal(sink, RateLimited(30), time_left=31)
    assert (error.code, error.kind) == ("ratelimited", "transient")
    assert sink.messages == ()


def test_a_rate_limit_that_does_not_end_is_given_up(sink: SlackSink) -> None:
    with patch("slack_sdk.http_retry.builtin_handlers.time.sleep"):
        error = refusal(sink, *[RateLimited(1)] * 9)
    assert error.kind == "transient"
    assert len(sink.calls) == 4


def test_a_rate_limit_that_names_no_time_is_not_waited_for() -> None:
    with serving(lambda _: Response(429, "text/plain", b"slow down")) as url:
        assert raised(url).code == "ratelimited"


@pytest.mark.parametrize(
    "fault",
    [DroppedAfterAccept(), ServerFailed(500, accepted=True), ServerFailed(503, accepted=True)],
)
def test_an_unknown_outcome_is_not_tried_again(sink: SlackSink, fault: Fault) -> None:
    error = refusal(sink, fault)
    assert error.kind == "ambiguous"
    assert len(sink.messages) == len(sink.calls) == 1


def test_an_answer_that_comes_too_late_is_an_unknown_outcome(sink: SlackSink) -> None:
    error = refusal(sink, Delayed(30), time_left=1.5)
    sink.close()
    assert (error.code, error.kind) == ("no_answer", "ambiguous")


def test_nothing_is_sent_when_no_time_is_left(sink: SlackSink) -> None:
    assert refusal(sink, time_left=0.5).code == "no_time_left"
    assert sink.calls == ()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("is_archived", "permanent"),
        ("token_revoked", "permanent"),
        ("service_unavailable", "transient"),
        ("fatal_error", "ambiguous"),
        ("msg_too_long", "ours"),
    ],
)
def test_a_refusal_is_named(sink: SlackSink, code: str, kind: Kind) -> None:
    error = refusal(sink, Refused(code))
    assert (error.code, error.kind) == (code, kind)


def test_an_unknown_channel_is_named(sink: SlackSink) -> None:
    with pytest.raises(SlackPostError, match="use the channel's ID"):
        post(MESSAGE, "digest", TOKEN, base_url=sink.url, time_left=plenty)


def test_a_missing_scope_says_what_is_needed_and_what_is_there(sink: SlackSink) -> None:
    fields = {"needed": "chat:write", "provided": "files:write"}
    error = refusal(sink, Refused("missing_scope", fields))
    assert "(needed: chat:write; provided: files:write)" in str(error)


def test_refused_blocks_say_where(sink: SlackSink) -> None:
    with pytest.raises(SlackPostError, match="json-pointer:/blocks/0") as caught:
        send(sink, Message("text", [{"type": "nonsense"}]))
    assert caught.value.kind == "ours"


def raised(url: str, token: str = TOKEN) -> SlackPostError:
    with pytest.raises(SlackPostError) as caught:
        post(MESSAGE, CHANNEL, token, base_url=url, time_left=plenty)
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"<html>a proxy's page</html>", "unreadable_answer"),
        (200, b'{"ok": true', "unreadable_answer"),
        (200, b'{"ok": true}', "unreadable_answer"),
        (200, b'{"ok": false, "error": "<!channel> x"}', "unreadable_answer"),
        (502, b"<html>bad gateway</html>", "server_error"),
        (500, b'{"ok": false, "error": "internal_error"}', "server_error"),
        (503, b'{"ok": false, "error": "service_unavailable"}', "service_unavailable"),
    ],
)
def test_a_strange_answer_is_not_taken_for_success(status: int, body: bytes, code: str) -> None:
    with serving(lambda _: Response(status, "application/json", body)) as url:
        assert raised(url).code == code


def test_slack_that_cannot_be_reached_has_posted_nothing() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        error = raised(f"http://127.0.0.1:{unused.getsockname()[1]}/api/")
    assert (error.code, error.kind) == ("unreachable", "transient")


@pytest.mark.parametrize("token", ["", "xoxb-1\r\nX-Evil: 1", "xoxb-é", "xoxb 1"])
def test_a_malformed_token_is_refused_before_anything_is_sent(sink: SlackSink, token: str) -> None:
    assert raised(sink.url, token).code == "malformed_token"
    assert sink.calls == ()


@pytest.mark.parametrize(
    "fault",
    [Refused("invalid_auth"), RateLimited(9_999), DroppedAfterAccept(), ServerFailed()],
)
def test_the_token_is_in_no_exception_or_log(
    sink: SlackSink, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    error = refusal(sink, fault)
    told = "".join(traceback.format_exception(error)) + repr(error.__dict__)
    assert TOKEN not in told + caplog.text
    assert error.__context__ is error.__cause__ is None


def test_the_token_is_in_no_log_of_a_post_and_not_in_the_message(
    sink: SlackSink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    posted = send(sink)
    assert "chat.postMessage" in caplog.text
    assert TOKEN not in caplog.text + repr(sink.messages) + repr(posted)


def test_a_malformed_token_is_not_told_either(caplog: pytest.LogCaptureFixture) -> None:
    error = raised("http://127.0.0.1:9/api/", "xoxb-\nverysecret")
    assert "verysecret" not in str(error) + caplog.text

"""A bot's messages are posted once, found again, replaced; refusals are told without the token."""

import json
import logging
import socket
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.report.slack import message
from sfn_digest.slack.bot import BotChannel
from sfn_digest.slack.channel import FoundMessage, MessageMetadata, PostedMessage
from sfn_digest.slack.post_errors import Kind, SlackPostError
from simulator.server import (
    Delayed,
    DroppedAfterAccept,
    Fault,
    RateLimited,
    Refused,
    ServerFailed,
    SlackSink,
    Workspace,
)
from simulator.server.transport import Request, Response
from tests.report import made
from tests.slack.served import CHANNEL, TOKEN, serving, workspace

MESSAGE = SlackMessage(text="22 of 13,659 executions failed.", blocks=[])
TRACER = MessageMetadata("week-46/root", "0123abcd")
NOW = datetime.now(UTC)
EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


@pytest.fixture
def sink() -> Iterator[SlackSink]:
    with workspace(time.time) as sink:
        yield sink


def channel(
    url: str, *, token: str = TOKEN, name: str = CHANNEL, time_left: float = 600.0
) -> BotChannel:
    return BotChannel(token, name, base_url=url, time_left=lambda: time_left)


def send(sink: SlackSink, sent: SlackMessage = MESSAGE, thread: str | None = None) -> PostedMessage:
    return channel(sink.url).post(sent, TRACER, thread)


def refusal(sink: SlackSink, *faults: Fault, time_left: float = 600.0) -> SlackPostError:
    for fault in faults:
        sink.inject(fault)
    with pytest.raises(SlackPostError) as caught:
        channel(sink.url, time_left=time_left).post(MESSAGE, TRACER, None)
    return caught.value


def raised(url: str, token: str = TOKEN) -> SlackPostError:
    with pytest.raises(SlackPostError) as caught:
        channel(url, token=token).post(MESSAGE, None, None)
    return caught.value


def test_a_message_is_posted_and_its_place_returned(sink: SlackSink) -> None:
    digest = message(made.week(), made.TEXTS)
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
        channel(url).post(MESSAGE, TRACER, None)
    assert bodies[0].pop("unfurl_links") is False
    assert bodies[0].pop("unfurl_media") is False
    assert bodies[0].keys() == {"channel", "text", "blocks", "metadata"}


def test_a_message_is_found_by_its_key(sink: SlackSink) -> None:
    posted = send(sink)
    found = channel(sink.url).find(TRACER.key, None, EARLIER, LATER)
    assert found == FoundMessage(str(posted.ts), TRACER.fingerprint)


def test_a_reply_is_found_in_its_thread_alone(sink: SlackSink) -> None:
    root = channel(sink.url).post(MESSAGE, None, None)
    reply = send(sink, thread=root.ts)
    assert channel(sink.url).find(TRACER.key, None, EARLIER, LATER) is None
    found = channel(sink.url).find(TRACER.key, root.ts, EARLIER, LATER)
    assert found is not None
    assert found.ts == reply.ts


@pytest.mark.slow
def test_a_message_is_found_behind_hundreds_of_others(sink: SlackSink) -> None:
    posted = send(sink)
    other = channel(sink.url)
    for _ in range(401):
        other.post(MESSAGE, MessageMetadata("another", ""), None)
    found = other.find(TRACER.key, None, EARLIER, LATER)
    assert found is not None
    assert found.ts == posted.ts
    assert [c.method for c in sink.calls].count("conversations.history") == 3


def test_of_two_messages_the_older_is_found(sink: SlackSink) -> None:
    older = send(sink)
    send(sink)
    found = channel(sink.url).find(TRACER.key, None, EARLIER, LATER)
    assert found is not None
    assert found.ts == older.ts


def test_what_was_posted_at_another_time_is_not_looked_at(sink: SlackSink) -> None:
    send(sink)
    assert channel(sink.url).find(TRACER.key, None, LATER, LATER + timedelta(1)) is None


def test_what_another_app_posted_is_not_ours() -> None:
    metadata = {
        "event_type": "sfn_digest_report",
        "event_payload": {"report_key": TRACER.key, "fingerprint": ""},
    }
    messages = [
        {"ts": "1.0", "bot_id": "B0OTHER", "metadata": metadata},
        {"ts": "2.0", "user": "U0PERSON", "metadata": metadata},
        {"ts": "3.0", "bot_id": "B0DIGEST", "metadata": {**metadata, "event_type": "other"}},
        {"ts": "4.0", "bot_id": "B0DIGEST"},
    ]

    def respond(request: Request) -> Response:
        mine = {"ok": True, "bot_id": "B0DIGEST", "user_id": "U1"}
        answer = mine if "auth.test" in request.path else {"ok": True, "messages": messages}
        return Response(200, "application/json", json.dumps(answer).encode())

    with serving(respond) as url:
        assert channel(url).find(TRACER.key, None, EARLIER, LATER) is None


def test_a_channel_that_may_not_be_read_says_which_scope_is_missing() -> None:
    only_write = Workspace(TOKEN, (CHANNEL,), scopes=frozenset({"chat:write"}))
    with workspace(time.time, only_write) as sink:
        send(sink)
        with pytest.raises(SlackPostError, match="needed: channels:history") as caught:
            channel(sink.url).find(TRACER.key, None, EARLIER, LATER)
    assert caught.value.kind == "permanent"


def test_an_update_replaces_text_blocks_and_fingerprint(sink: SlackSink) -> None:
    posted = send(sink, message(made.week(), made.TEXTS))
    fresh = MessageMetadata(TRACER.key, "newer")
    channel(sink.url).update(str(posted.ts), MESSAGE, fresh)
    (kept,) = sink.messages
    assert (kept.text, kept.blocks) == (MESSAGE.text, ())
    assert channel(sink.url).find(TRACER.key, None, EARLIER, LATER) == FoundMessage(
        kept.ts, "newer"
    )


def test_a_message_is_removed_once(sink: SlackSink) -> None:
    posted = send(sink)
    channel(sink.url).remove(str(posted.ts))
    assert sink.messages == ()
    with pytest.raises(SlackPostError) as caught:
        channel(sink.url).remove(str(posted.ts))
    assert caught.value.code == "message_not_found"


def test_an_update_of_a_message_that_was_removed_is_refused(sink: SlackSink) -> None:
    with pytest.raises(SlackPostError) as caught:
        channel(sink.url).update("1.000000", MESSAGE, TRACER)
    assert caught.value.code == "message_not_found"


@pytest.mark.parametrize("seconds", [0, 7, 9_999])
def test_a_rate_limit_tells_how_long_to_wait_and_is_not_waited_for_here(
    sink: SlackSink, seconds: int
) -> None:
    error = refusal(sink, RateLimited(seconds))
    assert (error.code, error.kind, error.retry_after) == ("ratelimited", "transient", seconds)
    assert len(sink.calls) == 1


def test_a_rate_limit_that_names_no_time_tells_none() -> None:
    with serving(lambda _: Response(429, "text/plain", b"slow down")) as url:
        error = raised(url)
    assert (error.code, error.retry_after) == ("ratelimited", None)


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
        channel(sink.url, name="digest").post(MESSAGE, TRACER, None)


def test_a_missing_scope_says_what_is_needed_and_what_is_there(sink: SlackSink) -> None:
    fields = {"needed": "chat:write", "provided": "files:write"}
    error = refusal(sink, Refused("missing_scope", fields))
    assert "(needed: chat:write; provided: files:write)" in str(error)


def test_refused_blocks_say_where(sink: SlackSink) -> None:
    with pytest.raises(SlackPostError, match="json-pointer:/blocks/0") as caught:
        send(sink, SlackMessage("text", [{"type": "nonsense"}]))
    assert caught.value.kind == "ours"


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

"""A connection is made within one timeout, whatever a name resolves to, before anything goes."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.slack import connection, web_api, webhook
from sfn_digest.slack.bot import BotChannel
from sfn_digest.slack.channel import FileUpload
from sfn_digest.slack.connection import connect_within
from sfn_digest.slack.post_errors import SlackPostError
from sfn_digest.slack.webhook import WebhookChannel
from simulator.server.transport import Request, Response
from tests.slack.served import CHANNEL, TOKEN, serving

MESSAGE = SlackMessage("22 executions failed.", [])
ADDRESSES = 7


@contextmanager
def swallowing() -> Iterator[int]:
    """A port whose connections are neither taken nor refused, as behind a silent firewall."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)  # noqa: FBT003 - takes it by place
            each.connect_ex(full.getsockname())
        try:
            yield full.getsockname()[1]
        finally:
            for each in waiting:
                each.close()


def resolve_to(monkeypatch: pytest.MonkeyPatch, *ports: int) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found)


def bot(url: str) -> BotChannel:
    return BotChannel(TOKEN, CHANNEL, base_url=url, time_left=lambda: 600.0)


def hook(url: str) -> WebhookChannel:
    return WebhookChannel(f"{url}T0/B0/secret", CHANNEL, time_left=lambda: 600.0)


class SilentSocket:
    """A socket to an address that never answers, on a clock of its own."""

    now = 0.0
    connections = 0

    def __init__(self, *_: Any) -> None:
        self._timeout = 0.0

    def settimeout(self, seconds: float) -> None:
        self._timeout = seconds

    def connect(self, _: Any) -> None:
        SilentSocket.connections += 1
        SilentSocket.now += self._timeout
        raise TimeoutError("timed out")

    def close(self) -> None: ...


def test_seven_addresses_that_swallow_connections_share_one_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve_to(monkeypatch, *range(1, ADDRESSES + 1))
    monkeypatch.setattr(SilentSocket, "now", 0.0)
    monkeypatch.setattr(SilentSocket, "connections", 0)
    monkeypatch.setattr(socket, "socket", SilentSocket)
    monkeypatch.setattr(connection, "time", SimpleNamespace(monotonic=lambda: SilentSocket.now))
    with pytest.raises(TimeoutError):
        connect_within(("slack.com", 443), 10.0)
    assert SilentSocket.connections == ADDRESSES
    assert SilentSocket.now == pytest.approx(10.0)


def test_an_address_that_answers_is_found_behind_six_that_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web_api, "TIMEOUT_SECONDS", 1)
    requests: list[Request] = []

    def respond(request: Request) -> Response:
        requests.append(request)
        return Response(200, "application/json", b'{"ok":true,"channel":"C1","ts":"1.2"}')

    with swallowing() as silent, serving(respond) as url:
        resolve_to(monkeypatch, *[silent] * (ADDRESSES - 1), urlsplit(url).port or 0)
        assert bot(url).post(MESSAGE, None, None).ts == "1.2"
    assert len(requests) == 1


@pytest.mark.parametrize("channel", [bot, hook])
def test_a_connection_that_was_never_made_leaves_no_doubt(
    channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (web_api, webhook):
        monkeypatch.setattr(module, "TIMEOUT_SECONDS", 1)
    with swallowing() as silent:
        resolve_to(monkeypatch, *[silent] * ADDRESSES)
        with pytest.raises(SlackPostError) as caught:
            channel(f"http://localhost:{silent}/api/").post(MESSAGE, None, None)
    assert (caught.value.code, caught.value.kind) == ("unreachable", "transient")


@pytest.mark.parametrize("channel", [bot, hook])
def test_what_may_not_be_sent_any_more_once_connected_is_not_sent(channel: Any) -> None:
    requests: list[Request] = []

    def respond(request: Request) -> Response:
        requests.append(request)
        return Response(200, "text/html", b"ok")

    with serving(respond) as url, pytest.raises(SlackPostError) as caught:
        channel(url).post(MESSAGE, None, None, lambda: False)
    assert (caught.value.code, caught.value.kind) == ("connected_too_late", "transient")
    assert requests == []


def test_an_upload_goes_to_no_file_of_this_machine() -> None:
    def respond(_: Request) -> Response:
        answer = b'{"ok":true,"file_id":"F1","upload_url":"file:///etc/hostname"}'
        return Response(200, "application/json", answer)

    with serving(respond) as url, pytest.raises(SlackPostError) as caught:
        bot(url).attach([FileUpload("week.csv", b"a,b")], "1.2")
    assert caught.value.code == "unreadable_answer"


@pytest.mark.parametrize("channel", [bot, hook])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_token_goes_nowhere_that_an_answer_points_to(channel: Any, status: int) -> None:
    asked: list[Request] = []

    def elsewhere(request: Request) -> Response:
        asked.append(request)
        return Response(200, "application/json", b'{"ok":true}')

    with serving(elsewhere) as other:

        def respond(_: Request) -> Response:
            return Response(status, "text/html", b"moved", {"Location": f"{other}login"})

        with serving(respond) as url, pytest.raises(SlackPostError) as caught:
            channel(url).post(MESSAGE, None, None)
    assert asked == []
    assert caught.value.kind in ("ambiguous", "permanent")

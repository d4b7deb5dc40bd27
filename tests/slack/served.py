"""Slack on loopback: the simulated workspace, or any answer at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from simulator.server import SlackSink, Workspace
from simulator.server.transport import LoopbackServer, Request, Response

TOKEN = "xoxb-111-222-verysecret"
CHANNEL = "C0SFNDIGEST"


@contextmanager
def serving(respond: Callable[[Request], Response | None]) -> Iterator[str]:
    """An address that answers so; each path ends in a slash and the method's name."""
    server = LoopbackServer(respond)
    try:
        yield f"{server.url}/api/"
    finally:
        server.close()


@contextmanager
def workspace(now: Callable[[], float], settings: Workspace | None = None) -> Iterator[SlackSink]:
    """A workspace with one channel, at `sink.url`."""
    sink = SlackSink(settings or Workspace(token=TOKEN, channels=(CHANNEL,)), now)
    with serving(lambda request: sink.respond(request, request.path[len("/api/") :])) as url:
        sink.url = url
        try:
            yield sink
        finally:
            sink.close()

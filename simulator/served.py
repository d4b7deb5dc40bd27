"""The demo's account in a process of its own.

So simulating it and answering for it take another core than the digest does, and the digest's
packages are imported while the account is still being simulated.
"""

import gc
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.managers import BaseManager
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from simulator.server import Buckets

TOKEN_PARAMETER = "/sfn-digest/slack-token"


@dataclass(frozen=True)
class Asked:
    """How many calls AWS was asked, and how many of them read a history."""

    calls: int
    histories: int


@dataclass(frozen=True)
class InChannel:
    """Where the newest digest stands, and how many replies and files its thread has."""

    channel: str
    ts: str
    replies: int
    files: int


class ServedWeeks:
    """A served account of two weeks that end at `end`, in seconds since 1970."""

    def __init__(self, end: float) -> None:
        # A process of its own, and short-lived: what it makes is there to stay, so that looking
        # through it for garbage, again and again, would find nothing.
        gc.disable()
        # Only the process that serves needs them.
        from simulator.server import serve  # noqa: PLC0415
        from simulator.worlds.demo import demo_world  # noqa: PLC0415
        from simulator.worlds.demo_kinds import with_kinds  # noqa: PLC0415
        from simulator.worlds.demo_past import with_past  # noqa: PLC0415

        world = with_kinds(with_past(demo_world(end)))
        parameters = {TOKEN_PARAMETER: "xoxb-simulated"}
        self._open = ExitStack()
        self._account = self._open.enter_context(
            serve(
                world,
                buckets=_raised_quotas(world.region),
                parameters=parameters,
                query_steps=0,
            )
        )

    def environment(self) -> Mapping[str, str]:
        """The variables that send an unchanged boto3, and the digest's Slack client, here."""
        return dict(self._account.environment)

    def asked(self) -> Asked:
        """What AWS was asked so far."""
        calls = self._account.calls
        return Asked(len(calls), sum(call.api == "GetExecutionHistory" for call in calls))

    def in_channel(self) -> InChannel:
        """The newest digest that the stand-in for Slack took."""
        messages = self._account.slack.messages
        root = [each for each in messages if each.thread_ts is None][-1]
        thread = [each for each in messages if each.thread_ts == root.ts]
        files = sum(len(each.files) for each in thread)
        replies = sum(not each.files for each in thread)
        return InChannel(root.channel, root.ts, replies, files)


def _raised_quotas(region: str) -> "Buckets":
    """Twenty times the published quotas, so that nobody who tries it out waits for their share."""
    from simulator.server import Rate, published_buckets  # noqa: PLC0415

    published = published_buckets(region)
    return {api: Rate(20 * rate.size, 20 * rate.refill) for api, rate in published.items()}


class _Process(BaseManager):
    """Starts the process, and passes on what is asked of what it holds."""


_Process.register("serve", ServedWeeks)


@contextmanager
def served_weeks(end: datetime) -> Iterator["Future[ServedWeeks]"]:
    """The account, once it is simulated; it is served until the block ends."""
    with _Process() as process, ThreadPoolExecutor(1) as waiting:
        serve = process.serve  # type: ignore[attr-defined]
        yield cast("Future[ServedWeeks]", waiting.submit(serve, end.timestamp()))

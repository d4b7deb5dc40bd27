"""The function on a simulated account, while all that waits waits on a clock that is set."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from unittest.mock import patch

from bench.fault_account import SetClock
from sfn_digest import invocation
from sfn_digest.aws import clients, earlier_periods, open_account, secrets, table_calls
from sfn_digest.aws.api import Api
from sfn_digest.aws.sessions import open_session
from sfn_digest.delivery import Digest
from sfn_digest.pipeline.posting import digest_of
from simulator.records import World
from simulator.served import TOKEN_PARAMETER
from simulator.server import Account, Rate, serve
from simulator.server.slack_workspace import Workspace

LIMIT_SECONDS = 900.0
"""Lambda's longest run."""
MOST_TRIALS = 2_000
_MADE_AT, _BEGAN = datetime.now(UTC), time.monotonic()


def channel_of(trial: int) -> str:
    """The channel of a trial: each has one of its own."""
    return f"C{trial:08}"


class RunClock:
    """The delivery's time, on the clock that is set."""

    def __init__(self, clock: SetClock, left: Callable[[], float]) -> None:
        self.left = left
        self.now = clock.now
        self.sleep = clock.sleep

    def utc(self) -> datetime:
        """The time of day, which goes on with the clock."""
        return _MADE_AT + timedelta(seconds=self.now() - _BEGAN)


def served_on(clock: SetClock, world: World) -> AbstractContextManager[Account]:
    """Serve a world whose quotas nobody waits for, with a channel for each trial."""
    return serve(
        world,
        buckets={api.value: Rate(100_000, 100_000) for api in Api},
        parameters={TOKEN_PARAMETER: "xoxb-simulated"},
        clock=clock.now,
        workspace=Workspace(channels=tuple(map(channel_of, range(MOST_TRIALS)))),
    )


def set_times(stack: ExitStack, clock: SetClock, made: Callable[[Digest], Digest]) -> None:
    """Let all that waits wait on the clock, and tell `made` of each digest."""
    for name, stand_in in {
        "open_account": partial(open_account, clock=clock),
        "SystemRunClock": partial(RunClock, clock),
        "digest_of": lambda *words, **more: made(digest_of(*words, **more)),
    }.items():
        stack.enter_context(patch.object(invocation, name, stand_in))
    stack.enter_context(patch("botocore.endpoint.time.sleep", clock.sleep))
    # What is the same in each run is set up once.
    once = cache(open_session)
    for module in (earlier_periods, clients, secrets, table_calls):
        stack.enter_context(patch.object(module, "open_session", once))
    # A chart takes longer to draw than all the rest, and asks nobody.
    stack.enter_context(patch("sfn_digest.pipeline.posting._picture", lambda _: None))
    stack.enter_context(patch("sfn_digest.aws.ungoverned.time.sleep", clock.sleep))

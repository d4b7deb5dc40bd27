"""Opens accounts and unchanged clients for a test, and closes both after it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.config import Config
from slack_sdk import WebClient

from simulator.records import World
from simulator.server import Account, serve
from tests.simulator.server.metric_queries import HOUR
from tests.simulator.server.slack_clients import client
from tests.simulator.server.small_worlds import START, execution, machine, world

ONE_ATTEMPT = Config(retries={"total_max_attempts": 1, "mode": "standard"})


class Opened:
    """An account served for one test; `client` makes boto3 clients that reach it."""

    def __init__(self, account: Account, stack: ExitStack) -> None:
        self.account = account
        self._stack = stack

    def client(self, service: str) -> Any:
        client: Any = boto3.client(service, config=ONE_ATTEMPT)  # type: ignore[call-overload]
        self._stack.callback(client.close)
        return client


Open = Callable[..., Opened]


@pytest.fixture
def open_account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    with ExitStack() as stack:

        def opened(served: World, **settings: Any) -> Opened:
            account = stack.enter_context(serve(served, **settings))
            for name, value in account.environment.items():
                monkeypatch.setenv(name, value)
            return Opened(account, stack)

        yield opened


@pytest.fixture
def account() -> Iterator[Account]:
    with serve(world()) as opened:
        yield opened


@pytest.fixture
def slack(account: Account) -> WebClient:
    return client(account)


@pytest.fixture
def cloudwatch(open_account: Open) -> Any:
    """CloudWatch of one machine: two failures in two hours, a timeout, and one that runs."""
    opened = open_account(
        world(
            machine("jobs"),
            execution("jobs", "a", started=START + 10, stopped=START + 70),
            execution("jobs", "b", started=START + 20, stopped=START + HOUR + 5),
            execution("jobs", "c", status="TIMED_OUT", started=START + 30, stopped=START + 80),
            execution("jobs", "open", status="RUNNING", started=START + 40, stopped=None),
        )
    )
    return opened.client("cloudwatch")

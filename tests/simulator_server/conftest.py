"""Opens accounts and unchanged clients for a test, and closes both after it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.config import Config
from slack_sdk import WebClient

from tests.simulator.records import World
from tests.simulator.server import Account, serve
from tests.simulator_server.slack_clients import client
from tests.simulator_server.small_worlds import world

ONE_TRY = Config(retries={"total_max_attempts": 1, "mode": "standard"})


class Opened:
    """An account served for one test; `client` makes boto3 clients that reach it."""

    def __init__(self, account: Account, stack: ExitStack) -> None:
        self.account = account
        self._stack = stack

    def client(self, service: str) -> Any:
        client: Any = boto3.client(service, config=ONE_TRY)  # type: ignore[call-overload]
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

"""The demo's account, served once for the tests that go the whole way."""

import gc
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from simulator.remembering import remembering_botocore
from simulator.served import TOKEN_PARAMETER
from simulator.server.buckets import Rate

if TYPE_CHECKING:
    from simulator.records import World
    from simulator.server import Account

# A slow machine is no failure: no example has a deadline. Where `CI` is set many are drawn.
settings.register_profile("desk", deadline=None, max_examples=15)
settings.register_profile("ci", deadline=None, max_examples=100)
settings.register_profile("fast", deadline=None, max_examples=5)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

# A worker holds whole accounts: looking through them for garbage took an eighth of all CPU time.
gc.set_threshold(50_000)

SLOW = "pytestmark = pytest.mark.slow"
"""What a file of tests says that starts servers or programs, or takes more than a moment.

A single test says `@pytest.mark.slow`.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take `--fast`: `make check` runs only the tests that take no more than a moment."""
    parser.addoption("--fast", action="store_true", help="leave out what is marked slow")


def pytest_configure(config: pytest.Config) -> None:
    """Try few examples of each property where only the fast tests are asked for."""
    if config.getoption("--fast"):
        settings.load_profile("fast")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave a file marked slow unread where only the fast tests are asked for."""
    if not config.getoption("--fast") or collection_path.suffix != ".py":
        return None
    return True if SLOW in collection_path.read_text(encoding="utf-8") else None


LONGEST = (
    "infra/test_stack.py",
    "infra/test_bundling.py",
    "commands/test_asking.py",
    "retry/test_worlds.py",
    "action/test_action.py",
    "test_parts.py",
    "test_invocation.py",
    "pipeline/test_look_back.py",
    "pipeline/test_digest.py",
    "adoption/test_patched_changes.py",
    "simulator/worlds/test_demo.py",
    "test_continuation.py",
    "test_faults.py",
    "test_hub.py",
    "test_secrets.py",
    "test_handler.py",
    "test_cli.py",
)
"""The files that take longest come first, so that no worker is left alone with one at the end."""


def _turn(item: pytest.Item) -> int:
    name = item.path.relative_to(Path(__file__).parent).as_posix()
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest files first; leave out what is slow where only the fast is asked for."""
    items.sort(key=_turn)
    if config.getoption("--fast"):
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


@pytest.fixture(scope="session", autouse=True)
def remembered() -> Iterator[None]:
    """Let botocore remember for all tests what it works out again for each session."""
    with remembering_botocore():
        yield


PLENTY = {
    api: Rate(100_000, 100_000)
    for api in ("ListStateMachines", "ListExecutions", "GetExecutionHistory")
}
"""Quotas that no test has to wait for."""


@dataclass(frozen=True)
class Week:
    """A served week that ends at `end`, and what is true of it."""

    world: "World"
    account: "Account"
    end: datetime


@pytest.fixture(scope="session")
def served_week() -> Iterator[Week]:
    """The demo's account, for as long as the session lasts."""
    # Loaded where they are used: what hands out the tests needs none of them.
    from simulator.server import serve  # noqa: PLC0415
    from simulator.worlds.demo import demo_world  # noqa: PLC0415

    end = datetime.now(UTC).replace(second=0, microsecond=0)
    world = demo_world(end.timestamp())
    parameters = {TOKEN_PARAMETER: "xoxb-simulated"}
    with serve(world, buckets=PLENTY, parameters=parameters) as account:
        yield Week(world, account, end)


@pytest.fixture
def week(
    served_week: Week, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Week:
    """The same, with this test's environment set as the Lambda's would be."""
    from simulator.demo import CHANNEL, LAMBDA_ENVIRONMENT  # noqa: PLC0415

    set_environment(monkeypatch, served_week.account.environment)
    set_environment(monkeypatch, {**LAMBDA_ENVIRONMENT, "SFN_DIGEST_CHANNEL": CHANNEL})
    # Successes take most of a report's time: the tests that are about them ask for them.
    monkeypatch.setenv("SFN_DIGEST_SUCCESSES", "0")
    # The command keeps hints under the home directory of the person who runs it.
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    return served_week


def set_environment(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    """Set environment variables for one test."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

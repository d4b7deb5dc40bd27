"""An account of a few machines, whose executions are a handful of events each."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

import pytest

from sfn_digest.aws import Account, open_account
from sfn_digest.aws.scan import Read
from sfn_digest.model.executions import Execution, HistoryEvent, Tag, Window
from sfn_digest.progress import Progress, SilentProgress
from simulator.records import SimExecution, SimMachine, Status, Truth, World
from simulator.server.account import Account as Served
from simulator.server.account import serve
from simulator.server.buckets import Rate

T = TypeVar("T")

END = datetime(2026, 3, 9, tzinfo=UTC)
WEEK = Window(END - timedelta(days=7), END)
TAG = Tag("digest", "weekly")
REGION = "eu-west-1"
ACCOUNT_ID = "123456789012"
PLENTY = {
    api: Rate(100_000, 100_000)
    for api in ("ListStateMachines", "ListExecutions", "GetExecutionHistory")
}
PREFIX = f"arn:aws:states:{REGION}:{ACCOUNT_ID}:stateMachine:"


def arn(name: str) -> str:
    return PREFIX + name


def machine(
    name: str,
    *,
    type: Literal["STANDARD", "EXPRESS"] = "STANDARD",  # noqa: A002 - AWS's own name
    tags: Mapping[str, str] | None = None,
) -> SimMachine:
    mine = {TAG.key: TAG.value} if tags is None else tags
    return SimMachine(arn(name), name, type, {"StartAt": "A"}, mine, WEEK.start.timestamp())


def run(
    name: str,
    number: int,
    *,
    hours_ago: float,
    status: Status = "FAILED",
    events: int = 4,
    took: float = 60,
) -> SimExecution:
    """An execution of machine `name` that closed so many hours before the window's end."""
    stopped = END.timestamp() - hours_ago * 3600
    return SimExecution(
        arn=f"{arn(name).replace(':stateMachine:', ':execution:')}:run-{number}",
        machine_arn=arn(name),
        name=f"run-{number}",
        status=status,
        started_at=stopped - took,
        stopped_at=stopped,
        events=tuple(_event(each, stopped, events) for each in range(1, events + 1)),
        truth=Truth(None, None),
    )


def _event(number: int, stopped: float, last: int) -> Mapping[str, Any]:
    event: dict[str, Any] = {
        "id": number,
        "previousEventId": number - 1,
        "timestamp": stopped - last + number,
        "type": "ExecutionFailed" if number == last else "PassStateEntered",
    }
    if number == last:
        event["executionFailedEventDetails"] = {"error": "E", "cause": "because"}
    return event


def world(
    machines: Sequence[SimMachine],
    executions: Sequence[SimExecution],
    denied: frozenset[str] = frozenset(),
) -> World:
    return World(
        ACCOUNT_ID,
        REGION,
        (WEEK.start - timedelta(days=30)).timestamp(),
        END.timestamp(),
        tuple(machines),
        tuple(executions),
        denied,
    )


def redriven(execution: SimExecution, *earlier: tuple[Status, float]) -> SimExecution:
    """The same execution after earlier runs that closed so (status, hours ago)."""
    ends = tuple((status, END.timestamp() - hours * 3600) for status, hours in earlier)
    return replace(execution, redrive_count=len(ends), earlier_ends=ends)


@dataclass(frozen=True)
class Reading:
    """What the tests make of a history: its newest page, and how many were fetched."""

    name: str
    status: str
    last_event: str


def newest(execution: Execution, pages: Iterator[Sequence[HistoryEvent]]) -> Reading:
    return Reading(execution.name, execution.status, next(pages)[0].type)


@contextmanager
def opened(
    simulated: World,
    monkeypatch: pytest.MonkeyPatch,
    *,
    share: float = 0.25,
    progress: Progress | None = None,
    **options: Any,
) -> Iterator[tuple[Account, Served]]:
    """The account that serves a world, opened through an unchanged boto3."""
    with serve(simulated, **options) as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        yield open_account(share, progress or SilentProgress()), served


def read_failures(account: Account, read: Read[T], window: Window = WEEK) -> list[T]:
    """The whole way of the digest, from tag to what `read` makes of the failures."""
    machines = account.tagged_machines(TAG)
    counts = account.counts(machines, window)
    return list(account.read_failures(machines, counts, window, read))


def read_week(account: Account, window: Window = WEEK) -> list[Reading]:
    """The newest event of every failure, sorted by execution."""
    return sorted(read_failures(account, newest, window), key=lambda reading: reading.name)


def calls_of(served: Served, api: str) -> list[str | None]:
    """The resource of each call of an API, in order."""
    return [call.resource for call in served.calls if call.api == api]

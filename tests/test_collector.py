"""The collector's door: an SQS batch in, what could not be kept out; what it refuses."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import pytest

from sfn_digest import collector
from sfn_digest.config import names
from sfn_digest.errors import AccountError, BadEventError, BadRequestError, InternalError
from sfn_digest.pipeline.collecting import unpack
from sfn_digest.stream.status_change import StatusChange
from simulator.demo import LIMIT_SECONDS, DemoContext
from simulator.events import MemoryStream, bodies
from simulator.records import SimExecution
from simulator.server import serve
from simulator.server.buckets import Rate
from tests.aws.small_world import PLENTY, machine, run, world
from tests.conftest import Week, set_environment

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("week")]

CONTEXT = cast("LambdaContext", DemoContext())


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryStream]:
    made = MemoryStream()
    monkeypatch.setenv(names.STREAM, "stream")
    monkeypatch.setattr(collector, "open_stream", lambda *_: made)
    collector._standing.clear()
    yield made
    collector._standing.clear()


def record(number: int, body: str) -> dict[str, Any]:
    return {
        "messageId": f"m{number}",
        "body": body,
        "attributes": {"SentTimestamp": "4102444800000"},
    }


def failed(week: Week) -> list[SimExecution]:
    tagged = {m.arn for m in week.world.machines if m.tags.get("sfn-digest") == "on"}
    return [e for e in week.world.executions if e.status == "FAILED" and e.machine_arn in tagged]


def test_a_batch_is_kept_and_read_and_the_rest_is_delivered_again(
    week: Week, stream: MemoryStream
) -> None:
    wanted = {execution.arn for execution in failed(week)[:3]}
    events = [each for each in bodies(week.world) if any(arn in each for arn in wanted)]
    before = len(week.account.calls)
    batch = [record(n, each) for n, each in enumerate([*events, "<html>"])]
    answer = collector.handler({"Records": batch}, CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": f"m{len(events)}"}]}
    kept = [each for ends in stream.kept.values() for each in ends.values()]
    assert {each.change.execution_arn for each in kept} == wanted
    assert all(each.reading and unpack(each.reading) for each in kept)
    assert "hunter2" not in repr([each.reading and unpack(each.reading) for each in kept])
    collector.handler({"Records": batch[:1]}, CONTEXT)
    # The tag is looked up once, and a duplicate is not read again.
    calls = [call.api for call in week.account.calls[before:]]
    assert (calls.count("GetResources"), calls.count("GetExecutionHistory")) == (1, len(events))


def test_an_event_that_is_no_batch_and_a_missing_table_are_refused(
    stream: MemoryStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadEventError, match="not a batch of SQS messages"):
        collector.handler({"detail": {}}, CONTEXT)
    monkeypatch.delenv(names.STREAM)
    with pytest.raises(BadRequestError, match="There is no table for events"):
        collector.handler({"Records": []}, CONTEXT)
    assert not stream.kept


@pytest.mark.usefixtures("stream")
def test_an_error_of_its_own_ends_the_batch_without_its_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("hunter2")

    monkeypatch.setattr(collector, "collect", broken)
    with pytest.raises(InternalError, match="ValueError") as told:
        collector.handler({"Records": []}, CONTEXT)
    assert "hunter2" not in str(told.value)
    assert told.value.__cause__ is None


@pytest.mark.parametrize(
    ("api", "kept"), [("GetMetricData", 1), ("GetResources", 0)], ids=["quotas", "tags"]
)
def test_opening_the_account_keeps_to_the_time_of_the_run(
    stream: MemoryStream, monkeypatch: pytest.MonkeyPatch, api: str, kept: int
) -> None:
    orders = machine("orders", tags={"sfn-digest": "on"})
    simulated = world([orders], [run("orders", 1, hours_ago=1)])
    batch = {"Records": [record(0, each) for each in bodies(simulated)[-1:]]}
    buckets = {**PLENTY, api: Rate(0.0, 0.0001)}
    with serve(simulated, buckets=buckets) as served:
        set_environment(monkeypatch, served.environment)
        short = cast("LambdaContext", DemoContext(started=time.monotonic() - LIMIT_SECONDS + 4.0))
        if kept:
            assert collector.handler(batch, short)["batchItemFailures"] == []
        else:
            with pytest.raises(AccountError, match="Time ran out before GetResources"):
                collector.handler(batch, short)
        assert short.get_remaining_time_in_millis() > 1000 * collector.ANSWER_SECONDS / 2
    assert len(stream.kept) == kept


def test_what_no_time_is_left_to_keep_is_delivered_again(
    week: Week, stream: MemoryStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    lefts: list[Callable[[], float]] = []

    def opened(_: str, left: Callable[[], float]) -> MemoryStream:
        lefts.append(left)
        return stream

    def keep(change: StatusChange) -> bool:
        if lefts[0]() <= 0:
            raise AccountError("Time ran out before the DynamoDB table was called.")
        return MemoryStream.keep(stream, change)

    monkeypatch.setattr(collector, "open_stream", opened)
    monkeypatch.setattr(stream, "keep", keep)
    (execution, *_) = failed(week)
    events = [each for each in bodies(week.world) if execution.arn in each][:1]
    late = cast("LambdaContext", DemoContext(started=time.monotonic() - LIMIT_SECONDS + 1.0))
    answer = collector.handler({"Records": [record(0, events[0])]}, late)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert not stream.kept
    # A warm function's next run has its own time, and nothing was lost.
    fresh = cast("LambdaContext", DemoContext())
    assert collector.handler({"Records": [record(0, events[0])]}, fresh)["batchItemFailures"] == []
    assert len(stream.kept) == 1

"""A batch of events: each end is kept once, and of as many as time allows why it failed."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws.account_errors import OutOfTimeError
from sfn_digest.errors import AccountError
from sfn_digest.guard import Fault, Guard
from sfn_digest.model.executions import Diagnosis, Failure
from sfn_digest.pipeline.collecting import (
    Collector,
    QueuedMessage,
    Read,
    collect,
    pack,
    unpack,
)
from sfn_digest.stream.histories_to_read import AT_EASE, AT_LEAST, Turns
from sfn_digest.stream.status_change import StatusChange
from simulator.events import MemoryStream
from tests.stream.made import ARN, END, end

WHY = Diagnosis("rate_limit", "transient", "E", "Too many requests.", "v1:x")


def failure(change: StatusChange) -> Failure:
    execution = change.failed
    assert execution is not None
    return Failure(execution, "Load", None, WHY, (), attempts_complete=True)


def message(change: StatusChange, error: str = "E") -> QueuedMessage:
    detail = {
        "executionArn": change.execution_arn,
        "stateMachineArn": change.machine_arn,
        "status": change.status,
        "startDate": change.started_at.timestamp() * 1000,
        "stopDate": change.stopped_at.timestamp() * 1000,
        "redriveCount": change.redrive_count,
        "error": error,
    }
    return QueuedMessage(change.name, json.dumps({"detail": detail}), END)


def collector(stream: MemoryStream, read: Read = failure, **more: object) -> Collector:
    made = Collector(stream, {ARN + "orders"}, lambda _: read, Turns())
    return replace(made, **more)  # type: ignore[arg-type]


def test_an_end_is_kept_and_read_once_however_often_it_is_delivered() -> None:
    stream = MemoryStream()
    batch = [message(end(1)), message(end(2)), message(end(1))]
    done = collect(batch, collector(stream), END)
    assert done.fates == Counter(kept=2, duplicate=1, read=2)
    assert collect(batch, collector(stream), END).fates == Counter(duplicate=3)
    kept = next(iter(stream.first(ARN + "orders", END.date() - timedelta(1))))
    assert kept.reading is not None
    assert unpack(kept.reading) == failure(kept.change)
    assert done.failed == ()


def test_machines_without_the_tag_are_dropped_and_what_is_no_event_is_delivered_again() -> None:
    stream = MemoryStream()
    batch = [message(end(1, machine="other")), QueuedMessage("odd", "<html>", END)]
    done = collect(batch, collector(stream), END)
    assert done.fates == Counter(untagged=1, unreadable=1)
    assert (done.failed, stream.kept) == (("odd",), {})


def test_only_what_could_not_be_kept_is_delivered_again() -> None:
    class Failing(MemoryStream):
        def keep(self, change: StatusChange) -> bool:
            if change.name == "run-2":
                raise AccountError("AWS keeps throttling the table.")
            return super().keep(change)

    told: list[Fault] = []
    batch = [message(end(number)) for number in (1, 2, 3)]
    done = collect(batch, collector(Failing(), guard=Guard(told.append)), END)
    assert done.fates == Counter(kept=2, read=2, refused=1)
    assert done.failed == ("run-2",)
    assert [fault.part.name for fault in told] == ["stream"]


@pytest.mark.parametrize("error", [OutOfTimeError("late"), AccountError("denied"), ValueError("x")])
def test_what_could_not_be_read_is_counted_all_the_same(error: Exception) -> None:
    def read(change: StatusChange) -> Failure:
        if change.name == "run-1":
            raise error
        return failure(change)

    stream, told = MemoryStream(), list[Fault]()
    batch = [message(end(number)) for number in (1, 2)]
    done = collect(batch, collector(stream, read, guard=Guard(told.append)), END)
    assert done.fates == Counter(kept=2, read=1, unread=1)
    assert (done.failed, len(told)) == ((), 0 if isinstance(error, OutOfTimeError) else 1)


def test_a_redrive_that_succeeded_is_kept_and_has_nothing_to_read() -> None:
    batch = [message(end(1, status="SUCCEEDED", redrives=1))]
    assert collect(batch, collector(MemoryStream()), END).fates == Counter(kept=1)


@pytest.mark.parametrize(("waited", "seconds"), [(0, AT_EASE), (600, AT_LEAST)])
def test_a_batch_of_a_queue_that_is_behind_is_read_for_the_least_time(
    waited: int, seconds: float
) -> None:
    asked: list[float] = []

    def read_within(allowed: float) -> Read:
        asked.append(allowed)
        return failure

    now = END + timedelta(seconds=waited)
    collect([message(end(1))], collector(MemoryStream(), read_within=read_within), now)
    assert asked == [seconds]


@given(st.binary() | st.text().map(str.encode))
def test_what_another_release_kept_is_no_reading(content: bytes) -> None:
    assert unpack(content) is None


def test_a_failure_is_unpacked_as_it_was_packed() -> None:
    assert unpack(pack(failure(end(1)))) == failure(end(1))

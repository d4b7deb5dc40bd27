"""Log records read as the events of a history, whole or with gaps (SFN_RECORDINGS names a file)."""

import json
import os
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.history import read_history
from sfn_digest.history.kinds import ALL_KINDS
from sfn_digest.history.log_records import event_of_record, newest_first, state_in_cause
from sfn_digest.model.executions import HistoryEvent
from sfn_digest.model.history_reading import HistoryReading
from simulator.records import LogLevel, SimExecution, SimLogging
from simulator.server.logs.records import arrived
from simulator.worlds.kinds import express
from simulator.worlds.systems import DAY, Setting, build_world
from simulator.worlds.tangles import tangle

pytestmark = pytest.mark.slow

_RECORDINGS = os.environ.get("SFN_RECORDINGS", "")
NOW = datetime(2026, 3, 9, tzinfo=UTC)
FOREVER = 1e12
NO_RECORDINGS = pytest.mark.skipif(not _RECORDINGS, reason="SFN_RECORDINGS names no file")


def recorded() -> list[dict[str, Any]]:
    """The groups recorded at each level; their times have been replaced by words."""
    path = Path(_RECORDINGS).with_name("express_logs.jsonl")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def read(events: list[HistoryEvent | None]) -> HistoryReading:
    known = [event for event in events if event is not None]
    return read_history(iter([newest_first(known)]))


def logged(execution: SimExecution, level: LogLevel, lost: float = 0.0) -> HistoryReading:
    logging = SimLogging(level, "group", lost=lost)
    return read([event_of_record(each) for _, each in arrived(execution, logging, FOREVER)])


@NO_RECORDINGS
def test_every_recorded_record_is_an_event_of_a_known_type() -> None:
    records = [record for row in recorded() for record in row["records"]]
    events = [event_of_record(record, NOW) for record in records]
    assert len(recorded()) == 21
    assert all(events)
    known = frozenset().union(*ALL_KINDS)
    assert {event.type for event in events if event} <= known


@NO_RECORDINGS
def test_every_recorded_failure_has_its_error_and_its_state_where_a_level_tells_it() -> None:
    states: Counter[tuple[str, str | None]] = Counter()
    for row in recorded():
        runs: defaultdict[str, list[HistoryEvent | None]] = defaultdict(list)
        for record in row["records"]:
            runs[record["execution_arn"]].append(event_of_record(record, NOW))
        for events in runs.values():
            reading = read(events)
            if any(event and event.type == "ExecutionFailed" for event in events):
                level = next((e for e in ("FATAL", "ERROR") if f"_{e}_" in row["id"]), "ALL")
                assert reading.error in ("SomeFailure", "States.Runtime")
                states[level, reading.state] += 1
    assert states["ALL", "FailState"] == states["ERROR", "FailState"] == 2
    assert states["ALL", "WaitState"] == states["ERROR", "WaitState"] == 2
    assert states["FATAL", "WaitState"] == 2
    # Of a Fail state FATAL logs no name.
    assert states["FATAL", None] >= 2


def test_a_line_of_text_and_a_record_without_a_number_are_no_events() -> None:
    whole = {
        "id": "3",
        "type": "ExecutionFailed",
        "details": {},
        "event_timestamp": "1750000000000",
    }
    assert event_of_record(whole) is not None
    for change in ({"id": "x"}, {"id": "0"}, {"type": 3}, {"event_timestamp": "timestamp"}):
        assert event_of_record({**whole, **change}) is None
    assert event_of_record({}) is None


@given(st.dictionaries(st.text(max_size=20), st.recursive(st.text() | st.integers(), st.lists)))
def test_no_record_of_any_shape_raises(record: dict[str, Any]) -> None:
    hostile = {"id": "1", "type": "ExecutionFailed", "event_timestamp": "1", **record}
    read([event_of_record(hostile, NOW), event_of_record(record, NOW)])


def test_events_that_logs_deliver_twice_and_out_of_order_are_put_right() -> None:
    execution = tangle(7)
    records = [r for _, r in arrived(execution, SimLogging("ALL", "group"), FOREVER)]
    mixed = [event_of_record(record) for record in (*records[::-1], *records[: len(records) // 2])]
    assert read(mixed) == logged(execution, "ALL")


@pytest.mark.parametrize("part", range(4))
def test_whole_logs_of_random_executions_tell_what_their_histories_tell(part: int) -> None:
    for seed in range(part, 300, 4):
        execution = tangle(seed)
        if execution.redrive_count:
            continue
        reading = logged(execution, "ALL")
        truth = execution.truth
        assert (seed, reading.state, reading.fail_state) == (seed, truth.state, truth.fail_state)
        assert reading.attempts_complete
        assert [(t.event_id, t.state) for t in reading.attempts] == sorted(
            (t.event_id, t.state) for t in truth.attempts
        )


@pytest.mark.parametrize("part", range(4))
def test_logs_with_gaps_never_count_too_much_and_say_that_they_lack(part: int) -> None:
    for seed in range(part, 300, 4):
        execution = tangle(seed)
        reading = logged(execution, "ALL", lost=0.3)
        true = {(t.event_id, t.error) for t in execution.truth.attempts}
        assert {(t.event_id, t.error or "") for t in reading.attempts} <= true
        complete = len(reading.attempts) == len(true)
        assert complete or not reading.attempts_complete


@pytest.mark.parametrize("level", ["ERROR", "FATAL"])
def test_the_end_of_every_express_failure_is_read_at_every_level(level: LogLevel) -> None:
    setting = Setting(FOREVER / 1000 - 7 * DAY, FOREVER / 1000, 5)
    world = build_world((express(setting, "e", 60, None, odds=0.9),), setting)
    failed = [run for run in world.executions if run.status == "FAILED"]
    for run in failed:
        reading = logged(run, level)
        end = run.events[-1]["executionFailedEventDetails"]
        if reading.fail_state is None:
            assert (reading.error, reading.cause) == (end["error"], end["cause"])
        assert not reading.attempts_complete
    lost = [run for run in failed if run.truth.fail_state]
    errors = {logged(run, level).error for run in lost}
    # At ERROR the failure that the Catch took stands two events before the Fail state.
    assert errors == {"DynamoDb.DynamoDbException" if level == "ERROR" else "RequestLost"}


SENTENCE = "An error occurred while executing the state '{}' (entered at the event id #9)."


@pytest.mark.parametrize(
    ("cause", "state"),
    [
        (SENTENCE.format("Store it") + " Invalid path", "Store it"),
        (SENTENCE.format("it's"), "it's"),
        ("He said: " + SENTENCE.format("A"), None),
        (SENTENCE.partition(" (")[0].format("A"), None),
        (None, None),
        (3, None),
    ],
)
def test_the_state_that_awss_own_sentence_names_is_read(cause: object, state: str | None) -> None:
    assert state_in_cause(cause) == state

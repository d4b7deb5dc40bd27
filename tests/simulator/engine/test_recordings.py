"""Histories of the engine have the shape of the histories recorded against AWS."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from simulator.engine.histories import details_key
from simulator.worlds.tangles import tangle
from tests.simulator.engine.made import details

pytestmark = pytest.mark.slow

_FAMILIES = ("Task", "LambdaFunction", "Activity")
_PAYLOADS = {"input", "output", "parameters"}
_WORDS = {"error", "cause"}
_CLOSED = ("ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted")
_ATTEMPT_FAILED = ("Failed", "TimedOut")

Events = Iterable[Mapping[str, Any]]

NOT_RECORDED = {
    ("Scheduled", "attempt failed"): "a retry",
    ("Scheduled", "EvaluationFailed"): "a retry",
    ("Scheduled", "ExecutionRedriven"): "a redrive",
    ("Scheduled", "Entered"): "recorded, and a redrive of several states",
    ("Entered", "ExecutionRedriven"): "a redriven Fail state",
    ("Exited", "ExecutionRedriven"): "a redriven state that is no task",
    ("Exited", "EvaluationFailed"): "a caught evaluation",
    ("ExecutionRedriven", "closed"): "a redrive",
    ("EvaluationFailed", "Exited"): "a failed evaluation after another state",
    ("EvaluationFailed", "iteration started"): "a failed evaluation first in an iteration",
    ("EvaluationFailed", "group started"): "a failed evaluation first in a branch",
    ("EvaluationFailed", "ExecutionRedriven"): "a failed evaluation after a redrive",
    ("attempt failed", "Scheduled"): "an attempt that was not scheduled or started",
    ("aborted", "Entered"): "siblings of a Fail state",
    ("aborted", "roll-up"): "a failed group within a branch",
    ("aborted", "EvaluationFailed"): "siblings of a failed evaluation",
    ("roll-up", "Entered"): "a Fail state within a group",
    ("roll-up", "roll-up"): "a group within a group",
    ("roll-up", "EvaluationFailed"): "a failed evaluation within a group",
    ("group started", "attempt failed"): "a retried group",
    ("group started", "Entered"): "recorded, and a group retried after a Fail state",
    ("group started", "roll-up"): "a retried group around a group",
    ("group started", "EvaluationFailed"): "a retried group",
    ("iteration started", "ExecutionRedriven"): "an iteration first started by a redrive",
    ("iteration started", "Entered"): "an iteration first started by a redrive",
    ("iteration started", "group started"): "recorded",
    ("group succeeded", "Exited"): "branches of a Parallel",
    ("group succeeded", "group started"): "a Map over nothing",
    ("Exited", "group started"): "a Map over nothing",
    ("Exited", "Exited"): "a Parallel, whose exit follows its last branch",
}


def _part(event_type: str) -> str:
    """The part an event type plays, the same for all integrations and kinds of state."""
    fixed = {
        "MapStateStarted": "group started",
        "ParallelStateStarted": "group started",
        "MapStateSucceeded": "group succeeded",
        "ParallelStateSucceeded": "group succeeded",
        "MapIterationStarted": "iteration started",
        "MapIterationSucceeded": "iteration succeeded",
    }
    if event_type in fixed:
        return fixed[event_type]
    if event_type.startswith(("MapStateFailed", "MapIterationFailed", "ParallelStateFailed")):
        return "roll-up"
    return _by_ending(event_type)


def _by_ending(event_type: str) -> str:
    for ending in ("Entered", "Exited"):
        if event_type.endswith(f"State{ending}"):
            return ending
    if event_type.endswith("Aborted") and event_type != "ExecutionAborted":
        return "aborted"
    for family in _FAMILIES:
        if event_type.startswith(family):
            ending = event_type.removeprefix(family)
            return "attempt failed" if ending.endswith(_ATTEMPT_FAILED) else ending
    closed = event_type.startswith("Execution") and event_type.endswith(
        ("Failed", "TimedOut", "Aborted")
    )
    return "closed" if closed else event_type


def _relations(events: Events) -> set[tuple[str, str]]:
    types = {event["id"]: event["type"] for event in events}
    return {
        (_part(event["type"]), _part(types.get(event["previousEventId"], "nothing")))
        for event in events
    }


@pytest.fixture(scope="module")
def made() -> list[Events]:
    return [tangle(seed).events for seed in range(150)]


@pytest.fixture(scope="module")
def recorded() -> list[Events]:
    if "SFN_RECORDINGS" not in os.environ:
        pytest.skip("SFN_RECORDINGS names no file of recorded histories")
    text = Path(os.environ["SFN_RECORDINGS"]).read_text(encoding="utf-8")
    return [json.loads(line)["events"] for line in text.splitlines()]


def test_what_an_event_follows_was_recorded_or_is_known_to_be_missing_there(
    made: list[Events], recorded: list[Events]
) -> None:
    seen = set().union(*map(_relations, recorded)) | set(NOT_RECORDED)
    assert set().union(*map(_relations, made)) - seen == set()


def test_details_have_the_recorded_fields(made: list[Events], recorded: list[Events]) -> None:
    fields: dict[str, set[frozenset[str]]] = {}
    for event in (event for events in recorded for event in events):
        fields.setdefault(event["type"], set()).add(frozenset(details(event)))
    for event in (event for events in made for event in events):
        known = fields.get(event["type"])
        if known is not None:
            said = set(details(event)) - _PAYLOADS
            assert said <= set().union(*known), event
            assert said >= set.intersection(*map(set, known)) - _WORDS, event


def test_every_event_fits_the_service_model(made: list[Events]) -> None:
    model = botocore.session.get_session().get_service_model("stepfunctions")
    shape: Any = model.shape_for("HistoryEvent")
    kinds: Any = model.shape_for("HistoryEventType")
    types = set(kinds.enum)
    for event in (event for events in made for event in events):
        assert event["type"] in types
        members = set(event) - {"id", "previousEventId", "timestamp", "type"}
        assert members <= {details_key(event["type"])}
        for member in members:
            assert set(event[member]) <= set(shape.members[member].members)


def test_ids_count_from_one_times_never_fall_and_each_event_follows_an_earlier_one(
    made: list[Events],
) -> None:
    for events in made:
        listed = list(events)
        assert [event["id"] for event in listed] == list(range(1, len(listed) + 1))
        assert all(event["previousEventId"] < event["id"] for event in listed)
        times = [event["timestamp"] for event in listed]
        assert times == sorted(times)

"""Every history recorded against AWS reads right (where SFN_RECORDINGS names the file)."""

import os

import pytest

from sfn_digest.history import read_history
from sfn_digest.history.kinds import ALL_KINDS
from tests.history.events import newest_first, recordings

PATH = os.environ.get("SFN_RECORDINGS", "")

pytestmark = pytest.mark.skipif(not PATH, reason="SFN_RECORDINGS names no file")


@pytest.mark.parametrize("page", [1, 3, 1000])
def test_every_recording_has_its_failed_state_and_failed_attempts(page: int) -> None:
    wrong = []
    rows = recordings(PATH)
    for row in rows:
        reading = read_history(newest_first(row["events"], page))
        found = (reading.state, len(reading.attempts) if reading.attempts_complete else None)
        attempts = row["failed_tries"] if reading.attempts_complete else None
        if found != (row["failed_state"], attempts):
            wrong.append((row["id"], found))
    assert len(rows) == 260
    assert wrong == []


def test_every_recorded_event_type_is_known() -> None:
    known = frozenset().union(*ALL_KINDS)
    assert {event["type"] for row in recordings(PATH) for event in row["events"]} <= known


def test_the_states_that_aws_names_in_its_causes_are_the_states_found() -> None:
    named = 0
    for row in recordings(PATH):
        reading = read_history(newest_first(row["events"]))
        end = max(row["events"], key=lambda event: int(event["id"]))
        cause = end.get("executionFailedEventDetails", {}).get("cause", "")
        if cause.startswith("An error occurred while executing the state '"):
            named += 1
            assert cause.split("'")[1] == reading.state
    assert named

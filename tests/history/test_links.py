"""A history whose events point anywhere ends the reading all the same, and raises nothing."""

from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.history import kinds, read_history
from sfn_digest.history.success_events import successful_attempts
from sfn_digest.history.timeline import timeline
from sfn_digest.model.executions import HistoryEvent

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
TYPES = sorted(chain.from_iterable(kinds.ALL_KINDS))
NAMES = ("A", "B", "Map")
DETAILS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(NAMES) for name in ("name", "state", "error", "cause")}
)
HUGE = 10**15


def event(id_: int, previous: int, type_: str, **details: str) -> HistoryEvent:
    return HistoryEvent(id_, previous, type_, NOON + timedelta(seconds=id_ % 1000), details)


EVENTS = st.lists(
    st.builds(
        lambda id_, previous, type_, details: event(id_, previous, type_, **details),
        st.integers(1, 14) | st.just(HUGE),
        st.integers(-1, 15) | st.just(HUGE),
        st.sampled_from(TYPES),
        DETAILS,
    ),
    max_size=14,
)


@pytest.mark.slow
@pytest.mark.parametrize("read", [read_history, successful_attempts, timeline])
@given(events=EVENTS, cut=st.integers(0, 14))
def test_links_that_lead_anywhere_do_not_loop(
    read: object, events: list[HistoryEvent], cut: int
) -> None:
    newest = sorted(events, key=lambda each: -each.id)
    pages = iter([newest[:cut], newest[cut:]])
    assert callable(read)
    assert read(pages) is not None


@pytest.mark.parametrize("previous", [3, 2, 4])
@pytest.mark.parametrize("type_", ["TaskFailed", "MapStateFailed", "MapStateExited"])
def test_an_event_that_follows_itself_is_the_first_of_its_chain(type_: str, previous: int) -> None:
    events = [
        event(4, 3, "ExecutionFailed", error="E"),
        event(3, previous, type_, name="A", error="E"),
        event(2, 3, "TaskStarted"),
    ]
    assert read_history(iter([events])).error == "E"


def test_a_redrive_of_an_enormous_id_is_placed_at_once() -> None:
    events = [event(HUGE, 0, "ExecutionRedriven"), event(1, 0, "TaskStateEntered", name="A")]
    assert read_history(iter([events])).error is None

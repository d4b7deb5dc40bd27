"""What is known of a message decides the next step, and survives the ledger."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.delivery.message_states import (
    LEASE_SECONDS,
    SEND_WITHIN,
    MessageRecord,
    State,
    Step,
    next_step,
    record_in,
)
from sfn_digest.slack.web_api import TIMEOUT_SECONDS

CLAIMED = MessageRecord("claimed", "t", datetime(2026, 11, 16, 9, tzinfo=UTC), ts=None)
SENT = replace(CLAIMED, state="sent", ts="1.0", fingerprint="same")


def step(
    record: MessageRecord | None, *, lease_over: bool = True, thread: str | None = None
) -> Step:
    return next_step(record, lease_over=lease_over, thread=thread, fingerprint="same")


def state(name: State) -> MessageRecord:
    return replace(CLAIMED, state=name)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (None, Step.CLAIM),
        (state("refused"), Step.CLAIM),
        (state("claimed"), Step.LOOK),
        (state("lost"), Step.LOOK),
        (SENT, Step.DONE),
        (replace(SENT, fingerprint="other"), Step.UPDATE),
        (replace(SENT, fingerprint=None), Step.UPDATE),
        (replace(SENT, state="updating"), Step.UPDATE),
    ],
)
def test_each_state_has_its_next_step(record: MessageRecord | None, expected: Step) -> None:
    assert step(record) is expected


def test_a_claim_that_is_held_is_waited_for_and_a_lost_answer_is_not() -> None:
    assert step(state("claimed"), lease_over=False) is Step.WAIT
    assert step(replace(SENT, state="updating"), lease_over=False) is Step.WAIT
    assert step(state("lost"), lease_over=False) is Step.LOOK


@pytest.mark.parametrize("name", ["claimed", "lost", "sent"])
def test_what_hung_on_another_root_is_posted_again(name: State) -> None:
    assert step(replace(SENT, state=name, thread="old"), thread="new") is Step.CLAIM


def test_a_holder_has_answered_before_its_lease_is_over() -> None:
    # Connecting and reading may each take the whole timeout, and so may a second address.
    assert SEND_WITHIN + 3 * TIMEOUT_SECONDS < LEASE_SECONDS


@given(
    st.builds(
        MessageRecord,
        state=st.sampled_from(["claimed", "lost", "refused", "sent", "updating"]),
        token=st.text(),
        claimed_at=st.datetimes(timezones=st.just(UTC)),
        thread=st.none() | st.text(),
        traceable=st.booleans(),
        ts=st.none() | st.text(),
        fingerprint=st.none() | st.text(),
    )
)
def test_a_record_comes_back_from_the_ledger_as_it_went(record: MessageRecord) -> None:
    assert record_in(record.entry()) == record

"""What is kept of a delivery may be damaged or another's: that part is read again, and said."""

from datetime import UTC, datetime, timedelta

import pytest

from sfn_digest.delivery import MemoryLedger, Note, requested_delivery
from sfn_digest.delivery.message_states import UNDATED, moment_in, record_in
from tests.delivery.faults import Fault, scripted
from tests.delivery.weeks import Week, editions_shown, faults_in_channel
from tests.delivery.workspace import CHANNEL

pytestmark = pytest.mark.slow

DAMAGED = (None, "", "not-a-time", "2026-11-16T09:00:00", "99999-01-01T00:00:00+00:00", "\x00é")
ENTRIES = {
    "message": ("state", "claimed_at", "traceable", "fingerprint"),
    "done": ("stamp",),
    "files": ("state", "thread"),
}


def damaged(ledger: MemoryLedger, key: str, name: str, value: str | None) -> None:
    """Put this in place of a text of an entry, or take it out."""
    entry = dict(ledger.read(key) or {})
    entry.pop(name, None)
    assert ledger.write(
        key, {**entry, **({} if value is None else {name: value})}, replacing=entry["token"]
    )


def kinds_of(ledger: MemoryLedger) -> list[tuple[str, str]]:
    """The keys that are there, each with the names in its entry that may be damaged."""
    found = []
    for key in ledger._entries:
        kind = next((kind for kind in ("done", "files") if kind in key), "message")
        found += [(key, name) for name in ENTRIES[kind]]
    return found


@pytest.mark.parametrize("value", DAMAGED)
def test_a_damaged_entry_costs_no_digest_and_doubles_none(value: str | None) -> None:
    first = Week()
    first.run()
    places = kinds_of(first.ledger)  # type: ignore[arg-type]
    assert {key.rpartition("/")[2] for key, _ in places} >= {"done"}
    for key, name in places:
        week = Week()
        week.run()
        damaged(week.ledger, key, name, value)  # type: ignore[arg-type]
        run = week.run(edition="read again")
        assert run.error is None, (key, name, run.error)
        assert not faults_in_channel(week), (key, name)
        assert editions_shown(week) <= {"as read", "read again"}


@pytest.mark.parametrize("name", ["state", "claimed_at"])
def test_a_message_whose_record_is_unreadable_is_looked_for_before_it_is_posted(name: str) -> None:
    week = Week()
    # Killed between posting and storing, so that nobody knows yet whether it stands.
    week.run(scripted(post=[Fault("killed after")]))
    key = next(iter(week.ledger._entries))  # type: ignore[attr-defined]
    damaged(week.ledger, key, name, "not-a-time")  # type: ignore[arg-type]
    week.later(86_400.0)
    run = week.run()
    assert run.error is None
    assert not faults_in_channel(week)
    assert "Adopted" in run.codes
    assert ("EntryUnread" in run.codes) == (name == "claimed_at")


@pytest.mark.parametrize("name", ["at", "requests", "delivery"])
def test_a_damaged_entry_on_a_request_begins_a_report_of_its_own(name: str) -> None:
    ledger, notes, now = MemoryLedger(), list[Note](), datetime(2026, 11, 16, 9, tzinfo=UTC)

    def ask(request: str, later: float) -> str:
        at = now + timedelta(seconds=later)
        return requested_delivery(("7d",), request, CHANNEL, ledger, at, notes.append).id

    ask("r1", 0.0)
    key = next(iter(ledger._entries))
    damaged(ledger, key, name, None if name != "at" else "not-a-time")
    second = ask("r2", 1.0)
    assert [each.code for each in notes] == ["EntryUnread"]
    assert ask("r3", 2.0) == second


@pytest.mark.parametrize("value", DAMAGED)
def test_a_record_nobody_can_read_may_have_been_posted(value: str | None) -> None:
    entry = {"token": "t", "state": "claimed", "claimed_at": value or "", "traceable": "yes"}
    if value is None:
        del entry["claimed_at"]
    record = record_in(entry)
    assert (record.state, record.claimed_at, record.token) == ("lost", UNDATED, "t")
    assert moment_in(entry, "claimed_at") is None
    assert record_in({**entry, "state": "sent", "ts": "1.0"}).state == "sent"

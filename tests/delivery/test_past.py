"""The report of the period before is found in the ledger, and nothing in its way is fatal."""

from datetime import UTC, datetime, timedelta

import pytest

from sfn_digest.delivery import Digest, MemoryLedger, Note, previous_report
from sfn_digest.delivery.stored_digest import encode
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import Window
from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.model.stored import Stored

END = datetime(2026, 3, 9, tzinfo=UTC)
WINDOWS = [Window(END - timedelta(days=days), END) for days in (1, 2, 3)]


def named(window: Window) -> str:
    return window.start.isoformat()


def ledger_with(**contents: bytes) -> MemoryLedger:
    ledger = MemoryLedger()
    for index, content in contents.items():
        ledger.store(named(WINDOWS[int(index.removeprefix("at"))]), content, replacing=None)
    return ledger


def kept(report: str) -> bytes:
    return encode(Digest("C1", (SlackMessage("said", []),), {"report": report}))


def test_the_first_window_that_has_a_report_is_taken() -> None:
    notes: list[Note] = []
    ledger = ledger_with(at1=kept("second"), at2=kept("third"))
    assert previous_report(WINDOWS, named, ledger, notes.append) == {"report": "second"}
    assert notes == []


def test_where_nothing_is_kept_there_is_none_and_nothing_to_tell() -> None:
    notes: list[Note] = []
    assert previous_report(WINDOWS, named, MemoryLedger(), notes.append) is None
    assert notes == []


@pytest.mark.parametrize("content", [b"", b"no zlib", encode(Digest("C1", (), {}))[:-3]])
def test_content_that_is_damaged_is_told_and_left(content: bytes) -> None:
    notes: list[Note] = []
    assert previous_report(WINDOWS, named, ledger_with(at0=content), notes.append) is None
    [note] = notes
    assert note.code == "PastUnread"


class Denied(MemoryLedger):
    """A ledger that may not be read."""

    def load(self, key: str) -> Stored | None:  # noqa: ARG002 - the ledger's own signature
        raise AccountError("AWS denied dynamodb:GetItem.")


def test_a_ledger_that_cannot_be_read_is_told_and_left() -> None:
    notes: list[Note] = []
    assert previous_report(WINDOWS, named, Denied(), notes.append) is None
    assert notes[0].sentence.endswith("could not be read: AWS denied dynamodb:GetItem.")

"""Kept hints in the table that all runs share, of which two runs at once lose none; and the
machines that could not be read, for the doctor.
"""

import uuid
import zlib
from collections.abc import Sequence
from datetime import datetime

from sfn_digest.adoption import GivenHint, HintScope, Kept
from sfn_digest.adoption.given_hints import given_from_text, given_now, given_to_text
from sfn_digest.adoption.hint_json import UnreadableError, fitting, from_text, merged, to_text
from sfn_digest.config.names import UNREAD_KEY
from sfn_digest.delivery import Ledger, Note, NoteLog
from sfn_digest.delivery.ledger import Entry
from sfn_digest.errors import AccountError
from sfn_digest.model.report import Hint

MOST_CHARACTERS = 350_000
"""What is written at most, all of it ASCII: a DynamoDB item holds 400 KB, names included."""
MOST_UNREAD = 200
"""Machines that could not be read and are kept: more would take the doctor minutes."""
_WRITES = 5
"""How often it is tried while other runs are quicker."""


class LedgerMemory:
    """Hints in a ledger. A ledger that refuses costs no digest: a note says so."""

    def __init__(self, ledger: Ledger, log: NoteLog) -> None:
        self._ledger = ledger
        self._log = log
        self._loaded: dict[str, str | None] = {}
        """The token of what was loaded, by key."""

    def load(self, place: HintScope) -> tuple[Kept, ...]:
        """See HintMemory."""
        key = _key(place)
        try:
            entry = self._ledger.read(key)
            self._loaded[key] = entry["token"] if entry else None
            return from_text(entry.get("hints", "")) if entry else ()
        except AccountError as error:
            self._note(f"Hints of earlier reports could not be read: {error}")
        except UnreadableError as error:
            self._note(
                f"Hints of earlier reports are unreadable ({error}); storing them starts over."
            )
        return ()

    def save(self, place: HintScope, kept: Sequence[Kept]) -> None:
        """See HintMemory. What could not be loaded is not written over."""
        key = _key(place)
        if key not in self._loaded:
            return
        fits = fitting(kept, MOST_CHARACTERS)
        if len(fits) < len(kept):
            self._note(f"The {len(kept) - len(fits)} oldest hints did not fit and were dropped.")
        try:
            if not self._written(key, fits):
                self._note("The report's hints were not stored: other runs wrote first each time.")
        except AccountError as error:
            self._note(f"The report's hints could not be stored: {error}")

    def given(self, place: HintScope) -> tuple[GivenHint, ...]:
        """See HintMemory."""
        try:
            stored = self._ledger.load(_given_key(place))
            return given_from_text(zlib.decompress(stored.content).decode()) if stored else ()
        except AccountError as error:
            self._note(f"Hints of earlier reports could not be read: {error}")
        except (UnicodeDecodeError, UnreadableError, zlib.error) as error:
            reason = type(error).__name__
            self._note(
                f"Hints of earlier reports are unreadable ({reason}); storing them starts over."
            )
        return ()

    def give(self, place: HintScope, hints: Sequence[Hint], now: datetime) -> None:
        """See HintMemory."""
        key = _given_key(place)
        try:
            for _ in range(_WRITES):
                edition = self._ledger.edition(key)
                text = given_to_text(given_now(self.given(place), hints, now))
                if self._ledger.store(key, zlib.compress(text.encode()), replacing=edition):
                    return
            self._note("The report's hints were not stored: other runs wrote first each time.")
        except AccountError as error:
            self._note(f"The report's hints could not be stored: {error}")

    def _written(self, key: str, kept: tuple[Kept, ...]) -> bool:
        replacing = self._loaded[key]
        for _ in range(_WRITES):
            token = uuid.uuid4().hex
            entry = {"token": token, "hints": to_text(kept)}
            if self._ledger.write(key, entry, replacing=replacing):
                self._loaded[key] = token
                return True
            standing = self._ledger.read(key)
            replacing = standing["token"] if standing else None
            kept = fitting(merged(kept, _hints(standing)), MOST_CHARACTERS)
        return False

    def _note(self, sentence: str) -> None:
        self._log(Note("HintsNotKept", sentence))


def _hints(entry: Entry | None) -> tuple[Kept, ...]:
    try:
        return from_text(entry.get("hints", "")) if entry else ()
    except UnreadableError:
        return ()


def _given_key(place: HintScope) -> str:
    return f"given-{_key(place)}"


def _key(place: HintScope) -> str:
    return f"hints/{place.account_id}/{place.region}/{place.tag}"


def keep_unread(ledger: Ledger, machines: Sequence[str], log: NoteLog) -> None:
    """Keep the ARNs of the machines that could not be read in place of those of the last run.

    A ledger that refuses costs no digest: a note says so.
    """
    listed = " ".join(machines[:MOST_UNREAD])
    try:
        entry = ledger.read(UNREAD_KEY)
        if listed != (entry.get("machines") if entry else ""):
            begun = {"token": uuid.uuid4().hex, "machines": listed}
            # Where another run was quicker, its list is as good.
            ledger.write(UNREAD_KEY, begun, replacing=entry["token"] if entry else None)
    except AccountError as error:
        sentence = f"The list of state machines that could not be read was not stored: {error}"
        log(Note("UnreadNotKept", sentence))

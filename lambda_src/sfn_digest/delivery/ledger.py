"""What must be remembered between runs, and where: small entries, and stored digests."""

import threading
import uuid
from collections.abc import Mapping
from typing import Protocol

from sfn_digest.model.stored import Stored

Entry = Mapping[str, str]
"""Named texts, one of which is `token`: it is new with every write."""


class Ledger(Protocol):
    """A memory that all runs share. Calls raise AccountError where it cannot be reached."""

    def read(self, key: str) -> Entry | None:
        """The entry as it was last written, by any run."""

    def write(self, key: str, entry: Entry, *, replacing: str | None) -> bool:
        """Write where the entry's token is still `replacing` (None: where there is no entry).

        False where another run was quicker; then nothing was written.
        """

    def store(self, key: str, content: bytes, *, replacing: str | None) -> str | None:
        """Store content, whole or not at all, in place of this edition (None: of none).

        Gives the new edition; None where another run was quicker, and nothing was stored.
        """

    def load(self, key: str) -> Stored | None:
        """What was stored last, whole."""

    def edition(self, key: str) -> str | None:
        """The edition of what was stored last, without its content."""


class MemoryLedger:
    """Remembers for as long as it lives: for a run without a table, and for tests."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._stored: dict[str, Stored] = {}
        self._lock = threading.Lock()

    def read(self, key: str) -> Entry | None:
        """See Ledger."""
        return self._entries.get(key)

    def write(self, key: str, entry: Entry, *, replacing: str | None) -> bool:
        """See Ledger."""
        with self._lock:
            standing = self._entries.get(key)
            if (standing["token"] if standing else None) != replacing:
                return False
            self._entries[key] = dict(entry)
            return True

    def store(self, key: str, content: bytes, *, replacing: str | None) -> str | None:
        """See Ledger."""
        with self._lock:
            if self.edition(key) != replacing:
                return None
            stored = self._stored[key] = Stored(uuid.uuid4().hex, content)
            return stored.edition

    def load(self, key: str) -> Stored | None:
        """See Ledger."""
        return self._stored.get(key)

    def edition(self, key: str) -> str | None:
        """See Ledger."""
        stored = self._stored.get(key)
        return None if stored is None else stored.edition

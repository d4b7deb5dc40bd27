"""What must be remembered between runs, and where: small entries, and the kept report."""

import threading
from collections.abc import Mapping
from typing import Protocol

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

    def keep(self, key: str, content: bytes) -> None:
        """Keep content, whole or not at all, in place of what was kept under the key."""

    def kept(self, key: str) -> bytes | None:
        """What was kept last, whole."""


class MemoryLedger:
    """Remembers for as long as it lives: for a run without a table, and for tests."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._kept: dict[str, bytes] = {}
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

    def keep(self, key: str, content: bytes) -> None:
        """See Ledger."""
        self._kept[key] = content

    def kept(self, key: str) -> bytes | None:
        """See Ledger."""
        return self._kept.get(key)

"""Work that some threads find and others do: bounded, ended by the last finder, closable."""

import threading
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

W = TypeVar("W")


class ClosedError(Exception):
    """Nobody wants what was found any more."""


class Backlog(Generic[W]):
    """A queue of at most `limit` pieces of work from `finders` threads.

    Iterating takes work off it, waits for more, and ends when all finders have said
    `finished` and nothing is left. After `close` iterating ends at once and adding raises
    ClosedError.
    """

    def __init__(self, limit: int, finders: int) -> None:
        self._limit = limit
        self._finders = finders
        self._work: deque[W] = deque()
        self._closed = False
        lock = threading.Lock()
        self._room = threading.Condition(lock)
        self._news = threading.Condition(lock)

    def add(self, work: W) -> None:
        """Put work at the end, after waiting until there is room for it."""
        with self._room:
            self._room.wait_for(lambda: self._closed or len(self._work) < self._limit)
            if self._closed:
                raise ClosedError
            self._work.append(work)
            self._news.notify()

    def finished(self) -> None:
        """One of the finders will add no more."""
        with self._news:
            self._finders -= 1
            self._news.notify_all()

    def close(self) -> None:
        """Nobody wants the rest."""
        with self._news:
            self._closed = True
            self._news.notify_all()
            self._room.notify_all()

    def __iter__(self) -> Iterator[W]:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._closed or self._work or not self._finders)
                if self._closed or not self._work:
                    return
                work = self._work.popleft()
                self._room.notify()
            yield work

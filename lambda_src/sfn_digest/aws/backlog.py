"""Executions that some threads find and others read: fairly drawn, ended by the last finder."""

import threading
import time
from collections.abc import Hashable, Iterator, Sequence

from sfn_digest.aws.sampling import SamplePlan
from sfn_digest.model.executions import Execution
from sfn_digest.model.sample import Stratum

HELD_BACK_SECONDS = 10.0
"""How long, at first, no machine is read twice since others are still to be listed."""


class ClosedError(Exception):
    """Nobody wants what was found any more."""


class Backlog:
    """What waits to be read, found by `finders` threads.

    Iterating takes an execution off it, waits for more, and ends when all finders have said
    `finished` and nothing is left. After `close` iterating ends at once and adding raises
    ClosedError.

    Until `all_begun`, or for ten seconds, no machine's second execution is given: the calls that
    may be made at once would be spent on the machines that happened to be listed first.
    """

    def __init__(self, finders: int) -> None:
        self._finders = finders
        self._plan = SamplePlan()
        self._closed = False
        self._held_back_until = time.monotonic() + HELD_BACK_SECONDS
        self._news = threading.Condition()

    def __len__(self) -> int:
        return len(self._plan)

    def add(self, page: Sequence[Execution]) -> None:
        """Take up the next page of a machine's list of one status."""
        with self._news:
            if self._closed:
                raise ClosedError
            self._plan.add(page)
            self._news.notify_all()

    def all_begun(self) -> None:
        """Of each machine at least one page has been taken up."""
        with self._news:
            self._held_back_until = 0.0
            self._news.notify_all()

    def told(self, execution_arn: str, kind: Hashable) -> None:
        """An execution that was taken has been read, and its failure is of this kind."""
        with self._news:
            self._plan.told(execution_arn, kind)

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

    def strata(self) -> tuple[Stratum, ...]:
        """What was found and read so far."""
        with self._news:
            return tuple(self._plan.strata())

    def __iter__(self) -> Iterator[Execution]:
        while (execution := self._next()) is not None:
            yield execution

    def _next(self) -> Execution | None:
        with self._news:
            while not (self._closed or (not self._finders and not len(self._plan))):
                held_back = self._held_back_until - time.monotonic() if self._finders else 0.0
                if len(self._plan) and (held_back <= 0 or self._plan.next_is_new):
                    return self._plan.take()
                self._news.wait(held_back if held_back > 0 else None)
            return None

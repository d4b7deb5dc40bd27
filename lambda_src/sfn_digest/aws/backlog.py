"""What is to be listed and what is to be read: work that threads take off, each in its order.

The first pages of all machines' lists come before the others, so no machine waits for the whole
list of another. Listed are those that CloudWatch saw fail, and a few of the others in rotation,
since its figures are best-effort. Only where readers would run dry the page goes first on which
most failures are expected. Executions that were found are fairly drawn.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

from sfn_digest.aws.execution_lists import Target
from sfn_digest.aws.pages import A_PAGE
from sfn_digest.aws.sampling import NOTHING_KNOWN, SamplePlan
from sfn_digest.model.executions import (
    UNSUCCESSFUL,
    Execution,
    ExecutionCounts,
    StateMachine,
    Window,
)
from sfn_digest.model.sample import Stratum

ENOUGH_WAITING = 1000
"""Executions that keep the readers busy for a while: over three minutes at the default share."""

_LAST = 1_000_000


def failing_targets(
    machines: Sequence[StateMachine], counts: Mapping[str, ExecutionCounts]
) -> Sequence[Target]:
    """What failed, and what may have: the machines absent from `counts` in every status."""
    return [each for each in _every(machines, counts) if each.expected != 0]


def targets_in_rotation(
    machines: Sequence[StateMachine],
    counts: Mapping[str, ExecutionCounts],
    window: Window,
    number: int,
) -> Sequence[Target]:
    """So many of those that CloudWatch counts no failure of: others for each window, in turn."""
    quiet = sorted(
        (each for each in _every(machines, counts) if each.expected == 0),
        key=lambda each: (UNSUCCESSFUL.index(each.status), each.machine.arn),
    )
    if not quiet:
        return []
    turn = window.end.timestamp() // (window.end - window.start).total_seconds()
    begin = int(turn) * number % len(quiet)
    return list(islice(cycle(quiet), begin, begin + min(number, len(quiet))))


def _every(
    machines: Sequence[StateMachine], counts: Mapping[str, ExecutionCounts]
) -> Iterator[Target]:
    for machine in machines:
        known = counts.get(machine.arn)
        numbers = (known.failed, known.timed_out, known.aborted) if known else (None,) * 3
        for status, number in zip(UNSUCCESSFUL, numbers, strict=True):
            yield Target(machine, status, number)


@dataclass(slots=True, eq=False)
class ListJob:
    """The list of one machine and status: its pages to come, and what was found so far.

    `seen` are the hashes of the executions that the machine's lists have shown, since one may come
    twice.
    """

    target: Target
    pages: Iterator[Sequence[Execution]]
    seen: set[int]
    rank: int
    listed: int = field(default=0)
    counted: int = field(default=0)

    @property
    def on_next_page(self) -> int:
        """How many failures the next page may be expected to hold."""
        expected = A_PAGE if self.target.expected is None else self.target.expected
        return min(A_PAGE, max(0, expected - self.listed))


class Listing:
    """The lists that are not at their end; for any number of threads."""

    def __init__(self, jobs: Sequence[ListJob]) -> None:
        self._lock = threading.Lock()
        self._jobs = list(jobs)
        self._open = Counter(each.target.machine.arn for each in jobs if each.target.expected != 0)
        self._new = set(self._open)
        self._asked = set[str]()
        self._machines = {each.target.machine.arn: each.target.machine for each in jobs}

    @property
    def all_begun(self) -> bool:
        """Whether of each machine that failed a page was taken, or is refused."""
        return not self._new

    def next(self, waiting: int) -> ListJob | None:
        """The list to take a page of, while so many executions wait to be read; None at the end.

        It is the caller's own until it is put back. While a machine's first answer is outstanding
        others come first: if it is refused, none of its lists is asked for again.
        """
        with self._lock:
            if not self._jobs:
                return None
            in_doubt = self._asked & self._new

            def order(each: ListJob) -> tuple[bool, int, int]:
                failures, turn = -each.on_next_page, each.rank
                by = (failures, turn) if waiting < ENOUGH_WAITING else (turn, failures)
                return each.target.machine.arn in in_doubt, *by

            job = min(self._jobs, key=order)
            self._jobs.remove(job)
            self._asked.add(job.target.machine.arn)
            return job

    def put_back(self, job: ListJob) -> None:
        """A page of the list was taken, and there may be more."""
        job.rank += 1
        with self._lock:
            self._new.discard(job.target.machine.arn)
            self._jobs.append(job)

    def ended(self, job: ListJob) -> None:
        """The list is at its end."""
        with self._lock:
            self._new.discard(job.target.machine.arn)
            self._open[job.target.machine.arn] -= job.target.expected != 0

    def refused(self, job: ListJob) -> None:
        """The machine's lists are refused: none of its other ones is asked for."""
        arn = job.target.machine.arn
        with self._lock:
            self._new.discard(arn)
            self._open[arn] = 0
            self._jobs = [each for each in self._jobs if each.target.machine.arn != arn]

    def unlisted(self) -> Sequence[StateMachine]:
        """The machines that failed and were not listed to the end."""
        with self._lock:
            return [self._machines[arn] for arn, number in self._open.items() if number > 0]


def list_jobs(
    targets: Sequence[Target], pages: Callable[[Target], Iterator[Sequence[Execution]]]
) -> Sequence[ListJob]:
    """The lists of the targets; of each machine the status with most failures comes first."""
    seen: dict[str, set[int]] = {}
    number: Counter[str] = Counter()
    jobs = []
    for each in sorted(targets, key=lambda each: -(each.expected or 0)):
        arn = each.machine.arn
        rank = _LAST if each.expected == 0 else number[arn]
        jobs.append(ListJob(each, pages(each), seen.setdefault(arn, set()), rank))
        number[arn] += 1
    return jobs


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

    def add(self, page: Sequence[Execution], known: Mapping[str, Hashable] = NOTHING_KNOWN) -> None:
        """Take up the next page of a machine's list of one status; see `SamplePlan.add`."""
        with self._news:
            if self._closed:
                raise ClosedError
            self._plan.add(page, known)
            self._news.notify_all()

    def all_begun(self) -> None:
        """Of each machine at least one page has been taken up."""
        with self._news:
            self._held_back_until = 0.0
            self._news.notify_all()

    def learned(self, execution_arn: str, kind: Hashable) -> None:
        """An execution that was taken has been read, and its failure is of this kind."""
        with self._news:
            self._plan.learned(execution_arn, kind)

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

"""Listing and reading at the same time: some threads list machines, others read histories.

So the time it takes is that of the API whose quota is the tightest, not the sum. Listers and
readers are apart because a lister waiting for its token must not keep a reader from working.
"""

import threading
import time
from collections.abc import Callable, Generator, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from math import inf
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar

from sfn_digest.aws.account_errors import HOPELESS, OutOfTimeError
from sfn_digest.aws.backlog import Backlog, ClosedError, Listing, ListJob, list_jobs
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.execution_lists import Target, list_executions
from sfn_digest.aws.histories import history_pages
from sfn_digest.aws.late_failures import LateFailures
from sfn_digest.aws.usage import UsageTally
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import Execution, HistoryEvent, Window
from sfn_digest.progress import Progress
from sfn_digest.stream.collected_window import NOTHING_COLLECTED, Collected

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

T = TypeVar("T")
Read = Callable[[Execution, Iterator[Sequence[HistoryEvent]]], T]
Recall = Callable[[Execution], T | None]
"""What was made of an execution before this scan, None where it has to be read."""

LISTERS = 4
"""Enough to use up a whole ListExecutions quota (5 calls a second) at half a second a call."""

READERS = 16
"""Enough to use up a whole GetExecutionHistory quota (20 a second) at 0.8 seconds a call."""

_PATIENCE_SECONDS = 1.0
"""How long the end waits for threads that are in a call."""


@dataclass(frozen=True, slots=True)
class _Result(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class Tools:
    """What a scan works with."""

    calls: Calls
    states: "SFNClient"
    tally: UsageTally
    progress: Progress


class Scan(Generic[T]):
    """One pass over the targets; see `Account.read_failures`.

    `counted` is the time CloudWatch was asked for: it covers `window`, and the listing goes back to
    its start so that both numbers can be compared. `kind` tells which failures are of one kind.
    Everything ends at the deadline of the tools' calls.
    """

    def __init__(
        self,
        tools: Tools,
        window: Window,
        counted: Window,
        read: Read[T],
        kind: Callable[[T], Hashable],
        late: LateFailures | None = None,
        collected: Collected = NOTHING_COLLECTED,
        recall: Recall[T] = lambda _: None,
    ) -> None:
        self._tools = tools
        self._calls = tools.calls.until()
        self._window = window
        self._counted = counted
        self._read = read
        self._kind = kind
        self._late = late
        self._collected = collected
        self._recall = recall
        self._ended = False
        self._out_of_time = False
        self._listed_any = False
        self._hopeless: AccountError | None = None
        self._listing = Listing([])
        self._backlog = Backlog(finders=LISTERS)
        self._results: SimpleQueue[_Result[T] | BaseException | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._readers = READERS

    def results(self, targets: Sequence[Target]) -> Generator[T, None, None]:
        """What `read` made of each execution, as they come; all threads end with it."""
        self._listing = Listing(list_jobs(targets, self._pages))
        threads = [
            *(self._thread(self._list_all) for _ in range(LISTERS)),
            *(self._thread(self._read_all) for _ in range(READERS)),
        ]
        try:
            for thread in threads:
                thread.start()
            while (result := self._next_result()) is not None:
                if isinstance(result, BaseException):
                    raise result
                self._tools.tally.read()
                yield result.value
            if self._hopeless is not None and not self._listed_any:
                raise self._hopeless
        finally:
            self._end(threads)

    def _next_result(self) -> _Result[T] | BaseException | None:
        left = self._calls.deadline - self._calls.clock.now()
        if left > 0:
            with suppress(Empty):
                return self._results.get(timeout=None if left == inf else left)
        self._out_of_time = True
        return self._left_over()

    def _left_over(self) -> _Result[T] | BaseException | None:
        """What was read when the time ran out; what comes later is not taken up."""
        self._backlog.close()
        try:
            return self._results.get_nowait()
        except Empty:
            return None

    def _end(self, threads: Sequence[threading.Thread]) -> None:
        self._calls.give_up()
        self._backlog.close()
        with self._lock:
            self._ended = True
            if self._out_of_time:
                self._tools.tally.out_of_time(self._listing.unlisted())
            self._tools.tally.sampled(self._backlog.strata())
        # A thread that is still in a call ends with it, and what it brings is not counted.
        patience = time.monotonic() + _PATIENCE_SECONDS
        for thread in threads:
            if thread.is_alive():
                thread.join(max(0.0, patience - time.monotonic()))

    def _thread(self, work: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                work()
            except ClosedError:
                return
            except BaseException as error:  # noqa: BLE001 - raised again where results are taken
                self._results.put(error)

        return threading.Thread(target=guarded, name="scan", daemon=True)

    def _pages(self, target: Target) -> Iterator[Sequence[Execution]]:
        arn, since = target.machine.arn, self._counted.start
        if self._late is not None:
            since = min(since, self._late.window.start)
        listed = list_executions(self._calls, self._tools.states, arn, target.status, since)
        return ([each for each in page if each not in self._collected] for page in listed)

    def _list_all(self) -> None:
        while (job := self._listing.next(waiting=len(self._backlog))) is not None:
            self._list_page(job)
            if self._listing.all_begun:
                self._backlog.all_begun()
        self._backlog.finished()

    def _list_page(self, job: ListJob) -> None:
        try:
            page = next(job.pages, None)
        except OutOfTimeError:
            self._out_of_time = True
        except AccountError as error:
            if isinstance(error, HOPELESS):
                self._hopeless = error
            self._listing.refused(job)
            self._record(partial(self._tools.tally.skip, job.target.machine, error.sentence))
        else:
            if page is None:
                self._ended_list(job)
            else:
                self._take_up(job, page)
                self._listing.put_back(job)

    def _ended_list(self, job: ListJob) -> None:
        self._listing.ended(job)
        target, tally = job.target, self._tools.tally
        if target.expected is not None and job.counted < target.expected:
            missing = target.expected - job.counted
            self._record(partial(tally.vanished, target.machine.name, missing))
        if target.expected == 0 and job.counted:
            self._record(partial(tally.uncounted, target.machine.name, job.counted))

    def _take_up(self, job: ListJob, page: Sequence[Execution]) -> None:
        """Hand the window's executions to the readers."""
        self._listed_any = True
        new = [each for each in page if hash(each.arn) not in job.seen]
        job.seen.update(hash(each.arn) for each in new)
        job.listed += len(page)
        job.counted += sum(each.stopped_at in self._counted for each in new)
        late = [each for each in new if self._late is not None and each in self._late]
        wanted = [each for each in new if each.stopped_at in self._window] + late
        machine, status = job.target.machine.arn, job.target.status
        self._record(partial(self._tools.tally.found, machine, status, len(wanted), late=len(late)))
        self._tools.progress.found(len(wanted))
        known = {each.arn: value for each in wanted if (value := self._recall(each)) is not None}
        self._backlog.add(wanted, {arn: self._kind(value) for arn, value in known.items()})
        for value in known.values():
            self._tools.progress.read(1)
            self._results.put(_Result(value))

    def _record(self, what: Callable[[], None]) -> None:
        """Record in the tally, unless the pass has ended: what comes then is counted nowhere."""
        with self._lock:
            if self._ended:
                raise ClosedError
            what()

    def _read_all(self) -> None:
        for execution in self._backlog:
            self._read_one(execution)
        with self._lock:
            self._readers -= 1
            last = not self._readers
        if last:
            self._results.put(None)

    def _read_one(self, execution: Execution) -> None:
        tools = self._tools
        history = history_pages(self._calls, tools.states, execution.arn)
        try:
            value = self._read(execution, history)
        except OutOfTimeError:
            self._out_of_time = True
            return
        except AccountError as error:
            name = execution.machine_arn.rsplit(":", 1)[1]
            self._record(partial(tools.tally.unread, name, error.sentence))
            return
        tools.progress.read(1)
        self._backlog.learned(execution.arn, self._kind(value))
        self._results.put(_Result(value))

"""Listing and reading at the same time: some threads list machines, others read histories.

So the time it takes is that of the API whose quota is the tightest, not the sum. Listers and
readers are apart because a lister waiting for its token must not keep a reader from working.
"""

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar

from sfn_digest.aws.backlog import Backlog
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.executions import list_executions
from sfn_digest.aws.governor import Clock, StoppedError
from sfn_digest.aws.histories import history_pages
from sfn_digest.aws.targets import Target
from sfn_digest.aws.usage import Tally
from sfn_digest.errors import AccountError, NoCredentialsError, NoEndpointError
from sfn_digest.model.executions import (
    Execution,
    HistoryEvent,
    StateMachine,
    UnsuccessfulStatus,
    Window,
)
from sfn_digest.progress import Progress

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

T = TypeVar("T")
Read = Callable[[Execution, Iterator[Sequence[HistoryEvent]]], T]

LISTERS = 4
"""Enough to use up a whole ListExecutions quota (5 calls a second) at half a second a call."""

READERS = 16
"""Enough to use up a whole GetExecutionHistory quota (20 a second) at 0.8 seconds a call."""

BACKLOG = 50_000
"""The most executions kept waiting for a reader, some 30 MB; the listing pauses meanwhile."""

HOPELESS = (NoCredentialsError, NoEndpointError)
"""What no other machine or execution would be spared."""


@dataclass(frozen=True, slots=True)
class _Result(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _Crash:
    error: Exception


@dataclass(frozen=True, slots=True)
class Tools:
    """What a scan works with."""

    calls: Calls
    states: "SFNClient"
    tally: Tally
    progress: Progress
    clock: Clock


class Scan(Generic[T]):
    """One pass over the targets; see `Account.read_failures`.

    `counted` is the time CloudWatch was asked for: it covers `window`, and the listing goes
    back to its start so that both numbers can be compared. At `deadline`, a time of the
    tools' clock, everything ends, and the account's clock stays stopped.
    """

    def __init__(
        self,
        tools: Tools,
        window: Window,
        counted: Window,
        read: Read[T],
        deadline: float | None = None,
    ) -> None:
        self._tools = tools
        self._window = window
        self._counted = counted
        self._read = read
        self._deadline = deadline
        self._late = False
        self._unlisted: dict[str, StateMachine] = {}
        self._backlog: Backlog[Execution] = Backlog(BACKLOG, finders=LISTERS)
        self._results: SimpleQueue[_Result[T] | _Crash | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._readers = READERS

    def results(self, targets: Sequence[Target]) -> Generator[T, None, None]:
        """What `read` made of each execution, as they come; all threads end with it."""
        # Machines with most failures first: their executions keep the readers busy from the
        # start, and a long listing does not begin when all others have ended.
        ordered = iter(sorted(targets, key=lambda target: -target.failures))
        self._unlisted = {target.machine.arn: target.machine for target in targets}
        threads = [
            *(self._thread(lambda: self._list_all(ordered)) for _ in range(LISTERS)),
            *(self._thread(self._read_all) for _ in range(READERS)),
        ]
        try:
            for thread in threads:
                thread.start()
            while (result := self._next_result()) is not None:
                if isinstance(result, _Crash):
                    raise result.error
                self._tools.tally.read()
                yield result.value
        finally:
            self._end(threads)

    def _next_result(self) -> _Result[T] | _Crash | None:
        if self._deadline is None:
            return self._results.get()
        try:
            left = self._deadline - self._tools.clock.now()
            return self._results.get(timeout=left) if left > 0 else self._left_over()
        except Empty:
            return self._left_over()

    def _left_over(self) -> _Result[T] | _Crash | None:
        """What was read when the time ran out; what comes later is not taken up."""
        if not self._late:
            self._late = True
            self._backlog.close()
            with self._lock:
                self._tools.tally.out_of_time(list(self._unlisted.values()))
        try:
            return self._results.get_nowait()
        except Empty:
            return None

    def _end(self, threads: Sequence[threading.Thread]) -> None:
        clock = self._tools.clock
        clock.stop()
        self._backlog.close()
        patience = clock.now() + 1.0 if self._late else None
        for thread in threads:
            if thread.is_alive():
                thread.join(1.0 if patience is None else max(0.0, patience - clock.now()))
        # A thread that is still in a call must not wait for another after the deadline.
        if not self._late:
            clock.resume()

    def _thread(self, work: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                work()
            except StoppedError:
                return
            except Exception as error:  # noqa: BLE001 - raised again where results are taken
                self._results.put(_Crash(error))

        return threading.Thread(target=guarded, name="scan", daemon=True)

    def _list_all(self, targets: Iterator[Target]) -> None:
        while (target := self._next(targets)) is not None:
            self._list(target)
        self._backlog.finished()

    def _next(self, targets: Iterator[Target]) -> Target | None:
        with self._lock:
            return next(targets, None)

    def _list(self, target: Target) -> None:
        tally, machine = self._tools.tally, target.machine
        seen: set[str] = set()
        try:
            for status, expected in target.expected.items():
                counted = self._list_status(machine.arn, status, seen)
                if expected is not None and counted < expected:
                    tally.vanished(machine.name, expected - counted)
            self._listed(machine)
        except HOPELESS:
            raise
        except AccountError as error:
            self._listed(machine)
            tally.skip(machine, error.sentence)

    def _listed(self, machine: StateMachine) -> None:
        with self._lock:
            del self._unlisted[machine.arn]

    def _list_status(self, arn: str, status: UnsuccessfulStatus, seen: set[str]) -> int:
        """Hand the window's executions to the readers; how many CloudWatch should know of."""
        tools, counted = self._tools, 0
        since = self._counted.start
        for page in list_executions(tools.calls, tools.states, arn, status, since):
            new = [each for each in page if each.arn not in seen]
            seen.update(each.arn for each in new)
            counted += sum(each.stopped_at in self._counted for each in new)
            wanted = [each for each in new if each.stopped_at in self._window]
            tools.tally.found(arn, status, len(wanted))
            tools.progress.found(len(wanted))
            for execution in wanted:
                self._backlog.add(execution)
        return counted

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
        history = history_pages(tools.calls, tools.states, execution.arn)
        try:
            value = self._read(execution, history)
        except HOPELESS:
            raise
        except AccountError as error:
            tools.tally.unread(execution.machine_arn.rsplit(":", 1)[1], error.sentence)
            return
        tools.progress.read(1)
        self._results.put(_Result(value))

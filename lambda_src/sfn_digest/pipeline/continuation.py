"""Going on where a run's time ended, or where it was killed.

What is read is kept in batches, each whole or not at all; who goes on takes them up and reads the
rest. The order of reading is a hash of the executions' names, so it is the same in each run and
need not be kept; the lists are made again, since executions may have been redriven meanwhile.
Whatever fails here costs the continuation alone: the run makes the report of what has been read.
"""

import json
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from sfn_digest import guard
from sfn_digest.errors import AnotherRunError
from sfn_digest.guard import Guard
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import Execution, ExecutionCounts, Failure
from sfn_digest.model.plain import PlainError, from_plain, to_plain
from sfn_digest.model.sample import Stratum
from sfn_digest.stream.collected_window import Collected

if TYPE_CHECKING:
    from datetime import date

R = TypeVar("R")

BATCH_SECONDS = 10.0
BATCH_READINGS = 500
"""A batch is kept when it is so old, or holds so many failures: a killed run loses no more."""


class Batches(Protocol):
    """Where the batches of one scan are kept. Calls raise a SfnDigestError where they cannot be."""

    def load(self) -> Iterable[bytes]:
        """The batches that were kept before this run, in their order."""

    def add(self, batch: bytes) -> None:
        """Keep a further one. Raises AnotherRunError where another run has kept its own there."""

    def go_on(self) -> Message | None:
        """See that the rest is read later: raises AnotherRunError; gives why it will not be."""

    def notes(self) -> Iterable[Message]:
        """What the report says of the runs before."""

    @property
    def continuations(self) -> int:
        """How often the reading was continued so far."""


class KeptReadings:
    """The failures of one scan, as far as runs before this one read them, and this run's own."""

    def __init__(
        self, batches: Batches, behind: Guard, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._batches = batches
        self._guard = behind
        self._now = now
        self._kept: dict[str, Failure] = {}
        self._parts: dict[str, Any] = {}
        self._known: set[str] = set()
        self._waiting: list[Failure] = []
        self._since = now()
        self._works = True
        self._notes: list[Message] = []
        for batch in self._guarded(lambda: list(batches.load())) or ():
            self._take_up(batch)

    @property
    def continuations(self) -> int:
        """How often the reading was continued so far."""
        return self._batches.continuations

    @property
    def notes(self) -> tuple[Message, ...]:
        """What the report says of the runs before, and of those that will not come."""
        return (*self._batches.notes(), *self._notes)

    def recall(self, execution: Execution) -> Failure | None:
        """What was read of an execution before; None where it was not, or was redriven since."""
        kept = self._kept.pop(execution.arn, None)
        if kept is None or kept.execution.redrive_count != execution.redrive_count:
            return None
        self._known.add(execution.arn)
        return kept

    def add(self, failure: Failure) -> None:
        """Keep a failure that was read, with others. Raises AnotherRunError."""
        if failure.execution.arn in self._known:
            return
        self._waiting.append(failure)
        late = self._now() - self._since >= BATCH_SECONDS
        if late or len(self._waiting) >= BATCH_READINGS:
            self.keep()

    def keep(self) -> None:
        """Keep what waits to be. Raises AnotherRunError."""
        if self._waiting:
            self._add({"failures": to_plain(self._waiting)})
        self._waiting, self._since = [], self._now()

    def __enter__(self) -> Self:
        """While failures are read."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Keep the last ones, where a person interrupts the reading too."""
        if kind is None or issubclass(kind, KeyboardInterrupt):
            self.keep()

    def part(self, name: str, kind: type[R]) -> R | None:
        """A part of the report that a run before made, None where none did."""
        try:
            return from_plain(kind, self._parts[name]) if name in self._parts else None
        except PlainError:
            return None

    def keep_part(self, name: str, value: object) -> None:
        """Keep a part that is dear to make. Raises AnotherRunError."""
        self._add({"part": name, "value": to_plain(value)})

    def unlisted(self, machine_arns: set[str]) -> tuple[Failure, ...]:
        """What was read before and is in no list now: such as what was redriven since."""
        left = [f for f in self._kept.values() if f.execution.machine_arn in machine_arns]
        return tuple(sorted(left, key=lambda each: each.execution.arn))

    def unfinished(self) -> None:
        """The time for reading was too short: let another run read the rest, if one may.

        Raises AnotherRunError where one will.
        """
        why_not = self._guarded(self._batches.go_on) if self._works else None
        self._notes += [why_not] if why_not else []

    def _add(self, content: Mapping[str, Any]) -> None:
        if self._works:
            batch = zlib.compress(json.dumps(content, separators=(",", ":")).encode())
            self._guarded(lambda: self._batches.add(batch))

    def _guarded(self, work: Callable[[], R]) -> R | None:
        """What the work gives; nothing is kept or continued any more where it fails."""

        def failed() -> None:
            self._works = False

        return guarded(self._guard, work, failed)

    def _take_up(self, batch: bytes) -> None:
        """What another release kept in a form that is no longer understood is read again."""
        try:
            content = json.loads(zlib.decompress(batch))
            failures = [from_plain(Failure, each) for each in content.get("failures", ())]
        except (PlainError, ValueError, AttributeError, RecursionError, TypeError, zlib.error):
            return
        self._kept |= {each.execution.arn: each for each in failures}
        if "part" in content:
            self._parts[content["part"]] = content["value"]


def guarded(behind: Guard, work: Callable[[], R], failed: Callable[[], None]) -> R | None:
    """What the work gives; where it fails, `failed` is called and the guard reports it."""
    done: list[R] = []

    def tried() -> None:
        try:
            done.append(work())
        except Exception:
            failed()
            raise

    behind.result_of(guard.CONTINUATION, tried, None, passing=AnotherRunError)
    return done[0] if done else None


def as_collected(failures: Iterable[Failure], *, drawn: bool) -> Collected:
    """Failures that were read before, as an account counts them; `drawn`: from a sample."""
    strata: dict[tuple[str, Any, date], list[str]] = {}
    found: Counter[tuple[str, str]] = Counter()
    for each in failures:
        of = each.execution
        found[of.machine_arn, of.status] += 1
        strata.setdefault((of.machine_arn, of.status, of.stopped_at.date()), []).append(of.arn)
    return Collected(
        found={
            arn: ExecutionCounts(
                0, found[arn, "FAILED"], found[arn, "TIMED_OUT"], found[arn, "ABORTED"]
            )
            for arn in sorted({arn for arn, _ in found})
        },
        strata=tuple(Stratum(*key, len(arns), tuple(arns)) for key, arns in sorted(strata.items()))
        if drawn
        else (),
    )

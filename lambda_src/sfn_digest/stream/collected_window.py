"""What the events of a window come to: executions found, which were read, and how many are missing.

Ends are taken up one by one and not kept, so that a million of them fit; what was read of their
histories is kept as it is stored, up to a bound, beyond which the fullest strata are thinned.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nsmallest

from sfn_digest.model.executions import (
    UNSUCCESSFUL,
    Execution,
    ExecutionCounts,
    UnsuccessfulStatus,
    Window,
)
from sfn_digest.model.sample import Stratum
from sfn_digest.stream.histories_to_read import chance
from sfn_digest.stream.status_change import StatusChange

MOST_READINGS = 20_000
"""The most readings that a report is made of: with more of them its numbers hardly gain."""


@dataclass(frozen=True, slots=True)
class KeptChange:
    """A change as it was kept; `reading` is its failure's, as it was stored, where it was read."""

    change: StatusChange
    reading: bytes | None = None


@dataclass(frozen=True, slots=True)
class Collected:
    """What the events of a window show.

    `found` counts executions that closed without success in the window, each by its last end, by
    machine ARN; `ends` those of the whole time that CloudWatch was asked for, each end apart, as
    it counts them. `readings` are of executions in the window. `strata` say of how many others
    each stands for.
    """

    found: Mapping[str, ExecutionCounts] = field(default_factory=dict)
    ends: Mapping[str, ExecutionCounts] = field(default_factory=dict)
    readings: tuple[bytes, ...] = ()
    strata: tuple[Stratum, ...] = ()
    known: frozenset[int] = frozenset()

    def __contains__(self, execution: Execution) -> bool:
        """Whether the end that a list shows is among the events."""
        return hash((execution.arn, execution.redrive_count)) in self.known

    @property
    def executions(self) -> int:
        """How many executions were found in the window."""
        return sum(each.unsuccessful for each in self.found.values())

    def missing(self, counts: Mapping[str, ExecutionCounts]) -> Mapping[str, ExecutionCounts]:
        """How many ends CloudWatch counted that no event reported, by machine ARN."""
        none = ExecutionCounts()
        return {
            arn: ExecutionCounts(
                succeeded=counted.succeeded,
                failed=max(0, counted.failed - known.failed),
                timed_out=max(0, counted.timed_out - known.timed_out),
                aborted=max(0, counted.aborted - known.aborted),
            )
            for arn, counted in counts.items()
            for known in (self.ends.get(arn, none),)
        }


NOTHING_COLLECTED = Collected()
"""Where no events are collected."""

_Key = tuple[str, UnsuccessfulStatus, datetime, str]
"""Machine, status, hour and group: while these are the same, so is the chance to be read."""


@dataclass(slots=True)
class _Cell:
    found: int = 0
    readings: list[tuple[int, str, bytes]] = field(default_factory=list)


class Collection:
    """Takes up what was kept. `counted` is the time that CloudWatch was asked for; ends in the
    `late` time before the window are left to the lists, which hold those that no report had.

    Redriven ends come first, by `superseding`: an execution counts once, by its last end.
    """

    def __init__(
        self,
        window: Window,
        counted: Window,
        late: Window | None = None,
        most: int = MOST_READINGS,
    ) -> None:
        self._window = window
        self._counted = counted
        self._late = late
        self._most = self._limit = most
        self._last: dict[str, int] = {}
        self._found: Counter[tuple[str, UnsuccessfulStatus]] = Counter()
        self._ends: Counter[tuple[str, UnsuccessfulStatus]] = Counter()
        self._known: set[int] = set()
        self._cells: dict[_Key, _Cell] = defaultdict(_Cell)
        self._readings = 0

    def superseding(self, kept: Iterable[KeptChange]) -> None:
        """The ends of redriven executions, whose earlier ends no longer count."""
        for each in kept:
            arn, count = each.change.key
            self._last[arn] = max(count, self._last.get(arn, 0))

    def add(self, kept: Iterable[KeptChange]) -> None:
        """Take up ends, redriven ones too; one that comes twice counts once."""
        for each in kept:
            self._add(each)

    def _add(self, kept: KeptChange) -> None:
        change = kept.change
        key = hash(change.key)
        if key in self._known or change.status == "SUCCEEDED":
            return
        if change.stopped_at not in self._counted or self._is_late(change.stopped_at):
            return
        self._known.add(key)
        self._ends[change.machine_arn, change.status] += 1
        if change.stopped_at in self._window:
            self._count(change, kept.reading)

    def _is_late(self, moment: datetime) -> bool:
        return self._late is not None and moment in self._late

    def _count(self, change: StatusChange, reading: bytes | None) -> None:
        execution = change.failed
        if execution is None or change.redrive_count < self._last.get(change.execution_arn, 0):
            return
        arn, status = execution.machine_arn, execution.status
        self._found[arn, status] += 1
        hour = execution.stopped_at.replace(minute=0, second=0, microsecond=0)
        cell = self._cells[arn, status, hour, change.group]
        cell.found += 1
        if reading is not None:
            cell.readings.append((chance(execution.arn), execution.arn, reading))
            self._readings += 1
            if self._readings > self._limit:
                self._thin()

    def _thin(self) -> None:
        """Let half of the readings of the fullest cells go, drawn by chance."""
        fullest = max(len(cell.readings) for cell in self._cells.values())
        for cell in self._cells.values():
            if len(cell.readings) > 1 and len(cell.readings) * 2 > fullest:
                kept = nsmallest(len(cell.readings) // 2, cell.readings)
                self._readings -= len(cell.readings) - len(kept)
                cell.readings = kept
        # Where most cells hold one, which none lets go, a look at all of them must not come with
        # each reading.
        self._limit = max(self._most, self._readings * 5 // 4)

    def collected(self) -> Collected:
        """What has been taken up."""
        return Collected(
            found=_by_machine(self._found),
            ends=_by_machine(self._ends),
            readings=tuple(
                reading for cell in self._cells.values() for *_, reading in cell.readings
            ),
            strata=tuple(self._strata()),
            known=frozenset(self._known),
        )

    def _strata(self) -> Iterator[Stratum]:
        """The cells, a group's next to each other, newest first; those read whole are one."""
        groups: dict[tuple[str, UnsuccessfulStatus, str], list[tuple[datetime, _Cell]]] = {}
        for (arn, status, hour, group), cell in self._cells.items():
            groups.setdefault((arn, status, group), []).append((hour, cell))
        for (arn, status, _), cells in sorted(groups.items(), key=lambda each: each[0]):
            whole: list[str] = []
            for hour, cell in sorted(cells, key=lambda each: each[0], reverse=True):
                read = sorted(name for _, name, _ in cell.readings)
                if len(read) == cell.found:
                    whole += read
                else:
                    yield Stratum(arn, status, hour.date(), cell.found, tuple(read))
            if whole:
                yield Stratum(
                    arn,
                    status,
                    max(hour for hour, _ in cells).date(),
                    len(whole),
                    tuple(sorted(whole)),
                )


def _by_machine(
    numbers: Mapping[tuple[str, UnsuccessfulStatus], int],
) -> Mapping[str, ExecutionCounts]:
    machines = sorted({arn for arn, _ in numbers})
    return {
        arn: ExecutionCounts(0, *(numbers.get((arn, status), 0) for status in UNSUCCESSFUL))
        for arn in machines
    }

"""In which order failures are read, so that what has been read is a fair sample at any moment.

Machines take turns, and none is read twice before each was read once. Within a machine its
statuses and days take turns; within those the draw is by a hash of the execution's ARN, in which
neither the listing's order nor the speed of an answer has a say. Once the first reads have shown
of which kinds the failures are, machines and days that vary are read up to twice as often, and
machines of whose every kind a hundred were read a tenth as often: what is new elsewhere tells more.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from heapq import heapify, heappop, heappush, nsmallest

from sfn_digest.model.executions import Execution, UnsuccessfulStatus
from sfn_digest.model.sample import Stratum

LAG = 100
"""Reads after which what one showed is looked at: by then it has been answered, so that it does
not matter which was answered first."""

OLD = 100
"""Reads of a kind after which a further one tells little."""

OLD_TURNS = 0.1
"""How often a machine comes up of which all kinds are old, as a part of its turns."""

MOST_READ = 50_000
"""The most executions that are read or wait for it, some 110 MB in a report, in which ten times as
many would make no number much surer: beyond them the largest strata are thinned."""


@dataclass(slots=True)
class _Page:
    """What one page of a listing holds of a stratum."""

    found: int = 0
    read: list[str] = field(default_factory=list)


NOTHING_KNOWN: Mapping[str, Hashable] = {}

_Draw = tuple[int, str, _Page, Execution]


@dataclass(slots=True, eq=False)
class _Stratum:
    """A machine's failures of one status and day; `variety` as far as it is looked at."""

    chance: int
    pages: dict[int, _Page] = field(default_factory=dict)
    waiting: list[_Draw] = field(default_factory=list)
    kinds: Counter[Hashable] = field(default_factory=Counter)
    found: int = 0
    taken: int = 0
    variety: float = 0.5

    def urgency(self) -> tuple[bool, float, int]:
        """The stratum from which none was taken, then that of which a further read tells most."""
        return not self.taken, self.found * (0.5 + self.variety) / (self.taken + 1), self.chance


@dataclass(slots=True, eq=False)
class _Machine:
    """A machine's strata by status and day, and the pages that were listed of each status."""

    arn: str
    strata: dict[tuple[UnsuccessfulStatus, date], _Stratum] = field(default_factory=dict)
    pages: Counter[UnsuccessfulStatus] = field(default_factory=Counter)
    taken: int = 0
    variety: float = 0.0
    is_old: bool = False
    in_line: bool = False

    def turn(self) -> tuple[float, str]:
        """The place in line: the fewer were taken, the sooner."""
        often = (1.0 + self.variety) * (OLD_TURNS if self.is_old else 1.0)
        return self.taken / often, self.arn


class SamplePlan:
    """The executions that wait to be read, and which is the next. Not for several threads."""

    def __init__(self, most: int = MOST_READ, old: float = OLD) -> None:
        self._most = most
        self._old = old
        self._waiting = 0
        self._known = 0
        self._machines: dict[str, _Machine] = {}
        self._line: list[tuple[tuple[float, str], _Machine]] = []
        self._taken = 0
        self._under_way: dict[str, tuple[int, _Machine, _Stratum, _Page]] = {}
        self._kinds: list[tuple[int, _Machine, _Stratum, Hashable]] = []

    def __len__(self) -> int:
        return self._waiting

    @property
    def next_is_new(self) -> bool:
        """Whether the next execution is the first one of its machine."""
        return bool(self._line) and not self._line[0][1].taken

    def add(self, page: Sequence[Execution], known: Mapping[str, Hashable] = NOTHING_KNOWN) -> None:
        """Take up the next page of a listing: executions of one machine and status.

        Those that are `known` by ARN, with their kinds, have been read before this plan.
        """
        if not page:
            return
        arn, status = page[0].machine_arn, page[0].status
        machine = self._machines.setdefault(arn, _Machine(arn))
        for execution in page:
            self._add(machine, execution, known)
        machine.pages[status] += 1
        if not machine.in_line and any(each.waiting for each in machine.strata.values()):
            self._line_up(machine)
        while self._waiting and self._waiting + self._taken + self._known > self._most:
            self._thin()

    def take(self) -> Execution:
        """The next execution to read. Raises IndexError where none waits."""
        if self._taken % LAG == 0:
            self._look_at_kinds()
        _, machine = heappop(self._line)
        stratum = max((s for s in machine.strata.values() if s.waiting), key=_Stratum.urgency)
        _, _, page, execution = heappop(stratum.waiting)
        self._under_way[execution.arn] = (self._taken, machine, stratum, page)
        self._taken += 1
        self._waiting -= 1
        machine.taken += 1
        stratum.taken += 1
        machine.in_line = False
        if any(each.waiting for each in machine.strata.values()):
            self._line_up(machine)
        return execution

    def learned(self, execution_arn: str, kind: Hashable) -> None:
        """An execution that was taken has been read, and its failure is of this kind."""
        number, machine, stratum, page = self._under_way.pop(execution_arn)
        page.read.append(execution_arn)
        self._kinds.append((number, machine, stratum, kind))

    def strata(self) -> Iterator[Stratum]:
        """What was found and read, by machine and status, newest first; a day may come twice."""
        for arn, machine in sorted(self._machines.items()):
            for (status, day), stratum in sorted(
                machine.strata.items(), key=lambda each: (each[0][0], -each[0][1].toordinal())
            ):
                for _, page in sorted(stratum.pages.items()):
                    yield Stratum(arn, status, day, page.found, tuple(sorted(page.read)))

    def _add(self, machine: _Machine, execution: Execution, known: Mapping[str, Hashable]) -> None:
        status, day = execution.status, execution.stopped_at.date()
        stratum = machine.strata.get((status, day))
        if stratum is None:
            stratum = _Stratum(_chance(f"{machine.arn} {status} {day}"))
            machine.strata[status, day] = stratum
        page = stratum.pages.setdefault(machine.pages[status], _Page())
        page.found += 1
        stratum.found += 1
        if execution.arn in known:
            page.read.append(execution.arn)
            stratum.kinds[known[execution.arn]] += 1
            stratum.taken += 1
            machine.taken += 1
            self._known += 1
            return
        heappush(stratum.waiting, (_chance(execution.arn), execution.arn, page, execution))
        self._waiting += 1

    def _line_up(self, machine: _Machine) -> None:
        machine.in_line = True
        heappush(self._line, (machine.turn(), machine))

    def _thin(self) -> None:
        """Let the half of the fullest stratum go that would have been read last."""
        every = (s for machine in self._machines.values() for s in machine.strata.values())
        fullest = max(every, key=lambda stratum: len(stratum.waiting))
        kept = nsmallest(len(fullest.waiting) // 2, fullest.waiting)
        self._waiting -= len(fullest.waiting) - len(kept)
        fullest.waiting = kept

    def _look_at_kinds(self) -> None:
        ripe = [each for each in self._kinds if each[0] < self._taken - LAG]
        if not ripe:
            return
        self._kinds = [each for each in self._kinds if each[0] >= self._taken - LAG]
        for _, _, stratum, kind in ripe:
            stratum.kinds[kind] += 1
            stratum.variety = _variety(stratum.kinds)
        for machine in {id(each[1]): each[1] for each in ripe}.values():
            seen = sum((stratum.kinds for stratum in machine.strata.values()), Counter[Hashable]())
            machine.variety = _variety(seen)
            machine.is_old = min(seen.values()) >= self._old
        self._line = [(machine.turn(), machine) for _, machine in self._line]
        heapify(self._line)


def _variety(kinds: Counter[Hashable]) -> float:
    """The chance that two failures are of different kinds, as if one more kind had been seen."""
    total = kinds.total() + 1
    return 1.0 - (1 + sum(number * number for number in kinds.values())) / (total * total)


def _chance(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big")

"""Pure: which successes of a machine are read to tell what all of them recovered from.

A success that took a retry took at least the shortest back-off as well, so those that were quicker
are known without being read, unless a Catch may have taken an error of theirs: one that leads to a
Fail state alone hides nothing. The others are drawn by chance from those that took longest, from
those in between and from the rest, before and after the middle of the window.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sfn_digest.asl.definition import Definition
from sfn_digest.asl.handling import hides_errors
from sfn_digest.model.successes import ReadSuccess, Success, Successes
from sfn_digest.report.statistics import Cell, Sample

BANDS = (1 / 16, 1 / 4, 1.0)
"""Where the bands of durations end, of the slowest on."""


@dataclass(frozen=True, slots=True)
class StrataPlan:
    """What is to be read of one machine's successes: strata of those that may tell something.

    `known` are those read before, whatever the reason, and all that were redriven.
    """

    found: Successes
    middle: datetime
    strata: tuple[tuple[Success, ...], ...]
    known: tuple[ReadSuccess, ...]

    @property
    def telling(self) -> int:
        """How many could be read and may tell something."""
        return sum(map(len, self.strata))

    def half(self, *, late: bool) -> "StrataPlan":
        """The same of the successes before, or from, the middle of the window on."""
        known = (e for e in self.known if (e.execution.stopped_at >= self.middle) == late)
        parts = (half(each, self.middle, late=late) for each in self.strata)
        return StrataPlan(self.found, self.middle, tuple(p for p in parts if p), tuple(known))

    def drawn(self, most: int) -> Sequence[Success]:
        """So many of them, by chance, evenly from the strata."""
        waiting = [sorted(stratum, key=lambda each: _chance(each.arn)) for stratum in self.strata]
        longest = max(map(len, waiting), default=0)
        turns = [mine[place] for place in range(longest) for mine in waiting if place < len(mine)]
        return turns[:most]


def plan(found: Successes, definition: Definition, middle: datetime) -> StrataPlan:
    """Which successes of a machine may show a recovery, by its definition."""
    states = definition.states.values()
    delays = [
        0.0 if retrier.full_jitter else min(retrier.interval, retrier.max_delay)
        for state in states
        for retrier in state.retriers
        if retrier.attempts > 0
    ]
    read = {each.execution.arn for each in found.read}
    left = [each for each in found.listed if each.arn not in read and not each.redrive_count]
    slow = [each for each in left if delays and _seconds(each) >= min(delays)]
    quick = [each for each in left if not delays or _seconds(each) < min(delays)]
    bands = [*_bands(slow), *([quick] if hides_errors(definition) else [])]
    halves = [half(band, middle, late=late) for band in bands for late in (True, False)]
    return StrataPlan(found, middle, tuple(half for half in halves if half), found.read)


def _bands(slow: Sequence[Success]) -> Iterator[Sequence[Success]]:
    ordered, start = sorted(slow, key=lambda each: (-_seconds(each), each.arn)), 0
    for share in BANDS:
        end = round(len(ordered) * share)
        yield ordered[start:end]
        start = end


def half(band: Sequence[Success], middle: datetime, *, late: bool) -> tuple[Success, ...]:
    return tuple(each for each in band if (each.stopped_at >= middle) == late)


def _chance(arn: str) -> bytes:
    return blake2b(arn.encode(), digest_size=8, person=b"recoveries").digest()


def sample_of(mine: StrataPlan, read: Collection[str]) -> Sample | None:
    """The strata, a stratum of which nothing was read joined to its neighbor; those that were read
    before stand for themselves.
    """
    known = [each.execution.arn for each in mine.known if each.execution.arn in read]
    cells, cell_of = [Cell(len(known), len(known))] if known else [], dict.fromkeys(known, 0)
    waiting = 0
    for stratum in mine.strata:
        arns = [each.arn for each in stratum if each.arn in read]
        waiting += len(stratum)
        if arns:
            cell_of.update(dict.fromkeys(arns, len(cells)))
            cells.append(Cell(waiting, len(arns)))
            waiting = 0
    if waiting and len(cells) > bool(known):
        cells[-1] = Cell(cells[-1].found + waiting, cells[-1].read)
    return Sample(tuple(cells), cell_of) if cells else None


def _seconds(each: Success) -> float:
    return (each.stopped_at - each.started_at).total_seconds()

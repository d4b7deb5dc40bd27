"""What chance allows: how many failures a sample stands for, and whether a failure rate jumped.

Each execution that was read stands for as many as were found in its stratum for each that was
read there; a stratum without one is joined to its neighbor in time. The bounds are Clopper and
Pearson's for a sample of the size that would be as sure (Korn and Graubard 1998), and hold at
least what was seen.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, log, log1p, sqrt

from sfn_digest.model.executions import ExecutionCounts
from sfn_digest.model.sample import Estimate, Stratum

JUMP_RATIO = 2.0
"""The least that a failure rate must have grown by, as a ratio, to be called a jump."""

JUMP_DEVIATIONS = 3.0
"""Standard deviations between two rates, under one common rate, that chance hardly brings: once
in some 700 comparisons."""


def is_jump(now: ExecutionCounts, before: ExecutionCounts) -> bool:
    """Say whether a machine's failure rate grew more than chance would have it.

    Two proportions are compared under their common rate (the two-proportion z-test).
    """
    if not now.executions or not before.executions or now.failures < JUMP_RATIO:
        return False
    rate, was = now.failures / now.executions, before.failures / before.executions
    common = (now.failures + before.failures) / (now.executions + before.executions)
    spread = sqrt(common * (1 - common) * (1 / now.executions + 1 / before.executions))
    return rate >= JUMP_RATIO * was and rate - was > JUMP_DEVIATIONS * spread


SURE = 0.95


@dataclass(frozen=True, slots=True)
class Cell:
    """Executions of which so many were found, and so many of them read."""

    found: int
    read: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The strata of one or many machines, none without an execution that was read.

    `cell_of` gives the place in `cells` of each execution that was read, by its ARN.
    """

    cells: tuple[Cell, ...]
    cell_of: Mapping[str, int]

    @property
    def found(self) -> int:
        """The executions that the sample stands for."""
        return sum(cell.found for cell in self.cells)

    @property
    def complete(self) -> bool:
        """Whether all of them were read."""
        return all(cell.found == cell.read for cell in self.cells)

    @property
    def weights(self) -> Mapping[str, float]:
        """How many executions each of the read ones stands for, by its ARN."""
        return {arn: self.cells[at].found / self.cells[at].read for arn, at in self.cell_of.items()}

    def estimate(self, those: Collection[str]) -> Estimate:
        """How many of all executions are like `those` of the read ones, given by their ARNs."""
        hits = [0] * len(self.cells)
        for arn in those:
            hits[self.cell_of[arn]] += 1
        likely = sum(
            cell.found * hit / cell.read for cell, hit in zip(self.cells, hits, strict=True)
        )
        seen, read = len(those), sum(cell.read for cell in self.cells)
        low, high = _bounds(self.cells, hits, likely)
        low, high = max(low, seen), min(high, self.found - (read - seen))
        return Estimate(min(max(round(likely), low), high), low, high)


def samples(strata: Sequence[Stratum], read: Collection[str]) -> Mapping[str, Sample]:
    """The sample of each machine of which any execution was read, by the machine's ARN.

    `strata` come by machine and status, neighbors in time next to each other; `read` are the ARNs
    of the executions that were read to the end.
    """
    cells: dict[str, list[Cell]] = {}
    places: dict[str, dict[str, int]] = {}
    for machine, found, arns in _joined(strata, read):
        place = places.setdefault(machine, {})
        place.update((arn, len(cells.get(machine, ()))) for arn in arns)
        cells.setdefault(machine, []).append(Cell(found, len(arns)))
    return {machine: Sample(tuple(each), places[machine]) for machine, each in cells.items()}


def together(parts: Collection[Sample]) -> Sample:
    """The sample of several machines."""
    cells: list[Cell] = []
    places: dict[str, int] = {}
    for part in parts:
        places |= {arn: place + len(cells) for arn, place in part.cell_of.items()}
        cells += part.cells
    return Sample(tuple(cells), places)


def _joined(
    strata: Sequence[Stratum], read: Collection[str]
) -> Iterator[tuple[str, int, list[str]]]:
    """Machine, found and read of each stratum, those without a read one added to the one before
    it, or after it where there is none: of the same status if any of that was read.
    """
    by_machine: dict[str, list[tuple[str, int, list[str]]]] = {}
    for each in strata:
        arns = [arn for arn in each.read if arn in read]
        by_machine.setdefault(each.machine_arn, []).append((each.status, each.found, arns))
    for machine, found in by_machine.items():
        if any(arns for _, _, arns in found):
            yield from ((machine, number, arns) for number, arns in _without_empty(found))


def _without_empty(found: list[tuple[str, int, list[str]]]) -> list[tuple[int, list[str]]]:
    places = [at for at, (_, _, arns) in enumerate(found) if arns]
    numbers = dict.fromkeys(places, 0)
    of_status: dict[str, list[int]] = {}
    for place in places:
        of_status.setdefault(found[place][0], []).append(place)
    for at, (status, number, _) in enumerate(found):
        numbers[_nearest(of_status.get(status, places), at)] += number
    return [(numbers[place], found[place][2]) for place in places]


def _nearest(places: Sequence[int], at: int) -> int:
    """The place next to `at`, the earlier of two; `places` are in order."""
    after = bisect_left(places, at)
    return min(places[max(0, after - 1) : after + 1], key=lambda place: abs(place - at))


def _bounds(cells: Sequence[Cell], hits: Sequence[int], likely: float) -> tuple[int, int]:
    total = sum(cell.found for cell in cells)
    size = _effective_size(cells, hits)
    if size == inf:
        return round(likely), round(likely)
    hit = size * likely / total
    tail = (1 - SURE) / 2
    low = _first(total, lambda n: _beta(n / total, hit, size - hit + 1) > tail) if hit else 0
    high = total
    if size > hit:
        high = _first(total, lambda n: _beta(n / total, hit + 1, size - hit) >= 1 - tail)
    return max(0, low - 1), high


def _effective_size(cells: Sequence[Cell], hits: Sequence[int]) -> float:
    """The size of a simple sample whose share would vary as this one's does.

    Where few were read, the share of a cell is leaned to that of all: a cell whose one read
    failure has a cause need not be full of them.
    """
    total = sum(cell.found for cell in cells)
    overall = (sum(hits) + 0.5) / (sum(cell.read for cell in cells) + 1)
    variance = mean = 0.0
    for cell, hit in zip(cells, hits, strict=True):
        share = (hit + overall) / (cell.read + 1)
        spread = share * (1 - share) / (1 - cell.read / (cell.read + 1) ** 2)
        unread = 1 - cell.read / cell.found
        variance += (cell.found / total) ** 2 * unread * spread / cell.read
        mean += cell.found / total * share
    return mean * (1 - mean) / variance if variance else inf


def _first(most: int, holds: Callable[[int], bool]) -> int:
    """The least number up to `most` of which it holds, if it holds of all above as well."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _beta(share: float, a: float, b: float) -> float:
    """The distribution function of a beta distribution: the regularized incomplete beta."""
    if share <= 0 or share >= 1:
        return float(share >= 1)
    if share > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - share, b, a)
    front = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(share) + b * log1p(-share)
    return exp(front) * _fraction(share, a, b) / a


def _fraction(share: float, a: float, b: float) -> float:
    """Its continued fraction (DLMF 8.17.22), by Lentz's method."""
    c, d = 1.0, 1 / (1 - (a + b) * share / (a + 1))
    value = d
    for m in range(1, 10_000):
        for each in (
            m * (b - m) * share / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * share / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + each * d)
            c = 1 + each / c
            value *= c * d
        if abs(c * d - 1) < 1e-9:
            break
    return value

"""A sample of the failures that were found, where not all of them could be read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from math import comb
from operator import add

from sfn_digest.model.executions import UnsuccessfulStatus


@dataclass(frozen=True, slots=True)
class Stratum:
    """Failures of one machine, status and day (UTC) that were listed on one page.

    `found` were listed; those whose ARNs are in `read` had their histories read, drawn by chance
    whatever their causes.
    """

    machine_arn: str
    status: UnsuccessfulStatus
    day: date
    found: int
    read: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number of executions worked out from a sample; `low` and `high` bound it at 95 %."""

    executions: int
    low: int
    high: int

    def __add__(self, other: "Estimate") -> "Estimate":
        """Both together; the bounds of the sum hold it at least as often."""
        return Estimate(
            self.executions + other.executions, self.low + other.low, self.high + other.high
        )


def together(numbers: Iterable[tuple[int, Estimate | None]]) -> Estimate | None:
    """The sum of numbers of which some are estimated; None where none is."""
    every = list(numbers)
    if all(estimated is None for _, estimated in every):
        return None
    return reduce(add, (estimated or Estimate(n, n, n) for n, estimated in every))


@dataclass(frozen=True, slots=True)
class CauseEstimate:
    """How many executions of a machine ended by a cause, or of all machines where it is None."""

    machine_arn: str | None
    cause: str
    estimated: Estimate


_TAIL = 0.025
"""What is left out on either side of a bound at 95 %."""

_EXACTLY = 200
"""Executions up to which bounds are exact; of more they are as wide as for so many."""


def bounds(found: int, read: int, total: int) -> tuple[int, int]:
    """At 95 %, how many of `total` are like `found` of the `read` ones, which were drawn evenly.

    Exact, by the hypergeometric distribution: every number for which as many as were found, or as
    few, would not have been a surprise. Where all were read, what was found is all.

    >>> bounds(3, 12, 12), bounds(12, 12, 1000)
    ((3, 3), (737, 1000))
    """
    least, most = found, total - (read - found)
    if read >= total:
        return found, found
    if read > _EXACTLY:
        found, read = round(found * _EXACTLY / read), _EXACTLY
    low = _first(least, most, lambda of: _at_least(found, read, of, total) > _TAIL)
    high = _first(least, most, lambda of: _at_most(found, read, of + 1, total) <= _TAIL)
    return low, max(low, high)


def _first(least: int, most: int, holds: Callable[[int], bool]) -> int:
    """The first number from `least` on for which it holds, as for all after it; else `most`."""
    while least < most:
        middle = (least + most) // 2
        if holds(middle):
            most = middle
        else:
            least = middle + 1
    return most


def _at_least(found: int, read: int, of: int, total: int) -> float:
    """How likely so many or more are among those read, where `of` of the total are there."""
    ways = sum(comb(of, each) * comb(total - of, read - each) for each in range(found, read + 1))
    return ways / comb(total, read)


def _at_most(found: int, read: int, of: int, total: int) -> float:
    """How likely so many or fewer are."""
    ways = sum(comb(of, each) * comb(total - of, read - each) for each in range(found + 1))
    return ways / comb(total, read)

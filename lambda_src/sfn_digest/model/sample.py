"""A sample of the failures that were found, where not all of them could be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
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

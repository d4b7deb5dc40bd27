"""A sample of the failures that were found, where not all of them could be read."""

from dataclasses import dataclass
from datetime import date

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

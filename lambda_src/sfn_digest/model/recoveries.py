"""What was recovered without anybody being notified: by retries, by a Catch, and by hand."""

from dataclasses import dataclass
from datetime import datetime

from sfn_digest.model.executions import Nature
from sfn_digest.model.sample import Estimate

NONE = Estimate(0, 0, 0)


@dataclass(frozen=True, slots=True)
class HandledReport:
    """An error that a Catch took, and whose handler failed too."""

    state: str | None
    cause: str
    error: str
    message: str


@dataclass(frozen=True, slots=True)
class CaughtCause:
    """A cause that a Catch took in executions that succeeded; `executions` were read."""

    state: str | None
    cause: str
    nature: Nature
    error: str
    message: str
    executions: int


@dataclass(frozen=True, slots=True)
class RisingRetries:
    """Retries that work ever harder: `earlier` of `earlier_of` successes needed one before `since`,
    `later` of `later_of` from then on.
    """

    since: datetime
    earlier: Estimate
    earlier_of: int
    later: Estimate
    later_of: int


@dataclass(frozen=True, slots=True)
class MachineRecoveries:
    """What one machine recovered from; see Recoveries.

    `successes` were listed and `read` of their histories read; `complete` is False where there were
    more than could be listed.
    """

    machine_arn: str
    successes: int
    read: int
    complete: bool
    saved: Estimate
    attempts: float
    hours: float
    dollars: float
    caught: Estimate
    causes: tuple[CaughtCause, ...]
    redriven: int
    redriven_hours: float | None
    rising: RisingRetries | None = None


@dataclass(frozen=True, slots=True)
class Recoveries:
    """Executions that succeeded although something failed on their way.

    `saved` succeeded after a retry, which took so many `attempts`, `hours` and `dollars`; in
    `caught` ones a Catch took an error; `redriven` ones had failed, and somebody redrove them, the
    median of them `redriven_hours` after they had failed. Estimates hold at 95 %.
    """

    saved: Estimate
    attempts: float
    hours: float
    dollars: float
    caught: Estimate
    redriven: int
    redriven_hours: float | None
    successes: int
    read: int
    machines: tuple[MachineRecoveries, ...]

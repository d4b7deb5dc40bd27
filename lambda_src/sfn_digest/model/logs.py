"""What a state machine logs, and what its logs show of executions that failed."""

from dataclasses import dataclass
from typing import Literal

from sfn_digest.model.executions import Execution, HistoryEvent, StateMachine

LogLevel = Literal["ALL", "ERROR", "FATAL", "OFF"]


@dataclass(frozen=True, slots=True)
class Logging:
    """How a state machine logs; `group_arn` is None where it logs nowhere."""

    level: LogLevel
    group_arn: str | None

    @property
    def is_on(self) -> bool:
        """Whether anything is logged."""
        return self.level != "OFF" and self.group_arn is not None


@dataclass(frozen=True, slots=True)
class LoggedFailure:
    """An Express execution that failed, with those of its events that were read, newest first.

    Where its first event was not read, `execution.started_at` is when it stopped.
    """

    execution: Execution
    events: tuple[HistoryEvent, ...]


@dataclass(frozen=True, slots=True)
class MachineLogs:
    """What was made of one Express machine's logs.

    `expected` is CloudWatch's count of failures, None where it is not known, and `unread` those
    of it in hours that were not read; `found` is how many the logs hold. `logging` is None
    where it could not be asked, and `refused` says why nothing, or not all, was read.
    """

    machine: StateMachine
    logging: Logging | None
    expected: int | None
    found: int = 0
    unread: int = 0
    refused: str | None = None

    @property
    def not_logged(self) -> int:
        """Failures that CloudWatch counted and that the hours read do not show."""
        return max(0, (self.expected or 0) - self.unread - self.found)

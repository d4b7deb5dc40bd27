"""One execution's story as frozen records: what it tried, why it failed, what would have helped.

Text that came from the execution is in diagnoses, which are safe to show, and in names.
"""

from dataclasses import dataclass
from datetime import datetime

from sfn_digest.i18n.message import Message
from sfn_digest.model.described import Described
from sfn_digest.model.executions import Diagnosis, Failure
from sfn_digest.model.map_runs import MapRunReport
from sfn_digest.model.report import Hint


@dataclass(frozen=True, slots=True)
class StoryAttempt:
    """One attempt: `failure` is why it failed, None where it did not.

    `began_at` is None where it failed before it was scheduled, `ended_at` where it was cut off
    or still runs. `wait` is the time in seconds until the next attempt of the same visit; where the
    execution was redriven in between, it is `redriven_after` instead.
    """

    began_at: datetime | None
    ended_at: datetime | None
    failure: Diagnosis | None
    wait: float | None
    redriven_after: float | None = None


@dataclass(frozen=True, slots=True)
class StoryVisit:
    """One visit of a state that calls something; `left_at` is None where it never was left."""

    state: str
    entered_at: datetime
    left_at: datetime | None
    attempts: tuple[StoryAttempt, ...]

    @property
    def failed_attempts(self) -> int:
        """How many of its attempts failed."""
        return sum(each.failure is not None for each in self.attempts)


@dataclass(frozen=True, slots=True)
class RetryVerdict:
    """What the Retry of the state that failed does with the error that it ended by.

    `taken_by` is the place, from 1, of the first of its `retriers` that takes the error, and
    `attempts` that one's MaxAttempts; both are None where none takes it.
    """

    state: str
    error: str
    retriers: int
    taken_by: int | None
    attempts: int | None


@dataclass(frozen=True, slots=True)
class Story:
    """Everything to tell. `failure` is None for an execution that did not end badly.

    `visits` are those of states that call something, in the order they were entered;
    `verdict` and `hints` rest on the definition that it ran, `map_runs` are those in which children
    failed, and `notes` say what could not be read.
    """

    execution: Described
    failure: Failure | None
    visits: tuple[StoryVisit, ...]
    verdict: RetryVerdict | None
    hints: tuple[Hint, ...]
    notes: tuple[Message, ...]
    map_runs: tuple[MapRunReport, ...] = ()

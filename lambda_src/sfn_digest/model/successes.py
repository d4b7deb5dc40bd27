"""What is known of executions that succeeded: frozen like all records, in the same words.

Apart from the other records, since only the retries are evaluated on them.
"""

from dataclasses import dataclass
from datetime import datetime

from sfn_digest.model.executions import DiagnosedAttempt, HandledError


@dataclass(frozen=True, slots=True)
class Success:
    """One execution that succeeded, as ListExecutions shows it."""

    arn: str
    machine_arn: str
    started_at: datetime
    stopped_at: datetime
    redrive_count: int = 0
    machine_version_arn: str | None = None


@dataclass(frozen=True, slots=True)
class SuccessfulAttempt:
    """One attempt of a state that succeeded; `scheduled_at` is None where it was not read."""

    state: str
    scheduled_at: datetime | None
    succeeded_at: datetime


@dataclass(frozen=True, slots=True)
class ReadSuccess:
    """A succeeded execution whose history was read: the attempts that failed and succeeded.

    `caught` are the errors that a Catch took. `ended_at` is when it was closed by a failure,
    `ended_by`, before it was redriven. `events` is how many events its history has.
    """

    execution: Success
    failed: tuple[DiagnosedAttempt, ...]
    succeeded: tuple[SuccessfulAttempt, ...]
    caught: tuple[HandledError, ...] = ()
    ended_at: datetime | None = None
    ended_by: HandledError | None = None
    events: int = 0


@dataclass(frozen=True, slots=True)
class Successes:
    """What is known of one machine's successes in the window.

    `listed` are those that were listed, `read` the slowest of them, whose histories were
    read since an execution that needed a retry takes longer than its peers. `sampled` are the
    ARNs of those read that stand for all, whatever they took. `complete` is False where the
    budget of calls ended the listing, so that older ones are missing.
    """

    machine_arn: str
    listed: tuple[Success, ...]
    read: tuple[ReadSuccess, ...]
    complete: bool
    sampled: frozenset[str] = frozenset()

"""What one execution's history says, before its causes are named: raw text, and so hostile."""

from dataclasses import dataclass

from sfn_digest.model.executions import FailedAttempt


@dataclass(frozen=True, slots=True)
class CaughtError:
    """An error that a Catch took before the execution failed all the same."""

    state: str | None
    event_type: str
    integration: str | None
    error: str | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class HistoryReading:
    """What one execution's history says: the state that failed, why, and every failed attempt.

    `state` is the state whose failure ended the execution; where a Catch led to a Fail
    state, the state whose error was caught, and `fail_state` is the author's Fail state.
    `error` and `cause` are those of the failing event itself (`event_type`); `fail_error`
    and `fail_cause` are the Fail state's own words.
    `attempts_complete` is False where earlier events were not read, so that `attempts` is a
    lower bound. `handled` is the error whose handler was running when the execution failed.
    `map_run_arn` is the Map run whose failure ended the execution.
    """

    state: str | None
    event_type: str | None
    integration: str | None
    error: str | None
    cause: str | None
    attempts: tuple[FailedAttempt, ...]
    attempts_complete: bool
    fail_state: str | None = None
    fail_error: str | None = None
    fail_cause: str | None = None
    handled: CaughtError | None = None
    map_run_arn: str | None = None

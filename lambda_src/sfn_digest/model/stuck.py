"""Executions that run far longer than those of their state machine that succeed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Running:
    """One execution that still runs, as ListExecutions shows it.

    `since` is when it started, or was last redriven.
    """

    arn: str
    machine_arn: str
    since: datetime


@dataclass(frozen=True, slots=True)
class StuckExecution:
    """One of them: where it waits, for what, and for how long.

    `integration` is as in the failed attempts; `timeout_seconds` and `heartbeat_seconds` are those
    that its attempt has, None where it has none. `taken` is False where no worker has taken the
    task of an activity. `state` is None where its history was not read.
    """

    execution_arn: str
    running_seconds: float
    state: str | None
    state_seconds: float | None
    integration: str | None
    timeout_seconds: float | None
    heartbeat_seconds: float | None
    taken: bool


@dataclass(frozen=True, slots=True)
class StuckMachine:
    """The stuck executions of one machine: how many, and those that have run longest.

    `usual_seconds` is what the longest of so many `successes` took, None where too few are known.
    `timeout_seconds` would have ended them, and no success. `complete` is False where more of its
    executions run than were listed.
    """

    machine_arn: str
    executions: int
    complete: bool
    successes: int
    usual_seconds: float | None
    timeout_seconds: int | None
    longest: tuple[StuckExecution, ...]

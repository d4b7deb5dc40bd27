"""One making of a report, as everything that takes part in it gets it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from math import inf
from typing import Protocol

from sfn_digest.aws import Account
from sfn_digest.causes import UserRules
from sfn_digest.config.request import Request
from sfn_digest.guard import Guard
from sfn_digest.i18n.message import Message
from sfn_digest.pipeline.continuation import KeptReadings
from sfn_digest.stream.collected_window import KeptChange


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When no call begins any more that is made to count executions, to read failures, to evaluate
    retries, to look up what changed before, or to keep and look up what reports remember; seconds
    of the account's clock.

    What one of them leaves unused is there for those after it.
    """

    counting: float = inf
    reading: float = inf
    evidence: float = inf
    changes: float = inf
    memory: float = inf


SHARES = Deadlines(counting=0.25, reading=0.70, evidence=0.85, changes=0.90, memory=0.93)
"""The parts of a run's time; what remains is for the delivery. In Lambda's 15 minutes that is a
minute; a call to Step Functions or CloudWatch that is under way at its end can take half a minute
of the time before."""


OPENING = 0.05
"""The part of a run's time in which the account's quotas are asked for."""


def deadlines(now: float, seconds: float) -> Deadlines:
    """The deadlines of a run that has so many seconds left."""
    return Deadlines(
        counting=now + SHARES.counting * seconds,
        reading=now + SHARES.reading * seconds,
        evidence=now + SHARES.evidence * seconds,
        changes=now + SHARES.changes * seconds,
        memory=now + SHARES.memory * seconds,
    )


def _now() -> datetime:
    return datetime.now(UTC)


class Stream(Protocol):
    """Where events of executions that closed are kept, by machine and day (UTC).

    Its calls raise an AccountError where it cannot be reached.
    """

    @property
    def unreadable(self) -> int:
        """How many events were left out so far that nobody can read."""

    def machines(self, day: date) -> Iterable[str]:
        """The ARNs of the machines that have any on a day."""

    def redriven(self, machine_arn: str, day: date) -> Iterable[KeptChange]:
        """A machine's ends of redriven executions."""

    def first(self, machine_arn: str, day: date) -> Iterable[KeptChange]:
        """A machine's ends of all other executions."""


@dataclass(frozen=True, slots=True)
class Run:
    """What is asked for, of which account, by whose rules, until when, and behind which guard.

    A user's `rules` go before the product's own. What is not read by its deadline is reported under
    coverage. `now` is the time that kept hints count from. `stream` holds events of executions that
    closed, where they are collected. `kept` is what was read before, and keeps what is; `to_go_on`
    tells a person what to do where the time for reading is too short.
    """

    request: Request
    account: Account
    rules: UserRules | None = None
    deadlines: Deadlines = Deadlines()
    guard: Guard = field(default_factory=Guard)
    now: datetime = field(default_factory=_now)
    stream: Stream | None = None
    kept: KeptReadings | None = None
    to_go_on: Message | None = None

    @property
    def continued(self) -> tuple[Message, ...]:
        """What the report says of the runs before it."""
        return self.kept.notes if self.kept else ()

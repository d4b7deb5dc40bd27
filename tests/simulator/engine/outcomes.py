"""What a try of a task comes to, and who decides it: the environment."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Stage = Literal["schedule_failed", "start_failed", "submit_failed", "failed", "timed_out"]
"""Where a try fails; the integration decides which event type that is."""


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a task, as the environment is asked about it.

    `key` names this try among all tries of the world and depends on no other execution;
    `visit` counts how often the execution entered the state, `attempt` the tries within
    the visit; both begin at 1. `now` is epoch seconds.
    """

    machine: str
    execution: str
    state: str
    resource: str
    now: float
    attempt: int
    visit: int
    key: str
    input: Any


@dataclass(frozen=True, slots=True)
class Succeeds:
    """The try succeeds `after` seconds; infinity means it never ends by itself."""

    after: float
    output: Any = None


@dataclass(frozen=True, slots=True)
class Fails:
    """The try fails `after` seconds; `true_cause` is an id of the corpus of causes."""

    after: float
    error: str | None
    cause: str | None
    true_cause: str
    stage: Stage = "failed"


Outcome = Succeeds | Fails


class Environment(Protocol):
    """The world outside the state machines."""

    def outcome(self, attempt: Try) -> Outcome:
        """What this try comes to; asked once, when the task is started."""
        ...

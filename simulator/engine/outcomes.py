"""What an attempt of a task comes to, and who decides it: the environment."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Stage = Literal["schedule_failed", "start_failed", "submit_failed", "failed", "timed_out"]
"""Where an attempt fails; the integration decides which event type that is."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a task, as the environment is asked about it.

    `key` names this attempt among all attempts of the world and depends on no other execution;
    `visit` counts how often the execution entered the state, `attempt` the attempts within
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
    """The attempt succeeds `after` seconds; infinity means it never ends by itself."""

    after: float
    output: Any = None


@dataclass(frozen=True, slots=True)
class Fails:
    """The attempt fails `after` seconds; `true_cause` is an id of the corpus of causes."""

    after: float
    error: str | None
    cause: str | None
    true_cause: str
    stage: Stage = "failed"


Outcome = Succeeds | Fails


class Environment(Protocol):
    """The world outside the state machines."""

    def outcome(self, attempt: Attempt) -> Outcome:
        """What this attempt comes to; asked once, when the task is started."""
        ...

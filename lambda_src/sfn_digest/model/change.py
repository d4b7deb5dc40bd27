"""What a changed definition would have brought: the records of a backtest."""

from dataclasses import dataclass

from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import Window


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number of executions: the likely one, and what bounds it at 95 %."""

    low: int
    likely: float
    high: int


NONE = Bounds(0, 0.0, 0)


@dataclass(frozen=True, slots=True)
class ChangedOutcome:
    """What a change would have brought, against what ran.

    `recovered`: executions that failed and would have succeeded by a retry or a longer timeout;
    `caught`: those that a catcher would have taken on to `End` or a Succeed state; `lost`: those
    that succeeded and would have failed; `net`: recovered and caught less lost. `attempts` are
    further ones, `wait_seconds` further time of executions, both may be negative; `dollars` are
    what the further state transitions cost. `recovery_seconds`: from a failure that recovers to
    the retry that does it, the median.
    """

    recovered: Bounds = NONE
    caught: Bounds = NONE
    lost: Bounds = NONE
    net: Bounds = NONE
    attempts: float = 0.0
    wait_seconds: float = 0.0
    recovery_seconds: float = 0.0
    dollars: float = 0.0


NO_CHANGE = ChangedOutcome()


@dataclass(frozen=True, slots=True)
class ChangedState:
    """One state whose handling of errors changes: what it met in the window, and the outcome."""

    state: str
    failures: int
    """Executions that ended by it."""
    survived: int
    """Executions that succeeded although it failed at first, of those whose histories were read."""
    outcome: ChangedOutcome


@dataclass(frozen=True, slots=True)
class ChangeBacktest:
    """The backtest of one machine's changed definition.

    `failures` are the executions that failed and were read, `successes` those that succeeded
    and are known. `notes` are what was not replayed, in whole sentences.
    """

    machine_arn: str
    machine: str
    window: Window
    failures: int
    successes: int
    states: tuple[ChangedState, ...]
    outcome: ChangedOutcome
    notes: tuple[Message, ...] = ()

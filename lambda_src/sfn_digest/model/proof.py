"""What Step Functions itself says a Retry does: the records of a proof."""

from dataclasses import dataclass
from typing import Literal

OutcomeStatus = Literal["SUCCEEDED", "FAILED", "RETRIABLE", "CAUGHT_ERROR"]


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """What comes after one failed attempt: `retrier` is its place in Retry, from 0; `back_off` in
    seconds, at most where the retrier has `full_jitter`; `next` is the state that a catcher goes
    on to.
    """

    status: OutcomeStatus
    retrier: int | None = None
    back_off: int | None = None
    next: str | None = None
    full_jitter: bool = False


@dataclass(frozen=True, slots=True)
class ProvenError:
    """One error of one state, as it is handled now and as the patch would: a step an attempt.

    `before` and `after` end with the step that is no retry, unless they were cut.
    """

    state: str
    error: str
    before: tuple[AttemptOutcome, ...]
    after: tuple[AttemptOutcome, ...]
    cut: bool = False

"""Whether a state carries a hinted retrier.

It does where, for each of the hinted errors, the first retrier that takes it is at least as
patient as the hinted one: at least as many retries, over at least as long a wait.
"""

from collections.abc import Sequence

from sfn_digest.asl.definition import Retrier, State
from sfn_digest.asl.matching import retrier_for

_ROUNDING = 1e-9


def carries(state: State, errors: Sequence[str], hinted: Retrier) -> bool:
    """Whether the state retries all of the errors at least as patiently as was hinted."""
    found = running(state, errors)
    return len(found) == len(errors) > 0 and all(
        at_least_as_patient(each, hinted) for each in found
    )


def running(state: State, errors: Sequence[str]) -> list[Retrier]:
    """The state's first retrier for each of the errors; errors that none takes are left out."""
    heartbeat = state.heartbeat is not None
    found = (retrier_for(state.retriers, error, heartbeat=heartbeat) for error in errors)
    return [each for each in found if each is not None]


def at_least_as_patient(one: Retrier, other: Retrier) -> bool:
    """Whether one retrier makes at least the other's retries over at least its total wait.

    Jitter shortens the wait: held against a retrier without it, it counts for half.
    """
    waits = one.longest_wait, other.longest_wait
    if one.full_jitter and not other.full_jitter:
        waits = waits[0] / 2, waits[1]
    return one.attempts >= other.attempts and waits[0] >= waits[1] * (1 - _ROUNDING)

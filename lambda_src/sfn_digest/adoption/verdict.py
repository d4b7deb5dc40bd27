"""How what was observed compares with what was predicted."""

from math import sqrt

from sfn_digest.adoption.hint_records import HintOutcome
from sfn_digest.model.comparison import Verdict

LEAST_FAILURES = 5
"""Fewer decide nothing."""
LEAST_INCIDENTS = 5
"""From so many on, a share that is not clearly outside the predicted bounds counts as predicted."""
_Z = 1.96
"""Standard deviations either side that hold 95 %."""


def verdict(observed: HintOutcome, low: float, high: float) -> Verdict:
    """How the observed share stands to the predicted bounds, both shares from 0 to 1.

    Failures of one incident recover or fail together, so it is the number of incidents that
    says how sure the share is. Where successes were left unread it is only known between two
    bounds, and is worse than predicted only where the upper one is.
    """
    if observed.failures < LEAST_FAILURES:
        return "too_few"
    least, most = _bounds(observed)
    if low <= least <= high:
        return "as_predicted"
    if wilson(least, observed.incidents)[0] > high:
        return "better"
    if wilson(most, observed.incidents)[1] < low:
        return "worse"
    unknown = least < low <= most
    return "too_few" if unknown or observed.incidents < LEAST_INCIDENTS else "as_predicted"


def _bounds(observed: HintOutcome) -> tuple[float, float]:
    """The share that recovered, if none and if all of the successes left unread did."""
    least = observed.recovered / observed.failures
    if observed.unlisted:
        return least, 1.0
    more = observed.unread
    return least, (observed.recovered + more) / (observed.failures + more)


def wilson(share: float, number: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share that was seen in so many independent trials.

    E. B. Wilson, Probable inference, JASA 22 (1927).
    """
    if number < 1:
        return 0.0, 1.0
    squared = _Z * _Z
    middle = (share + squared / (2 * number)) / (1 + squared / number)
    spread = sqrt(share * (1 - share) / number + squared / (4 * number * number))
    half = _Z * spread / (1 + squared / number)
    return max(0.0, middle - half), min(1.0, middle + half)

"""How what was observed compares with what was predicted."""

from math import sqrt

from sfn_digest.adoption.records import Observed
from sfn_digest.report.past import Verdict

LEAST_FAILURES = 5
"""Fewer decide nothing."""
LEAST_INCIDENTS = 5
"""From so many on, a share that cannot be told from the predicted bounds counts as predicted."""
_Z = 1.96
"""Standard deviations either side that hold 95 %."""


def verdict(observed: Observed, low: float, high: float) -> Verdict:
    """How the observed share stands to the predicted bounds, both shares from 0 to 1.

    Failures of one incident recover or fail together, so it is the number of incidents that
    says how sure the share is. Where it is a lower bound it is never worse than predicted.
    """
    if observed.failures < LEAST_FAILURES:
        return "too_few"
    share = observed.recovered / observed.failures
    if low <= share <= high:
        return "as_predicted"
    least, most = wilson(share, observed.incidents)
    if least > high:
        return "better"
    if share < low and observed.at_least:
        return "too_few"
    if most < low:
        return "worse"
    return "as_predicted" if observed.incidents >= LEAST_INCIDENTS else "too_few"


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

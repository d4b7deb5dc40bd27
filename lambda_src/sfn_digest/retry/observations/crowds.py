"""Causes that come of too many calls at once, and whether those who failed came together."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

from sfn_digest.retry.observations.observed_states import StateEvidence
from sfn_digest.retry.observations.visits import Visit

CROWDED = frozenset({"throttling", "concurrency_limit", "capacity_unavailable", "service_quota"})
"""Causes that come of too many calls at once, where retries must not come together."""

REFUSED = CROWDED - {"capacity_unavailable"}
"""Of these, the ones that the caller's own calls exceed: retries at one time collide again."""

BIN = 300.0
"""Seconds within which failures count as coming together."""
LEAST_HERDS, LEAST_IN_HERD, LEAST_SHARE = 3, 4, 0.7
"""Failures come in herds where at least so many times so many, and in all such a share of
them, fall together."""


def herd_sizes(visits: Sequence[Visit]) -> list[int]:
    """How many visits failed together each time; empty where most failed on their own."""
    bins = Counter(int(visit.first.failed // BIN) for visit in visits)
    large = [number for number in bins.values() if number >= LEAST_IN_HERD]
    enough = len(large) >= LEAST_HERDS and sum(large) >= LEAST_SHARE * len(visits)
    return large if enough else []


def comes_in_herds(cause: str, visits: Sequence[Visit]) -> bool:
    """Whether the cause strikes those that come together because they do, and most of these did.

    Capacity that a zone lacks is no more there for one alone.
    """
    return cause in REFUSED and bool(herd_sizes(visits))


def drain_of(evidence: StateEvidence, struck: Sequence[Visit]) -> float:
    """Seconds in which those that were refused with others could be served after them.

    Those that were let through at the same time, or in one execution at another, show how many are
    served at once, and the attempts that succeeded how long each takes. 0 where failures do not
    come in herds.
    """
    if not herd_sizes(struck) or not evidence.durations:
        return 0.0
    bins = Counter(int(visit.first.failed // BIN) for visit in struck)
    served = Counter(int(each.at // BIN) for each in evidence.passes)
    least = max(1, evidence.at_once)
    turns = max(size / max(least, served[place]) for place, size in bins.items())
    return median(evidence.durations) * max(1.0, turns)


def refused_for(struck: Sequence[Visit]) -> float:
    """The longest time in seconds in which a herd is known to have been refused."""
    first: dict[int, float] = {}
    longest = 0.0
    for visit in sorted(struck, key=lambda each: each.first.failed):
        began = first.setdefault(int(visit.first.failed // BIN), visit.first.failed)
        longest = max(longest, visit.last.failed - began)
    return longest

"""Causes that come of too many calls at once, whether those who failed came together, and how often
they refuse each other's retries.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
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


class Herds:
    """The herds that a cause struck, each as a queue for what serves so many at once."""

    def __init__(self, evidence: StateEvidence, struck: Sequence[Visit]) -> None:
        """`struck` are the visits that the cause failed; there are no herds among few."""
        came: dict[int, list[float]] = defaultdict(list)
        for visit in struck if herd_sizes(struck) and evidence.durations else ():
            came[_place(visit)].append(visit.first.failed)
        self._came = {place: each for place, each in came.items() if len(each) >= LEAST_IN_HERD}
        served = Counter(int(each.at // BIN) for each in evidence.passes if self._came)
        least = max(1, evidence.let_in)
        self._slots = {place: max(least, served[place]) for place in self._came}
        self._durations = evidence.durations

    def of(self, visit: Visit) -> int | None:
        """The number of the herd that a visit came with; None where it came with few."""
        place = _place(visit)
        return place if place in self._came else None

    def refusals(
        self,
        delays: Sequence[float],
        between: Sequence[float],
        luck: Callable[[], float],
        *,
        jitter: bool,
    ) -> Mapping[int, Sequence[float]]:
        """By herd, the share of the retries that it refuses, in each of the times after the first
        failure that lie `between` these. With `jitter` they come at any time within the delays.
        """
        rounds = _RETRIES // max(1, sum(map(len, self._came.values())))
        found: dict[int, Sequence[float]] = {}
        for place in self._came:
            made, refused = Counter[int](), Counter[int]()
            for _ in range(min(_ROUNDS, max(1, rounds))):
                for after, full in self._round(place, delays, luck, jitter=jitter):
                    when = bisect_left(between, after)
                    made[when] += 1
                    refused[when] += full
            found[place] = _shares(refused, made, len(between) + 1)
        return found

    def _round(
        self, place: int, delays: Sequence[float], luck: Callable[[], float], *, jitter: bool
    ) -> Iterator[tuple[float, bool]]:
        """Each retry of a herd, by the seconds after the first failure, and whether it is refused:
        all who were let through in its place were so when it came.
        """
        came, slots = self._came[place], self._slots[place]

        def ends(at: float) -> float:
            return at + self._durations[int(luck() * len(self._durations))]

        def waits(number: int) -> float:
            return delays[number] * (luck() if jitter else 1.0)

        busy = [ends(min(came)) for _ in range(slots)]
        due = [(at + waits(0), at, 0) for at in came]
        heapify(busy)
        heapify(due)
        while due:
            now, at, number = heappop(due)
            while busy and busy[0] <= now:
                heappop(busy)
            full = len(busy) >= slots
            yield now - at, full
            if not full:
                heappush(busy, ends(now))
            elif number + 1 < len(delays):
                heappush(due, (now + waits(number + 1), at, number + 1))


_ROUNDS, _RETRIES = 20, 20_000
"""How often each herd's retries are played, and about how many first ones in all at most."""


def _place(visit: Visit) -> int:
    return int(visit.first.failed // BIN)


def _shares(some: Mapping[int, int], of: Mapping[int, int], times: int) -> Sequence[float]:
    """The share in each of so many times; that of the time before it where there are none."""
    found = [1.0]
    for when in range(times):
        found.append(some[when] / of[when] if of[when] else found[-1])
    return found[1:]

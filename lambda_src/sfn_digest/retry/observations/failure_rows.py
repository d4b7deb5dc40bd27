"""Which failures of one state by one cause belong together.

They do where they are at most five minutes apart, or where nothing shows that the state worked
between them and they are at most an hour apart, or twice the time that is usual between its runs.
A state that also works now and then while it is down is down all the same: failures that come
within so few runs that chance would hardly bring them belong together too. Where failures follow
each other no more often than by chance, each of them stands alone, save of causes that come of too
many calls at once.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p
from statistics import mean

from sfn_digest.retry.observations.clean_visits import times_of
from sfn_digest.retry.observations.crowds import CROWDED
from sfn_digest.retry.observations.observed_states import StateEvidence, signs_of_work
from sfn_digest.retry.observations.visits import Visit

NEAR = 300.0
"""Seconds within which two failures of one cause belong together."""
FAR = 3600.0
"""Seconds within which they do where nothing shows that the state worked between them."""
RUNS_APART = 2.0
"""How many times as far apart as its runs usually are they may be then, if that is longer."""
_BY_CHANCE = 0.05
"""How likely at most it is by chance that so many failures follow upon another one."""
_RARELY = 0.1
"""How likely at most it is by chance that one comes within so few runs after others."""
_RARELY_NEAR = 0.2
"""How likely at most it is by chance that a failure has another one in the five minutes before."""
_MOSTLY = 0.5
"""A state that fails so often is down, however its failures lie."""


@dataclass(slots=True)
class FailureRow:
    """Visits of a state that failed together, and when their first and last attempts failed."""

    began: float
    ended: float
    visits: list[Visit]

    def add(self, other: "FailureRow") -> None:
        """Take on those of a later row."""
        self.ended = max(self.ended, other.ended)
        self.visits += other.visits


class FailureCourse:
    """When a state was visited and when it worked, beside its visits that failed by one cause."""

    def __init__(self, evidence: StateEvidence, visits: Sequence[Visit]) -> None:
        """`visits` are those of the evidence that one cause ended."""
        self.visits = sorted(visits, key=lambda visit: visit.first.at)
        self._failed = [each.first.at for each in self.visits]
        self._passed = times_of(evidence.passes)
        self._worked = sorted(signs_of_work(evidence))
        self._runs = len(self._failed) + len(self._passed)
        self.first = min([self._failed[0], *self._passed[:1]])
        self.last = max([self._failed[-1], *self._passed[-1:]])
        apart = (self.last - self.first) / max(1, self._runs - 1)
        self._far = max(FAR, RUNS_APART * apart) if self._passed else FAR

    def rows(self) -> list[FailureRow]:
        """The failures that belong together, in order of time."""
        rows = self._linked(self._far)
        followed = len(self.visits) - len(rows)
        chances = [self._chance_to_follow(visit, 1) for visit in self.visits[1:]]
        if self._cannot_be_chance() or more_than_chance(followed, chances):
            return self._with_what_came_between(rows)
        near = [self._chance_to_follow(visit, 0) for visit in self.visits[1:]]
        if near and mean(near) <= _RARELY_NEAR:
            return self._linked(NEAR)
        return [FailureRow(v.first.failed, v.first.failed, [v]) for v in self.visits]

    def _linked(self, far: float) -> list[FailureRow]:
        """The failures that follow each other, up to so far apart where nothing worked between."""
        alone = [self._alone(visit) for visit in self.visits]
        rows = alone[:1]
        for each in alone[1:]:
            if self._follows(each, rows[-1], far):
                rows[-1].add(each)
            else:
                rows.append(each)
        return rows

    def _alone(self, visit: Visit) -> FailureRow:
        """A visit until its last attempt that failed before the state worked again."""
        place = bisect_right(self._worked, visit.first.at)
        worked = self._worked[place] if place < len(self._worked) else float("inf")
        ended = max((each.failed for each in visit.attempts if each.at <= worked), default=0.0)
        return FailureRow(visit.first.failed, max(visit.first.failed, ended), [visit])

    def _follows(self, later: FailureRow, row: FailureRow, far: float) -> bool:
        apart = later.began - row.ended
        before, after = row.visits[-1].first.at, later.visits[0].first.at
        worked = bisect_left(self._worked, before) < bisect_left(self._worked, after)
        return apart <= NEAR or (apart <= far and not worked)

    def _chance_to_follow(self, visit: Visit, least: int) -> float:
        """How likely one of the runs of the last five minutes failed by chance, or of the `least`
        that went before.
        """
        near = max(least, self._runs_between(visit.first.at - NEAR, visit.first.at))
        return 1 - (1 - (len(self.visits) - 1) / (self._runs - 1)) ** near

    def _runs_between(self, since: float, until: float) -> int:
        times = (self._failed, self._passed)
        return sum(bisect_left(each, until) - bisect_left(each, since) for each in times)

    def _cannot_be_chance(self) -> bool:
        crowded = self.visits[0].last.cause in CROWDED
        return crowded or len(self.visits) - 1 >= _MOSTLY * (self._runs - 1)

    def _with_what_came_between(self, rows: Sequence[FailureRow]) -> list[FailureRow]:
        """The rows, with those as one that so few runs lie between that it is hardly chance."""
        if not self._passed:
            return list(rows)
        few = log1p(-_RARELY) / log1p(-len(rows) / (len(rows) + len(self._passed)))
        joined = [rows[0]]
        for row in rows[1:]:
            last = joined[-1]
            runs = self._runs_between(last.visits[-1].first.at, row.visits[0].first.at)
            if runs <= few and row.began - last.ended <= self._far:
                last.add(row)
            else:
                joined.append(row)
        return joined


def more_than_chance(number: int, chances: Sequence[float]) -> bool:
    """Whether so many happened of what had these chances each, or about, hardly by chance."""
    if not chances or not number:
        return False
    tries, chance = len(chances), min(mean(chances), 1.0)
    if chance in (0.0, 1.0):
        return chance == 0.0
    every = lgamma(tries + 1)
    return sum(
        exp(
            every - lgamma(k + 1) - lgamma(tries - k + 1)
            + k * log(chance) + (tries - k) * log1p(-chance)
        )
        for k in range(number, tries + 1)
    ) <= _BY_CHANCE  # fmt: skip

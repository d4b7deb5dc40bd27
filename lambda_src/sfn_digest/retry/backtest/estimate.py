"""The retrier worth having for one cause in one state, and what it would have brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, sqrt
from random import Random

from sfn_digest.asl.definition import Retrier
from sfn_digest.asl.matching import takes
from sfn_digest.model.report import Recovered
from sfn_digest.retry.backtest.bounds import quantile, recovered_of
from sfn_digest.retry.backtest.policies import CROWDED, MOST_ATTEMPTS, RHYTHMS, Rhythm, spread_over
from sfn_digest.retry.backtest.replay import Case, Course, Risk, course_of, elsewhere
from sfn_digest.retry.observations.evidence import StateEvidence
from sfn_digest.retry.observations.incidents import drain_of
from sfn_digest.retry.observations.visits import Visit
from sfn_digest.retry.outages.posterior import CauseSeen
from sfn_digest.retry.outages.sampler import Draw

PRICE_OF_ATTEMPT = 0.02
"""What a further attempt costs, where a recovered execution is worth 1."""
PRICE_OF_HOUR = 0.1
"""What an hour of further waiting costs."""

_TRIED = 8
"""Draws on which the rhythms are compared."""
_CASES = 30
"""The most visits on which they are compared."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A retrier and its backtest over the failures of one cause.

    `net` is the mean net benefit over all visits touched, see `worth`; `net_low` is what it
    exceeds in 95 % of the draws, `count_low` the failures that recover at least in 98 %.
    `added_attempts` and `added_wait` (seconds) are over all visits touched.
    """

    retrier: Retrier
    failures: int
    recovered: Recovered
    net: float
    net_low: float
    count_low: float
    added_attempts: float
    added_wait: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a visit comes to under a retrier: seconds since it failed first, and retries."""

    seconds: float
    retries: int
    recovered: bool


def worth(visit: Visit, outcome: Outcome) -> float:
    """Net benefit against what really happened, in recovered executions."""
    gained = outcome.recovered - (visit.recovered_at is not None)
    attempts = outcome.retries - visit.retries
    hours = (outcome.seconds - visit.waited) / 3600
    return gained - PRICE_OF_ATTEMPT * attempts - PRICE_OF_HOUR * hours


def outcome_at(course: Course, attempts: int) -> Outcome:
    """What a course comes to with at most so many retries."""
    if 0 < course.recovers <= attempts:
        return Outcome(course.starts[course.recovers - 1], course.recovers, recovered=True)
    made = min(attempts, len(course.fails))
    return Outcome(course.fails[made - 1] if made else 0.0, made, recovered=False)


class Backtest:
    """Replays one state's visits for one cause's retrier, over the same draws each time."""

    def __init__(
        self,
        evidence: StateEvidence,
        seen: Mapping[str, CauseSeen],
        draws: Mapping[str, Sequence[Draw]],
        cause: str,
        random: Random,
    ) -> None:
        """`draws` holds, for each cause seen, equally many draws."""
        self._seen, self._draws = seen, draws
        self.errors = errors_of(evidence, cause)
        attempts = [each for visit in evidence.visits for each in visit.attempts]
        self._retried = {each.cause for each in attempts if takes(self.errors, each.error)}
        self._cause = cause
        self.cases = [
            Case(visit, number)
            for number, visit in enumerate(evidence.visits)
            if self._touches(visit)
        ]
        self.own = {case.number for case in self.cases if self.counts(case.visit)}
        self._number = min(len(each) for each in draws.values())
        self._luck = [[random.random() for _ in range(3 * MOST_ATTEMPTS)] for _ in range(_LUCKS)]
        self._rhythms = RHYTHMS
        if cause in CROWDED:
            least = drain_of(evidence, [case.visit for case in self.cases])
            self._rhythms = spread_over(least)

    def _touches(self, visit: Visit) -> bool:
        """Whether the retrier would have handled the visit's first failure."""
        return not visit.unclear and takes(self.errors, visit.first.error)

    def counts(self, visit: Visit) -> bool:
        """Whether the visit is one of the failures that the hint is about."""
        return self._touches(visit) and visit.fatal and visit.last.cause == self._cause

    def best(self) -> tuple[Rhythm, int]:
        """The rhythm and number of retries with about the highest mean net benefit.

        Of those that come within two per cent of it, the one that would also do best where
        half of the visits fell into a like spell of another week, so that none is chosen that
        fits just this one; of those alike in that, the one with the fewest retries.
        """
        stride = max(1, ceil(len(self.cases) / _CASES))
        cases = self.cases[::stride]
        moved = [elsewhere(case) for case in cases[::2]]
        here = {rhythm: self._worths(cases, rhythm) for rhythm in self._rhythms}
        highest = max(worth for worths in here.values() for worth in worths[1:])
        least = highest - abs(highest) * _NEAR
        near: list[tuple[float, int, Rhythm]] = []
        for rhythm, worths in here.items():
            if max(worths[1:]) >= least:
                other = self._worths(moved, rhythm)
                near += [
                    (worths[n] + other[n], n, rhythm)
                    for n in range(1, MOST_ATTEMPTS + 1)
                    if worths[n] >= least
                ]
        most = max(both for both, _, _ in near)
        good = [each for each in near if each[0] >= most - abs(most) * _SLACK]
        _, attempts, rhythm = min(good, key=lambda each: (each[1], -each[0]))
        return rhythm, attempts

    def _worths(self, cases: Sequence[Case], rhythm: Rhythm) -> list[float]:
        """The worth of the rhythm by the number of retries, over some visits and draws."""
        totals = [0.0] * (MOST_ATTEMPTS + 1)
        for number in range(0, self._number, max(1, self._number // _TRIED)):
            self._add(totals, cases, rhythm, number)
        return totals

    def _add(self, totals: list[float], cases: Sequence[Case], rhythm: Rhythm, number: int) -> None:
        """Add the worth of the rhythm with each number of retries, over some visits."""
        risks = self._risks(number)
        steady = [0.0] * (MOST_ATTEMPTS + 2)
        for case in cases:
            luck = self._luck[(number * 31 + case.number) % _LUCKS]
            course = course_of(case, risks, rhythm, luck, MOST_ATTEMPTS)
            settled = len(course.starts)
            nothing = worth(case.visit, Outcome(0.0, 0, recovered=False))
            for made in range(1, settled):
                hours = course.fails[made - 1] / 3600
                totals[made] += nothing - PRICE_OF_ATTEMPT * made - PRICE_OF_HOUR * hours
            steady[settled] += worth(case.visit, outcome_at(course, settled))
        for attempts in range(1, MOST_ATTEMPTS + 1):
            steady[attempts] += steady[attempts - 1]
            totals[attempts] += steady[attempts]

    def judge(self, rhythm: Rhythm, attempts: int) -> Estimate:
        """What a retrier would have brought, over all draws."""
        counts: list[int] = []
        nets: list[float] = []
        further = wait = 0.0
        often = dict.fromkeys(self.own, 0)
        for number in range(self._number):
            risks = self._risks(number)
            count, net = 0, 0.0
            for case in self.cases:
                luck = self._luck[(number * 37 + case.number) % _LUCKS]
                outcome = outcome_at(course_of(case, risks, rhythm, luck, attempts), attempts)
                net += worth(case.visit, outcome)
                further += outcome.retries - case.visit.retries
                wait += outcome.seconds - case.visit.waited
                if case.number in often and outcome.recovered:
                    count += 1
                    often[case.number] += 1
            counts.append(count)
            nets.append(net)
        return Estimate(
            retrier=rhythm.retrier(self.errors, attempts),
            failures=len(self.own),
            recovered=recovered_of(counts, list(often.values()), self._number),
            net=sum(nets) / self._number,
            net_low=quantile(nets, 0.05),
            count_low=quantile(counts, 0.02),
            added_attempts=further / self._number,
            added_wait=wait / self._number,
        )

    def _risks(self, number: int) -> dict[str, Risk]:
        return {
            name: Risk(name, self._draws[name][number], seen.seconds, retried=name in self._retried)
            for name, seen in self._seen.items()
        }


_NEAR, _SLACK = 0.02, 0.005
_LUCKS = 997
"""How many rows of luck are drawn once and shared; a prime, so that rows do not come round."""


def errors_of(evidence: StateEvidence, cause: str) -> tuple[str, ...]:
    """The error names that the cause came with, where it ended executions."""
    return tuple(
        sorted(
            {
                visit.last.error
                for visit in evidence.visits
                if visit.fatal and visit.last.cause == cause and visit.last.error
            }
        )
    )


def stretched(estimate: Estimate, many: int) -> Estimate:
    """An estimate over a sample of the failures as one over all of them, `many` in number.

    The bounds are widened by twice the standard error of such a sample.
    """
    few, found = estimate.failures, estimate.recovered
    if few in (0, many):
        return estimate
    ratio, rate = many / few, found.likely / few
    error = 2 * many * sqrt(max(rate * (1 - rate), 0.25 / few) / few)
    return replace(
        estimate,
        failures=many,
        recovered=Recovered(
            surely=floor(found.surely * ratio),
            likely=found.likely * ratio,
            possibly=min(many, ceil(found.possibly * ratio)),
            low=max(0, floor(found.low * ratio - error)),
            high=min(many, ceil(found.high * ratio + error)),
        ),
        net=estimate.net * ratio,
        net_low=estimate.net_low * ratio,
        count_low=estimate.count_low * ratio,
        added_attempts=estimate.added_attempts * ratio,
        added_wait=estimate.added_wait * ratio,
    )

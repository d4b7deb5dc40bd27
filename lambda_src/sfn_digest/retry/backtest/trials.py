"""Tries retriers on one state's visits, for one cause, in the same possible truths each time."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import ceil, prod

import numpy as np
from numpy.random import Generator

from sfn_digest.asl.definition import Retrier
from sfn_digest.asl.matching import takes
from sfn_digest.retry.backtest.estimate import (
    RetrierEstimate,
    estimated,
    price_of,
    worth,
    worth_before,
)
from sfn_digest.retry.backtest.policies import (
    JITTERED,
    MOST_ATTEMPTS,
    RHYTHMS,
    Around,
    Repeated,
    Rhythm,
    spread_over,
)
from sfn_digest.retry.backtest.replay import Risk, Scene, replay
from sfn_digest.retry.backtest.retrier_choice import Candidate
from sfn_digest.retry.observations.crowds import CROWDED, REFUSED, Herds, drain_of
from sfn_digest.retry.observations.observed_states import CauseSeen, StateEvidence, errors_of
from sfn_digest.retry.observations.visits import Visit
from sfn_digest.retry.outages.phases import Array
from sfn_digest.retry.outages.posterior import Truths

_LEAST_TRIED, _TRIED = 16, 4
"""Draws in which the rhythms are compared: so many, or one of so many where there are more."""
_CASES = 60
"""The most visits on which they are compared."""
_ELSEWHERE = 0.33
"""How much a like spell of another week counts beside the week that was."""
_EVENTS, _EVENTS_OF_ATTEMPT = 12_500, 5
"""The events of an execution that retries may take up: a half of what it may have."""


class Backtest:
    """Replays one state's visits for one cause's retrier."""

    def __init__(
        self,
        evidence: StateEvidence,
        cases: Sequence[int],
        seen: Mapping[str, CauseSeen],
        truths: Mapping[str, Truths],
        cause: str,
        *,
        offsets: Array,
        deadline: float,
        random: Generator,
        most: int = MOST_ATTEMPTS,
        whole: StateEvidence | None = None,
        around: Callable[[str], Sequence[Around]] = lambda _: (),
    ) -> None:
        """`truths` holds, for each cause seen, equally many draws of the same cases; `most` are
        the most retries to try. `whole` is what `evidence` is a sample of; what is `around` the
        state takes an error after its own retries, and makes all of them anew.
        """
        self._evidence, self._cause, self._deadline, self._most = evidence, cause, deadline, most
        self._whole, self._offsets, self._random = whole or evidence, offsets, random
        self.errors = errors_of(evidence, cause)
        self._around = around(self.errors[0]) if self.errors else ()
        made = (each for visit in evidence.visits for each in visit.attempts)
        taken = [each for each in made if takes(self.errors, each.error)]
        retried = {each.cause for each in taken}
        self._longest = max((each.failed - each.at for each in taken), default=0.0)
        self._risks = [
            Risk(name, truths[name], each.seconds, retried=name in retried)
            for name, each in seen.items()
        ]
        self._visits = [evidence.visits[number] for number in cases]
        touched = [n for n, visit in enumerate(self._visits) if self._touches(visit)]
        self._touched = np.array(touched, np.int64)
        self._own = np.array([self.counts(self._visits[n]) for n in touched], np.bool_)
        own = [self._visits[n] for n, mine in zip(touched, self._own, strict=True) if mine]
        self._made = max((visit.retries for visit in own), default=0)
        self._unsaved = [v for n in touched if (v := self._visits[n]).recovered_at is None]
        self._draws = min(len(each.lost) for each in truths.values())
        self._lost = np.logical_or.reduce([e.truths.lost[:, self._touched] for e in self._risks])

    def _touches(self, visit: Visit) -> bool:
        """Whether the retrier would have handled the visit's first failure."""
        return not visit.unclear and takes(self.errors, visit.first.error)

    def counts(self, visit: Visit) -> bool:
        """Whether the visit is one of the failures that the hint is about."""
        return self._touches(visit) and visit.fatal and visit.last.cause == self._cause

    @property
    def alone(self) -> bool:
        """Whether no failure that never heals comes with the errors as well."""
        return all(each.last.nature != "permanent" for each in self._unsaved)

    @cached_property
    def _paid(self) -> float:
        """What the retries of today cost those that nothing saved."""
        return sum(price_of(each.retries, each.waited) for each in self._unsaved)

    def _price(self, again: Repeated) -> float:
        """What retries cost a failure more than those of today, if none ever recovers."""
        price = price_of(again.most, again.hold(self._longest))
        return (len(self._unsaved) * price - self._paid) / max(1, self.failures)

    @property
    def failures(self) -> int:
        """How many failures the hint is about, of the cases."""
        return int(self._own.sum())

    def candidates(self, *written: Retrier | None) -> list[Candidate]:
        """What each retrier is worth that ends within the deadline, by the same luck.

        Those that are `written` already are among them, as hinted last or in the definition.
        """
        tried = max(_LEAST_TRIED, self._draws // _TRIED)
        chosen = self._touched[:: max(1, ceil(len(self._touched) / _CASES))]
        scene = Scene(
            self._visits,
            self._risks,
            self._offsets,
            chosen=chosen,
            draws=np.unique(np.linspace(0, self._draws - 1, tried).astype(np.int64)),
            random=self._random,
            moved=chosen[::2],
        )
        before = worth_before([self._visits[place] for place in chosen])
        known = (*self._rhythms(), *(_rhythm_of(each) for each in written if each is not None))
        rhythms = list(dict.fromkeys((*known, *JITTERED)))
        courses = replay(scene, rhythms, MOST_ATTEMPTS)
        found = []
        for attempts in range(1, self._most_attempts() + 1):
            worths = worth(courses.at_most(attempts))
            found += list(self._worths(worths, before, rhythms, attempts, frozenset(known)))
        return found

    def _worths(
        self,
        worths: Array,
        before: Array,
        rhythms: Sequence[Rhythm],
        attempts: int,
        known: Collection[Rhythm],
    ) -> Iterator[Candidate]:
        """The candidates with so many retries; `worths` is of (rhythm, draw, visit)."""
        means = (1 - _ELSEWHERE) * (worths[..., : len(before)] - before).mean(axis=(-2, -1))
        means += _ELSEWHERE * worths[..., len(before) :].mean(axis=(-2, -1))
        for rhythm, mean in zip(rhythms, means.tolist(), strict=True):
            again = Repeated(rhythm, attempts, self._around)
            if (hold := again.hold(self._longest)) <= self._deadline:
                yield Candidate(
                    rhythm,
                    attempts,
                    hold,
                    round(mean, 9),
                    self._price(again),
                    only_to_learn=rhythm not in known,
                    fewer=again.most < self._made,
                )

    def _rhythms(self) -> tuple[Rhythm, ...]:
        if self._cause not in CROWDED:
            return RHYTHMS
        if self._cause not in REFUSED:
            return (*RHYTHMS, *JITTERED)
        # A sample of those that came together would look as if each had come alone.
        least = drain_of(self._whole, [v for v in self._whole.visits if self._touches(v)])
        return spread_over(least) if least else JITTERED

    def _most_attempts(self) -> int:
        """As many as the history of an execution with most failed visits has room for."""
        often = Counter(visit.execution for visit in self._evidence.visits)
        most = max(often.values(), default=1)
        runs = prod(1 + each.retrier.attempts for each in self._around)
        return min(self._most, max(1, _EVENTS // (_EVENTS_OF_ATTEMPT * most * runs)))

    def judge(self, candidate: Candidate) -> RetrierEstimate:
        """What a retrier would have brought and cost, over all visits and draws.

        What recovers is told by the weather that a herd met; what that costs, by how its own
        retries crowd each other.
        """
        found = self._estimate(candidate, self._risks)
        crowded = self._crowded(candidate)
        if not crowded:
            return found
        costs = self._estimate(candidate, crowded)
        cost = replace(costs.cost, outlasted=found.cost.outlasted)
        return replace(found, cost=cost, added_wait=costs.added_wait)

    def _crowded(self, candidate: Candidate) -> list[Risk]:
        """The risks where a herd's retries are refused by each other alone; none without herds."""
        own = [v for v in self._whole.visits if v.last.cause == self._cause]
        herds = Herds(self._whole, own if self._cause in REFUSED else ())
        of = [herds.of(v) if v.last.cause == self._cause else None for v in self._visits]
        if all(each is None for each in of):
            return []
        rhythm = candidate.rhythm
        shares = herds.refusals(
            [rhythm.delay(used) for used in range(candidate.attempts)],
            ((self._offsets[1:] + self._offsets[:-1]) / 2).tolist(),
            self._random.random,
            jitter=rhythm.full_jitter,
        )
        return [
            replace(each, truths=each.truths.crowded(shares, of))
            if each.cause == self._cause
            else each
            for each in self._risks
        ]

    def _estimate(self, candidate: Candidate, risks: Sequence[Risk]) -> RetrierEstimate:
        again = Repeated(candidate.rhythm, candidate.attempts, self._around)
        most = again.most
        scene = Scene(
            self._visits,
            risks,
            self._offsets,
            chosen=self._touched,
            draws=np.arange(self._draws),
            random=self._random,
            attempts=max(MOST_ATTEMPTS, most),
        )
        return estimated(
            candidate.rhythm.retrier(self.errors, candidate.attempts),
            [self._visits[place] for place in self._touched],
            replay(scene, [again], most).at_most(most),
            own=self._own,
            lost=self._lost,
            hold=again.hold(self._longest),
        )


def _rhythm_of(retrier: Retrier) -> Rhythm:
    """The rhythm of a retrier in whole seconds."""
    cap = int(retrier.interval if retrier.rate == 1 else retrier.max_delay)
    return Rhythm(int(retrier.interval), retrier.rate, cap, retrier.full_jitter)

"""Which of the retriers that were tried to hint: settings that people would take up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt

from sfn_digest.asl.definition import Retrier
from sfn_digest.asl.matching import retrier_for
from sfn_digest.model.retry_cost import HintStanding
from sfn_digest.retry.backtest.policies import Rhythm, plainness
from sfn_digest.retry.observations.visits import Visit

NEAR, STILL_NEAR = 0.03, 0.2
"""How much less than the best a retrier may be worth that holds executions for less time, and
over all reports since it was first hinted, one that the last report hinted, as a share. No single
retrier is the best in every week, so the best of each is more than can be had."""
DOUBT = 0.15
"""How much less still the latter, where there was one spell alone to try it on."""
MOST_TO_LEARN = 0.06
"""What retries that are made to learn may cost a failure at most, if none ever recovers, in
executions, beyond what its retries of today cost."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A retrier that was tried: its net benefit a visit, and what it costs a failure more than the
    retries of today if none recovers, those included that only share the errors.

    `hold` is the most that it can hold an execution, in seconds. `only_to_learn`: it is tried
    for its scattered times alone. `fewer`: it makes fewer retries than are made today.
    """

    rhythm: Rhythm
    attempts: int
    hold: float
    worth: float
    price: float
    only_to_learn: bool = False
    fewer: bool = False

    def waits_like(self, retrier: Retrier) -> bool:
        """Whether it retries at the same times as a retrier."""
        used = range(self.attempts)
        return (
            retrier.attempts == self.attempts
            and retrier.full_jitter == self.rhythm.full_jitter
            and all(retrier.delay(each) == self.rhythm.delay(each) for each in used)
        )


@dataclass(frozen=True, slots=True)
class LastHint:
    """The retrier that the last report hinted, and how it has stood since it was first hinted."""

    retrier: Retrier
    standing: HintStanding = field(default_factory=HintStanding)


@dataclass(frozen=True, slots=True)
class Tried:
    """What candidates were tried on: so many failures, in so many spells."""

    failures: int
    spells: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """The candidate to hint, and how it stands after this report."""

    candidate: Candidate
    standing: HintStanding


def to_retry(
    found: Iterable[Candidate], tried: Tried, last: LastHint | None = None
) -> Chosen | None:
    """The candidate to hint where the data can tell.

    Among those that are worth about as much as the best, the one that holds executions for the
    least time, and then the simplest; or what was hinted last, while it is nearly as good.
    """
    known = [each for each in found if not each.only_to_learn]
    most = max((each.worth for each in known), default=0.0)
    near = [each for each in known if each.worth >= most - abs(most) * NEAR]
    best = min(
        near, key=lambda each: (each.hold, plainness(each.rhythm, each.attempts)), default=None
    )
    return _settled(best, known, most, tried, last)


def to_learn(
    found: Sequence[Candidate], tried: Tried, last: LastHint | None = None
) -> Chosen | None:
    """The candidate to learn from, of those that cost little if no failure ever recovers, and take
    no chance away that executions have today.

    Its retries come at scattered times, two at least if that can be, over the longest time: so the
    next report can tell more. What was hinted last stays here too, be it to retry: a week that
    cannot decide is no reason to take it back.
    """
    cheap = [
        each
        for each in found
        if each.rhythm.full_jitter and not each.fewer and each.price <= MOST_TO_LEARN
    ]
    most = max((each.worth for each in cheap), default=0.0)
    kept = [each for each in cheap if last and each.waits_like(last.retrier)]
    telling = max(
        kept or cheap, key=lambda each: (each.attempts > 1, each.hold, each.worth), default=None
    )
    return _settled(telling, found, most, tried, last)


def untried_by(own: Sequence[Visit], retriers: Sequence[Retrier]) -> Retrier | None:
    """The definition's retrier, where most of the failures met another: they ended with retries
    left that it would have made.
    """
    short = [
        now
        for visit in own
        if (now := retrier_for(retriers, visit.last.error)) is not None
        and sum(retrier_for(retriers, a.error) is now for a in visit.attempts) <= now.attempts
    ]
    return short[0] if 2 * len(short) > len(own) else None


def does_as_well(retrier: Retrier, best: Candidate, found: Iterable[Candidate]) -> bool:
    """Whether a retrier that nothing has met yet is nearly as good as the best that was tried; one
    that was not tried is, where it holds executions for as long.
    """
    mine = next((each for each in found if each.waits_like(retrier)), None)
    if mine is None:
        return retrier.longest_wait >= best.hold
    return mine.worth >= best.worth - abs(best.worth) * STILL_NEAR


def _settled(
    fresh: Candidate | None,
    found: Iterable[Candidate],
    most: float,
    tried: Tried,
    last: LastHint | None,
) -> Chosen | None:
    """What was hinted last, while it does good and has been nearly as good as the best of each
    report: nobody follows a hint that changes every week. Else the fresh one.

    How good it is says less the fewer spells there were to try it on.
    """
    old = next((each for each in found if last and each.waits_like(last.retrier)), None)
    if old is not None and last is not None and old.worth > 0:
        standing = last.standing.after(most * tried.failures, old.worth * tried.failures)
        slack = STILL_NEAR + DOUBT / sqrt(max(1, tried.spells))
        if standing.missed <= slack * standing.best:
            return Chosen(old, standing)
    if fresh is None:
        return None
    worth = fresh.worth * tried.failures
    return Chosen(fresh, HintStanding().after(most * tried.failures, worth))

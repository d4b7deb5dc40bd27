"""Retry hints: for each state and cause, the retrier worth having, or what to learn first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict
from zlib import crc32

from numpy.random import PCG64, Generator

from sfn_digest.asl.definition import Retrier
from sfn_digest.model.retry_cost import HintStanding
from sfn_digest.retry.backtest.estimate import RetrierEstimate, stretched
from sfn_digest.retry.backtest.policies import DEADLINE, MOST_ATTEMPTS, Around
from sfn_digest.retry.backtest.retrier_choice import (
    LastHint,
    Tried,
    does_as_well,
    to_learn,
    to_retry,
    untried_by,
)
from sfn_digest.retry.backtest.trials import Backtest
from sfn_digest.retry.observations.crowds import comes_in_herds, drain_of, refused_for
from sfn_digest.retry.observations.observed_states import (
    CauseSeen,
    StateEvidence,
    causes_seen,
    errors_of,
    signs_of_work,
)
from sfn_digest.retry.observations.shared_outages import Company, spells
from sfn_digest.retry.observations.visits import Visit
from sfn_digest.retry.outages.posterior import offsets, truths_of
from sfn_digest.retry.outages.sampler import Effort


@dataclass(frozen=True, slots=True)
class Advice:
    """What is worth saying of one cause in one state; `decided`: the data can tell.

    `endless`: nothing succeeded any more once it had begun to fail for the last time, so how
    long it lasts is not known. `standing`: how the retrier has stood since it was first hinted.
    """

    evidence: StateEvidence
    cause: str
    errors: tuple[str, ...]
    own: tuple[Visit, ...]
    estimate: RetrierEstimate
    decided: bool
    standing: HintStanding
    endless: bool = False

    @property
    def heals_most(self) -> bool:
        """Whether the data can tell that at least a half of the failures would recover."""
        return self.decided and 2 * self.estimate.recovered.low >= self.estimate.failures


def advise(
    evidence: StateEvidence,
    effort: Effort,
    *,
    deadline: float = DEADLINE,
    hinted: Mapping[str, LastHint] | None = None,
    most: Mapping[str, int] | None = None,
    company: Company | None = None,
    retriers: Sequence[Retrier] = (),
    around: Callable[[str], Sequence[Around]] = lambda _: (),
) -> list[Advice]:
    """The advice on a state, at most one for any error name; none for what never heals.

    No retrier holds an execution beyond the `deadline`, with what is `around` the state. By cause,
    `hinted` is what the last report said, and `most` the most retries, where they shall be few.
    """
    random = Generator(PCG64(crc32(f"{evidence.machine}/{evidence.state}".encode())))
    whole, evidence = evidence, sampled(evidence, effort.visits)
    seen = causes_seen(evidence)
    if not (wanted := [each for each in seen if _may_heal(seen[each], evidence)]):
        return []
    deadline = min(deadline, _LONGEST)
    at = offsets(deadline * _BEYOND)
    cases = range(0, len(evidence.visits), -(-len(evidence.visits) // effort.cases))
    weather = {name: _weather(name, whole, evidence, effort, company) for name in wanted}
    truths = {
        name: truths_of(
            each, weather.get(name, evidence), cases, at, effort, random, **_herd(name, whole)
        )
        for name, each in seen.items()
    }
    found = []
    for name in wanted:
        backtest = Backtest(
            evidence, cases, seen, truths, name, offsets=at, deadline=deadline, random=random,
            most=(most or {}).get(name, MOST_ATTEMPTS), whole=whole, around=around,
        )  # fmt: skip
        advice = _advice(whole, backtest, name, (hinted or {}).get(name), retriers)
        found += [advice] if advice is not None else []
    return list(_apart(sorted(found, key=lambda each: (-each.decided, -len(each.own)))))


def _weather(
    cause: str,
    whole: StateEvidence,
    evidence: StateEvidence,
    effort: Effort,
    company: Company | None,
) -> StateEvidence:
    """What tells of a cause's weather: the evidence, with that of its company if it is small."""
    found = company.together(cause, whole) if company else whole
    return found if len(found.visits) <= effort.visits else evidence


class _Herd(TypedDict):
    herds: bool
    served: float


def _herd(cause: str, evidence: StateEvidence) -> _Herd:
    """Whether the cause strikes herds, and within how many seconds these are served: as their
    number has it, and no sooner than they were seen refused.
    """
    struck = [visit for visit in evidence.visits if visit.last.cause == cause]
    drain = drain_of(evidence, struck)
    served = max(drain, refused_for(struck)) if drain else 0.0
    return {"herds": comes_in_herds(cause, struck), "served": served}


_LONGEST = 2 * 86_400.0
"""Seconds beyond which no retrier that is evaluated holds an execution, whatever its deadline."""
_BEYOND = 1.05
"""How far beyond the deadline the weather is looked at: retries that fail take their time too."""


def sampled(evidence: StateEvidence, most: int) -> StateEvidence:
    """The evidence with every so many-th visit and pass, so that `most` visits are left.

    Both are thinned alike, so that the share of attempts that fail stays what it is.
    """
    stride = -(-len(evidence.visits) // most) or 1
    if stride == 1:
        return evidence
    visits, passes = evidence.visits[::stride], evidence.passes[::stride]
    return replace(evidence, visits=visits, passes=passes)


def _may_heal(seen: CauseSeen, evidence: StateEvidence) -> bool:
    """Whether a retry may be hinted: what depends on the case must have been seen to heal."""
    if not errors_of(evidence, seen.cause):
        return False
    if seen.nature == "transient":
        return True
    return seen.nature == "depends" and any(
        visit.recovered_at is not None and visit.last.cause == seen.cause
        for visit in evidence.visits
    )


def _advice(
    whole: StateEvidence,
    backtest: Backtest,
    cause: str,
    last: LastHint | None,
    retriers: Sequence[Retrier],
) -> Advice | None:
    """The best retrier where some failure surely recovers and no more is at stake than is
    likely to be gained; else the one to learn from, if it may gain, or nobody knows better.
    """
    own = tuple(v for v in whole.visits if backtest.counts(v))
    if not backtest.failures:
        return None
    untried = untried_by(own, retriers)
    found = backtest.candidates(last.retrier if last else None, untried)
    endless = _endless(whole, own)
    tried = Tried(len(own), len(spells(whole, own)))
    best = None if endless else to_retry(found, tried, last)
    if best is not None and not (untried and does_as_well(untried, best.candidate, found)):
        estimate = stretched(backtest.judge(best.candidate), len(own), _recovering(whole))
        if _decides(estimate):
            return Advice(
                whole, cause, backtest.errors, own, estimate, decided=True, standing=best.standing
            )
    # What nothing has met yet is to be learned from as it is.
    cheap = None if untried else to_learn(found, tried, last)
    if cheap is None or len(own) < LEAST_TO_LEARN:
        return None
    estimate = stretched(backtest.judge(cheap.candidate), len(own), _recovering(whole))
    longest = max(visit.waited for visit in own)
    if backtest.alone and estimate.cost.hold_seconds >= _FARTHER * longest:
        estimate = _untold(estimate)
    elif not (endless or _teaches(estimate)):
        return None
    return Advice(
        whole, cause, backtest.errors, own, estimate,
        decided=False, standing=cheap.standing, endless=endless,
    )  # fmt: skip


def _recovering(evidence: StateEvidence) -> int:
    """How many executions recover today in the state and do not fail there."""
    failed = {visit.execution for visit in evidence.visits if visit.fatal}
    return len({v.execution for v in evidence.visits if v.recovered_at is not None} - failed)


def _decides(estimate: RetrierEstimate) -> bool:
    likely = estimate.net > 0 and estimate.net_low > -estimate.net
    return likely and estimate.recovered.low > 0


def _teaches(estimate: RetrierEstimate) -> bool:
    return estimate.recovered.likely >= _HARDLY and estimate.net > 0


def _untold(estimate: RetrierEstimate) -> RetrierEstimate:
    """The estimate with bounds from none to all: what was tried tells nothing of what is beyond."""
    found = replace(
        estimate.recovered, surely=0, possibly=estimate.failures, low=0, high=estimate.failures
    )
    return replace(estimate, recovered=found)


_FARTHER = 4.0
"""How many times as long as any failure was retried in vain a retrier holds executions of which
what was tried tells nothing."""
LEAST_TO_LEARN = 2
"""Failures from which on it is worth learning more."""
_HARDLY = 0.5


def _endless(evidence: StateEvidence, own: Sequence[Visit]) -> bool:
    """Whether most of the failures lie after the last sign that the state worked."""
    last = max(signs_of_work(evidence), default=float("-inf"))
    return 2 * sum(visit.first.at > last for visit in own) > len(own)


def _apart(found: Sequence[Advice]) -> Iterator[Advice]:
    """One retrier an error name: a second one would never be reached."""
    named: set[str] = set()
    for each in found:
        if named.isdisjoint(each.errors):
            named |= set(each.errors)
            yield each

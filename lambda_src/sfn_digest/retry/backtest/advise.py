"""Retry hints: for each state and cause, the retrier worth having, or what to learn first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from sfn_digest.retry.backtest.estimate import Backtest, Estimate, errors_of, stretched
from sfn_digest.retry.backtest.policies import Rhythm
from sfn_digest.retry.observations.evidence import StateEvidence
from sfn_digest.retry.observations.visits import Visit
from sfn_digest.retry.outages.posterior import CauseSeen, Effort, causes_seen, draws_of


@dataclass(frozen=True, slots=True)
class Advice:
    """What is worth saying of one cause in one state; `decided`: the data can tell."""

    evidence: StateEvidence
    cause: str
    errors: tuple[str, ...]
    own: tuple[Visit, ...]
    estimate: Estimate
    decided: bool


def advise(evidence: StateEvidence, effort: Effort) -> list[Advice]:
    """The advice on a state, at most one for any error name; none for what never heals."""
    random = Random(f"{evidence.machine}/{evidence.state}")  # noqa: S311 - repeatable draws
    whole, evidence = evidence, sampled(evidence, effort.visits)
    seen = causes_seen(evidence)
    wanted = [name for name in seen if _may_heal(seen[name], evidence)]
    if not any(errors_of(evidence, name) for name in wanted):
        return []
    draws = {name: draws_of(each, evidence, effort, random) for name, each in seen.items()}
    tried = [
        _advice(whole, Backtest(evidence, seen, draws, name, random), name)
        for name in wanted
        if errors_of(evidence, name)
    ]
    found = [each for each in tried if each is not None]
    return list(_apart(sorted(found, key=lambda each: (-each.decided, -len(each.own)))))


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
    if seen.nature == "transient":
        return True
    return seen.nature == "depends" and any(
        visit.recovered_at is not None and visit.last.cause == seen.cause
        for visit in evidence.visits
    )


def _advice(whole: StateEvidence, backtest: Backtest, cause: str) -> Advice | None:
    """The best retrier where some failure surely recovers and no more is at stake than is
    likely to be gained; else the one to learn from, if it may gain.
    """
    own = tuple(v for v in whole.visits if backtest.counts(v))
    failures = len(own)
    estimate = backtest.judge(*backtest.best())
    bearable = estimate.net_low > -estimate.net
    decided = estimate.net > 0 and bearable and estimate.count_low >= 1
    if not decided:
        if failures < LEAST_TO_LEARN or estimate.recovered.likely < _HARDLY:
            return None
        estimate = backtest.judge(*LEARNING)
    return Advice(whole, cause, backtest.errors, own, stretched(estimate, failures), decided)


LEARNING = (Rhythm(60, 2, 900, full_jitter=True), 4)
"""The retries to set where data cannot decide: at scattered times, the last after minutes."""
LEAST_TO_LEARN = 3
"""Failures from which on it is worth learning more."""
_HARDLY = 0.5


def _apart(found: Sequence[Advice]) -> Iterator[Advice]:
    """One retrier an error name: a second one would never be reached."""
    named: set[str] = set()
    for each in found:
        if named.isdisjoint(each.errors):
            named |= set(each.errors)
            yield each

"""What a retrier would have brought and cost: the figures of a hint."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, inf, sqrt

import numpy as np
from numpy.typing import NDArray

from sfn_digest.asl.definition import Retrier
from sfn_digest.model.report import Recovered
from sfn_digest.model.retry_cost import RetryCost
from sfn_digest.retry.backtest.replay import Outcomes
from sfn_digest.retry.observations.visits import Visit
from sfn_digest.retry.outages.likelihood import Flags
from sfn_digest.retry.outages.phases import Array

PRICE_OF_ATTEMPT = 0.02
"""What a further attempt costs, where a recovered execution is worth 1."""
PRICE_OF_HOUR = 0.1
"""What an hour of further waiting costs."""

_BOUNDS = (0.04, 0.99)
"""The points of the draws between which 95 % lie: near all failures, where most draws are, a
point costs less width than near none.
"""
_UNFORESEEN = 0.06
"""The share of failures that bounds are widened by, at least one, for what no draw thought of.
That some failure recovers stays said where the draws agree on it."""


@dataclass(frozen=True, slots=True)
class RetrierEstimate:
    """A retrier and its backtest over the failures of one cause.

    `net` is the mean net benefit over all visits touched, `net_low` what it exceeds in 95 % of
    the draws. `added_wait` (seconds) is over all visits touched.
    """

    retrier: Retrier
    failures: int
    recovered: Recovered
    net: float
    net_low: float
    cost: RetryCost
    added_wait: float


def price_of(retries: int, seconds: float) -> float:
    """What retries and the time they take cost, in recovered executions."""
    return PRICE_OF_ATTEMPT * retries + PRICE_OF_HOUR * seconds / 3600


def worth(found: Outcomes) -> Array:
    """The net benefit of what becomes of each visit, in recovered executions."""
    hours = found.seconds / 3600
    return found.recovers - PRICE_OF_ATTEMPT * found.retries - PRICE_OF_HOUR * hours


def worth_before(visits: Sequence[Visit]) -> Array:
    """The same of what really became of them."""
    recovered = np.array([visit.recovered_at is not None for visit in visits])
    hours = np.array([visit.waited for visit in visits]) / 3600
    retries = np.array([visit.retries for visit in visits])
    return recovered - PRICE_OF_ATTEMPT * retries - PRICE_OF_HOUR * hours


def estimated(
    retrier: Retrier,
    visits: Sequence[Visit],
    found: Outcomes,
    *,
    own: Flags,
    lost: Flags,
    hold: float,
) -> RetrierEstimate:
    """The figures from what becomes of the visits under the retrier alone.

    `own` are those that the hint is about, `lost` those that fail whatever the weather in each
    draw, `hold` is the most that the retrier can hold an execution.
    """
    recovers, seconds = found.recovers[0], found.seconds[0]
    waited = np.array([visit.waited for visit in visits])
    again = np.array([visit.recovered_at is not None for visit in visits])
    added = found.retries[0] - np.array([visit.retries for visit in visits])
    later = again & (~recovers | (seconds > waited + 1))
    nets = (worth(found)[0] - worth_before(visits)).sum(axis=1)
    return RetrierEstimate(
        retrier=retrier,
        failures=int(own.sum()),
        recovered=recovered_of(recovers[:, own]),
        net=float(nets.mean()),
        net_low=float(np.quantile(nets, 0.05)),
        cost=RetryCost(
            attempts=float(added.sum(axis=1).mean()),
            wait_seconds=_median(_waits(visits, own, recovers, seconds)),
            hold_seconds=hold,
            slower=_executions(visits, later),
            slower_by_seconds=_median((seconds - waited)[later]),
            outlasted=float((~recovers & ~lost)[:, own].sum(axis=1).mean()),
        ),
        added_wait=float((seconds - waited).sum(axis=1).mean()),
    )


def _waits(
    visits: Sequence[Visit], own: Flags, recovers: Flags, seconds: NDArray[np.float32]
) -> Array:
    """The seconds that retries hold each execution of which every visit recovers: those of a Map's
    items at the same time count once.
    """
    of = {visit.execution: list[int]() for visit, mine in zip(visits, own, strict=True) if mine}
    for place in sorted(range(len(visits)), key=lambda place: visits[place].first.failed):
        if visits[place].execution in of:
            of[visits[place].execution].append(place)
    found = []
    for places in of.values():
        held, end = np.zeros(len(seconds)), np.full(len(seconds), -inf)
        for place in places:
            since = visits[place].first.failed
            until = since + seconds[:, place].astype(np.float64)
            held += np.maximum(0.0, until - np.maximum(since, end))
            end = np.maximum(end, until)
        found.append(held[recovers[:, places].all(axis=1)])
    return np.concatenate(found) if found else np.array([])


def _executions(visits: Sequence[Visit], later: Flags) -> float:
    """How many executions that do not fail have any of these visits, on average over the draws."""
    failed = {visit.execution for visit in visits if visit.fatal}
    of = {visit.execution: list[int]() for visit in visits if visit.execution not in failed}
    for place, visit in enumerate(visits):
        if visit.execution in of:
            of[visit.execution].append(place)
    return sum(float(later[:, places].any(axis=1).mean()) for places in of.values())


def recovered_of(recovers: Flags) -> Recovered:
    """The bounds, from which failures recover in which draw: (draw, failure)."""
    counts, often = recovers.sum(axis=1), recovers.mean(axis=0)
    failures = len(often)
    low, high = np.quantile(counts, _BOUNDS)
    likely = float(counts.mean())
    margin = max(1, ceil(_UNFORESEEN * failures))
    least = floor(min(float(low), likely))
    return Recovered(
        surely=int((often >= 0.975).sum()),
        likely=likely,
        possibly=int((often >= 0.025).sum()),
        low=max(min(1, least), least - margin),
        high=min(failures, ceil(max(float(high), likely)) + margin),
    )


def _median(values: Array) -> float:
    return float(np.median(values)) if values.size else 0.0


def stretched(estimate: RetrierEstimate, many: int, recovering: float = inf) -> RetrierEstimate:
    """An estimate over a sample of the failures as one over all of them, `many` in number.

    The bounds are widened by twice the standard error of such a sample. Of the executions that are
    `recovering` today no more become slower: a sample of their visits may hold them all.
    """
    few, found = estimate.failures, estimate.recovered
    if few in (0, many):
        return estimate
    ratio, rate = many / few, found.likely / few
    error = 2 * many * sqrt(max(rate * (1 - rate), 0.25 / few) / few)
    cost = estimate.cost
    return replace(
        estimate,
        failures=many,
        recovered=Recovered(
            surely=floor(found.surely * ratio),
            likely=found.likely * ratio,
            possibly=min(many, ceil(found.possibly * ratio)),
            low=max(min(1, found.low), floor(found.low * ratio - error)),
            high=min(many, ceil(found.high * ratio + error)),
        ),
        net=estimate.net * ratio,
        net_low=estimate.net_low * ratio,
        cost=replace(
            cost,
            attempts=cost.attempts * ratio,
            slower=min(cost.slower * ratio, recovering),
            outlasted=cost.outlasted * ratio,
        ),
        added_wait=estimate.added_wait * ratio,
    )

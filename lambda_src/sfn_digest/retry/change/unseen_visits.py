"""What nobody saw: visits that successes may hide, since those only listed may have been saved by a
retrier; and whether all else in a Map or Parallel would succeed again.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.random import Generator

from sfn_digest.asl.definition import Definition, Retrier, State
from sfn_digest.asl.handling import retriers_on_the_way
from sfn_digest.model.executions import Failure
from sfn_digest.model.successes import Success, Successes
from sfn_digest.retry.change.holders import Level, inner_states
from sfn_digest.retry.observations.clean_visits import usual_offset
from sfn_digest.retry.observations.observed_states import CauseSeen, StateEvidence
from sfn_digest.retry.observations.visits import ObservedAttempt, Visit, visits_of_success
from sfn_digest.retry.outages.likelihood import Flags
from sfn_digest.retry.outages.phases import Array

_MOST = 60
"""Successes that are looked at; each then stands for several."""
_MOST_FAILED = 4
"""Failed attempts of a success from which on it no longer matters how many more there were."""
_LEAST_WIDTH = 0.5
_FLOOR = 1e-9
_PEERS = 500


@dataclass(frozen=True, slots=True)
class Supposed:
    """Visits that may have been: each success with one failed attempt, with two, and so on.

    `success` is the number of the success that a visit would be of, `failed` how many attempts
    failed, and `fits` how well the time that the success took fits; `plain` is the same of each
    success if it worked at once. Each success stands for `weight` of them.
    """

    visits: tuple[Visit, ...]
    cause: str
    success: tuple[int, ...]
    failed: tuple[int, ...]
    fits: Array
    plain: Array
    weight: float


NOBODY = Supposed((), "", (), (), np.array([]), np.array([]), 0.0)


def suppose(
    evidence: StateEvidence,
    definition: Definition,
    seen: Mapping[str, CauseSeen],
    found: Successes | None,
) -> Supposed:
    """The visits that successes may have had whose histories were not read."""
    errors = {each.cause: each.error for visit in evidence.visits for each in visit.attempts}
    offset = usual_offset(evidence.state, found.read) if found else None
    retried = _retried(definition, definition.states[evidence.state], seen, errors)
    if found is None or offset is None or retried is None:
        return NOBODY
    cause, retrier = retried
    known = {each.execution.arn for each in found.read}
    fastest = min((_seconds(each) for each in found.listed), default=0.0)
    part = 0.5 if retrier.full_jitter else 1.0
    unread = [each for each in found.listed if each.arn not in known]
    slow = [each for each in unread if _seconds(each) - fastest >= part * retrier.delay(0)]
    chosen = slow[:: -(-len(slow) // _MOST) or 1]
    made = [
        (number, count, wait, visit)
        for number, each in enumerate(chosen)
        for count, wait, visit in _visits(evidence, each, offset, cause, errors, retrier)
        if _seconds(each) - fastest >= wait
    ]
    fit = _Fit(found)
    return Supposed(
        visits=tuple(visit for *_, visit in made),
        cause=cause.cause,
        success=tuple(number for number, *_ in made),
        failed=tuple(count for _, count, _, _ in made),
        fits=fit.of([_seconds(chosen[number]) - wait for number, _, wait, _ in made]),
        plain=fit.of([_seconds(each) for each in chosen]),
        weight=len(slow) / len(chosen) if chosen else 0.0,
    )


def _retried(
    definition: Definition,
    state: State,
    seen: Mapping[str, CauseSeen],
    errors: Mapping[str, str],
) -> tuple[CauseSeen, Retrier] | None:
    """The most frequent cause that a retrier waits for, and that may pass."""
    for name, cause in seen.items():
        way = retriers_on_the_way(definition, state, errors[name])
        retrier = next((each for each in way if each is not None and each.attempts), None)
        if cause.nature != "permanent" and retrier is not None:
            return cause, retrier
    return None


def _visits(
    evidence: StateEvidence,
    success: Success,
    offset: float,
    cause: CauseSeen,
    errors: Mapping[str, str],
    retrier: Retrier,
) -> Iterator[tuple[int, float, Visit]]:
    """The visits with one failed attempt, two and so on, and how long each had waited."""
    part = 0.5 if retrier.full_jitter else 1.0
    most = min(retrier.attempts, _MOST_FAILED)
    steps = [part * retrier.delay(used) + cause.seconds for used in range(most)]
    at = success.started_at.timestamp() + offset
    starts = list(accumulate(steps, initial=at))
    attempts = [
        ObservedAttempt(
            start, start + cause.seconds, cause.cause, cause.nature, errors[cause.cause]
        )
        for start in starts
    ]
    for count in range(1, most + 1):
        yield (
            count,
            starts[count] - at,
            Visit(
                execution=f"{success.arn}/{count}",
                machine=evidence.machine,
                state=evidence.state,
                attempts=tuple(attempts[:count]),
                recovered_at=starts[count],
            ),
        )


class _Fit:
    """How usual a time is for an execution that worked at once."""

    def __init__(self, found: Successes) -> None:
        waited = {
            each.execution.arn: sum(visit.waited for visit in visits_of_success(each))
            for each in found.read
        }
        every = [_seconds(each) - waited.get(each.arn, 0.0) for each in found.listed]
        self._took = np.sort(np.array(every))[:: -(-len(every) // _PEERS) or 1]
        spread = float(np.subtract(*np.quantile(self._took, (0.75, 0.25)))) if every else 0.0
        self._width = max(_LEAST_WIDTH, spread * len(self._took) ** -0.2 / 2)

    def of(self, seconds: Sequence[float]) -> Array:
        """The density at each of these times."""
        apart = (np.array(seconds)[:, None] - self._took) / self._width
        result: Array = np.exp(-(apart**2) / 2).mean(axis=1) if len(seconds) else np.array([])
        return result + _FLOOR


def _seconds(success: Success) -> float:
    return (success.stopped_at - success.started_at).total_seconds()


def happened(found: Supposed, chances: Array, random: Generator) -> Flags:
    """Which of the supposed visits there were, in each draw: one of a success at most.

    `chances` are those of an attempt's failing at that time: (draw, visit). What the weather of
    a draw says counts as much as what that of all draws says: none of them knows how long the
    successes took.
    """
    chance = (chances + chances.mean(axis=0)) / 2
    odds = chance ** np.array(found.failed) * found.fits
    luck = random.random((len(chances), len(found.plain)))
    result = np.zeros(chances.shape, np.bool_)
    success = np.array(found.success)
    for number, plain in enumerate(found.plain):
        columns = np.flatnonzero(success == number)
        mine = np.cumsum(odds[:, columns], axis=1) / (plain + odds[:, columns].sum(axis=1))[:, None]
        before = np.concatenate([np.zeros((len(chances), 1)), mine[:, :-1]], axis=1)
        at = luck[:, [number]]
        result[:, columns] = (before <= at) & (at < mine)
    return result


_AGAIN = (0.5, 12.0)
"""A belief in how often what succeeded fails where it is run again: who makes a thing may find it
made. Nobody saw it, save where a holder's Retry ran."""


@dataclass(frozen=True, slots=True)
class Another:
    """The error by which another state in the holder mostly fails, where one was seen to."""

    state: str
    error: str


class Neighbors:
    """The states beside a state in what holds it, and how often an execution ended by one."""

    def __init__(
        self, changed: Definition, failures: Sequence[Failure], found: Successes | None
    ) -> None:
        self._changed = changed
        self._ended: Mapping[str, Counter[str]] = _ended(failures)
        self._passed = len(found.listed) if found else 0

    def another(self, state: str) -> Another | None:
        """What else mostly fails in the outermost state around a state."""
        holders = self._changed.states[state].holders
        if not holders:
            return None
        beside = self._beside(state, holders[0])
        most = max(beside, key=lambda name: (self._ended[name].total(), name), default=None)
        return Another(most, self._ended[most].most_common(1)[0][0]) if most else None

    def _beside(self, state: str, holder: str) -> list[str]:
        inner = inner_states(self._changed, holder) - {state}
        return [name for name in inner if name in self._ended]

    def fails(self, state: str, levels: Sequence[Level], draws: int, random: Generator) -> Array:
        """How likely it is, by level, that something else in it fails when it runs anew."""
        result = np.zeros((len(levels), draws))
        around = list(reversed(self._changed.states[state].holders))
        for number, (name, level) in enumerate(zip(around, levels[1:], strict=True), start=1):
            if level.attempts > 1:
                ended = sum(self._ended[e].total() for e in self._beside(state, name))
                seen = random.beta(ended + 0.5, self._passed + 0.5, draws)
                result[number] = 1 - (1 - seen) * (1 - random.beta(*_AGAIN, draws))
        return result


def _ended(failures: Sequence[Failure]) -> Mapping[str, Counter[str]]:
    """How often each state ended an execution, by error."""
    found: dict[str, Counter[str]] = {}
    for each in failures:
        if each.state is not None:
            last = [attempt.error for attempt in each.attempts if attempt.state == each.state]
            found.setdefault(each.state, Counter())[(last[-1] if last else None) or ""] += 1
    return found

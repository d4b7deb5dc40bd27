"""Visits of states that failed at least once, rebuilt from failed attempts.

A visit is one entry of a state: its first attempt and the retries after it. Times are epoch
seconds, since the arithmetic on them is long.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter

from sfn_digest.asl.definition import Definition
from sfn_digest.causes import holds_secret
from sfn_digest.model.executions import DiagnosedAttempt, Failure, FargateTask, Nature, Stage
from sfn_digest.model.successes import ReadSuccess

UNNAMED = ""
_LONGEST_NAME = 256
"""Characters that Step Functions keeps of an error name."""
_SAME_MOMENT = 0.002
"""Seconds that a time computed from a back-off may differ from the one recorded."""


@dataclass(frozen=True, slots=True)
class ObservedAttempt:
    """A failed attempt: when it was scheduled and failed, by which cause, under which error, the
    size of the task where it ran on Fargate, and whether it ran at all.
    """

    at: float
    failed: float
    cause: str
    nature: Nature
    error: str
    fargate: FargateTask | None = None
    stage: Stage = "run"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit with at least one failed attempt.

    `recovered_at` is when the attempt that succeeded was scheduled; None where none is known.
    `fatal`: this visit ended its execution; `unclear`: a last attempt followed whose end is not
    known, since another branch ended the execution meanwhile. `redriven_at` is when the attempt
    of a redrive was scheduled that succeeded at last: the weather was good then, but what
    else a person had changed is not known.
    """

    execution: str
    machine: str
    state: str
    attempts: tuple[ObservedAttempt, ...]
    recovered_at: float | None
    fatal: bool = False
    unclear: bool = False
    redriven_at: float | None = None

    @property
    def first(self) -> ObservedAttempt:
        """The attempt that failed first."""
        return self.attempts[0]

    @property
    def last(self) -> ObservedAttempt:
        """The attempt that failed last."""
        return self.attempts[-1]

    @property
    def retries(self) -> int:
        """Retries that were made, the one that succeeded included."""
        return len(self.attempts) - 1 + (self.recovered_at is not None or self.unclear)

    @property
    def waited(self) -> float:
        """Seconds from the first failure to the last known start or failure of an attempt."""
        return (self.recovered_at or self.last.failed) - self.first.failed


def visits_of_failure(failure: Failure, definition: Definition | None) -> list[Visit]:
    """The visits that failed in a failed execution; the one that ended it is `fatal`."""
    execution = failure.execution
    visits = [
        _settled(visit, definition)
        for visit in _visits(execution.arn, execution.machine_arn, failure.attempts)
    ]
    ended = [v for v in visits if v.state == failure.state and v.recovered_at is None]
    if not ended:
        return visits
    fatal = max(ended, key=lambda visit: visit.last.failed)
    return [_fatal(each) if each is fatal else each for each in visits]


def _fatal(visit: Visit) -> Visit:
    return Visit(visit.execution, visit.machine, visit.state, visit.attempts, None, fatal=True)


def visits_of_success(success: ReadSuccess) -> list[Visit]:
    """The visits of a succeeded execution that failed at first."""
    execution = success.execution
    found = _visits(execution.arn, execution.machine_arn, success.failed)
    return [_redriven(visit, success) for visit in found]


def _redriven(visit: Visit, success: ReadSuccess) -> Visit:
    """A visit that its retries did not save, with the redrive's attempt that succeeded."""
    if visit.recovered_at is not None or not success.execution.redrive_count:
        return visit
    later = [
        each.scheduled_at.timestamp()
        for each in success.succeeded
        if each.state == visit.state and each.scheduled_at is not None
    ]
    after = [moment for moment in later if moment > visit.last.failed]
    return replace(visit, redriven_at=min(after, default=None))


def _settled(visit: Visit, definition: Definition | None) -> Visit:
    """A retry in a branch may have been cut off by the failure of another branch."""
    state = definition.states.get(visit.state) if definition else None
    if visit.recovered_at is None or (state is not None and not state.holders):
        return visit
    return replace(visit, recovered_at=None, unclear=True)


@dataclass(slots=True)
class _Chain:
    """Attempts of one visit as they come, and when the next one is due after the last."""

    state: str | None
    attempts: list[ObservedAttempt]
    due: float | None = None


_Waiting = dict[tuple[str | None, int], list[_Chain]]
"""The chains whose next attempt is due, by state and moment. Items of a Map that are refused
together come back together: many wait for one moment."""


def _visits(arn: str, machine: str, attempts: Iterable[DiagnosedAttempt]) -> Iterator[Visit]:
    chains: list[_Chain] = []
    waiting: _Waiting = {}
    for each in sorted(attempts, key=attrgetter("failed_at")):
        seen = _attempt(each)
        chain = _taken(waiting, each.state, seen.at) if waiting and each.scheduled_at else None
        if chain is None:
            chain = _Chain(each.state, [])
            chains.append(chain)
        chain.attempts.append(seen)
        chain.due = None
        if each.back_off is not None:
            chain.due = seen.failed + each.back_off
            waiting.setdefault((each.state, round(chain.due / _SAME_MOMENT)), []).append(chain)
    return (
        Visit(arn, machine, chain.state, tuple(chain.attempts), chain.due)
        for chain in chains
        if chain.state is not None
    )


def _taken(waiting: _Waiting, state: str | None, at: float) -> _Chain | None:
    """The chain of a state whose next attempt was due at this moment."""
    moment = round(at / _SAME_MOMENT)
    for near in (moment, moment - 1, moment + 1):
        if chains := waiting.get((state, near)):
            return chains.pop(0)
    return None


def _attempt(each: DiagnosedAttempt) -> ObservedAttempt:
    failed = each.failed_at.timestamp()
    diagnosis = each.diagnosis
    return ObservedAttempt(
        each.scheduled_at.timestamp() if each.scheduled_at else failed,
        failed,
        diagnosis.cause,
        diagnosis.nature,
        _safe(each.error or UNNAMED),
        each.fargate,
        diagnosis.stage,
    )


@lru_cache(maxsize=1000)
def _safe(error: str) -> str:
    """An error name that a retrier may hold; one that is hostile or holds a secret is as good as
    none.
    """
    fit = error.isprintable() and len(error) <= _LONGEST_NAME and not holds_secret(error)
    return error if fit else UNNAMED

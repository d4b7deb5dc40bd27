"""What is known of each state: visits that failed at first, and tries that succeeded at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from sfn_digest.records import Failure
from sfn_digest.retry.asl import Definition, Retrier
from sfn_digest.retry.matching import takes
from sfn_digest.retry.probes import FIRST_TRY, Pass
from sfn_digest.retry.visits import Visit, visits_of_failure, visits_of_success
from sfn_digest.successes import ReadSuccess, Success, Successes

_USUAL = 0.8
"""The share of read successes that must have visited a state for others to count as visits."""
_MOST_RETRIES = 8
"""Retries from which on it no longer matters how many more a success may have taken."""


@dataclass(frozen=True, slots=True)
class StateEvidence:
    """One state of one machine in the window; times are epoch seconds.

    `passes` are visits in which no try is known to have failed, in order of time; those of
    executions that were only listed are at the time they usually reach the state, and may
    have taken as many retries as fit in what they lasted longer than their fastest peer.
    `durations` are seconds that successful tries took.
    """

    machine: str
    state: str
    visits: tuple[Visit, ...]
    passes: tuple[Pass, ...]
    durations: tuple[float, ...]


def gather(
    definitions: Mapping[str, Definition],
    failures: Iterable[Failure],
    successes: Mapping[str, Successes],
) -> tuple[StateEvidence, ...]:
    """The evidence on each state that a try failed in, or that a read success visited."""
    visits: dict[tuple[str, str], list[Visit]] = defaultdict(list)
    for failure in failures:
        machine = failure.execution.machine_arn
        for visit in visits_of_failure(failure, definitions.get(machine)):
            visits[machine, visit.state].append(visit)
    for machine, found in successes.items():
        for read in found.read:
            for visit in visits_of_success(read):
                visits[machine, visit.state].append(visit)
    states = set(visits) | {
        (machine, each.state)
        for machine, found in successes.items()
        for read in found.read
        for each in read.succeeded
    }
    return tuple(
        _evidence(*key, visits.get(key, []), successes, _retriers(*key, definitions))
        for key in sorted(states)
    )


def _retriers(
    machine: str, state: str, definitions: Mapping[str, Definition]
) -> tuple[Retrier, ...]:
    found = definitions[machine].states.get(state) if machine in definitions else None
    return found.retriers if found else ()


def _evidence(
    machine: str,
    state: str,
    visits: list[Visit],
    successes: Mapping[str, Successes],
    retriers: Sequence[Retrier],
) -> StateEvidence:
    found = successes.get(machine)
    read = found.read if found else ()
    tries = [(r, t) for r in read for t in r.succeeded if t.state == state]
    errors = {each.error for visit in visits for each in visit.tries}
    used = [r for r in retriers if any(takes(r.errors, error) for error in errors)]
    passes = [*_read_passes(state, read), *_listed_passes(state, found, used)]
    return StateEvidence(
        machine=machine,
        state=state,
        visits=tuple(sorted(visits, key=lambda visit: (visit.first.at, visit.execution))),
        passes=tuple(sorted(passes, key=lambda each: each.at)),
        durations=tuple(
            sorted(
                (t.succeeded_at - t.scheduled_at).total_seconds()
                for _, t in tries
                if t.scheduled_at
            )
        ),
    )


def _read_passes(state: str, read: Sequence[ReadSuccess]) -> list[Pass]:
    """Tries that succeeded at once; where the state failed at first, its visits tell of it."""
    return [
        Pass(each.scheduled_at.timestamp())
        for success in read
        if not any(failed.state == state for failed in success.failed)
        for each in success.succeeded
        if each.state == state and each.scheduled_at is not None
    ]


def _listed_passes(state: str, found: Successes | None, retriers: Sequence[Retrier]) -> list[Pass]:
    if found is None or not found.read:
        return []
    offset = _offset(state, found.read)
    if offset is None:
        return []
    known = {each.execution.arn for each in found.read}
    fastest = min(_seconds(each) for each in found.listed)
    return [
        Pass(each.started_at.timestamp() + offset, *_within(_seconds(each) - fastest, retriers))
        for each in found.listed
        if each.arn not in known
    ]


def _seconds(success: Success) -> float:
    return (success.stopped_at - success.started_at).total_seconds()


def _within(slack: float, retriers: Sequence[Retrier]) -> tuple[int, float]:
    """The most tries that a visit may have taken in so many seconds more, and their spread."""
    return max((_fitting(slack, each) for each in retriers), default=FIRST_TRY)


def _fitting(slack: float, retrier: Retrier) -> tuple[int, float]:
    spread = 0.0
    for used in range(min(retrier.attempts, _MOST_RETRIES)):
        delay = retrier.delay(used) / (2 if retrier.full_jitter else 1)
        if spread + delay > slack:
            return used + 1, spread
        spread += delay
    return min(retrier.attempts, _MOST_RETRIES) + 1, spread


def _offset(state: str, read: Sequence[ReadSuccess]) -> float | None:
    """Seconds from an execution's start to the state, as is usual; None where it is not usual."""
    reached: list[float] = []
    for success in read:
        times = [
            each.scheduled_at
            for each in success.succeeded
            if each.state == state and each.scheduled_at is not None
        ]
        if times:
            failed = [f.scheduled_at for f in success.failed if f.state == state and f.scheduled_at]
            began = min([*times, *failed])
            reached.append((began - success.execution.started_at).total_seconds())
    return median(reached) if len(reached) >= _USUAL * len(read) else None

"""What is known of each state: visits that failed at first, and tries that succeeded at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from sfn_digest.records import Failure
from sfn_digest.retry.asl import Definition
from sfn_digest.retry.visits import Visit, visits_of_failure, visits_of_success
from sfn_digest.successes import ReadSuccess, Successes

_USUAL = 0.8
"""The share of read successes that must have visited a state for others to count as visits."""


@dataclass(frozen=True, slots=True)
class StateEvidence:
    """One state of one machine in the window; times are epoch seconds.

    `passes` are the times of tries that succeeded at once, those of executions that were
    only listed being the time they usually reach the state. `durations` are seconds that
    successful tries took.
    """

    machine: str
    state: str
    visits: tuple[Visit, ...]
    passes: tuple[float, ...]
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
    return tuple(_evidence(*key, visits.get(key, []), successes) for key in sorted(states))


def _evidence(
    machine: str, state: str, visits: list[Visit], successes: Mapping[str, Successes]
) -> StateEvidence:
    found = successes.get(machine)
    read = found.read if found else ()
    tries = [(r, t) for r in read for t in r.succeeded if t.state == state]
    return StateEvidence(
        machine=machine,
        state=state,
        visits=tuple(sorted(visits, key=lambda visit: (visit.first.at, visit.execution))),
        passes=tuple(sorted([*_read_passes(state, read), *_listed_passes(state, found)])),
        durations=tuple(
            sorted(
                (t.succeeded_at - t.scheduled_at).total_seconds()
                for _, t in tries
                if t.scheduled_at
            )
        ),
    )


def _read_passes(state: str, read: Sequence[ReadSuccess]) -> list[float]:
    """Tries that succeeded at once; where the state failed at first, its visits tell of it."""
    return [
        each.scheduled_at.timestamp()
        for success in read
        if not any(failed.state == state for failed in success.failed)
        for each in success.succeeded
        if each.state == state and each.scheduled_at is not None
    ]


def _listed_passes(state: str, found: Successes | None) -> list[float]:
    if found is None or not found.read:
        return []
    offset = _offset(state, found.read)
    if offset is None:
        return []
    known = {each.execution.arn for each in found.read}
    return [each.started_at.timestamp() + offset for each in found.listed if each.arn not in known]


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

"""What is known of each state: visits that failed at first, and attempts that succeeded at once."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from sfn_digest.asl.definition import Definition
from sfn_digest.asl.detours import may_be_left_out
from sfn_digest.asl.matching import takes
from sfn_digest.model.executions import Failure, Nature
from sfn_digest.model.successes import ReadSuccess, Success, Successes
from sfn_digest.retry.observations.clean_visits import (
    USUAL,
    PassesWhenAsked,
    WhenAsked,
    times_of,
)
from sfn_digest.retry.observations.thinning import Pass
from sfn_digest.retry.observations.visits import (
    ObservedAttempt,
    Visit,
    visits_of_failure,
    visits_of_success,
)


@dataclass(frozen=True, slots=True)
class StateEvidence:
    """One state of one machine in the window; times are epoch seconds.

    `passes` are visits in which no attempt is known to have failed, in order of time; those of
    executions that were only listed are at the time they usually reach the state, and may
    have taken as many retries as fit in what they lasted longer than their fastest peer.
    `durations` are seconds that successful attempts took. `at_once` is how many of them an
    execution that succeeded started at once without a refusal, at most, and `let_in` how many one
    ran at the same time, whatever was refused beside them. `sampled` are those of executions that
    stand for all. `within` bounds the longest attempt of each success: where its history was not
    read by the seconds that the execution took, and nothing where few visit it. `events` is the
    most that the history of an execution had which succeeded. `worked` is what the attempts that
    succeeded took in each success, estimated where its history was not read.
    """

    machine: str
    state: str
    visits: tuple[Visit, ...]
    passes: Sequence[Pass]
    durations: tuple[float, ...]
    at_once: int = 0
    let_in: int = 0
    sampled: tuple[float, ...] = ()
    within: Sequence[float] = ()
    worked: Sequence[float] = ()
    events: int = 0


_MOST_EVENTS, _EVENTS_OF_ATTEMPT = 25_000, 5
"""The events of an execution, and of an attempt at most: scheduled, started, submitted, failed."""


def retries_that_fit(evidence: StateEvidence) -> int:
    """How many retries a history has room for beside the events of an execution that succeeds,
    where as many visits fail in it as did at most, or run at once.
    """
    failed = Counter(visit.execution for visit in evidence.visits)
    visits = max(1, evidence.at_once, *failed.values())
    room = max(0, _MOST_EVENTS - evidence.events)
    return room // (_EVENTS_OF_ATTEMPT * visits)


def gather(
    definitions: Mapping[str, Definition],
    failures: Iterable[Failure],
    successes: Mapping[str, Successes],
) -> tuple[StateEvidence, ...]:
    """The evidence on each state that an attempt failed in, or that a read success visited."""
    visits: dict[tuple[str, str], list[Visit]] = defaultdict(list)
    failed: dict[str, list[Failure]] = defaultdict(list)
    for failure in failures:
        machine = failure.execution.machine_arn
        failed[machine].append(failure)
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
        _evidence(
            key,
            visits.get(key, []),
            definitions.get(key[0]),
            failed[key[0]],
            successes.get(key[0]),
        )
        for key in sorted(states)
    )


def _evidence(
    key: tuple[str, str],
    visits: Sequence[Visit],
    definition: Definition | None,
    failures: Sequence[Failure],
    found: Successes | None,
) -> StateEvidence:
    machine, state = key
    known = found or Successes(machine, (), (), complete=False)
    errors = {each.error for visit in visits for each in visit.attempts}
    retriers = (
        definition.states[state].retriers if definition and state in definition.states else ()
    )
    used = [r for r in retriers if any(takes(r.errors, error) for error in errors)]
    certain = definition is None or not may_be_left_out(definition, state)
    return StateEvidence(
        machine=machine,
        state=state,
        visits=tuple(sorted(visits, key=lambda visit: (visit.first.at, visit.execution))),
        passes=PassesWhenAsked(state, used, failures, known, certain=certain) if found else (),
        durations=_seconds(state, known.read),
        at_once=max((_at_once(state, read) for read in known.read), default=0),
        let_in=max((_let_in(state, read) for read in known.read), default=0),
        sampled=_seconds(state, [r for r in known.read if r.execution.arn in known.sampled]),
        within=WhenAsked(partial(_within, state, known)),
        worked=WhenAsked(partial(_worked, state, known)),
        events=max((each.events for each in known.read), default=0),
    )


def _seconds(state: str, read: Iterable[ReadSuccess]) -> tuple[float, ...]:
    """What each attempt of a state took that succeeded, the shortest first."""
    attempts = [each for success in read for each in success.succeeded if each.state == state]
    return tuple(
        sorted(
            (each.succeeded_at - each.scheduled_at).total_seconds()
            for each in attempts
            if each.scheduled_at
        )
    )


def _worked(state: str, found: Successes) -> tuple[float, ...]:
    """Of an unread success as long as those read worked in the time that they did not lose, and no
    longer than any of them: it may have lost time as well.
    """
    read = {each.execution.arn: sum(_seconds(state, [each])) for each in found.read}
    whole = [each for each in found.read if not each.execution.redrive_count]
    took = sum(_took(each.execution) - _lost(each) for each in whole)
    share = sum(read[each.execution.arn] for each in whole) / took if took > 0 else 0.0
    most = max(read.values(), default=0.0)
    return tuple(read.get(each.arn, min(most, share * _took(each))) for each in found.listed)


def _took(success: Success) -> float:
    return (success.stopped_at - success.started_at).total_seconds()


def _lost(success: ReadSuccess) -> float:
    """Seconds that failed attempts and the waits after them took."""
    return sum(
        (each.failed_at - (each.scheduled_at or each.failed_at)).total_seconds()
        + (each.back_off or 0.0)
        for each in success.failed
    )


def _within(state: str, found: Successes) -> tuple[float, ...]:
    longest = {each.execution.arn: _seconds(state, [each]) for each in found.read}
    visited = sum(
        bool(longest[each.execution.arn]) or any(t.state == state for t in each.failed)
        for each in found.read
    )
    if visited < USUAL * len(longest):
        return ()
    known = (
        longest.get(each.arn, (_took(each),)) for each in found.listed if not each.redrive_count
    )
    return tuple(each[-1] for each in known if each)


def _at_once(state: str, success: ReadSuccess) -> int:
    """How many attempts of a state started at once; 0 where one was refused."""
    if any(each.state == state for each in success.failed):
        return 0
    mine = [each for each in success.succeeded if each.state == state]
    return most_at_once(each.scheduled_at.timestamp() for each in mine if each.scheduled_at)


def _let_in(state: str, success: ReadSuccess) -> int:
    """How many attempts of a state ran at the same time and succeeded."""
    mine = [each for each in success.succeeded if each.state == state and each.scheduled_at]
    began = sorted(each.scheduled_at.timestamp() for each in mine if each.scheduled_at)
    ended = sorted(each.succeeded_at.timestamp() for each in mine)
    return max((place + 1 - bisect_right(ended, at) for place, at in enumerate(began)), default=0)


def most_at_once(times: Iterable[float]) -> int:
    """The most of some moments that lie within two seconds."""
    ordered = sorted(times)
    return max(
        (bisect_left(ordered, each + _AT_ONCE) - place for place, each in enumerate(ordered)),
        default=0,
    )


_AT_ONCE = 2.0


@dataclass(frozen=True, slots=True)
class CauseSeen:
    """A cause as it was seen in a state: its nature, and the seconds an attempt took to fail."""

    cause: str
    nature: Nature
    seconds: float


def causes_seen(evidence: StateEvidence) -> Mapping[str, CauseSeen]:
    """The causes of all failed attempts of the state, the most frequent first."""
    attempts = [each for visit in evidence.visits for each in visit.attempts]
    names = sorted({each.cause for each in attempts})
    counted = sorted(names, key=lambda name: -sum(each.cause == name for each in attempts))
    return {name: _seen(name, [t for t in attempts if t.cause == name]) for name in counted}


def _seen(name: str, attempts: Sequence[ObservedAttempt]) -> CauseSeen:
    natures: list[Nature] = [each.nature for each in attempts]
    nature = max(sorted(set(natures)), key=natures.count)
    return CauseSeen(name, nature, median(each.failed - each.at for each in attempts))


def signs_of_work(evidence: StateEvidence) -> list[float]:
    """When the state worked."""
    good = list(times_of(evidence.passes))
    good += [v.recovered_at for v in evidence.visits if v.recovered_at is not None]
    return good + [v.redriven_at for v in evidence.visits if v.redriven_at is not None]


def errors_of(evidence: StateEvidence, cause: str) -> tuple[str, ...]:
    """The error names that the cause came with, where it ended executions."""
    ended = (v for v in evidence.visits if v.fatal and v.last.cause == cause)
    return tuple(sorted({visit.last.error for visit in ended if visit.last.error}))

"""Which kept hints the running definitions carry, and what came of them since.

A state carries a hinted retrier where, for each of the hinted errors, the first retrier that takes
it is at least as patient as the hinted one: at least as many retries, over at least as long a wait.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sfn_digest.adoption.change_records import StoredChange
from sfn_digest.adoption.change_scope import carries_change
from sfn_digest.adoption.hint_records import (
    Findings,
    HintOutcome,
    Kept,
    StoredHint,
    merged_windows,
)
from sfn_digest.adoption.hinted_visits import FailedVisit, failed_visits, visits_hinted
from sfn_digest.adoption.verdict import verdict
from sfn_digest.asl.definition import Definition, Retrier, State, read_retrier
from sfn_digest.asl.edit import as_asl
from sfn_digest.asl.matching import retrier_for
from sfn_digest.model.comparison import Adopted, Verdict
from sfn_digest.model.successes import Success, Successes

_ROUNDING = 1e-9


def carries(state: State, errors: Sequence[str], hinted: Retrier) -> bool:
    """Whether the state retries all of the errors at least as patiently as was hinted."""
    found = running(state, errors)
    return len(found) == len(errors) > 0 and all(
        at_least_as_patient(each, hinted) for each in found
    )


def running(state: State, errors: Sequence[str]) -> list[Retrier]:
    """The state's first retrier for each of the errors; errors that none takes are left out."""
    heartbeat = state.heartbeat is not None
    found = (retrier_for(state.retriers, error, heartbeat=heartbeat) for error in errors)
    return [each for each in found if each is not None]


def at_least_as_patient(one: Retrier, other: Retrier) -> bool:
    """Whether one retrier makes at least the other's retries over at least its total wait.

    Jitter shortens the wait: held against a retrier without it, it counts for half.
    """
    waits = one.longest_wait, other.longest_wait
    if one.full_jitter and not other.full_jitter:
        waits = waits[0] / 2, waits[1]
    return one.attempts >= other.attempts and waits[0] >= waits[1] * (1 - _ROUNDING)


_ORDER: Sequence[Verdict] = ("worse", "better", "as_predicted", "too_few")


def judge(
    kept: Sequence[Kept], read: Findings, now: datetime
) -> tuple[tuple[Adopted, ...], tuple[StoredHint, ...]]:
    """What came of the retriers that definitions carry, and all of them as they stand now.

    Hints of machines whose definition was not read stay as they are and are not reported. Of
    several hints on one state and cause that are carried, the one given last is judged.
    """
    hints = [each for each in kept if isinstance(each, StoredHint)]
    standing = _the_last_of_each([_standing(hint, read, now) for hint in hints])
    adopted = {hint.machine_arn for hint in standing if hint.adopted_at is not None}
    seen = {arn: failed_visits(read, arn) for arn in adopted}
    counted = [_counted(hint, read, seen.get(hint.machine_arn, ())) for hint in standing]
    judged = [
        _adopted(hint, state, hint.adopted_at)
        for hint in counted
        if (state := _state(hint, read)) is not None and hint.adopted_at is not None
    ]
    judged.sort(key=lambda each: (_ORDER.index(each.verdict), -each.failures, each.machine_arn))
    return tuple(judged), tuple(counted)


def taken_up(
    kept: Iterable[Kept], definitions: Mapping[str, Definition], *, new: bool = False
) -> tuple[str, ...]:
    """The machines by ARN whose definition carries a kept hint; `new`: and did not before."""
    found = (
        hint.machine_arn
        for hint in kept
        if not (new and hint.adopted_at) and is_carried(hint, definitions)
    )
    return tuple(dict.fromkeys(found))


def is_carried(hint: Kept, definitions: Mapping[str, Definition]) -> bool:
    """Whether the definition of the hint's machine carries it."""
    definition = definitions.get(hint.machine_arn)
    state = definition.states.get(hint.state) if definition else None
    if isinstance(hint, StoredChange) and definition is not None and state is not None:
        return carries_change(hint.kind, state, hint.errors, hint.patched, hint.was, definition)
    if isinstance(hint, StoredChange):
        return False
    return state is not None and carries(state, hint.errors, read_retrier(hint.retrier))


def _state(hint: StoredHint, read: Findings) -> State | None:
    definition = read.definitions.get(hint.machine_arn)
    return definition.states.get(hint.state) if definition else None


def _standing(hint: StoredHint, read: Findings, now: datetime) -> StoredHint:
    """The hint, adopted or not as the running definition says."""
    if _state(hint, read) is None:
        return hint
    if not is_carried(hint, read.definitions):
        return replace(hint, adopted_at=None, observed=HintOutcome())
    if hint.adopted_at is not None:
        return hint
    return replace(hint, adopted_at=adoption_time(hint, read, now))


def adoption_time(hint: Kept, read: Findings, now: datetime) -> datetime:
    """When a hint was adopted that a definition carries for the first time."""
    changed = read.changed.get(hint.machine_arn)
    # A change before the hint was last given is another one: no execution is known since.
    return changed if changed is not None and changed > hint.last_hinted_at else now


def _the_last_of_each(hints: Iterable[StoredHint]) -> list[StoredHint]:
    """Without adopted hints that a later one, adopted too, has taken the place of."""
    ordered = sorted(hints, key=lambda hint: (hint.last_hinted_at, hint.key), reverse=True)
    chosen: set[tuple[str, str, str]] = set()
    left = []
    for hint in ordered:
        if hint.adopted_at is not None:
            if hint.group in chosen:
                continue
            chosen.add(hint.group)
        left.append(hint)
    return left


def _counted(hint: StoredHint, read: Findings, visits: Sequence[FailedVisit]) -> StoredHint:
    """The hint with what this window adds, where all of its failures were read."""
    state, found = _state(hint, read), read.successes.get(hint.machine_arn)
    if hint.adopted_at is None or state is None or found is None:
        return hint
    if hint.machine_arn in read.partly_read or read.window.end <= hint.adopted_at:
        return hint
    before = hint.observed
    fresh = [
        each
        for each in visits_hinted(visits, hint.state, hint.cause, hint.errors)
        if _is_fresh(each.started_at, each.stopped_at, hint)
    ]
    observed = HintOutcome(
        failures=before.failures + len(fresh),
        recovered=before.recovered + sum(each.recovered for each in fresh),
        incidents=before.incidents + read.incidents.count(each.visit for each in fresh),
        unread=before.unread + _unread(found, hint, _quickest(hint, state)),
        unlisted=before.unlisted or not found.complete,
        windows=merged_windows([*before.windows, read.window]),
    )
    return replace(hint, observed=observed)


def _is_fresh(started_at: datetime, stopped_at: datetime, hint: StoredHint) -> bool:
    """Whether an execution ran with the adopted hint, and was not counted before."""
    after = hint.adopted_at is not None and started_at >= hint.adopted_at
    return after and not any(stopped_at in window for window in hint.observed.windows)


def _quickest(hint: StoredHint, state: State) -> float:
    """Seconds that a retry of the hint's errors waits at least."""
    retriers = running(state, hint.errors)
    return min((0.0 if r.full_jitter else r.delay(0) for r in retriers), default=0.0)


def _unread(found: Successes, hint: StoredHint, quickest: float) -> int:
    """How many successes may have needed a retry and were not read.

    One that took less than the retry's wait longer than its fastest peer had none.
    """
    read = {each.execution.arn for each in found.read}
    fastest = min(map(_seconds, found.listed), default=0.0)
    return sum(
        _is_fresh(each.started_at, each.stopped_at, hint)
        and _seconds(each) - fastest >= quickest
        and each.arn not in read
        for each in found.listed
    )


def _seconds(success: Success) -> float:
    return (success.stopped_at - success.started_at).total_seconds()


def _adopted(hint: StoredHint, state: State, adopted_at: datetime) -> Adopted:
    observed = hint.observed
    return Adopted(
        kind=hint.kind,
        machine_arn=hint.machine_arn,
        state=hint.state,
        cause=hint.cause,
        errors=hint.errors,
        retrier=as_asl(running(state, hint.errors)[0]),
        hinted_at=hint.hinted_at,
        adopted_at=adopted_at,
        predicted_low=hint.predicted_low,
        predicted_high=hint.predicted_high,
        failures=observed.failures,
        recovered=observed.recovered,
        verdict=verdict(observed, hint.predicted_low, hint.predicted_high),
        at_least=observed.at_least,
    )

"""What came of the hints that set no retrier to retry by, where definitions carry them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import partial

from sfn_digest.adoption.change_records import StoredChange
from sfn_digest.adoption.change_scope import (
    KINDS,
    STOPS,
    ChangeScope,
    added,
    carries_change,
    counted,
    difference,
    scope_of,
    was_set,
)
from sfn_digest.adoption.definition_outlines import changed_otherwise, outline
from sfn_digest.adoption.hint_records import Findings, Kept, merged_windows
from sfn_digest.adoption.judge import adoption_time, is_carried
from sfn_digest.asl.definition import Definition
from sfn_digest.model.comparison import AdoptedChange, ChangeTally, ChangeVerdict, HintedChange
from sfn_digest.model.executions import Window
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.dead_retriers import KIND as DEAD
from sfn_digest.retry.hints.timeouts import MISSING

_ORDER: Sequence[ChangeVerdict] = ("more", "fewer", "counted", "same", "otherwise", "too_few")


def changes_to_store(
    hints: Sequence[Hint], read: Findings, now: datetime
) -> tuple[StoredChange, ...]:
    """What is to be kept of a report's hints that `patch` can write down, retriers to retry by
    left out, with what was counted before anybody took them up.
    """
    found = []
    for hint in hints:
        definition = read.definitions.get(hint.machine_arn)
        if hint.kind in KINDS and hint.patched is not None and definition is not None:
            beside = [each for each in hints if each.machine_arn == hint.machine_arn]
            found += _stored(hint, beside, definition, read, now)
    return tuple(found)


def _stored(
    hint: Hint, beside: Sequence[Hint], definition: Definition, read: Findings, now: datetime
) -> list[StoredChange]:
    state = definition.states.get(hint.state or "")
    if state is None:
        return []
    patched, was = hint.patched or {}, was_set(hint, state)
    if carries_change(hint.kind, state, hint.errors, patched, was, definition):
        return []
    scope = scope_of(hint.kind, state.name, hint.cause, hint.errors, definition)
    before = counted(read, hint.machine_arn, hint.kind, scope, lambda *_: True)
    return [
        StoredChange(
            kind=hint.kind,
            machine_arn=hint.machine_arn,
            state=state.name,
            cause=hint.cause,
            errors=hint.errors,
            patched=patched,
            was=was,
            outline=outline(definition, beside, state.name),
            hinted_at=now,
            last_hinted_at=now,
            before=before or ChangeTally(),
        )
    ]


def judge_changes(
    kept: Sequence[Kept], read: Findings, now: datetime
) -> tuple[tuple[AdoptedChange, ...], tuple[StoredChange, ...]]:
    """What came of the changes that definitions carry, and all changes as they stand now.

    Those of machines whose definition was not read stay as they are and are not reported.
    """
    carried = [each for each in kept if is_carried(each, read.definitions)]
    changes = [each for each in kept if isinstance(each, StoredChange)]
    standing = [_counted(_standing(each, carried, read, now), carried, read) for each in changes]
    adopted = [
        _adopted(each, each.adopted_at)
        for each in standing
        if each.adopted_at is not None and each.machine_arn in read.definitions
    ]
    adopted.sort(
        key=lambda each: (_ORDER.index(each.verdict), -each.before.ended, each.machine_arn)
    )
    return tuple(adopted), tuple(standing)


def _standing(
    change: StoredChange, carried: Collection[Kept], read: Findings, now: datetime
) -> StoredChange:
    """The change, adopted or not as the running definition says."""
    definition = read.definitions.get(change.machine_arn)
    if definition is None or change.state not in definition.states:
        return change
    if change not in carried:
        return replace(
            change,
            adopted_at=None,
            otherwise=False,
            since=ChangeTally(),
            windows=(),
            together=False,
        )
    if change.adopted_at is not None:
        return change
    states = _scope(change, definition).states | {change.state}
    return replace(
        change,
        adopted_at=adoption_time(change, read, now),
        otherwise=changed_otherwise(change, definition, carried),
        together=any(
            each is not change
            and each.machine_arn == change.machine_arn
            and each.state in states
            and not set(each.errors).isdisjoint(change.errors)
            for each in carried
        ),
    )


def _scope(change: StoredChange, definition: Definition) -> ChangeScope:
    return scope_of(change.kind, change.state, change.cause, change.errors, definition)


def _counted(change: StoredChange, carried: Collection[Kept], read: Findings) -> StoredChange:
    """The change with what this window adds, unless more than it was changed."""
    definition = read.definitions.get(change.machine_arn)
    if change.adopted_at is None or change.otherwise or definition is None:
        return change
    if read.window.end <= change.adopted_at or changed_otherwise(change, definition, carried):
        return change
    fresh = partial(_is_fresh, change.adopted_at, change.windows)
    more = counted(read, change.machine_arn, change.kind, _scope(change, definition), fresh)
    if more is None:
        return change
    found = read.successes.get(change.machine_arn)
    if _is_catch(change) and found is not None and len(found.read) < len(found.listed):
        more = replace(more, at_least=True)
    windows = merged_windows([*change.windows, read.window])
    return replace(change, since=added(change.since, more), windows=windows)


def mended_catchers(kept: Iterable[Kept], definitions: Mapping[str, Definition]) -> frozenset[str]:
    """The machines by ARN in which a Catch has been spelled right since a hint on it."""
    return frozenset(
        each.machine_arn
        for each in kept
        if isinstance(each, StoredChange) and _is_catch(each) and is_carried(each, definitions)
    )


def _is_catch(change: StoredChange) -> bool:
    """Whether a Catch was mended. It takes an error at once: an execution that met one need be no
    slower than others, so only reading it tells."""
    return change.kind == DEAD and "Catch" in change.patched


def _is_fresh(
    adopted_at: datetime, windows: Iterable[Window], started_at: datetime, stopped_at: datetime
) -> bool:
    """Whether an execution ran with the change, and was not counted before."""
    return started_at >= adopted_at and not any(stopped_at in window for window in windows)


def _adopted(change: StoredChange, adopted_at: datetime) -> AdoptedChange:
    shared = {each.name: getattr(change, each.name) for each in fields(HintedChange)}
    return AdoptedChange(**shared, adopted_at=adopted_at, verdict=change_verdict(change))


def change_verdict(change: StoredChange) -> ChangeVerdict:
    """How a change that is carried did."""
    if change.otherwise:
        return "otherwise"
    if change.kind in (DEAD, MISSING, *STOPS) or _is_lowered(change):
        return "counted" if change.since.failed else "too_few"
    known = change.since.executions > 0 and not change.since.at_least
    return difference(change.before, change.since, fewer_is_known=known)


def _is_lowered(change: StoredChange) -> bool:
    """Whether a timeout was made shorter, which ends the same attempts sooner."""
    hinted, was = (each.get("TimeoutSeconds") for each in (change.patched, change.was))
    if not (isinstance(hinted, int | float) and isinstance(was, int | float)):
        return False
    return hinted < was

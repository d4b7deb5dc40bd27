"""Whether a definition was changed in another way than by the hints that it carries.

Of what is in a definition nothing is kept but digests of it: it may be nobody else's business.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sfn_digest.adoption.change_records import DefinitionOutline, StoredChange
from sfn_digest.adoption.hint_records import Kept
from sfn_digest.asl.definition import Definition, Json, State, read_retrier
from sfn_digest.asl.ecs_branch import CannotBranchError, branch_states
from sfn_digest.asl.edit import as_asl
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.ecs_tasks import BRANCH

_LISTS = ("Retry", "Catch")
_SET = frozenset({*_LISTS, "TimeoutSeconds", "MaxConcurrency"})
"""The fields that hints set."""
_DIGITS = 12


def outline(definition: Definition, hints: Iterable[Hint], state: str) -> DefinitionOutline:
    """What is kept of a definition for a hint on this state; `hints` are all on the machine."""
    written = [hint for hint in hints if hint.patched is not None and hint.state]
    about = tuple(sorted({str(hint.state) for hint in written}))
    added = tuple(sorted({name for hint in written for name in _added(definition, hint)}))
    own = tuple(sorted(_items(definition.states[state].asl)))
    return DefinitionOutline(_elsewhere(definition, about, added), about, added, own)


def _added(definition: Definition, hint: Hint) -> Collection[str]:
    if hint.kind != BRANCH:
        return ()
    try:
        return branch_states(definition.states[str(hint.state)]).keys() - definition.states.keys()
    except CannotBranchError:
        return ()


def changed_otherwise(
    change: StoredChange, definition: Definition, carried: Collection[Kept]
) -> bool:
    """Whether more was changed since a hint was given than what hints say that are `carried`."""
    kept, state = change.outline, definition.states.get(change.state)
    if state is None or _elsewhere(definition, kept.about, kept.added) != kept.elsewhere:
        return True
    mine = [each for each in carried if _is_on(each, change)]
    return not _is_explained(kept.own, state, mine)


def _is_on(each: Kept, change: StoredChange) -> bool:
    return (each.machine_arn, each.state) == (change.machine_arn, change.state)


def _is_explained(own: Collection[str], state: State, carried: Sequence[Kept]) -> bool:
    """Whether hints account for what the fields of a state hold now and did not before, and for
    what they no longer hold. A retrier to retry by may have taken the place of another.
    """
    now, before = _items(state.asl), set(own)
    hinted: set[str] = set()
    left: set[str] = set()
    retriers = 0
    for each in carried:
        if isinstance(each, StoredChange):
            set_now = _items(each.patched)
            fields = {name for name in each.patched if name not in _LISTS}
            hinted |= set_now | fields
            left |= {item for item in before - set_now if _field(item) in each.patched}
        else:
            hinted |= _items({"Retry": [each.retrier]})
            retriers += 1
    new = {item for item in now - before if item not in hinted and _field(item) not in hinted}
    gone = {item for item in before - now if item not in left}
    return not new and len(gone) <= retriers and all(_field(item) == "Retry" for item in gone)


def _items(asl: Json) -> set[str]:
    """The fields that hints set, by name and digest: of lists each element."""
    found = set()
    for name in _SET & asl.keys():
        values = asl[name] if name in _LISTS and isinstance(asl[name], list) else [asl[name]]
        found |= {f"{name} {_digest(_spelled_out(name, value))}" for value in values}
    return found


def _spelled_out(name: str, value: Any) -> Any:
    """A retrier with its defaults, which may be left out."""
    if name != "Retry" or not isinstance(value, Mapping):
        return value
    return {**value, **as_asl(read_retrier(value))}


def _field(item: str) -> str:
    return item.partition(" ")[0]


def _elsewhere(definition: Definition, about: Collection[str], added: Collection[str]) -> str:
    return _digest(_without(definition.asl, about, added))


def _without(value: Any, about: Collection[str], added: Collection[str]) -> Any:
    """A definition less comments, added states, and the fields that hints set."""
    if isinstance(value, list):
        return [_without(each, about, added) for each in value]
    if not isinstance(value, Mapping):
        return value
    found = {}
    for key, each in value.items():
        if key == "Comment":
            continue
        states = key == "States" and isinstance(each, Mapping)
        inner = _less(each, about, added) if states else each
        found[key] = _without(inner, about, added)
    return found


def _less(states: Json, about: Collection[str], added: Collection[str]) -> dict[str, Any]:
    return {
        name: {key: value for key, value in asl.items() if key not in _SET}
        if name in about and isinstance(asl, Mapping)
        else asl
        for name, asl in states.items()
        if name not in added
    }


def _digest(value: Any) -> str:
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _plain(value: Any) -> Any:
    """The value with whole numbers written as such: tools that deploy write 2.0 as 2."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value

"""A hint's change, written down: the state, the whole definition, a diff, CDK and Terraform.

Nothing but the named states changes, and of them nothing but what the hints are about.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import unified_diff
from typing import Any

from sfn_digest.asl.definition import (
    LONGEST_DELAY,
    Definition,
    Json,
    Path,
    Retrier,
    State,
    read_definition,
    read_retrier,
)
from sfn_digest.asl.error_names import meant, nearly, resembles
from sfn_digest.asl.matching import ALL, covers, takes
from sfn_digest.model.report import Hint

_LISTS = frozenset({"Retry", "Catch"})
_MENDS = "dead_retrier"
"""The kind of hint that spells a name of one element right, and leaves the others as they are."""


def as_asl(retrier: Retrier) -> dict[str, Any]:
    """A retrier in Amazon States Language; what is AWS's default is left out where it may be."""
    if retrier.attempts == 0:
        return {"ErrorEquals": list(retrier.errors), "MaxAttempts": 0}
    asl: dict[str, Any] = {
        "ErrorEquals": list(retrier.errors),
        "IntervalSeconds": int(retrier.interval),
        "MaxAttempts": retrier.attempts,
        "BackoffRate": int(retrier.rate) if retrier.rate == int(retrier.rate) else retrier.rate,
    }
    if retrier.rate > 1 and retrier.max_delay < LONGEST_DELAY:
        asl["MaxDelaySeconds"] = int(retrier.max_delay)
    if retrier.full_jitter:
        asl["JitterStrategy"] = "FULL"
    return asl


def with_retrier(state: State, retrier: Retrier) -> dict[str, Any]:
    """The state with the Retry of `retry_field`."""
    return with_retry(state.asl, retry_field(state, retrier)["Retry"])


def retry_field(state: State, retrier: Retrier) -> dict[str, list[Any]]:
    """The state's Retry with a retrier before the first that takes one of the same errors, or would
    if its names were spelled right.

    One of its own that names just the same errors makes way; all others stay as they are.
    """
    own = list(state.asl.get("Retry") or ())
    kept: list[Any] = []
    place: int | None = None
    for known, asl in zip(state.retriers, own, strict=True):
        names = (*known.errors, *map(_spelled_right, known.errors))
        if place is None and any(takes(names, error) for error in retrier.errors):
            place = len(kept)
        if set(known.errors) != set(retrier.errors):
            kept.append(asl)
    kept.insert(len(kept) if place is None else place, as_asl(retrier))
    return {"Retry": kept}


def _spelled_right(name: str) -> str:
    return meant(name) or nearly(name) or name


def with_name(
    elements: Sequence[Json], place: int, name: str, right: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A Retry or Catch with a name of one element replaced, and that element.

    It stands before those that would hide it then, and else behind those that it would hide;
    States.ALL stands alone in it.
    """
    names = [right if each == name else each for each in elements[place]["ErrorEquals"]]
    alone = [ALL] if right == ALL else list(dict.fromkeys(names))
    mended = {**elements[place], "ErrorEquals": alone}
    kept = [dict(each) for number, each in enumerate(elements) if number != place]
    hiding = [
        number
        for number, each in enumerate(kept[:place])
        if any(covers(earlier, right) for earlier in each["ErrorEquals"])
    ]
    hidden = [
        number
        for number, each in enumerate(kept[place:], start=place + 1)
        if any(covers(right, later) for later in each["ErrorEquals"])
    ]
    kept.insert(min(hiding, default=max(hidden, default=place)), mended)
    return kept, mended


def with_retry(state: Json, retriers: Sequence[Any]) -> dict[str, Any]:
    """The state with another Retry field, in its old place or before Catch and the ending."""
    if "Retry" in state:
        return {key: list(retriers) if key == "Retry" else value for key, value in state.items()}
    changed: dict[str, Any] = {}
    for key, value in state.items():
        if key in ("Catch", "Next", "End") and "Retry" not in changed:
            changed["Retry"] = list(retriers)
        changed[key] = value
    return changed if "Retry" in changed else {**changed, "Retry": list(retriers)}


def patched_definition(definition: Definition, changes: Mapping[str, Json]) -> dict[str, Any]:
    """The whole definition with some states, by name, replaced.

    Raises KeyError for a state that the definition does not have.
    """
    asl: Any = definition.asl
    # The outermost first, so that a changed outer state does not undo an inner one.
    for name in sorted(changes, key=lambda name: len(definition.states[name].path)):
        asl = replaced(asl, definition.states[name].path, changes[name])
    result: dict[str, Any] = asl
    return result


def replaced(value: Any, path: Path, new: Json) -> Any:
    """The value with what lies at `path` replaced; what lies elsewhere is the same object."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        return [replaced(v, rest, new) if i == step else v for i, v in enumerate(value)]
    return {k: replaced(v, rest, new) if k == step else v for k, v in value.items()}


def apply_hints(definition: Definition, hints: Iterable[Hint]) -> dict[str, Any]:
    """The definition with the changes of all hints that can be written down: a hint tells the
    fields that it sets, all others are the definition's own.

    Of two hints on one field of a state the later one counts, save that each adds its
    retrier, or mends the one it is about. The fields keep their order. Hints of other
    machines, or on states that are gone, raise KeyError.
    """
    changed = definition
    for hint in hints:
        if hint.patched is None or hint.state is None:
            continue
        before = definition.states[hint.state]
        state = changed.states[hint.state]
        new = {key: each for key, each in hint.patched.items() if each != before.asl.get(key)}
        for field in _LISTS & new.keys():
            new[field] = _merged(state, hint, field)
        placed = with_retry(before.asl, ()) if "Retry" in new else before.asl
        asl = with_fields(state.asl, new, list({**placed, **new}))
        changed = read_definition(patched_definition(changed, {hint.state: asl}))
    result: dict[str, Any] = dict(changed.asl)
    return result


def _merged(now: State, hint: Hint, field: str) -> list[Any]:
    """A list of the state as it is now, with what a hint changes on it."""
    given: Any = (hint.patched or {})[field]
    if hint.kind == _MENDS:
        own = now.asl.get(field) or ()
        found = _misspelled(own, given, hint.errors)
        return with_name(own, *found)[0] if found else list(own)
    if field == "Retry" and hint.retrier is not None:
        return retry_field(now, read_retrier(hint.retrier))["Retry"]
    return list(given)


def _misspelled(
    own: Sequence[Json], given: Iterable[Json], errors: Sequence[str]
) -> tuple[int, str, str] | None:
    """Which element of a list a hint mends, the name in it, and the one that was meant.

    None where the name is right already, or the rest of the element is not as the hint saw it.
    """
    right = errors[0]
    seen = [_beside(each) for each in given if right in each["ErrorEquals"]]
    if any(right in each["ErrorEquals"] for each in own):
        return None
    for place, element in enumerate(own):
        for name in element["ErrorEquals"] if _beside(element) in seen else ():
            if resembles(name, right):
                return place, name, right
    return None


def _beside(element: Json) -> Json:
    return {key: value for key, value in element.items() if key != "ErrorEquals"}


def fits(definition: Definition, hint: Hint) -> bool:
    """Whether a hint that was given earlier changes nothing of a definition but what it is about.

    What it mends, or a list that it gives whole, may have been changed by others since: then it
    does not fit.
    """
    state = definition.states[hint.state or ""]
    for field in _LISTS & (hint.patched or {}).keys():
        own: Any = state.asl.get(field) or ()
        given: Any = (hint.patched or {})[field]
        if hint.kind == _MENDS:
            right = any(hint.errors[0] in each["ErrorEquals"] for each in own)
            if not right and _misspelled(own, given, hint.errors) is None:
                return False
        elif hint.retrier is None and own != given:
            return False
    return True


def with_fields(state: Json, new: Json, order: Sequence[str]) -> dict[str, Any]:
    """The state with fields set; those it lacks stand before what follows them in `order`."""
    changed = {key: new.get(key, value) for key, value in state.items()}
    for key in sorted(new.keys() - state.keys(), key=order.index):
        later = order[order.index(key) + 1 :]
        rows = list(changed.items())
        place = next((n for n, (name, _) in enumerate(rows) if name in later), len(rows))
        changed = dict([*rows[:place], (key, new[key]), *rows[place:]])
    return changed


def diff(definition: Definition, patched: Json, name: str) -> str:
    """A unified diff of two definitions, as `json.dumps` with two spaces writes them."""
    before, after = (text_of(each).splitlines(keepends=True) for each in (definition.asl, patched))
    return "".join(unified_diff(before, after, f"{name} (running)", f"{name} (hinted)"))


def text_of(asl: Json) -> str:
    """A definition as a file holds it."""
    return json.dumps(asl, indent=2, ensure_ascii=False) + "\n"

"""Which states an execution may succeed without: those that a Choice leads past."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sfn_digest.asl.definition import Definition, Json


def may_be_left_out(definition: Definition, name: str) -> bool:
    """Whether an execution may succeed without entering a state, by the way its Choices lead.

    A Map without items enters nothing either, and a Catch may lead past it: those are rare.
    """
    state = definition.states.get(name)
    if state is None:
        return False
    levels = [definition.states[each] for each in state.holders] + [state]
    return any(_ends_without(_block(definition.asl, each.path[:-2]), each.name) for each in levels)


def _block(asl: Json, path: Sequence[str | int]) -> Json:
    """The states that stand beside each other, and where they start."""
    block: Any = asl
    for step in path:
        block = block[step]
    found: Json = block
    return found


def _ends_without(block: Json, name: str) -> bool:
    states: Json = block["States"]
    ahead, seen = [block.get("StartAt")], {name}
    while ahead:
        now = ahead.pop()
        state = states.get(now) if isinstance(now, str) else None
        if not isinstance(now, str) or now in seen or not isinstance(state, Mapping):
            continue
        seen.add(now)
        if state.get("End") is True or state.get("Type") == "Succeed":
            return True
        ahead += _following(state)
    return False


def _following(state: Json) -> Iterator[object]:
    yield state.get("Next")
    yield state.get("Default")
    rules = state.get("Choices")
    for rule in rules if isinstance(rules, list) else ():
        if isinstance(rule, Mapping):
            yield rule.get("Next")

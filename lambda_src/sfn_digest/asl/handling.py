"""What becomes of an error in a definition: which retrier waits for it, and who catches it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sfn_digest.asl.definition import Catcher, Definition, Json, Retrier, State
from sfn_digest.asl.matching import RUNTIME, name_takes, retrier_for


@dataclass(frozen=True, slots=True)
class Ending:
    """Where an error goes on that no retrier takes any more.

    `catcher` is the state whose Catch takes it: the one that failed, or one around it. `ends_well`:
    some way on leads to End or a Succeed state.
    """

    catcher: str
    next: str
    ends_well: bool


def ending_of(definition: Definition, state: State, error: str) -> Ending | None:
    """What catches the error; None where nothing does and the execution fails."""
    for name in (state.name, *reversed(state.holders)):
        around = definition.states.get(name)
        catcher = _catcher(around, error) if around else None
        if around is not None and catcher is not None:
            return Ending(name, catcher.next, _ends_well(definition, catcher.next))
    return None


def _catcher(state: State, error: str) -> Catcher | None:
    """The first that takes an error; States.ALL takes States.DataLimitExceeded in a Catch."""
    heartbeat = state.heartbeat is not None
    for each in state.catchers:
        if any(name_takes(name, error, heartbeat=heartbeat) for name in each.errors) or (
            "States.ALL" in each.errors and error != RUNTIME
        ):
            return each
    return None


def hides_errors(definition: Definition) -> bool:
    """Whether an execution may succeed because a Catch took an error: some way from where one
    leads ends well, if only by a further Catch.
    """
    return any(
        _ends_well(definition, catcher.next, caught=True)
        for state in definition.states.values()
        for catcher in state.catchers
    )


def _ends_well(definition: Definition, name: str, *, caught: bool = False) -> bool:
    """Whether a way leads from a state to a good end; errors on it are left out, or `caught`."""
    seen: set[str] = set()
    left = [name]
    while left:
        state = definition.states.get(left.pop())
        if state is None or state.name in seen:
            continue
        seen.add(state.name)
        if state.type == "Succeed" or state.asl.get("End") is True:
            return True
        left += _nexts(state.asl)
        left += (each.next for each in state.catchers if caught)
    return False


def _nexts(asl: Json) -> Iterator[str]:
    choices = asl.get("Choices")
    for each in (asl, *(choices if isinstance(choices, list) else ())):
        for field in ("Next", "Default"):
            if isinstance(each, Mapping) and isinstance(each.get(field), str):
                yield each[field]


def handling_of(definition: Definition, state: State, errors: Collection[str]) -> object:
    """All that decides what becomes of these errors, to compare one definition with another.

    Names in a retrier that none of the errors bears do not count.
    """
    heartbeat = state.heartbeat is not None
    found = {error: retrier_for(state.retriers, error, heartbeat=heartbeat) for error in errors}
    return (
        state.timeout,
        state.heartbeat,
        definition.timeout,
        tuple(
            (error, _settings(found[error]), _sharing(found, error),
             ending_of(definition, state, error))
            for error in sorted(errors)
        ),
    )  # fmt: skip


def _settings(retrier: Retrier | None) -> object:
    if retrier is None or retrier.attempts == 0:
        return None
    delays = tuple(retrier.delay(used) for used in range(min(retrier.attempts, 64)))
    return retrier.attempts, delays, retrier.full_jitter


def _sharing(found: Mapping[str, Retrier | None], error: str) -> frozenset[str]:
    """The errors that count on the same retrier."""
    mine = found[error]
    return frozenset(name for name, each in found.items() if each is mine and each is not None)

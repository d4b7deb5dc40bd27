"""What becomes of an error in a definition: which retrier waits for it, and who catches it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sfn_digest.asl.definition import Catcher, Definition, Json, Retrier, State
from sfn_digest.asl.matching import EXCEEDED, RUNTIME, name_takes, retrier_for


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
    heartbeat = state.heartbeat is not None
    for around, named in passed(definition, state, error):
        catcher = _catcher(around, named, heartbeat=heartbeat)
        if catcher is not None:
            return Ending(around.name, catcher.next, _ends_well(definition, catcher.next))
    return None


def passed(definition: Definition, state: State, error: str) -> Iterator[tuple[State, str]]:
    """The states that an error passes until it ends the execution: the one that failed, then those
    around it, each with the name that the error has there.

    A Distributed Map does not fail by its children's errors, but since too many of them failed.
    """
    yield state, error
    for name in reversed(state.holders):
        around = definition.states.get(name)
        if around is None:
            continue
        error = EXCEEDED if around.distributed else error
        yield around, error


def retriers_on_the_way(
    definition: Definition, state: State, error: str
) -> tuple[Retrier | None, ...]:
    """For the state and each state around it, the inner first, the retrier that takes the error.

    Where a Catch takes it, the states farther out never see it. An outer one retries only what an
    inner one no longer does: it then runs all that it holds again, and their counts start over.
    """
    heartbeat = state.heartbeat is not None
    found: list[Retrier | None] = []
    for around, named in passed(definition, state, error):
        found.append(retrier_for(around.retriers, named, heartbeat=heartbeat))
        if _catcher(around, named, heartbeat=heartbeat) is not None:
            break
    return tuple(found)


def _catcher(state: State, error: str, *, heartbeat: bool) -> Catcher | None:
    """The first that takes an error; States.ALL takes States.DataLimitExceeded in a Catch."""
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
    found = {error: retriers_on_the_way(definition, state, error) for error in errors}
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


def _settings(retriers: Sequence[Retrier | None]) -> object:
    """The settings on the way out, up to the last state that retries."""
    found = [_setting(each) for each in retriers]
    while found and found[-1] is None:
        found.pop()
    return tuple(found)


def _setting(retrier: Retrier | None) -> object:
    if retrier is None or retrier.attempts == 0:
        return None
    delays = tuple(retrier.delay(used) for used in range(min(retrier.attempts, 64)))
    return retrier.attempts, delays, retrier.full_jitter


def _sharing(found: Mapping[str, Sequence[Retrier | None]], error: str) -> object:
    """The errors that count on the same retrier, for each state on the way that retries."""
    return tuple(
        frozenset(name for name, each in found.items() if place < len(each) and each[place] is mine)
        for place, mine in enumerate(found[error])
        if mine is not None
    )

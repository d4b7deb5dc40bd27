"""What a hint that sets no retrier to retry by is about, and whether a definition carries it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sfn_digest.adoption.hinted_visits import FailedVisit
from sfn_digest.asl.definition import Definition, State
from sfn_digest.asl.ecs_branch import runs_on_demand_next
from sfn_digest.asl.matching import retrier_for, takes
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.dead_retriers import KIND as DEAD
from sfn_digest.retry.hints.ecs_tasks import BRANCH, ON_SPOT
from sfn_digest.retry.hints.herds import CONCURRENCY, HERD
from sfn_digest.retry.hints.retry_longer import LEARN, RETRY
from sfn_digest.retry.hints.stop_retrying import STOP, TIMED_OUT
from sfn_digest.retry.hints.timeouts import MISSING, VALUE
from sfn_digest.retry.observations.incidents import CROWDED

KINDS = frozenset({BRANCH, CONCURRENCY, DEAD, HERD, MISSING, STOP, TIMED_OUT, VALUE})
"""The kinds that `patch` can write down, without those that predict a share of recoveries."""
SPOT = ON_SPOT | {"task_start_failure"}
"""The causes after which a task runs on demand."""
STOPS = frozenset({STOP, TIMED_OUT})
CROWDS = frozenset({CONCURRENCY, HERD})
RETRIERS = frozenset({RETRY, LEARN})


@dataclass(frozen=True, slots=True)
class ChangeScope:
    """The states and causes that a change is about; no causes are all. `errors` are the hint's."""

    states: frozenset[str]
    causes: frozenset[str]
    errors: tuple[str, ...]

    def holds(self, seen: FailedVisit) -> bool:
        """Whether a visit that failed is what the change is about."""
        visit = seen.visit
        right = not self.causes or visit.last.cause in self.causes
        return visit.state in self.states and right and takes(self.errors, visit.last.error)

    def may_pass(self, seen: FailedVisit) -> bool:
        """Whether a visit failed under the same errors by another cause, one that may pass."""
        visit = seen.visit
        return (
            visit.state in self.states
            and visit.last.cause not in self.causes
            and visit.last.nature == "transient"
            and takes(self.errors, visit.last.error)
        )


def scope_of(
    kind: str, state: str, cause: str, errors: Collection[str], definition: Definition
) -> ChangeScope:
    """What a hint of this kind is counted on."""
    states, causes = {state}, {cause}
    if kind == CONCURRENCY:
        states = {each.name for each in definition.states.values() if state in each.holders}
    if kind in CROWDS:
        causes = {*CROWDED, cause}
    elif kind == BRANCH:
        states, causes = {state, f"{state} on demand"}, {*SPOT}
    elif kind == DEAD:
        causes = set()
    return ChangeScope(frozenset(states), frozenset(causes), tuple(errors))


def carries_change(
    kind: str,
    state: State,
    errors: Collection[str],
    patched: Mapping[str, object],
    was: Mapping[str, object],
    definition: Definition,
) -> bool:
    """Whether a state does what a hint of this kind said."""
    if kind == BRANCH:
        return runs_on_demand_next(definition, state)
    if kind == CONCURRENCY:
        most = patched.get("MaxConcurrency")
        return isinstance(most, int) and (state.max_concurrency or most + 1) <= most
    if kind in (MISSING, VALUE):
        return _is_limited(state, patched, was)
    if kind == DEAD:
        return _names(state, errors, patched)
    heartbeat = state.heartbeat is not None
    found = [retrier_for(state.retriers, error, heartbeat=heartbeat) for error in errors]
    if kind == HERD:
        running = [each for each in found if each is not None]
        return bool(running) and all(each.full_jitter for each in running)
    return bool(found) and all(each is None or not each.attempts for each in found)


def _is_limited(state: State, patched: Mapping[str, object], was: Mapping[str, object]) -> bool:
    """Whether the state has a timeout, and where it had one, as far in the hinted direction."""
    hinted, before = patched.get("TimeoutSeconds"), was.get("TimeoutSeconds")
    if not isinstance(state.timeout, float) or not isinstance(hinted, int | float):
        return False
    if not isinstance(before, int | float):
        return True
    return state.timeout >= hinted if hinted > before else state.timeout <= hinted


def _names(state: State, errors: Collection[str], patched: Mapping[str, object]) -> bool:
    """Whether the field that was mended names the errors now."""
    elements = state.retriers if "Retry" in patched else state.catchers
    return all(any(error in each.errors for each in elements) for error in errors)


def was_set(hint: Hint, state: State) -> dict[str, object]:
    """The numbers that a hint changes, as the state has them."""
    found = {name: state.asl.get(name) for name in hint.patched or ()}
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }

"""What a hint that sets no retrier to retry by is about, whether a definition carries it, and what
a window holds of its errors.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from statistics import median

from sfn_digest.adoption.hint_records import Findings
from sfn_digest.adoption.hinted_visits import FailedVisit, failed_visits
from sfn_digest.adoption.verdict import wilson
from sfn_digest.asl.definition import Definition, State
from sfn_digest.asl.ecs_branch import runs_on_demand_next
from sfn_digest.asl.matching import retrier_for, takes
from sfn_digest.model.comparison import ChangeTally, ChangeVerdict
from sfn_digest.model.report import Hint
from sfn_digest.model.successes import Success, Successes
from sfn_digest.retry.hints.dead_retriers import KIND as DEAD
from sfn_digest.retry.hints.ecs_tasks import BRANCH
from sfn_digest.retry.hints.herds import CONCURRENCY, HERD
from sfn_digest.retry.hints.retry_longer import LEARN, RETRY
from sfn_digest.retry.hints.spot_tasks import ON_SPOT
from sfn_digest.retry.hints.stop_retrying import STOP, TIMED_OUT
from sfn_digest.retry.hints.timeouts import MISSING, VALUE
from sfn_digest.retry.observations.crowds import CROWDED
from sfn_digest.retry.observations.incidents import Incidents

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


LEAST_INCIDENTS = 5
"""Fewer, before and since together, show no difference."""
_STILL_READ = 5
"""Successes that are read before it is asked whether the next ones would tell something."""

Fresh = Callable[[datetime, datetime], bool]
"""Whether an execution that started and stopped then is to be counted."""


def counted(
    read: Findings, machine: str, kind: str, scope: ChangeScope, fresh: Fresh
) -> ChangeTally | None:
    """What a window holds of a change's errors; None where not all of its failures are known.

    Where not every success was listed, only the time since the oldest that was.
    """
    found = read.successes.get(machine)
    if found is None or machine in read.partly_read:
        return None
    listed = [each for each in found.listed if each.stopped_at in read.window]
    oldest = read.window.start
    if not found.complete:
        oldest = min((each.stopped_at for each in listed), default=read.window.end)

    def counts(started_at: datetime, stopped_at: datetime) -> bool:
        return stopped_at >= oldest and fresh(started_at, stopped_at)

    good = [each for each in listed if counts(each.started_at, each.stopped_at)]
    failed = [
        each.execution
        for each in read.failures
        if each.execution.machine_arn == machine
        and each.execution.stopped_at in read.window
        and counts(each.execution.started_at, each.execution.stopped_at)
    ]
    visits = [
        each for each in failed_visits(read, machine) if counts(each.started_at, each.stopped_at)
    ]
    return replace(
        _of_visits([each for each in visits if scope.holds(each)], kind, read.incidents),
        executions=len(good) + len(failed),
        passing=sum(scope.may_pass(each) for each in visits),
        seconds=median(map(_seconds, good)) if good else None,
        at_least=_is_cut(found),
    )


def _of_visits(visits: Sequence[FailedVisit], kind: str, incidents: Incidents) -> ChangeTally:
    good = {each.visit.execution for each in visits if not each.failed}
    ended = [each for each in visits if each.visit.fatal]
    caught = [each for each in visits if each.visit.execution in good and _is_caught(each)]
    return ChangeTally(
        ended=len({each.visit.execution for each in ended}),
        failed=len(visits),
        attempts=sum(len(each.visit.attempts) for each in visits),
        retries=sum(each.visit.retries for each in visits),
        waited_seconds=sum(each.visit.waited for each in visits if each.visit.retries),
        recovered=sum(each.recovered for each in visits),
        caught=len({each.visit.execution for each in caught}),
        incidents=incidents.count(each.visit for each in (visits if kind in CROWDS else ended)),
    )


def _is_caught(each: FailedVisit) -> bool:
    return not (each.recovered or each.visit.unclear or each.visit.redriven_at)


def _seconds(success: Success) -> float:
    return (success.stopped_at - success.started_at).total_seconds()


def _is_cut(found: Successes) -> bool:
    """Whether the reading of successes ended while it still came upon failed attempts."""
    read = found.read
    return len(read) < len(found.listed) and any(each.failed for each in read[-_STILL_READ:])


def added(one: ChangeTally, other: ChangeTally) -> ChangeTally:
    """Both together; a median is the later one's, where it has one."""
    sums = {
        each.name: getattr(one, each.name) + getattr(other, each.name)
        for each in fields(ChangeTally)
        if each.name not in ("seconds", "at_least")
    }
    seconds = one.seconds if other.seconds is None else other.seconds
    return ChangeTally(**sums, seconds=seconds, at_least=one.at_least or other.at_least)


def difference(before: ChangeTally, since: ChangeTally, *, fewer_is_known: bool) -> ChangeVerdict:
    """How the incidents since a change compare with those before, by the executions in each.

    Were nothing changed, each incident would lie on either side as the executions do: Wilson's
    95 % interval of the share that lies after the change is held against that.
    `fewer_is_known`: no further incidents can have been left unread.
    """
    number = before.incidents + since.incidents
    if not before.executions or not since.executions or number < LEAST_INCIDENTS:
        return "too_few"
    expected = since.executions / (before.executions + since.executions)
    low, high = wilson(since.incidents / number, number)
    if low > expected:
        return "more"
    if high >= expected:
        return "same"
    return "fewer" if fewer_is_known else "too_few"

"""What holds for hinted retriers whatever was seen: deadlines, and what was hinted before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from sfn_digest.asl.definition import Definition, Json, State
from sfn_digest.asl.matching import TASK_FAILED, retrier_for
from sfn_digest.model.retry_cost import HintStanding
from sfn_digest.retry.backtest.policies import DEADLINE
from sfn_digest.retry.hints.machine import MachineView

_SHARES = (0.01, 0.05)
"""Shares of good attempts that a bound may cut off, the better one first."""
Hinted = tuple[Json, HintStanding]
"""A retrier that was hinted, and how it has stood since."""
_Starter = tuple[MachineView, Sequence[State]]
"""A machine that starts another and waits for it, and its states that do."""
_Starters = Mapping[str, Sequence[_Starter]]


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the retriers that are hinted, whatever was seen.

    None holds an execution longer than its machine's deadline in seconds, by ARN in `deadlines`,
    else `deadline`. `hinted` holds what the last report hinted, in Amazon States Language, by
    machine ARN, state and cause, with its standing: it stays while it is about as good as the best.
    """

    deadline: float = DEADLINE
    deadlines: Mapping[str, float] = field(default_factory=dict)
    hinted: Mapping[tuple[str, str, str], Hinted] = field(default_factory=dict)

    def deadlines_of(self, views: Sequence[MachineView]) -> Mapping[str, float]:
        """How long retries may hold an execution of each machine, by ARN: what its own timeout
        leaves, and those of the machines that start it and wait for it.
        """
        starters = _starters(views)
        return {view.arn: self._deadline_of((view,), starters) for view in views}

    def _deadline_of(self, below: Sequence[MachineView], starters: _Starters) -> float:
        """That of the last of these machines, each of which starts the one before it."""
        view = below[-1]
        limits = [self.deadlines.get(view.arn, self.deadline)]
        if view.definition.timeout is not None:
            limits.append(view.definition.timeout - _usual(below))
        for parent, waits in starters.get(view.arn, ()):
            ends = [each.timeout for each in waits]
            limits += [limit - _usual([view]) for limit in ends if isinstance(limit, float)]
            if all(parent is not each for each in below):
                whole = self._deadline_of((*below, parent), starters)
                limits += [_of_each_run(whole, parent.definition, each) for each in waits]
        return max(0.0, min(limits))

    def hinted_in(self, machine_arn: str, state: str) -> Mapping[str, Hinted]:
        """What was hinted for a state, by cause."""
        return {
            cause: hinted
            for (machine, name, cause), hinted in self.hinted.items()
            if (machine, name) == (machine_arn, state)
        }


def longest_usual(durations: Sequence[float]) -> tuple[float, float] | None:
    """A bound in seconds on the next success, and the share that may be longer.

    It is the ceil((n + 1)(1 - share))-th smallest of n durations, which holds whatever their
    distribution is; None where they are too few for it.
    """
    ordered = sorted(durations)
    for share in _SHARES:
        place = ceil((len(ordered) + 1) * (1 - share))
        if place <= len(ordered):
            return ordered[place - 1], share
    return None


def _usual(views: Iterable[MachineView]) -> float:
    """Seconds that nearly all successful executions take at most, or all where they are few: those
    of a parent may be unknown, and take as long as its children at least.
    """
    return max((_longest(view.took) for view in views if view.took), default=0.0)


def _longest(took: Sequence[float]) -> float:
    usual = longest_usual(took)
    return usual[0] if usual else max(took)


def _starters(views: Iterable[MachineView]) -> _Starters:
    """What starts each machine, by its ARN; asked for once, since there may be thousands."""
    found: dict[str, list[_Starter]] = defaultdict(list)
    for view in views:
        for child, waits in _waits(view.definition).items():
            found[child].append((view, waits))
    return found


def _waits(definition: Definition) -> Mapping[str, Sequence[State]]:
    """By child that is started and waited for, the states that do."""
    found: dict[str, list[State]] = defaultdict(list)
    for state in definition.states.values():
        if (child := awaited(state)) is not None:
            found[child].append(state)
    return found


def awaited(state: State) -> str | None:
    """The ARN of the machine that a state starts and waits for."""
    child = state.child
    return child if state.waits_for_another and isinstance(child, str) else None


def _around(definition: Definition, state: State) -> Sequence[State]:
    """The states around a state, the outermost first."""
    return [definition.states[name] for name in state.holders]


def _of_each_run(limit: float, definition: Definition, state: State) -> float:
    """How long each run of the child may take that a state starts, where it and the states around
    it make as many retries as they can.
    """
    for each in (*_around(definition, state), state):
        retrier = retrier_for(each.retriers, TASK_FAILED)
        if retrier is not None:
            limit = min(limit, (limit - retrier.longest_wait) / (1 + retrier.attempts))
    return max(0.0, limit)


def longest_holds(
    definitions: Mapping[str, Definition], hinted: Mapping[str, float], most: Mapping[str, float]
) -> Mapping[str, float]:
    """How long the retries of a machine may hold its executions, by ARN: those that it has, or
    that are `hinted`, those of the machines it waits for included, up to the `most` they may.
    """

    def held(arn: str, above: frozenset[str]) -> float:
        if arn not in definitions or arn in above:
            return 0.0
        states = definitions[arn].states.values()
        own = max((r.longest_wait for each in states for r in each.retriers), default=0.0)
        below = [held(child, above | {arn}) for each in states if (child := awaited(each))]
        return min(most[arn], max(own, hinted.get(arn, 0.0)) + max(below, default=0.0))

    return {arn: held(arn, frozenset()) for arn in definitions}

"""What holds for hinted retriers whatever was seen: deadlines, and what was hinted before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sfn_digest.asl.definition import Definition, Json
from sfn_digest.model.retry_cost import HintStanding
from sfn_digest.retry.backtest.policies import DEADLINE
from sfn_digest.retry.hints.machine import MachineView
from sfn_digest.retry.hints.timeouts import longest_usual

Hinted = tuple[Json, HintStanding]
"""A retrier that was hinted, and how it has stood since."""
_Starter = tuple[MachineView, Sequence[float | None]]
"""A machine that starts another and waits for it, and the timeouts of its states that do."""
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
            limits += [limit - _usual([view]) for limit in waits if limit is not None]
            if all(parent is not each for each in below):
                limits.append(self._deadline_of((*below, parent), starters))
        return max(0.0, min(limits))

    def hinted_in(self, machine_arn: str, state: str) -> Mapping[str, Hinted]:
        """What was hinted for a state, by cause."""
        return {
            cause: hinted
            for (machine, name, cause), hinted in self.hinted.items()
            if (machine, name) == (machine_arn, state)
        }


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


def _waits(definition: Definition) -> Mapping[str, Sequence[float | None]]:
    """By child that is started and waited for, the timeout of each state that does, None where it
    has none.
    """
    found: dict[str, list[float | None]] = defaultdict(list)
    for state in definition.states.values():
        child = state.child
        if state.waits_for_another and isinstance(child, str):
            timeout = state.timeout
            found[child].append(timeout if isinstance(timeout, float) else None)
    return found

"""What holds for hinted retriers whatever was seen: deadlines, and what was hinted before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sfn_digest.asl.definition import Json
from sfn_digest.model.retry_cost import HintStanding
from sfn_digest.retry.backtest.policies import DEADLINE
from sfn_digest.retry.hints.machine import MachineView
from sfn_digest.retry.hints.timeouts import longest_usual

Hinted = tuple[Json, HintStanding]
"""A retrier that was hinted, and how it has stood since."""


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
        return {view.arn: self._deadline_of(view, views, frozenset()) for view in views}

    def _deadline_of(
        self, view: MachineView, views: Sequence[MachineView], below: frozenset[str]
    ) -> float:
        limits = [self.deadlines.get(view.arn, self.deadline)]
        if view.definition.timeout is not None:
            limits.append(view.definition.timeout - _usual([view, *_of(views, below)]))
        known = below | {view.arn}
        for parent in views:
            waits = list(_waits(parent, view.arn))
            limits += [limit - _usual([view]) for limit in waits if limit is not None]
            if waits and parent.arn not in known:
                limits.append(self._deadline_of(parent, views, known))
        return max(0.0, min(limits))

    def hinted_in(self, machine_arn: str, state: str) -> Mapping[str, Hinted]:
        """What was hinted for a state, by cause."""
        return {
            cause: hinted
            for (machine, name, cause), hinted in self.hinted.items()
            if (machine, name) == (machine_arn, state)
        }


def _of(views: Iterable[MachineView], arns: frozenset[str]) -> Iterator[MachineView]:
    return (view for view in views if view.arn in arns)


def _usual(views: Iterable[MachineView]) -> float:
    """Seconds that nearly all successful executions take at most, or all where they are few: those
    of a parent may be unknown, and take as long as its children at least.
    """
    return max((_longest(view.took) for view in views if view.took), default=0.0)


def _longest(took: Sequence[float]) -> float:
    usual = longest_usual(took)
    return usual[0] if usual else max(took)


def _waits(parent: MachineView, child: str) -> Iterator[float | None]:
    """The timeout of each state that starts the child and waits for it, None where it has none."""
    for state in parent.definition.states.values():
        if state.child == child and state.waits_for_another:
            yield state.timeout if isinstance(state.timeout, float) else None

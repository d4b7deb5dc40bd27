"""Whether all else in a Map or Parallel would succeed again: partly seen, partly not known."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from sfn_digest.asl.definition import Definition
from sfn_digest.model.executions import Failure
from sfn_digest.model.successes import Successes
from sfn_digest.retry.change.holders import Level, inner_states
from sfn_digest.retry.outages.phases import Array

_AGAIN = (0.5, 12.0)
"""A belief in how often what succeeded fails where it is run again: who makes a thing may find it
made. Nobody saw it, save where a holder's Retry ran."""


@dataclass(frozen=True, slots=True)
class Another:
    """The error by which another state in the holder mostly fails, where one was seen to."""

    state: str
    error: str


class Neighbors:
    """The states beside a state in what holds it, and how often an execution ended by one."""

    def __init__(
        self, changed: Definition, failures: Sequence[Failure], found: Successes | None
    ) -> None:
        self._changed = changed
        self._ended: Mapping[str, Counter[str]] = _ended(failures)
        self._passed = len(found.listed) if found else 0

    def another(self, state: str) -> Another | None:
        """What else mostly fails in the outermost state around a state."""
        holders = self._changed.states[state].holders
        if not holders:
            return None
        beside = self._beside(state, holders[0])
        most = max(beside, key=lambda name: (self._ended[name].total(), name), default=None)
        return Another(most, self._ended[most].most_common(1)[0][0]) if most else None

    def _beside(self, state: str, holder: str) -> list[str]:
        inner = inner_states(self._changed, holder) - {state}
        return [name for name in inner if name in self._ended]

    def fails(self, state: str, levels: Sequence[Level], draws: int, random: Generator) -> Array:
        """How likely it is, by level, that something else in it fails when it runs anew."""
        result = np.zeros((len(levels), draws))
        around = list(reversed(self._changed.states[state].holders))
        for number, (name, level) in enumerate(zip(around, levels[1:], strict=True), start=1):
            if level.attempts > 1:
                ended = sum(self._ended[e].total() for e in self._beside(state, name))
                seen = random.beta(ended + 0.5, self._passed + 0.5, draws)
                result[number] = 1 - (1 - seen) * (1 - random.beta(*_AGAIN, draws))
        return result


def _ended(failures: Sequence[Failure]) -> Mapping[str, Counter[str]]:
    """How often each state ended an execution, by error."""
    found: dict[str, Counter[str]] = {}
    for each in failures:
        if each.state is not None:
            last = [attempt.error for attempt in each.attempts if attempt.state == each.state]
            found.setdefault(each.state, Counter())[(last[-1] if last else None) or ""] += 1
    return found

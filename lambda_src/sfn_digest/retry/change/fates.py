"""What a changed definition makes of each error, and which of its changes are not replayed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sfn_digest.asl.definition import DYNAMIC, Definition, State
from sfn_digest.asl.handling import Ending, ending_of
from sfn_digest.asl.matching import TIMEOUT, retrier_for
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.successes import Successes
from sfn_digest.retry.change.limits import limit_of
from sfn_digest.retry.change.retried_visits import MOST_RETRIES, Course
from sfn_digest.retry.hints.machine import listed
from sfn_digest.retry.observations.observed_states import CauseSeen, StateEvidence
from sfn_digest.retry.observations.visits import Visit
from sfn_digest.retry.outages.likelihood import Flags, Integers

_HANDLING = frozenset(
    ("Retry", "Catch", "TimeoutSeconds", "HeartbeatSeconds", "Comment", "Next", "End")
)
_INNER = frozenset(("ItemProcessor", "Iterator", "Branches"))


def not_replayed(
    running: Definition,
    changed: Definition,
    evidence: Sequence[StateEvidence],
    successes: Successes | None,
) -> Iterator[Message]:
    """What the figures leave out."""
    failed = {each.state for each in evidence if each.visits}
    gone = sorted(failed - changed.states.keys())
    if gone:
        yield Message(
            "{states} failed, but the changed definition does not hold them: what becomes of their "
            "executions is not known, and they are left as they ran.",
            states=listed(gone),
        )
    both = [
        (running.states[name], changed.states[name])
        for name in sorted(running.states.keys() & changed.states.keys())
    ]
    yield from _holders(both)
    other = [before.name for before, after in both if _differs_otherwise(before, after)]
    if other:
        yield Message(
            "{states} change in more than Retry, Catch and timeouts; that is not replayed.",
            states=listed(other),
        )
    dynamic = [after.name for before, after in both if DYNAMIC in (before.timeout, after.timeout)]
    if dynamic:
        yield Message(
            "The timeout of {states} is only known while an execution runs, and is left out.",
            states=listed(dynamic),
        )
    yield from _uncounted(successes)


def cut_short(states: Sequence[str]) -> Message:
    """Say that not all retries were replayed."""
    return Message(
        "Of the retries that {states} would make, the first {most} of a visit were replayed.",
        states=listed(sorted(states)),
        most=MOST_RETRIES,
    )


def _uncounted(successes: Successes | None) -> Iterator[Message]:
    if successes is None:
        yield Message(
            "No successes were read, so executions that a retry had saved and the change would "
            "lose are not counted."
        )
    elif not successes.complete:
        yield Message(
            "Only the newest {n} successes are counted.",
            n=ngettext("{n} success", "{n} successes", len(successes.listed)),
        )


def _holders(both: Sequence[tuple[State, State]]) -> Iterator[Message]:
    names = [
        before.name
        for before, after in both
        if before.asl.keys() & _INNER and before.retriers != after.retriers
    ]
    if names:
        yield Message(
            "The Retry of {states}, which hold other states, is not replayed.",
            states=listed(names),
        )


def _differs_otherwise(before: State, after: State) -> bool:
    """Whether more of the state differs; the states inside one are looked at on their own."""
    # What stands as ${...} in a template is only known at deployment.
    own = {
        key for key in before.asl.keys() | after.asl.keys() if "${" not in str(after.asl.get(key))
    }
    return any(before.asl.get(key) != after.asl.get(key) for key in own - _HANDLING - _INNER)


@dataclass(frozen=True, slots=True)
class Change:
    """A state before and after, in the definitions that hold it."""

    before: State
    after: State
    running: Definition
    changed: Definition


class Fates:
    """The errors of some visits, of the causes that were seen, under a change."""

    def __init__(
        self,
        change: Change,
        evidence: StateEvidence,
        seen: Mapping[str, CauseSeen],
        visits: Sequence[Visit],
    ) -> None:
        self._change = change
        self._seen = seen
        self._visits = visits
        self._limit = limit_of(change.after.timeout)
        self._usual = _usual(evidence, seen)

    @property
    def first(self) -> Integers:
        """The place of the retrier that takes each visit's first failure."""
        return np.array([self._taker(self._first(visit)) for visit in self._visits], np.int64)

    @property
    def takers(self) -> Integers:
        """The same for each visit and cause."""
        rows = [
            [self._taker(self._error(visit, cause)) for cause in self._seen]
            for visit in self._visits
        ]
        return np.array(rows, np.int64).reshape(len(self._visits), len(self._seen))

    def endings(self, course: Course, recovers: Flags) -> tuple[Flags, Flags]:
        """Who is taken on by a catcher that was not there before, and whose execution fails."""
        rows = [[self._fate(visit, each) for each in self._errors(visit)] for visit in self._visits]
        fates = np.array(rows, np.bool_).reshape(len(self._visits), len(self._seen) + 1, 2)
        ends = fates[np.arange(len(self._visits)), course.risk + 1]
        return ends[..., 0] & ~recovers, ends[..., 1] & ~recovers

    def _errors(self, visit: Visit) -> list[str]:
        """What a visit may end by: its first failure, or a later one by any cause."""
        return [self._first(visit), *(self._error(visit, cause) for cause in self._seen)]

    def _first(self, visit: Visit) -> str:
        """The name of a visit's first failure, which a shorter timeout forestalls."""
        first = visit.first
        return TIMEOUT if first.failed - first.at > self._limit else first.error

    def _error(self, visit: Visit, cause: str) -> str:
        """The name under which a cause comes: as it did in this visit, or as it mostly does."""
        if self._seen[cause].seconds > self._limit:
            return TIMEOUT
        own = [each.error for each in visit.attempts if each.cause == cause]
        return own[-1] if own else self._usual[cause]

    def _taker(self, error: str) -> int:
        state = self._change.after
        found = retrier_for(state.retriers, error, heartbeat=state.heartbeat is not None)
        return state.retriers.index(found) if found is not None else len(state.retriers)

    def _fate(self, visit: Visit, error: str) -> tuple[bool, bool]:
        """Whether a visit that ends by an error is newly caught, and whether it is lost."""
        change = self._change
        before = ending_of(change.running, change.before, error)
        after = ending_of(change.changed, change.after, error)
        if visit.recovered_at is None and _same(before, after):
            return False, ended(visit)
        well = after is not None and after.ends_well
        return well, not well


def ended(visit: Visit) -> bool:
    """Whether a visit ended its execution, until somebody redrove it."""
    return visit.fatal or visit.redriven_at is not None


def _same(before: Ending | None, after: Ending | None) -> bool:
    if before is None or after is None:
        return before is after
    return (before.catcher, before.next) == (after.catcher, after.next)


def _usual(evidence: StateEvidence, seen: Mapping[str, CauseSeen]) -> Mapping[str, str]:
    """The error name that each cause mostly comes with."""
    named: dict[str, Counter[str]] = {cause: Counter() for cause in seen}
    for visit in evidence.visits:
        for each in visit.attempts:
            named[each.cause][each.error] += 1
    return {cause: counted.most_common(1)[0][0] for cause, counted in named.items()}

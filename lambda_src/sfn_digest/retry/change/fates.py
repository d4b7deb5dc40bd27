"""What a changed definition makes of each error, and which of its changes are not replayed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sfn_digest.asl.definition import DYNAMIC, Definition, State
from sfn_digest.asl.handling import Ending, ending_of, handling_of
from sfn_digest.asl.matching import TASK_FAILED, TIMEOUT
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.successes import Successes
from sfn_digest.retry.change.holders import Ladder
from sfn_digest.retry.change.ladder_replay import MOST_RETRIES, Course, Takers
from sfn_digest.retry.change.limits import limit_of
from sfn_digest.retry.change.unseen_visits import Another
from sfn_digest.retry.hints.machine import listed
from sfn_digest.retry.observations.observed_states import CauseSeen, StateEvidence
from sfn_digest.retry.observations.visits import Visit
from sfn_digest.retry.outages.likelihood import Flags

_HANDLING = frozenset(
    (
        *("Retry", "Catch", "TimeoutSeconds", "HeartbeatSeconds", "Comment", "Next", "End"),
        *("ToleratedFailureCount", "ToleratedFailurePercentage"),
    )
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
            "{states} failed but are not in the changed definition: their executions count "
            "as they really ended.",
            states=listed(gone),
        )
    both = [
        (running.states[name], changed.states[name])
        for name in sorted(running.states.keys() & changed.states.keys())
    ]
    other = [before.name for before, after in both if _differs_otherwise(before, after)]
    if other:
        yield Message(
            "{states} change in more than Retry, Catch and timeouts; the rest is not replayed.",
            states=listed(other),
        )
    dynamic = [after.name for before, after in both if DYNAMIC in (before.timeout, after.timeout)]
    if dynamic:
        yield Message(
            "The timeout of {states} is only known at run time, so it is left out.",
            states=listed(dynamic),
        )
    yield from _uncounted(successes)


def cut_short(states: Sequence[str]) -> Iterator[Message]:
    """Say that not all retries were replayed, if so."""
    if states:
        yield Message(
            "Only the first {most} retries of each visit to {states} were replayed.",
            states=listed(sorted(states)),
            most=MOST_RETRIES,
        )


def _uncounted(successes: Successes | None) -> Iterator[Message]:
    if successes is None:
        yield Message(
            "No successes were read, so executions that a retry saved and the change would "
            "lose are not counted."
        )
    elif not successes.complete:
        yield Message(
            "Only the newest {n} are counted.",
            n=ngettext("{n} success", "{n} successes", len(successes.listed)),
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


def change_of(
    each: StateEvidence, running: Definition, changed: Definition, *, anyway: bool = False
) -> Change | None:
    """The change of a state; None where it is none to the errors that were seen.

    `anyway`: what it holds changes.
    """
    before, after = running.states.get(each.state), changed.states.get(each.state)
    if before is None or after is None:
        return None
    if anyway:
        return Change(before, after, running, changed)
    errors = {attempt.error for visit in each.visits for attempt in visit.attempts}
    if handling_of(running, before, errors) == handling_of(changed, after, errors):
        return None
    if not each.visits and limit_of(after.timeout) >= limit_of(before.timeout):
        return None
    return Change(before, after, running, changed)


class Fates:
    """The errors of some visits, of the causes that were seen, under a change."""

    def __init__(
        self,
        change: Change,
        evidence: StateEvidence,
        seen: Mapping[str, CauseSeen],
        visits: Sequence[Visit],
        another: Another | None = None,
    ) -> None:
        """`another` is what else fails in the holder of the state."""
        self.ladder = Ladder(change.changed, change.after)
        self._another = another
        self._change = change
        self._seen = seen
        self._visits = visits
        self._limit = limit_of(change.after.timeout)
        self._usual = _usual(evidence, seen)

    @property
    def takers(self) -> Takers:
        """The places of the retriers that take each visit's first failure, and later ones."""
        none = self.ladder.places(TASK_FAILED, self._change.after)
        other = self._elsewhere()
        later = [
            [
                *(self.ladder.places(self._error(visit, cause)) for cause in self._seen),
                other or none,
            ]
            for visit in self._visits
        ]
        first = [self.ladder.places(self._first(visit)) for visit in self._visits]
        height = self.ladder.height
        return Takers(
            np.array(first, np.int64).reshape(len(self._visits), height),
            np.array(later, np.int64).reshape(len(self._visits), len(self._seen) + 1, height),
        )

    @property
    def retries_of_timeout(self) -> int:
        """How many retries a timeout of the state has, at all levels together."""
        found = self.ladder.places(TIMEOUT)
        every = self.ladder.retriers
        return sum(min(every[n].attempts, MOST_RETRIES) for n in found if n < len(every))

    @property
    def catches_timeout(self) -> bool:
        """Whether a timeout that is left over is taken on to a good end."""
        ending = ending_of(self._change.changed, self._change.after, TIMEOUT)
        return ending is not None and ending.ends_well

    def _elsewhere(self) -> tuple[int, ...] | None:
        found = self._another and self._change.changed.states.get(self._another.state)
        return self.ladder.places(self._another.error, found) if self._another and found else None

    def endings(self, course: Course, recovers: Flags) -> tuple[Flags, Flags]:
        """Who is taken on by a catcher that was not there before, and whose execution fails."""
        rows = [
            [
                *(self._fate(visit, each) for each in self._errors(visit)),
                self._fate_elsewhere(visit),
            ]
            for visit in self._visits
        ]
        fates = np.array(rows, np.bool_).reshape(len(self._visits), len(self._seen) + 2, 2)
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

    def _fate(self, visit: Visit, error: str) -> tuple[bool, bool]:
        """Whether a visit that ends by an error is newly caught, and whether it is lost."""
        change = self._change
        before = ending_of(change.running, change.before, error)
        after = ending_of(change.changed, change.after, error)
        if visit.recovered_at is None and _same(before, after):
            return False, ended(visit)
        well = after is not None and after.ends_well
        return well, not well

    def _fate_elsewhere(self, visit: Visit) -> tuple[bool, bool]:
        """The same of a visit whose holder ends by the error of another state in it."""
        found = self._another and self._change.changed.states.get(self._another.state)
        if not self._another or not found:
            return self._fate(visit, TASK_FAILED)
        after = ending_of(self._change.changed, found, self._another.error)
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

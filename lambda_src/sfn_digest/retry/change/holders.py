"""The states around a state, which a Retry may run anew with all that they hold.

Level 0 is the state itself, level 1 the Map or Parallel around it, and so on. An outer retrier is
asked only where the inner ones are exhausted or take no such error; the inner ones then count anew.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median

from sfn_digest.asl.definition import Definition, Retrier, State
from sfn_digest.asl.handling import retriers_on_the_way
from sfn_digest.model.successes import ReadSuccess, Successes
from sfn_digest.retry.backtest.policies import Around
from sfn_digest.retry.observations.observed_states import StateEvidence
from sfn_digest.retry.observations.visits import Visit


class Ladder:
    """The retriers of a state and of those around it, level by level."""

    def __init__(self, definition: Definition, state: State) -> None:
        """`state` is one of the definition's."""
        self._definition, self._state = definition, state
        around = [definition.states.get(name) for name in reversed(state.holders)]
        every = [state.retriers, *(each.retriers if each else () for each in around)]
        while len(every) > 1 and not every[-1]:
            every.pop()
        self._by_level = every
        self._known: dict[str, tuple[int, ...]] = {}

    @property
    def height(self) -> int:
        """How many levels there are, up to the last that retries."""
        return len(self._by_level)

    @property
    def retriers(self) -> tuple[Retrier, ...]:
        """All retriers, those of the state first."""
        return tuple(each for level in self._by_level for each in level)

    @property
    def levels(self) -> tuple[int, ...]:
        """The level of each."""
        return tuple(number for number, level in enumerate(self._by_level) for _ in level)

    def places(self, error: str, other: State | None = None) -> tuple[int, ...]:
        """For each level the place of the retrier that takes an error, the one after the last for
        none. It may be the error of another state in the same holder, whose own retries are over.
        """
        if other is not None:
            return (len(self.retriers), *self._places(error, other)[1:])
        if error not in self._known:
            self._known[error] = self._places(error, self._state)
        return self._known[error]

    def _places(self, error: str, state: State) -> tuple[int, ...]:
        way = retriers_on_the_way(self._definition, state, error)
        passed = [state.name, *reversed(state.holders)][: len(way)]
        around = [state.name, *reversed(self._state.holders)]
        none, begin, found = len(self.retriers), 0, []
        for name, retriers in zip(around, self._by_level, strict=False):
            taker = way[passed.index(name)] if name in passed else None
            found.append(begin + retriers.index(taker) if taker is not None else none)
            begin += len(retriers)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Level:
    """What one attempt of a state takes, or of one around it, as its successes tell.

    `lead` are seconds from its start to the state, `seconds` from there to its end; `visits` are
    those of the state in it (a Map's items), `attempts` those of all states in it.
    """

    lead: float = 0.0
    seconds: float = 0.0
    visits: int = 1
    attempts: int = 1


def levels_of(definition: Definition, state: State, found: Successes | None) -> tuple[Level, ...]:
    """The levels of a state."""
    around = [definition.states[name] for name in reversed(state.holders)]
    read = found.read if found else ()
    maps = [sum(each.type == "Map" for each in around[: n + 1]) for n in range(len(around))]
    whole = [_level(state.name, inner_states(definition, each.name), read) for each in around]
    if not whole:
        return (Level(),)
    items = whole[-1].visits if maps[-1] else 1
    return (
        Level(),
        *(
            replace(each, visits=max(1, round(items ** (some / maps[-1])) if some else 1))
            for each, some in zip(whole, maps, strict=True)
        ),
    )


def outside(
    definition: Definition, state: State, found: Successes | None
) -> Callable[[str], Sequence[Around]]:
    """What gives the retriers around a state that take an error, the inner first."""
    ladder, levels = Ladder(definition, state), levels_of(definition, state, found)
    return lambda error: [
        Around(ladder.retriers[place], levels[level].lead)
        for level, place in enumerate(ladder.places(error))
        if level and place < len(ladder.retriers)
    ]


def inner_states(definition: Definition, holder: str) -> frozenset[str]:
    """The tasks in a holder, at any depth."""
    return frozenset(
        name
        for name, each in definition.states.items()
        if holder in each.holders and each.type == "Task"
    )


def _level(state: str, inner: frozenset[str], read: Sequence[ReadSuccess]) -> Level:
    """One attempt of a holder; those of executions in which nothing in it failed, if any."""
    calm = [each for each in read if not any(failed.state in inner for failed in each.failed)]
    leads, seconds, visits, attempts = [], [], [], []
    for success in calm or read:
        every = [
            (each.scheduled_at.timestamp(), each.succeeded_at.timestamp(), each.state == state)
            for each in success.succeeded
            if each.state in inner and each.scheduled_at is not None
        ]
        mine = [at for at, _, own in every if own]
        if mine:
            leads.append(min(mine) - min(at for at, *_ in every))
            seconds.append(max(ended for _, ended, _ in every) - min(mine))
            visits.append(len(mine))
            attempts.append(len(every))
    if not leads:
        return Level(attempts=max(1, len(inner)))
    return Level(median(leads), median(seconds), round(median(visits)), round(median(attempts)))


class Chains:
    """The visits of a state over all attempts of the states around it, as the machine runs."""

    def __init__(
        self,
        evidence: StateEvidence,
        running: Definition,
        ended_by: Mapping[str, str | None],
        found: Successes | None,
    ) -> None:
        """`ended_by` is the state that ended each failed execution, by its ARN."""
        self._evidence, self._ended_by = evidence, ended_by
        self._state = running.states[evidence.state]
        self._ladder = Ladder(running, self._state)
        self._levels = levels_of(running, self._state, found)
        self._around = inner_states(running, self._state.holders[0]) if self._state.holders else ()
        self.other_attempts: dict[Visit, int] = {}
        """Attempts of all else that the holders ran anew, by visit; no entry where none did."""
        self.beside: Counter[Visit] = Counter()
        """Other items of a Map that failed beside a visit."""

    @cached_property
    def evidence(self) -> StateEvidence:
        """The evidence with each visit and the ones that a holder's Retry made of it as one.

        Items of a Map that fail together tell no more than one does: it may be their execution.
        """
        if not self._state.holders:
            return self._evidence
        by_execution: defaultdict[str, list[Visit]] = defaultdict(list)
        for visit in self._evidence.visits:
            by_execution[visit.execution].append(visit)
        visits = [
            each for some in by_execution.values() for each in self._chained(self._apart(some))
        ]
        ordered = sorted(visits, key=lambda visit: (visit.first.at, visit.execution))
        return replace(self._evidence, visits=tuple(ordered))

    def _apart(self, visits: Sequence[Visit]) -> Sequence[Visit]:
        """The visits of an execution, of those that ended together the one that mattered most."""
        kept: list[Visit] = []
        for visit in sorted(visits, key=lambda each: (not each.fatal, -each.last.failed)):
            failed = visit.recovered_at is None and not visit.unclear
            mine = next((each for each in kept if failed and _together(visit, each)), None)
            if mine is None:
                kept.append(visit)
            else:
                self.beside[mine] += 1
        return kept

    def _chained(self, visits: Sequence[Visit]) -> Iterator[Visit]:
        left = sorted(visits, key=lambda visit: visit.first.at)
        while left:
            visit, anew = left.pop(0), 0
            begun = visit
            used: dict[int, int] = {}
            while (taken := self._taken(visit, used)) is not None:
                later = [each for each in left if each.first.at > visit.last.failed]
                level = self._level(taken)
                anew += self._levels[level].attempts - 1
                used = {each: n for each, n in used.items() if self._level(each) >= level}
                used[taken] = used.get(taken, 0) + 1
                if not later:
                    visit = self._ran_again(visit, taken, used[taken] - 1)
                    break
                # The item that failed again is the one that matters to its Map.
                again = next((each for each in later if each.recovered_at is None), later[0])
                left.remove(again)
                visit = replace(again, attempts=(*visit.attempts, *again.attempts))
            if anew:
                self.other_attempts[visit] = anew
            if beside := self.beside[begun]:
                self.beside[visit] = beside
            yield visit

    def _level(self, place: int) -> int:
        return self._ladder.levels[place]

    def _taken(self, visit: Visit, used: Mapping[int, int]) -> int | None:
        """The holder's retrier that took the visit's last failure."""
        if visit.recovered_at is not None or visit.unclear or visit.fatal or visit.redriven_at:
            return None
        retriers = self._ladder.retriers
        for place in self._ladder.places(visit.last.error)[1:]:
            if place < len(retriers) and used.get(place, 0) < retriers[place].attempts:
                return place
        return None

    def _ran_again(self, visit: Visit, taken: int, used: int) -> Visit:
        """A visit whose holder ran anew, and in which the state did not fail again."""
        if self._ended_by.get(visit.execution) in self._around:
            return replace(visit, unclear=True)
        retrier = self._ladder.retriers[taken]
        wait = retrier.delay(used) * (0.5 if retrier.full_jitter else 1.0)
        lead = self._levels[self._level(taken)].lead
        return replace(visit, recovered_at=visit.last.failed + wait + lead)


def _together(one: Visit, other: Visit) -> bool:
    """Whether both ended, and at the same time were there."""
    ended = other.recovered_at is None and not other.unclear
    return ended and one.first.at <= other.last.failed and other.first.at <= one.last.failed

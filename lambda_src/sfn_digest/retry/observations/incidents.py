"""Incidents: failures of one cause that belong together, in one state or in several.

Failures of one state are put together in rows (failure_rows.py). Rows of several states are one
incident where they overlap or are at most five minutes apart, more often than chance has it. Every
failed execution belongs to one, also where no attempt of a state is known of.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import starmap
from math import expm1
from typing import NamedTuple

from sfn_digest.asl.definition import Definition
from sfn_digest.model.executions import Failure
from sfn_digest.model.successes import Successes
from sfn_digest.retry.observations.clean_visits import WhenAsked
from sfn_digest.retry.observations.failure_rows import (
    NEAR,
    FailureCourse,
    FailureRow,
    more_than_chance,
)
from sfn_digest.retry.observations.observed_states import StateEvidence, gather
from sfn_digest.retry.observations.thinning import Pass
from sfn_digest.retry.observations.visits import ObservedAttempt, Visit

_LEAST_SEEN = 86_400.0
"""Seconds over which failures might have been spread at least, had chance brought them."""

_Moment = tuple[str, str, float]
"""A visit's machine, state and first attempt."""


class Incidents:
    """The incidents of every cause; those of a cause are told apart when first asked for."""

    def __init__(self, evidence: Iterable[StateEvidence]) -> None:
        """`evidence` is all that may belong together, each state once."""
        self._struck: dict[str, list[tuple[StateEvidence, list[Visit]]]] = defaultdict(list)
        self._numbers: dict[str, Mapping[_Moment, int]] = {}
        for each in evidence:
            by_cause: dict[str, list[Visit]] = defaultdict(list)
            for visit in each.visits:
                by_cause[visit.last.cause].append(visit)
            for cause, visits in by_cause.items():
                self._struck[cause].append((each, visits))

    def of(self, visit: Visit) -> Hashable:
        """What visits of one incident have in common; one that was never seen has its own."""
        cause, moment = visit.last.cause, _moment(visit)
        if cause not in self._numbers and cause in self._struck:
            courses = list(starmap(FailureCourse, self._struck[cause]))
            self._numbers[cause] = _numbered(courses)
        return cause, self._numbers.get(cause, {}).get(moment, moment)

    def count(self, visits: Iterable[Visit]) -> int:
        """How many separate incidents the visits belong to."""
        return len({self.of(visit) for visit in visits})

    def count_failures(self, failures: Sequence[Failure], visits: Iterable[Visit]) -> int:
        """How many separate incidents some failures belong to, of which these visits are known."""
        return self.count(ended_by(failures, visits).values())


def _moment(visit: Visit) -> _Moment:
    return visit.machine, visit.state, visit.first.at


class _Placed(NamedTuple):
    """A row of one of the states, and how likely it is by chance that it meets another one's."""

    row: FailureRow
    state: int
    chance: float


def _numbered(courses: Sequence[FailureCourse]) -> Mapping[_Moment, int]:
    """The number of the incident of each visit."""
    placed = sorted(_placed(courses), key=lambda each: (each.row.began, each.row.ended))
    met = _meetings(placed)
    shared = more_than_chance(
        sum(other is not None for other in met), [each.chance for each in placed[1:]]
    )
    numbers: list[int] = []
    for place, other in enumerate(met):
        numbers.append(numbers[other] if shared and other is not None else place)
    return {
        _moment(visit): number
        for number, each in zip(numbers, placed, strict=True)
        for visit in each.row.visits
    }


def _placed(courses: Sequence[FailureCourse]) -> Iterator[_Placed]:
    rows = [course.rows() for course in courses]
    reach = [sum(row.ended - row.began + NEAR for row in own) for own in rows]
    seen = max(course.last for course in courses) - min(course.first for course in courses)
    for state, own in enumerate(rows):
        chance = -expm1((reach[state] - sum(reach)) / max(seen, _LEAST_SEEN))
        for row in own:
            yield _Placed(row, state, chance)


def _meetings(placed: Sequence[_Placed]) -> list[int | None]:
    """The place of an earlier row of another state that each overlaps or comes soon after."""
    met: list[int | None] = []
    latest: list[int] = []
    for place, each in enumerate(placed):
        others = [other for other in latest if placed[other].state != each.state]
        last = max(others, key=lambda other: placed[other].row.ended, default=None)
        near = last is not None and each.row.began <= placed[last].row.ended + NEAR
        met.append(last if near else None)
        latest = _two_latest([*latest, place], placed)
    return met


def _two_latest(places: Sequence[int], placed: Sequence[_Placed]) -> list[int]:
    """Of each state the row that ended last, of the two states whose did."""
    by_state: dict[int, int] = {}
    for place in sorted(places, key=lambda place: placed[place].row.ended):
        by_state.pop(placed[place].state, None)
        by_state[placed[place].state] = place
    return list(by_state.values())[-2:]


NOWHERE = ""
"""The state of an execution that failed in none, or in none that is known."""


@dataclass(frozen=True, slots=True)
class FailureIncidents:
    """The incidents of a report's failures.

    `first` holds, by the ARN of each failed execution, that of the one whose failure came first in
    its incident.
    """

    incidents: Incidents = field(default_factory=lambda: Incidents(()))
    first: Mapping[str, str] = field(default_factory=dict)


def incidents_of(
    definitions: Mapping[str, Definition],
    failures: Sequence[Failure],
    successes: Mapping[str, Successes],
) -> FailureIncidents:
    """The incidents of the failures; `definitions` and `successes` are by machine ARN."""
    evidence = gather(definitions, failures, successes)
    known = [visit for each in evidence for visit in each.visits]
    ended = ended_by(failures, known)
    seen = set(map(id, known))
    bare = (visit for visit in ended.values() if id(visit) not in seen)
    incidents = Incidents(_with(evidence, bare, successes))
    return FailureIncidents(incidents, _first(ended, incidents))


def ended_by(failures: Iterable[Failure], visits: Iterable[Visit]) -> dict[str, Visit]:
    """The visit that ended each execution, by its ARN: one of these, or where none of them did by
    its cause, one that failed when the execution ended.
    """
    fatal = {visit.execution: visit for visit in visits if visit.fatal}
    ended = {}
    for each in failures:
        visit = fatal.get(each.execution.arn)
        alike = visit is not None and visit.last.cause == each.diagnosis.cause
        ended[each.execution.arn] = visit if visit and alike else _bare(each)
    return ended


def _bare(failure: Failure) -> Visit:
    """The visit of a failure that no attempt tells of: it failed when its execution ended."""
    execution, diagnosis = failure.execution, failure.diagnosis
    at = execution.stopped_at.timestamp()
    attempt = ObservedAttempt(at, at, diagnosis.cause, diagnosis.nature, diagnosis.error)
    state = failure.state or NOWHERE
    return Visit(execution.arn, execution.machine_arn, state, (attempt,), None, fatal=True)


def _with(
    evidence: Iterable[StateEvidence], bare: Iterable[Visit], successes: Mapping[str, Successes]
) -> list[StateEvidence]:
    """The evidence with these visits too; executions that succeeded passed where they failed."""
    more: dict[tuple[str, str], list[Visit]] = defaultdict(list)
    for visit in bare:
        more[visit.machine, visit.state].append(visit)
    found = [
        replace(each, visits=(*each.visits, *more.pop((each.machine, each.state), ())))
        for each in evidence
    ]
    for (machine, state), visits in more.items():
        passes = _ended_well(successes.get(machine))
        found.append(StateEvidence(machine, state, tuple(visits), passes, ()))
    return found


def _ended_well(found: Successes | None) -> Sequence[Pass]:
    listed = found.listed if found else ()
    return WhenAsked(lambda: sorted(Pass(each.stopped_at.timestamp()) for each in listed))


def _first(ended: Mapping[str, Visit], incidents: Incidents) -> dict[str, str]:
    began: dict[Hashable, str] = {}
    for arn in sorted(ended, key=lambda arn: (ended[arn].last.failed, arn)):
        began.setdefault(incidents.of(ended[arn]), arn)
    return {arn: began[incidents.of(visit)] for arn, visit in ended.items()}

"""The visits that a hint is about: those that failed by its cause, under errors it retries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sfn_digest.adoption.hint_records import Findings
from sfn_digest.asl.matching import takes
from sfn_digest.retry.observations.visits import Visit, visits_of_failure, visits_of_success


@dataclass(frozen=True, slots=True)
class FailedVisit:
    """A visit that failed at first, and when its execution started and stopped; `failed` is
    whether that one did not succeed.
    """

    visit: Visit
    started_at: datetime
    stopped_at: datetime
    failed: bool

    @property
    def recovered(self) -> bool:
        """Whether a retry recovered it."""
        return self.visit.recovered_at is not None


def failed_visits(read: Findings, machine: str) -> list[FailedVisit]:
    """A machine's visits that failed at first, of executions that closed in the window."""
    return [each for each in _visits(read, machine) if each.stopped_at in read.window]


def _visits(read: Findings, machine: str) -> Iterator[FailedVisit]:
    definition = read.definitions.get(machine)
    for failure in read.failures:
        run = failure.execution
        if run.machine_arn == machine:
            for visit in visits_of_failure(failure, definition):
                yield FailedVisit(visit, run.started_at, run.stopped_at, failed=True)
    found = read.successes.get(machine)
    for success in found.read if found else ():
        for visit in visits_of_success(success):
            own = success.execution
            yield FailedVisit(visit, own.started_at, own.stopped_at, failed=False)


def visits_hinted(
    visits: Sequence[FailedVisit], state: str, cause: str, errors: Sequence[str]
) -> list[FailedVisit]:
    """Those that a hint on this state, cause and errors is counted on.

    Visits that ended their execution, and visits that a retry recovered. Left out is what a
    Catch took on, and what another branch's failure cut off before its retry had ended.
    """
    return [
        each
        for each in visits
        if each.visit.state == state
        and each.visit.last.cause == cause
        and takes(errors, each.visit.first.error)
        and not each.visit.unclear
        and (each.visit.fatal or each.recovered)
    ]

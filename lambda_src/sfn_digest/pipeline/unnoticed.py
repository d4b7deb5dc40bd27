"""What failed executions do not tell, each behind the guard: the report goes without it."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sfn_digest import guard
from sfn_digest.errors import AccountError
from sfn_digest.guard import Part
from sfn_digest.i18n.message import Message
from sfn_digest.model.report import Report
from sfn_digest.pipeline.evidence import Evidence
from sfn_digest.pipeline.recoveries import read_recoveries
from sfn_digest.pipeline.releases import read_releases
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scanned
from sfn_digest.pipeline.stuck import find_stuck

T = TypeVar("T")
U = TypeVar("U")


def with_unnoticed(run: Run, found: Scanned, evidence: Evidence, report: Report) -> Report:
    """The report with what a release broke, what hangs, and what was recovered silently.

    What cannot be told is noted under coverage.
    """
    scope = found.scope
    return replace(
        report,
        releases=_told(run, guard.RELEASES, lambda: read_releases(run, found, evidence), ()),
        stuck=_told(run, guard.STUCK, lambda: find_stuck(run, scope, evidence), ()),
        recoveries=_told(
            run, guard.RECOVERIES, lambda: read_recoveries(run, scope, evidence), None
        ),
    )


def _told(run: Run, part: Part, work: Callable[[], T], otherwise: U) -> T | U:
    """What the work gives; what AWS refuses, or there is no time for, is a note and no fault."""

    def tried() -> T | U:
        try:
            return work()
        except AccountError as error:
            run.account.note(Message(part.missing, error=error.sentence), left_out=False)
            return otherwise

    return run.guard.result_of(part, tried, otherwise)

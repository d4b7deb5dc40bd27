"""What failed executions do not tell, each behind the guard: the report goes without it."""

from dataclasses import replace

from sfn_digest import guard
from sfn_digest.model.report import Report
from sfn_digest.pipeline.evidence import Evidence
from sfn_digest.pipeline.recoveries import read_recoveries
from sfn_digest.pipeline.releases import read_releases
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scanned
from sfn_digest.pipeline.stuck import find_stuck


def with_unnoticed(run: Run, found: Scanned, evidence: Evidence, report: Report) -> Report:
    """The report with what a release broke, what hangs, and what was recovered silently.

    What cannot be told is noted under coverage.
    """
    behind, scope = run.guard.result_of, found.scope
    return replace(
        report,
        releases=behind(guard.RELEASES, lambda: read_releases(run, found, evidence), ()),
        stuck=behind(guard.STUCK, lambda: find_stuck(run, scope, evidence), ()),
        recoveries=behind(guard.RECOVERIES, lambda: read_recoveries(run, scope, evidence), None),
    )

"""What failed executions do not tell, each behind the guard: the report goes without it."""

from dataclasses import dataclass

from sfn_digest import guard
from sfn_digest.model.recoveries import Recoveries
from sfn_digest.pipeline.evidence import Evidence
from sfn_digest.pipeline.recoveries import read_recoveries
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scanned


@dataclass(frozen=True, slots=True)
class Unnoticed:
    """What was recovered silently; None where it was not looked for."""

    recoveries: Recoveries | None


def look_for_unnoticed(run: Run, found: Scanned, evidence: Evidence) -> Unnoticed:
    """Everything that nobody is told of; what cannot be told is noted under coverage."""
    behind = run.guard.result_of
    return Unnoticed(
        behind(guard.RECOVERIES, lambda: read_recoveries(run, found.scope, evidence), None)
    )

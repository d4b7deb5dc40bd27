"""What the last runs left behind: their ledger, and their metrics in CloudWatch."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sfn_digest.aws.checks import RUNS_DAYS, Checks, Runs
from sfn_digest.aws.deployed import Deployment
from sfn_digest.config.names import TABLE
from sfn_digest.doctor.result import Check, failing, ok, skipped
from sfn_digest.doctor.setup import Setup
from sfn_digest.errors import AccessDeniedError, AccountError

LEDGER, LAST_RUN = "ledger", "last run"
NAMES = (LEDGER, LAST_RUN)
"""The checks made here, in their order."""


def check_runs(
    checks: Checks, deployment: Deployment, setup: Setup, now: datetime
) -> Iterator[Check]:
    """Whether the ledger can be read, and how the last run ended."""
    yield _ledger(deployment, setup)
    try:
        yield last_run(checks.last_runs(setup.function, now))
    except AccountError as error:
        yield skipped(LAST_RUN, f"CloudWatch was not asked: {error}")


def _ledger(deployment: Deployment, setup: Setup) -> Check:
    table = setup.settings.table
    if table is None:
        return skipped(LEDGER, f"{TABLE} names no table, so that no run remembers another.")
    try:
        deployment.read_ledger(table)
    except AccessDeniedError as error:
        # On a function it is the function's own role that has to read it.
        return skipped(LEDGER, error) if setup.function else failing(LEDGER, error)
    except AccountError as error:
        return failing(LEDGER, error)
    return ok(LEDGER, "The DynamoDB table can be read.")


def last_run(runs: Runs) -> Check:
    """How the newest run ended, as far as CloudWatch knows."""
    troubles = [moment for moment in (runs.failed, runs.broke) if moment is not None]
    trouble = max(troubles, default=None)
    if trouble is not None and (runs.posted is None or trouble > runs.posted):
        return failing(
            LAST_RUN,
            f"The last run failed ({_hour(trouble)}): look in the function's log group for the "
            "last ERROR, which says what to do.",
        )
    if runs.posted is None:
        return skipped(LAST_RUN, f"No run of the last {RUNS_DAYS} days is in CloudWatch's metrics.")
    told = f"A digest or report was posted ({_hour(runs.posted)})"
    if runs.incomplete == runs.posted:
        return ok(LAST_RUN, f"{told}, and says itself what it had to leave out.")
    return ok(LAST_RUN, f"{told}.")


def _hour(start: datetime) -> str:
    start = start.astimezone(UTC)
    return f"{start:%Y-%m-%d %H:%M} to {start + timedelta(hours=1):%H:%M} UTC"

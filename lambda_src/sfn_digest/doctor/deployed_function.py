"""The deployed function as the doctor sees it: its settings, and what its last runs left behind.

Its settings name the channel, the Slack token and the ledger; where no function is named, those of
the environment hold. The runs are reported by their ledger, and by their metrics in CloudWatch.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sfn_digest.aws.checks import RUNS_DAYS, Checks, Runs
from sfn_digest.aws.deployed import Deployment
from sfn_digest.config.names import BOT_TOKEN, TABLE
from sfn_digest.config.settings import Settings, read_settings
from sfn_digest.doctor.result import Check, failing, ok, skipped
from sfn_digest.errors import AccessDeniedError, AccountError

FUNCTION = "function"
LEDGER, LAST_RUN = "ledger", "last run"
NAMES = (LEDGER, LAST_RUN)
"""The checks of its runs, in their order."""

NO_AWS = "AWS was not called, because the credentials check is failing."


@dataclass(frozen=True, slots=True)
class Setup:
    """The settings that hold. `function` is the deployed function they are of, None where they
    are the environment's own. `bot_token` is what BOT_TOKEN holds.
    """

    settings: Settings
    function: str | None
    bot_token: str | None


def find_setup(
    deployment: Deployment | None, function: str | None, environment: Mapping[str, str]
) -> Generator[Check, None, Setup]:
    """Read the function's environment where one is named and may be read, else our own."""
    own = Setup(read_settings(environment), None, environment.get(BOT_TOKEN) or None)
    if function is None:
        yield skipped(
            FUNCTION,
            "No function is named: give --function NAME (the stack's output FunctionName) to "
            "check a deployed digest.",
        )
        return own
    if deployment is None:
        yield skipped(FUNCTION, NO_AWS)
        return own
    try:
        variables = deployment.environment(function)
    except AccountError as error:
        verdict = skipped if isinstance(error, AccessDeniedError) else failing
        yield verdict(FUNCTION, f"{str(error).rstrip('.')} (the environment's settings are used).")
        return own
    yield ok(FUNCTION, "It is deployed; its environment determines what is checked below.")
    deployed = read_settings(variables)
    # A stand-in for Slack is named where the doctor runs, since only it can reach it.
    reached = own.settings.slack_api_url or deployed.slack_api_url
    return Setup(replace(deployed, slack_api_url=reached), function, own.bot_token)


def check_runs(
    checks: Checks, deployment: Deployment, setup: Setup, now: datetime
) -> Iterator[Check]:
    """Whether the ledger can be read, and how the last run ended."""
    yield _ledger(deployment, setup)
    try:
        yield last_run(checks.last_runs(setup.function, setup.settings.team, now))
    except AccountError as error:
        yield skipped(LAST_RUN, f"CloudWatch was not called: {error}")


def unread_machines(deployment: Deployment, setup: Setup) -> tuple[str, ...]:
    """What the last digest could not read; nothing where its table cannot be read."""
    try:
        table = setup.settings.table
        return deployment.unread_machines(table) if table else ()
    except AccountError:
        return ()


def _ledger(deployment: Deployment, setup: Setup) -> Check:
    table = setup.settings.table
    if table is None:
        return skipped(LEDGER, f"{TABLE} is not set, so runs remember nothing from each other.")
    try:
        deployment.unread_machines(table)
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
            f"The last run failed ({_hour(trouble)}): see the last ERROR in the function's "
            "log group, which says what to do.",
        )
    if runs.posted is None:
        return skipped(LAST_RUN, f"CloudWatch's metrics show no run in the last {RUNS_DAYS} days.")
    sentence = f"A digest or report was posted ({_hour(runs.posted)})"
    if runs.incomplete == runs.posted:
        return ok(LAST_RUN, f"{sentence}, and it says what it had to leave out.")
    return ok(LAST_RUN, f"{sentence}.")


def _hour(start: datetime) -> str:
    start = start.astimezone(UTC)
    return f"{start:%Y-%m-%d %H:%M} to {start + timedelta(hours=1):%H:%M} UTC"

"""All checks in their order, each made when the one before it has been shown.

Last come what the last runs left behind: their ledger, and their metrics in CloudWatch.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sfn_digest.aws.checks import RUNS_DAYS, Checks, Runs, open_checks
from sfn_digest.aws.deployed import Deployment
from sfn_digest.config.names import TABLE
from sfn_digest.config.request import DEFAULT_QUOTA_SHARE
from sfn_digest.doctor import permissions, workspace
from sfn_digest.doctor.result import Check, failing, ok, skipped
from sfn_digest.doctor.setup import NO_AWS, Setup, find_setup, find_token
from sfn_digest.errors import AccessDeniedError, AccountError, NoCredentialsError
from sfn_digest.slack.workspace_checks import SlackChecks

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


CREDENTIALS = "credentials"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command's words ask for; None where the setup is to say."""

    tag: str | None = None
    channel: str | None = None
    function: str | None = None


def examine(wanted: Wanted, environment: Mapping[str, str], now: datetime) -> Iterator[Check]:
    """Check everything; `environment` is where AWS's and the digest's own variables stand."""
    aws = yield from _credentials()
    deployment = None if aws is None else aws[1]
    setup = yield from find_setup(deployment, wanted.function, environment)
    if aws is None:
        yield from _skipped(permissions.NAMES)
    else:
        tag = wanted.tag or setup.settings.defaults.tag
        yield from permissions.check_permissions(aws[0], tag, now)
    yield from _slack(deployment, setup, wanted.channel)
    if aws is None:
        yield from _skipped(NAMES)
    else:
        yield from check_runs(*aws, setup, now)


def _credentials() -> Generator[Check, None, tuple[Checks, Deployment] | None]:
    """The ways to ask AWS; None where no call would be taken."""
    try:
        checks = open_checks(DEFAULT_QUOTA_SHARE)
        deployment = Deployment(checks.region)
    except AccountError as error:
        yield failing(CREDENTIALS, error)
        return None
    try:
        account = deployment.account_id()
    except NoCredentialsError as error:
        yield failing(CREDENTIALS, error)
        return None
    except AccountError as error:
        # A network may have a way to Step Functions and none to STS.
        yield failing(CREDENTIALS, error)
    else:
        yield ok(CREDENTIALS, f"They are for account {account}, Region {checks.region}.")
    return checks, deployment


def _slack(deployment: Deployment | None, setup: Setup, channel: str | None) -> Iterator[Check]:
    token = yield from find_token(deployment, setup)
    if token is None:
        yield from (
            skipped(name, "There is no token to ask Slack with.") for name in workspace.NAMES
        )
        return
    slack = SlackChecks(token, setup.settings.slack_api_url)
    yield from workspace.check_slack(slack, channel or setup.settings.defaults.channel)


def _skipped(names: tuple[str, ...]) -> Iterator[Check]:
    yield from (skipped(name, NO_AWS) for name in names)

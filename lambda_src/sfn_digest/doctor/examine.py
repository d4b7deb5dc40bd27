"""All checks in their order, each made when the one before it has been shown.

First where the channel, the Slack token and the ledger are named: on a function, or right here.
Last what the last runs left behind: their ledger, and their metrics in CloudWatch.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sfn_digest.aws.checks import RUNS_DAYS, Checks, Runs, open_checks
from sfn_digest.aws.deployed import Deployment
from sfn_digest.config.names import BOT_TOKEN, TABLE, TOKEN_PARAMETER, TOKEN_SECRET
from sfn_digest.config.request import DEFAULT_QUOTA_SHARE
from sfn_digest.config.settings import Settings, read_settings
from sfn_digest.doctor import permissions, workspace
from sfn_digest.doctor.result import Check, failing, ok, skipped
from sfn_digest.errors import AccessDeniedError, AccountError, NoCredentialsError
from sfn_digest.slack.webhook import is_webhook
from sfn_digest.slack.workspace_checks import SlackChecks

CREDENTIALS = "credentials"
FUNCTION, TOKEN = "function", "Slack token"
LEDGER, LAST_RUN = "ledger", "last run"
NAMES = (LEDGER, LAST_RUN)
"""The last checks, in their order."""

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


def find_token(deployment: Deployment | None, setup: Setup) -> Generator[Check, None, str | None]:
    """The bot token that the digest would use; None where there is none to check Slack with."""
    check, token = _token(deployment, setup)
    yield check
    return token


_Found = tuple[Check, str | None]


def _token(deployment: Deployment | None, setup: Setup) -> _Found:
    settings = setup.settings
    named = settings.token_parameter or settings.token_secret
    if named is None:
        return _own_token(setup, f"Neither {TOKEN_PARAMETER} nor {TOKEN_SECRET} names one")
    if deployment is None:
        return _own_token(setup, NO_AWS.rstrip("."))
    try:
        token = _read(deployment, settings)
    except AccessDeniedError as error:
        if setup.function is None and setup.bot_token is None:
            return failing(TOKEN, error), None
        return _own_token(setup, f"The named token was not read ({str(error).rstrip('.')})")
    except AccountError as error:
        return failing(TOKEN, error), None
    return _usable(token, f"It comes from {named}.")


def _read(deployment: Deployment, settings: Settings) -> str:
    if settings.token_parameter:
        return deployment.secrets.parameter(settings.token_parameter)
    return deployment.secrets.secret(settings.token_secret or "")


def _own_token(setup: Setup, why: str) -> _Found:
    if setup.bot_token is None:
        return skipped(TOKEN, f"{why}, and {BOT_TOKEN} is not set."), None
    return _usable(setup.bot_token, f"{why}: it is the one in {BOT_TOKEN}.")


def _usable(token: str, which: str) -> _Found:
    if is_webhook(token):
        what = "It is an incoming webhook, which only posts: nothing in Slack can be checked."
        return skipped(TOKEN, what), token
    return ok(TOKEN, which), token


def check_runs(
    checks: Checks, deployment: Deployment, setup: Setup, now: datetime
) -> Iterator[Check]:
    """Whether the ledger can be read, and how the last run ended."""
    yield _ledger(deployment, setup)
    try:
        yield last_run(checks.last_runs(setup.function, now))
    except AccountError as error:
        yield skipped(LAST_RUN, f"CloudWatch was not called: {error}")


def _unread(deployment: Deployment, setup: Setup) -> tuple[str, ...]:
    """What the last digest could not read; nothing where its table cannot be read, told later."""
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
        return skipped(
            LAST_RUN, (f"CloudWatch's metrics show no run in the last {RUNS_DAYS} days.")
        )
    told = f"A digest or report was posted ({_hour(runs.posted)})"
    if runs.incomplete == runs.posted:
        return ok(LAST_RUN, f"{told}, and it says what it had to leave out.")
    return ok(LAST_RUN, f"{told}.")


def _hour(start: datetime) -> str:
    start = start.astimezone(UTC)
    return f"{start:%Y-%m-%d %H:%M} to {start + timedelta(hours=1):%H:%M} UTC"


@dataclass(frozen=True, slots=True)
class DoctorRequest:
    """What the command's words ask for; None where the setup is to say."""

    tag: str | None = None
    channel: str | None = None
    function: str | None = None


def examine(
    wanted: DoctorRequest, environment: Mapping[str, str], now: datetime
) -> Iterator[Check]:
    """Check everything; `environment` is where AWS's and the digest's own variables stand."""
    aws = yield from _credentials()
    deployment = None if aws is None else aws[1]
    setup = yield from find_setup(deployment, wanted.function, environment)
    routed: workspace.Routed = {}
    if aws is None:
        yield from _skipped(permissions.NAMES)
    else:
        tag = wanted.tag or setup.settings.defaults.tag
        unread = _unread(aws[1], setup)
        routed = yield from permissions.check_permissions(aws[0], tag, now, unread)
    yield from _slack(deployment, setup, wanted.channel, routed)
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


def _slack(
    deployment: Deployment | None, setup: Setup, channel: str | None, routed: workspace.Routed
) -> Iterator[Check]:
    token = yield from find_token(deployment, setup)
    if token is None:
        yield from (
            skipped(name, "There is no token to call Slack with.") for name in workspace.NAMES
        )
        return
    if is_webhook(token):
        yield from workspace.check_webhook(routed)
        return
    slack = SlackChecks(token, setup.settings.slack_api_url)
    settings = setup.settings
    wanted = channel or settings.defaults.channel
    yield from workspace.check_slack(slack, wanted, routed, mentions=settings.mentions)


def _skipped(names: tuple[str, ...]) -> Iterator[Check]:
    yield from (skipped(name, NO_AWS) for name in names)

"""All checks in their order, each made when the one before it has been shown."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sfn_digest.aws.checks import Checks, open_checks
from sfn_digest.aws.deployed import Deployment
from sfn_digest.config.request import DEFAULT_QUOTA_SHARE
from sfn_digest.doctor import permissions, runs, workspace
from sfn_digest.doctor.result import Check, failing, ok, skipped
from sfn_digest.doctor.setup import NO_AWS, Setup, find_setup, find_token
from sfn_digest.errors import AccountError, NoCredentialsError
from sfn_digest.slack.workspace_checks import SlackChecks

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
        yield from _skipped(runs.NAMES)
    else:
        yield from runs.check_runs(*aws, setup, now)


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

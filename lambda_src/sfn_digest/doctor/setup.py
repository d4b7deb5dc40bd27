"""Where the channel, the Slack token and the ledger are named: on a function, or right here."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace

from sfn_digest.aws.deployed import Deployment
from sfn_digest.config.names import BOT_TOKEN, TOKEN_PARAMETER, TOKEN_SECRET
from sfn_digest.config.settings import Settings, read_settings
from sfn_digest.doctor.result import Check, failing, ok, skipped
from sfn_digest.errors import AccessDeniedError, AccountError
from sfn_digest.slack.webhook import is_webhook

FUNCTION, TOKEN = "function", "Slack token"

NO_AWS = "AWS was not asked, since the credentials are failing."


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
            "None is named: give --function NAME (the stack's output FunctionName) to check a "
            "deployed digest.",
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
    yield ok(FUNCTION, "It is deployed; its environment says what is checked below.")
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
        return _own_token(setup, f"The named one was not read ({str(error).rstrip('.')})")
    except AccountError as error:
        return failing(TOKEN, error), None
    return _usable(token, f"It is the one that {named} holds.")


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
        return skipped(TOKEN, what), None
    return ok(TOKEN, which), token

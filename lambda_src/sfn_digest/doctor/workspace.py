"""Slack as the digest needs it: the token, the bot, its scopes, the channel, and the blocks."""

from collections.abc import Generator, Iterator, Mapping, Sequence

from sfn_digest.aws.deployed import Deployment
from sfn_digest.config import tag_settings
from sfn_digest.config.names import (
    BOT_TOKEN,
    CHANNEL,
    CHANNEL_ID,
    TOKEN_PARAMETER,
    TOKEN_SECRET,
)
from sfn_digest.config.settings import Settings
from sfn_digest.doctor.deployed_function import NO_AWS, Setup
from sfn_digest.doctor.result import Check, failing, ok, skipped
from sfn_digest.doctor.sample_digest import sample_messages
from sfn_digest.errors import AccessDeniedError, AccountError, SlackError
from sfn_digest.i18n.sanitize import listed, quoted
from sfn_digest.slack.post_errors import SlackPostError, post_error
from sfn_digest.slack.webhook import is_webhook
from sfn_digest.slack.workspace_checks import ChannelState, NotServedError, ScopeError, SlackChecks

TOKEN, BOT, SCOPES = "Slack token", "Slack bot", "Slack scopes"
ROOM, MESSAGE = "Slack channel", "Slack message"
NAMES = (BOT, SCOPES, ROOM, MESSAGE)
"""The checks made here, in their order."""

_HISTORY = frozenset({"channels:history", "groups:history"})

Scopes = frozenset[str] | None
"""None where Slack does not tell them."""


Routed = Mapping[str, Sequence[str]]
"""The names of the machines whose own tag names a channel, by its ID."""


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


def check_workspace(
    deployment: Deployment | None, setup: Setup, channel: str | None, routed: Routed
) -> Iterator[Check]:
    """Whether there is a token, and what Slack tells to it."""
    token = yield from find_token(deployment, setup)
    if token is None:
        yield from (skipped(name, "There is no token to call Slack with.") for name in NAMES)
        return
    if is_webhook(token):
        yield from check_webhook(routed)
        return
    slack = SlackChecks(token, setup.settings.slack_api_url)
    settings = setup.settings
    wanted = channel or settings.defaults.channel
    yield from check_slack(slack, wanted, routed, mentions=settings.mentions)


def check_slack(
    slack: SlackChecks, channel: str | None, routed: Routed, *, mentions: bool = False
) -> Iterator[Check]:
    """Everything that can be known without posting, of the channel and those that machines are
    `routed` to; `mentions` is whether owners are mentioned.
    """
    try:
        identity = slack.identity()
    except SlackError as error:
        yield failing(BOT, error)
        yield from (skipped(name, "Slack did not accept the token.") for name in NAMES[1:])
        return
    yield ok(BOT, f"It is {identity.bot or 'unnamed'} in {identity.team or 'a workspace'}.")
    yield _scopes(identity.scopes, mentions=mentions)
    yield _channel(slack, channel, identity.scopes)
    for other, machines in routed.items():
        if other != channel:
            yield _by_tag(_channel(slack, other, identity.scopes), other, machines)
    yield _blocks(slack)


def check_webhook(routed: Routed) -> Iterator[Check]:
    """Nothing can be known of a webhook, but that no tag leads it to another channel."""
    for name in NAMES:
        yield skipped(name, "There is no token to call Slack with.")
        if name == ROOM:
            for other, machines in routed.items():
                yield _by_tag(failing(ROOM, _NOT_BY_WEBHOOK), other, machines)


_NOT_BY_WEBHOOK = (
    "An incoming webhook posts to its own channel alone: use a bot token, or take the tag away."
)


def _by_tag(check: Check, channel: str, machines: Sequence[str]) -> Check:
    """The check of a channel that a tag names, which is reported first."""
    tag = f"{tag_settings.CHANNEL}={channel}"
    return Check(check.name, check.status, f"{tag} of {listed(machines)}: {check.text}")


def _scopes(scopes: Scopes, *, mentions: bool) -> Check:
    if scopes is None:
        return skipped(SCOPES, "Slack does not report the scopes of this token.")
    if "chat:write" not in scopes:
        return failing(
            SCOPES,
            "The token lacks chat:write: add it under OAuth & Permissions of the Slack app, "
            "reinstall the app, and store the new token.",
        )
    return ok(SCOPES, "; ".join(_advice(scopes, mentions=mentions)) + ".")


def _advice(scopes: frozenset[str], *, mentions: bool) -> Iterator[str]:
    """The needed scope is there; what the others would be good for."""
    history = sorted(scopes & _HISTORY)
    yield "It has " + " and ".join(["chat:write", *history])
    if not history:
        yield (
            "with channels:history too (groups:history for a private channel), a message "
            "could be found after a lost response"
        )
    if "files:write" not in scopes:
        yield (
            "with files:write too, the digest's thread would have the failures as CSV, the "
            "report as JSON and the chart"
        )
    if mentions and "usergroups:read" not in scopes:
        yield "with usergroups:read too, owners that are user groups could be mentioned by @handle"


def _channel(slack: SlackChecks, channel: str | None, scopes: Scopes) -> Check:
    if channel is None:
        return skipped(ROOM, f"No channel is named: give --channel ID, or set {CHANNEL}.")
    if not CHANNEL_ID.fullmatch(channel):
        return failing(
            ROOM,
            f"{quoted(channel)} is not a channel ID: give one such as C0123456789, shown at "
            "the bottom of the channel's details in Slack.",
        )
    try:
        return _seen(slack.channel(channel), scopes or frozenset())
    except ScopeError:
        return _unseen(slack, channel)
    except SlackError as error:
        return failing(ROOM, _not_seen(error, scopes))


def _seen(state: ChannelState, scopes: frozenset[str]) -> Check:
    kind = "private" if state.private else "public"
    named = f"#{state.name} is {kind}" if state.name else f"It is {kind}"
    if state.archived:
        return failing(ROOM, post_error("is_archived"))
    if state.member:
        return ok(ROOM, f"{named}, and the bot is in it.")
    if "chat:write.public" in scopes and not state.private:
        return ok(ROOM, f"{named}; the bot is not in it, but chat:write.public lets it post.")
    return failing(ROOM, post_error("not_in_channel"))


def _unseen(slack: SlackChecks, channel: str) -> Check:
    """What the channel's history tells, where conversations.info is not allowed."""
    try:
        slack.read_a_message(channel)
    except ScopeError:
        return skipped(
            ROOM,
            "It cannot be checked without posting: the token has neither channels:read nor "
            "channels:history (groups:read and groups:history for a private channel).",
        )
    except SlackError as error:
        return failing(ROOM, error)
    return ok(
        ROOM,
        "The bot is in it; only a token with channels:read can see whether it is archived "
        "(groups:read for a private channel).",
    )


def _not_seen(error: SlackError, scopes: Scopes) -> str:
    unknown = isinstance(error, SlackPostError) and error.code == "channel_not_found"
    if unknown and scopes is not None and "groups:read" not in scopes:
        sentence = str(error).rstrip(".")
        return f"{sentence}; a private channel is shown only to a token with groups:read."
    return str(error)


def _blocks(slack: SlackChecks) -> Check:
    messages = sample_messages()
    try:
        problems = [problem for each in messages for problem in slack.problems(each.blocks)]
    except NotServedError as error:
        return skipped(MESSAGE, error)
    except SlackError as error:
        return failing(MESSAGE, error)
    if problems:
        return failing(
            MESSAGE,
            "Slack's validator refuses the digest's blocks: report this line as a bug in "
            f"sfn-digest ({'; '.join(problems)}).",
        )
    replies = len(messages) - 1
    return ok(MESSAGE, f"Slack's validator accepts a digest with {replies} replies in its thread.")

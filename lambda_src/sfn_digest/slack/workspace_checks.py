"""What is asked of Slack without posting: token, scopes, channel, user groups, blocks.

Web API methods: docs.slack.dev/reference/methods.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from sfn_digest.errors import SlackError
from sfn_digest.slack.post_errors import SlackPostError, post_error
from sfn_digest.slack.web_api import TIMEOUT_SECONDS, WebApi

_MOST_PROBLEMS = 3
_UNSERVED = frozenset({"unknown_method", "unreadable_answer", "enterprise_is_restricted"})


class NotServedError(SlackError):
    """This Slack does not serve the method, as stand-ins for it do not."""


class ScopeError(SlackError):
    """The token lacks the scope of the method."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is, in Slack's own words; `scopes` is None where Slack does not tell."""

    team: str
    bot: str
    scopes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class ChannelState:
    """What conversations.info shows of a channel."""

    name: str
    private: bool
    archived: bool
    member: bool


class SlackChecks:
    """The questions, with one bot token; each raises a SlackError where Slack refuses it."""

    def __init__(
        self, token: str, base_url: str | None, time_left: Callable[[], float] = lambda: inf
    ) -> None:
        self._calls = WebApi(token, base_url, lambda: min(TIMEOUT_SECONDS, time_left()))

    def identity(self) -> Identity:
        """The workspace and bot of the token, by auth.test."""
        answer = self._ask("auth.test", lambda client: client.auth_test())
        return Identity(
            team=str(answer.get("team", "")),
            bot=str(answer.get("user", "")),
            scopes=_scopes(answer.headers),
        )

    def channel(self, channel: str) -> ChannelState:
        """The channel of this ID, by conversations.info.

        Raises ScopeError without channels:read, or groups:read for a private channel.
        """
        answer = self._ask(
            "conversations.info", lambda client: client.conversations_info(channel=channel)
        )
        found: Mapping[str, Any] = answer.get("channel") or {}
        return ChannelState(
            name=str(found.get("name", "")),
            private=bool(found.get("is_private")),
            archived=bool(found.get("is_archived")),
            # A stand-in may leave it out; then posting is what tells.
            member=found.get("is_member") is not False,
        )

    def read_a_message(self, channel: str) -> None:
        """Ask for one message of the channel, which only its members may.

        Raises ScopeError without channels:history, or groups:history for a private channel.
        """
        self._ask(
            "conversations.history",
            lambda client: client.conversations_history(channel=channel, limit=1),
        )

    def user_groups(self) -> Mapping[str, str]:
        """The IDs of the workspace's user groups by their handles, by usergroups.list.

        Raises ScopeError without usergroups:read.
        """
        answer = self._ask("usergroups.list", lambda client: client.usergroups_list())
        groups: Sequence[Mapping[str, Any]] = answer.get("usergroups") or ()
        return {str(each.get("handle", "")).casefold(): str(each.get("id", "")) for each in groups}

    def problems(self, blocks: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """What Slack's own validator says against blocks; none where they are valid.

        Raises NotServedError where blocks.validate is not known.
        """

        def validate(client: WebClient) -> SlackResponse:
            try:
                return client.blocks_validate(blocks=[dict(block) for block in blocks])
            except SlackApiError as refusal:
                # The places are in `errors`, of which the sentence of a refusal knows nothing.
                answer: SlackResponse = refusal.response
                if answer.get("error") != "invalid_blocks":
                    raise
                return answer

        return tuple(_problems(self._ask("blocks.validate", validate)))

    def _ask(self, method: str, call: Callable[[WebClient], SlackResponse]) -> SlackResponse:
        try:
            return self._calls.ask(call)
        except SlackPostError as error:
            raise _meant(method, error) from error


def try_channel(
    token: str, channel: str, base_url: str | None, time_left: Callable[[], float]
) -> None:
    """Ask Slack whether a message can be posted, before anything is read that it would tell.

    Raises SlackPostError where Slack surely refuses. What nobody can tell without posting, such as
    for want of a scope or of an answer, is left to posting.
    """
    slack, scopes = SlackChecks(token, base_url, time_left), None
    try:
        scopes = slack.identity().scopes
        state = slack.channel(channel)
    except SlackPostError as error:
        unsure = error.code in _UNSERVED or (
            error.code == "channel_not_found" and not _sees_all(scopes)
        )
        if error.kind != "permanent" or unsure:
            return
        raise
    except SlackError:
        return
    if state.archived:
        raise post_error("is_archived")
    outsider = scopes is not None and "chat:write.public" not in scopes
    if not state.member and (state.private or outsider):
        raise post_error("not_in_channel")


def _sees_all(scopes: frozenset[str] | None) -> bool:
    """Whether a channel that is not found is none: a private one may be hidden from the token."""
    return scopes is not None and "groups:read" in scopes


def _meant(method: str, error: SlackPostError) -> SlackError:
    """The refusal of a question, whose sentences speak of a message that was posted."""
    if error.code == "missing_scope":
        return ScopeError(str(error))
    if method == "blocks.validate" and error.code in _UNSERVED:
        return NotServedError(f"Slack does not offer {method} here ({error.code}).")
    if error.kind == "permanent" or error.code == "unreachable":
        return error
    return SlackError(
        f"Slack did not answer {method} ({error.code}): try again in a minute, and see "
        "slack-status.com if this persists."
    )


def _scopes(headers: Mapping[str, Any]) -> frozenset[str] | None:
    for name, value in headers.items():
        if name.lower() == "x-oauth-scopes":
            text = str(value[0] if isinstance(value, list) else value)
            return frozenset(filter(None, (scope.strip() for scope in text.split(","))))
    return None


def _problems(answer: SlackResponse) -> Iterator[str]:
    if answer.get("ok"):
        return
    errors = answer.get("errors")
    listed = errors if isinstance(errors, list) else []
    for error in listed[:_MOST_PROBLEMS]:
        if isinstance(error, dict):
            yield f"{error.get('pointer', '')}: {error.get('message', '')}"
        else:
            yield str(error)
    if len(listed) > _MOST_PROBLEMS:
        yield f"and {len(listed) - _MOST_PROBLEMS} more"
    if not listed:
        yield "invalid_blocks"

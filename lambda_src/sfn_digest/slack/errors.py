"""What each of Slack's refusals means to a person: one sentence and a kind, as data.

Sources: the errors of chat.postMessage in Slack's method reference, and what was seen.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from sfn_digest.errors import SlackError

Kind: TypeAlias = Literal["permanent", "ours", "transient", "ambiguous"]
"""permanent: a person must change something. ours: the message is at fault. transient: not
posted, and a later try may be. ambiguous: it may have been posted, so it must not be posted
again before somebody has looked.
"""


class SlackPostError(SlackError):
    """A message that was not posted, or may not have been; `code` is Slack's own word."""

    def __init__(self, code: str, kind: Kind, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.kind = kind


_REINSTALL = (
    "Copy the bot token (xoxb-…) from the Slack app's page OAuth & Permissions,"
    " reinstalling the app if it has none, and store it as the digest's token."
)
_WORKSPACE_RULE = "Ask a workspace administrator to let the app post in this channel."
_OUR_FAULT = "This is a fault of sfn-digest: please report it with the log."
_LOOK_FIRST = "Look into the channel before posting again: the message may be there."

SENTENCES: Mapping[str, tuple[Kind, str]] = {
    "access_denied": ("permanent", f"Slack denied access. {_WORKSPACE_RULE}"),
    "account_inactive": (
        "permanent",
        f"The token's user or workspace is no longer active. {_REINSTALL}",
    ),
    "as_user_not_supported": ("ours", f"Slack does not support as_user. {_OUR_FAULT}"),
    "cannot_reply_to_message": ("ours", f"Slack allows no reply to this message. {_OUR_FAULT}"),
    "channel_not_found": (
        "permanent",
        (
            "Slack knows no such channel, or the bot may not see it: use the channel's ID (C…) from"
            " its details, and /invite the bot if the channel is private."
        ),
    ),
    "ekm_access_denied": (
        "permanent",
        f"The workspace's own encryption keys forbid posting. {_WORKSPACE_RULE}",
    ),
    "enterprise_is_restricted": (
        "permanent",
        f"The organisation does not allow this method. {_WORKSPACE_RULE}",
    ),
    "fatal_error": ("ambiguous", f"Slack failed while it took the message. {_LOOK_FIRST}"),
    "internal_error": ("ambiguous", f"Slack failed while it took the message. {_LOOK_FIRST}"),
    "invalid_arguments": ("ours", f"Slack did not accept the call's arguments. {_OUR_FAULT}"),
    "invalid_auth": ("permanent", f"Slack does not accept the token. {_REINSTALL}"),
    "invalid_blocks": ("ours", f"Slack did not accept the message's blocks. {_OUR_FAULT}"),
    "invalid_blocks_format": ("ours", f"Slack could not read the message's blocks. {_OUR_FAULT}"),
    "invalid_json": ("ours", f"Slack could not read the message. {_OUR_FAULT}"),
    "is_archived": (
        "permanent",
        "The channel is archived: unarchive it, or configure another channel.",
    ),
    "json_not_object": ("ours", f"Slack could not read the message. {_OUR_FAULT}"),
    "message_limit_exceeded": (
        "permanent",
        f"The workspace has reached its limit of messages. {_WORKSPACE_RULE}",
    ),
    "metadata_must_be_sent_from_app": ("ours", f"Slack refused the metadata. {_OUR_FAULT}"),
    "missing_scope": (
        "permanent",
        (
            "The token lacks a scope that the app needs: add it under OAuth & Permissions of the"
            " Slack app, reinstall the app, and store the new token."
        ),
    ),
    "msg_blocks_too_long": ("ours", f"Slack finds the message's blocks too long. {_OUR_FAULT}"),
    "msg_too_long": ("ours", f"Slack finds the message's text too long. {_OUR_FAULT}"),
    "no_permission": ("permanent", f"The token may not post. {_REINSTALL}"),
    "no_text": ("ours", f"Slack finds no text in the message. {_OUR_FAULT}"),
    "not_allowed_token_type": (
        "permanent",
        f"Slack does not let this sort of token post. {_REINSTALL}",
    ),
    "not_authed": ("permanent", f"No token reached Slack. {_REINSTALL}"),
    "not_in_channel": (
        "permanent",
        "The bot is not in the channel: write /invite and the bot's name there.",
    ),
    "org_login_required": (
        "permanent",
        (
            "The workspace is being moved to an organisation: wait until that is done, then"
            " reinstall the app."
        ),
    ),
    "ratelimited": (
        "transient",
        (
            "Slack allows no more messages for now, and waiting would have taken longer than there"
            " was time: run the digest again later."
        ),
    ),
    "rate_limited": (
        "transient",
        "The workspace has sent too many messages: run the digest again in a minute.",
    ),
    "request_timeout": (
        "transient",
        "Slack did not receive the whole message in time: run the digest again.",
    ),
    "restricted_action": ("permanent", f"A workspace rule forbids posting. {_WORKSPACE_RULE}"),
    "restricted_action_non_threadable_channel": (
        "permanent",
        f"A channel rule allows no threads here. {_WORKSPACE_RULE}",
    ),
    "restricted_action_read_only_channel": (
        "permanent",
        f"The channel is read-only. {_WORKSPACE_RULE}",
    ),
    "restricted_action_thread_locked": ("permanent", f"The thread is locked. {_WORKSPACE_RULE}"),
    "restricted_action_thread_only_channel": (
        "permanent",
        f"The channel takes replies only. {_WORKSPACE_RULE}",
    ),
    "service_unavailable": (
        "transient",
        "Slack is not available for now: run the digest again later.",
    ),
    "slack_connect_file_link_sharing_blocked": (
        "permanent",
        f"A rule of the shared channel forbids it. {_WORKSPACE_RULE}",
    ),
    "team_access_not_granted": (
        "permanent",
        (
            "The app is not approved for this workspace: ask an administrator of the organisation"
            " to add it."
        ),
    ),
    "team_added_to_org": (
        "transient",
        "The workspace is being moved to an organisation: run the digest again later.",
    ),
    "team_not_found": ("permanent", f"The token's workspace is gone. {_REINSTALL}"),
    "token_expired": ("permanent", f"The token has expired. {_REINSTALL}"),
    "token_revoked": ("permanent", f"The token was revoked. {_REINSTALL}"),
    "too_many_attachments": ("ours", f"Slack finds too many attachments. {_OUR_FAULT}"),
    "two_factor_setup_required": (
        "permanent",
        "The token's user must set up two-factor authentication in Slack.",
    ),
    # From here on: what Slack did not say itself.
    "malformed_token": (
        "permanent",
        f"The token is empty or holds characters no Slack token has. {_REINSTALL}",
    ),
    "no_time_left": (
        "transient",
        "No time was left to post the message, so nothing was sent: run the digest again.",
    ),
    "no_answer": ("ambiguous", f"Slack did not answer. {_LOOK_FIRST}"),
    "server_error": ("ambiguous", f"Slack answered with a server error. {_LOOK_FIRST}"),
    "unreadable_answer": ("ambiguous", f"Slack's answer could not be read. {_LOOK_FIRST}"),
    "unreachable": (
        "transient",
        "Slack cannot be reached, so nothing was sent: check the network's way to slack.com.",
    ),
}
"""Every error by Slack's code: what kind it is and what a person should do."""


def post_error(code: str, details: Iterable[str] = ()) -> SlackPostError:
    """Make the error of this code; `details` are Slack's own, added in brackets.

    An error that Slack has added since is permanent until somebody has looked at it.
    """
    kind, sentence = SENTENCES.get(code, ("permanent", _unknown(code)))
    told = "; ".join(details)
    return SlackPostError(code, kind, f"{sentence} ({told})" if told else sentence)


def _unknown(code: str) -> str:
    return f"Slack refused the message with “{code}”: see that error in Slack's API reference."

"""A channel behind a bot token, whose messages can be answered, replaced and found again; and the
channel that a secret opens, behind such a token or a webhook.

Needs the scope chat:write; `find` needs channels:history, or groups:history for a private
channel. Web API methods: docs.slack.dev/reference/methods.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from sfn_digest.slack.channel import (
    FileUpload,
    FoundMessage,
    MessageMetadata,
    PostedMessage,
    as_payload,
    metadata_of,
)
from sfn_digest.slack.connection import MaySend, always
from sfn_digest.slack.post_errors import post_error
from sfn_digest.slack.web_api import WebApi
from sfn_digest.slack.webhook import WebhookChannel, is_webhook
from sfn_digest.slack.workspace_checks import try_channel

if TYPE_CHECKING:
    from sfn_digest.model.slack_message import SlackMessage
    from sfn_digest.slack.channel import Channel

_PAGE = 200
"""Messages a page, of which conversations.history recommends no more."""


class BotChannel:
    """The channel with this ID. `time_left` tells the seconds that remain.

    `base_url` is the Web API's address where it is not Slack's own.
    """

    threads = True

    def __init__(
        self,
        token: str,
        channel: str,
        *,
        base_url: str | None = None,
        time_left: Callable[[], float],
    ) -> None:
        self._calls = WebApi(token, base_url, time_left)
        self._channel = channel
        self._self: tuple[str, str] | None = None

    def post(
        self,
        message: "SlackMessage",
        metadata: MessageMetadata | None,
        thread: str | None,
        may_send: MaySend = always,
    ) -> PostedMessage:
        """Post once; see Channel. Neither links nor media are unfurled."""
        answer = self._calls.ask(
            lambda client: client.chat_postMessage(
                channel=self._channel,
                text=message.text,
                blocks=message.blocks,
                metadata=as_payload(metadata),
                thread_ts=thread,
                unfurl_links=False,
                unfurl_media=False,
            ),
            may_send,
        )
        channel, ts = answer.get("channel"), answer.get("ts")
        if isinstance(channel, str) and isinstance(ts, str):
            return PostedMessage(channel, ts)
        raise post_error("unreadable_answer")

    def update(
        self,
        ts: str,
        message: "SlackMessage",
        metadata: MessageMetadata | None,
        may_send: MaySend = always,
    ) -> None:
        """Replace the message; see Channel."""
        self._calls.ask(
            lambda client: client.chat_update(
                channel=self._channel,
                ts=ts,
                text=message.text,
                blocks=message.blocks,
                metadata=as_payload(metadata),
            ),
            may_send,
        )

    def remove(self, ts: str) -> None:
        """Remove the message; see Channel."""
        self._calls.ask(lambda client: client.chat_delete(channel=self._channel, ts=ts))

    def attach(self, files: Sequence[FileUpload], thread: str) -> None:
        """Upload the files and share them; see Channel. Needs the scope files:write."""
        uploads = [
            {
                "filename": file.name,
                "title": file.name,
                "content": file.content,
                "alt_txt": file.alt,
            }
            for file in files
        ]
        self._calls.ask(
            lambda client: client.files_upload_v2(
                file_uploads=uploads, channel=self._channel, thread_ts=thread
            )
        )

    def find(
        self, key: str, thread: str | None, earliest: datetime, latest: datetime
    ) -> FoundMessage | None:
        """Look among the channel's messages, or the thread's; see Channel."""
        who, whose = self._whoami()
        found = [
            FoundMessage(message["ts"], metadata.fingerprint)
            for message in self._messages(thread, earliest, latest)
            if message.get(who) == whose
            and (metadata := metadata_of(message))
            and metadata.key == key
        ]
        return min(found, key=lambda each: float(each.ts), default=None)

    def _whoami(self) -> tuple[str, str]:
        """The field that tells whose a message is, and its value for our own."""
        if self._self is None:
            answer = self._calls.ask(lambda client: client.auth_test())
            bot, user = answer.get("bot_id"), answer.get("user_id")
            self._self = ("bot_id", str(bot)) if bot else ("user", str(user))
        return self._self

    def _messages(
        self, thread: str | None, earliest: datetime, latest: datetime
    ) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        while True:
            page = self._page(thread, earliest, latest, cursor)
            yield from page.get("messages") or ()
            metadata = page.get("response_metadata") or {}
            cursor = metadata.get("next_cursor") or None
            if cursor is None:
                return

    def _page(
        self, thread: str | None, earliest: datetime, latest: datetime, cursor: str | None
    ) -> SlackResponse:
        span = {"oldest": f"{earliest.timestamp():.6f}", "latest": f"{latest.timestamp():.6f}"}

        def ask(client: WebClient) -> SlackResponse:
            if thread is None:
                return client.conversations_history(
                    channel=self._channel,
                    include_all_metadata=True,
                    inclusive=True,
                    limit=_PAGE,
                    cursor=cursor,
                    **span,
                )
            return client.conversations_replies(
                channel=self._channel,
                ts=thread,
                include_all_metadata=True,
                inclusive=True,
                limit=_PAGE,
                cursor=cursor,
                **span,
            )

        return self._calls.ask(ask)


def try_slack(
    secret: str, channel: str, base_url: str | None, time_left: Callable[[], float] = lambda: inf
) -> None:
    """Find out before the scan what would keep a digest from its channel.

    Raises SlackError where Slack surely refuses; an incoming webhook tells nothing beforehand.
    """
    if not is_webhook(secret):
        try_channel(secret, channel, base_url, time_left)


def open_channel(
    secret: str, channel: str, base_url: str | None, time_left: Callable[[], float]
) -> "Channel":
    """The channel behind a bot token, or behind an incoming webhook's address.

    `base_url` is the Web API's address where it is not Slack's own; `time_left` tells the
    seconds that remain.
    """
    if is_webhook(secret):
        return WebhookChannel(secret, channel, time_left=time_left)
    return BotChannel(secret, channel, base_url=base_url, time_left=time_left)

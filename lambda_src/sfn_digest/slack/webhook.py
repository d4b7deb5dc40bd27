"""A channel behind an incoming webhook, the reduced mode: one message, at most once.

A webhook has one fixed channel and tells no `ts`: no thread, no update, no way to look
whether a message arrived. Its answers: docs.slack.dev, Sending messages using incoming webhooks.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from http.client import HTTPException
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from slack_sdk.webhook import WebhookResponse

from sfn_digest.slack.channel import FileUpload, FoundMessage, MessageMetadata, PostedMessage
from sfn_digest.slack.connection import CarefulWebhookClient, MaySend, always
from sfn_digest.slack.post_errors import SENTENCES, SlackPostError, post_error
from sfn_digest.slack.web_api import LEAST_SECONDS, TIMEOUT_SECONDS, failed, is_code, retry_after

if TYPE_CHECKING:
    from sfn_digest.model.slack_message import SlackMessage

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_silent = logging.getLogger("sfn_digest.slack.webhook")
# slack_sdk logs the URL, which is the secret, at DEBUG.
_silent.setLevel(logging.CRITICAL)


def is_webhook(secret: str) -> bool:
    """Whether the deployment's secret is a webhook's URL rather than a token."""
    return secret.startswith(("https://", "http://"))


class WebhookChannel:
    """The channel that the webhook was made for; `channel` is only what it is called here."""

    threads = False

    def __init__(self, url: str, channel: str, *, time_left: Callable[[], float]) -> None:
        self._url = url
        self._channel = channel
        self._time_left = time_left

    def post(
        self,
        message: "SlackMessage",
        metadata: MessageMetadata | None,  # noqa: ARG002 - a webhook takes no metadata
        thread: str | None,  # noqa: ARG002 - nor a thread
        may_send: MaySend = always,
    ) -> PostedMessage:
        """Post once; see Channel."""
        error = self._attempt(message, may_send)
        # Raised here and not where it was caught, so that no error holds the URL.
        if error is not None:
            raise error
        return PostedMessage(self._channel, None)

    def update(
        self,
        ts: str,  # noqa: ARG002
        message: "SlackMessage",  # noqa: ARG002
        metadata: MessageMetadata | None,  # noqa: ARG002
        may_send: MaySend = always,  # noqa: ARG002
    ) -> NoReturn:
        """Raises SlackPostError: a webhook changes nothing."""
        raise post_error("webhook_cannot_update")

    def remove(self, ts: str) -> NoReturn:  # noqa: ARG002
        """Raises SlackPostError: a webhook changes nothing."""
        raise post_error("webhook_cannot_update")

    def attach(self, files: Sequence[FileUpload], thread: str) -> NoReturn:  # noqa: ARG002
        """Raises SlackPostError: a webhook takes no files."""
        raise post_error("webhook_cannot_attach")

    def find(
        self,
        key: str,  # noqa: ARG002
        thread: str | None,  # noqa: ARG002
        earliest: datetime,  # noqa: ARG002
        latest: datetime,  # noqa: ARG002
    ) -> FoundMessage | None:
        """Raises SlackPostError: a webhook reads nothing."""
        raise post_error("webhook_cannot_look")

    def _attempt(self, message: "SlackMessage", may_send: MaySend) -> SlackPostError | None:
        seconds = self._time_left()
        if obstacle := _obstacle(self._url, seconds):
            return post_error(obstacle)
        client = CarefulWebhookClient(
            self._url,
            may_send=may_send,
            timeout=min(TIMEOUT_SECONDS, int(seconds)),
            logger=_silent,
            retry_handlers=[],
        )
        try:
            answer = client.send(
                text=message.text,
                blocks=message.blocks,
                unfurl_links=False,
                unfurl_media=False,
            )
        except (OSError, HTTPException, ValueError) as failure:
            return post_error(failed(failure))
        return _refusal(answer)


def _obstacle(url: str, seconds: float) -> str | None:
    parts = urlsplit(url)
    private = parts.scheme == "https" or parts.hostname in _LOOPBACK
    if not private or not url.isprintable() or " " in url:
        return "no_service_id"
    return "no_time_left" if seconds < LEAST_SECONDS else None


def _refusal(answer: WebhookResponse) -> SlackPostError | None:
    status, code = answer.status_code, answer.body.strip()
    if status == 200:
        return None if code == "ok" else post_error("unreadable_answer")
    if status == 429:
        return post_error("ratelimited", retry_after=retry_after(answer.headers))
    if is_code(code) and code in SENTENCES:
        return post_error(code)
    if status >= 500:
        return post_error("server_error")
    return post_error("webhook_refused", [f"HTTP {status}", *([code] if is_code(code) else [])])

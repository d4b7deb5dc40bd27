"""What a channel can be asked, and what it answers: the same for a bot and for a webhook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sfn_digest.slack.connection import MaySend, always

if TYPE_CHECKING:
    from sfn_digest.model.slack_message import SlackMessage


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """Where a message stands: the channel's ID and the message's own, its `ts`.

    `ts` is None where Slack does not tell it, as behind an incoming webhook.
    """

    channel: str
    ts: str | None


@dataclass(frozen=True, slots=True)
class MessageMetadata:
    """What a message carries unseen, so that it can be found again: Slack's message metadata.

    `key` names the message for all runs; `fingerprint` stands for its content.
    """

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message of our own that stands in the channel, and the fingerprint it carries."""

    ts: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class FileUpload:
    """A file to attach; `alt` is what is read aloud for a picture."""

    name: str
    content: bytes
    alt: str | None = None


class Channel(Protocol):
    """One channel; every call raises SlackPostError where Slack does not do as asked."""

    @property
    def threads(self) -> bool:
        """Whether a message can be answered in a thread."""

    def post(
        self,
        message: "SlackMessage",
        metadata: MessageMetadata | None,
        thread: str | None,
        may_send: MaySend = always,
    ) -> PostedMessage:
        """Post a message, once; `thread` is the ts of the message that it answers.

        `may_send` is asked after connecting, right before the message is sent.
        """

    def update(
        self,
        ts: str,
        message: "SlackMessage",
        metadata: MessageMetadata | None,
        may_send: MaySend = always,
    ) -> None:
        """Replace a message of our own, which notifies nobody."""

    def remove(self, ts: str) -> None:
        """Remove a message of our own."""

    def attach(self, files: Sequence[FileUpload], thread: str) -> None:
        """Attach files, all in one message, to the thread of the message with this ts."""

    def find(
        self, key: str, thread: str | None, earliest: datetime, latest: datetime
    ) -> FoundMessage | None:
        """The oldest message that our own app posted with this key between the two times."""


EVENT_TYPE = "sfn_digest_report"
_KEY = "report_key"
_FINGERPRINT = "fingerprint"


def as_payload(metadata: MessageMetadata | None) -> dict[str, object] | None:
    """The metadata as chat.postMessage takes it."""
    if metadata is None:
        return None
    payload = {_KEY: metadata.key, _FINGERPRINT: metadata.fingerprint}
    return {"event_type": EVENT_TYPE, "event_payload": payload}


def metadata_of(message: Mapping[str, object]) -> MessageMetadata | None:
    """The metadata that a message of conversations.history carries, if it is one of ours."""
    carried = message.get("metadata")
    if not isinstance(carried, dict) or carried.get("event_type") != EVENT_TYPE:
        return None
    payload = carried.get("event_payload")
    if not isinstance(payload, dict) or not isinstance(payload.get(_KEY), str):
        return None
    return MessageMetadata(payload[_KEY], str(payload.get(_FINGERPRINT, "")))

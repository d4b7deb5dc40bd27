"""What a Slack workspace keeps: the messages of its channels, in the order they came."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simulator.server.slack_blocks import (
    LONGEST_BLOCKS,
    LONGEST_TEXT,
    Block,
    block_errors,
    text_length,
)

_DEFAULT_PAGE = 100


class SlackRefusalError(Exception):
    """An `ok: false` answer: Slack's error name and what else the answer holds."""

    def __init__(self, error: str, **fields: Any) -> None:
        super().__init__(error)
        self.error = error
        self.fields = fields


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message as it stands; `ts` is its id, `thread_ts` that of the message it answers."""

    channel: str
    ts: str
    text: str
    blocks: tuple[Block, ...]
    bot_id: str
    thread_ts: str | None = None
    metadata: Mapping[str, Any] | None = None
    edited: bool = False
    files: tuple[tuple[str, bytes], ...] = ()

    def shown(self, *, with_metadata: bool) -> dict[str, Any]:
        """The message as Slack's answers show it."""
        shown: dict[str, Any] = {
            "type": "message",
            "text": self.text,
            "ts": self.ts,
            "bot_id": self.bot_id,
            "blocks": list(self.blocks),
        }
        if self.thread_ts:
            shown["thread_ts"] = self.thread_ts
        if self.files:
            shown["files"] = [{"name": name, "size": len(content)} for name, content in self.files]
        if self.edited:
            shown["edited"] = {"ts": self.ts}
        if self.metadata and with_metadata:
            shown["metadata"] = self.metadata
        return shown


class Channels:
    """The channels' messages; `now` tells epoch seconds, of which each `ts` is a later one."""

    def __init__(self, names: Sequence[str], now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._messages: dict[str, dict[str, SlackMessage]] = {name: {} for name in names}
        self._last_ts = 0

    def all(self) -> tuple[SlackMessage, ...]:
        """Every message of every channel, oldest first."""
        with self._lock:
            kept = [message for held in self._messages.values() for message in held.values()]
        return tuple(sorted(kept, key=lambda message: float(message.ts)))

    def post(self, params: Mapping[str, Any], bot_id: str) -> SlackMessage:
        """Keep a new message; refused as chat.postMessage refuses it."""
        held = self._channel(params)
        text, blocks = _content(params)
        thread = params.get("thread_ts")
        with self._lock:
            if thread and thread not in held:
                raise SlackRefusalError("thread_not_found")
            message = SlackMessage(
                *(params["channel"], self._next_ts(), text, blocks, bot_id),
                thread_ts=thread,
                metadata=decoded(params.get("metadata")),
            )
            held[message.ts] = message
        return message

    def share(
        self,
        channel: str,
        bot_id: str,
        *,
        thread: str | None,
        files: tuple[tuple[str, bytes], ...],
    ) -> None:
        """Keep a new message that holds nothing but files."""
        held = self._channel({"channel": channel})
        with self._lock:
            if thread and thread not in held:
                raise SlackRefusalError("thread_not_found")
            ts = self._next_ts()
            held[ts] = SlackMessage(channel, ts, "", (), bot_id, thread_ts=thread, files=files)

    def update(self, params: Mapping[str, Any], bot_id: str) -> SlackMessage:
        """Replace a message's text and blocks; refused as chat.update refuses it."""
        held = self._channel(params)
        text, blocks = _content(params)
        with self._lock:
            old = held.get(params.get("ts", ""))
            if old is None:
                raise SlackRefusalError("message_not_found")
            if old.bot_id != bot_id:
                raise SlackRefusalError("cant_update_message")
            metadata = decoded(params.get("metadata")) or old.metadata
            held[old.ts] = replace(old, text=text, blocks=blocks, metadata=metadata, edited=True)
            return held[old.ts]

    def delete(self, params: Mapping[str, Any], bot_id: str) -> dict[str, Any]:
        """Remove a message; refused as chat.delete refuses it."""
        held = self._channel(params)
        with self._lock:
            old = held.get(params.get("ts", ""))
            if old is None:
                raise SlackRefusalError("message_not_found")
            if old.bot_id != bot_id:
                raise SlackRefusalError("cant_delete_message")
            del held[old.ts]
        return {"channel": old.channel, "ts": old.ts}

    def history(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """conversations.history: messages of the channel itself, newest first."""
        held = self._snapshot(params)
        roots = [message for message in held.values() if message.thread_ts in (None, message.ts)]
        return _page(roots[::-1], params)

    def replies(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """conversations.replies: the message and its answers, oldest first."""
        held, root = self._snapshot(params), params.get("ts", "")
        if root not in held:
            raise SlackRefusalError("thread_not_found")
        answers = [message for message in held.values() if message.thread_ts == root]
        return _page([held[root], *answers], params)

    def _snapshot(self, params: Mapping[str, Any]) -> dict[str, SlackMessage]:
        held = self._channel(params)
        with self._lock:
            return dict(held)

    def _channel(self, params: Mapping[str, Any]) -> dict[str, SlackMessage]:
        held = self._messages.get(params.get("channel", ""))
        if held is None:
            raise SlackRefusalError("channel_not_found")
        return held

    def _next_ts(self) -> str:
        self._last_ts = max(int(self._now() * 1e6), self._last_ts + 1)
        return f"{self._last_ts // 10**6}.{self._last_ts % 10**6:06d}"


def _content(params: Mapping[str, Any]) -> tuple[str, tuple[Block, ...]]:
    text, blocks = params.get("text") or "", decoded(params.get("blocks")) or []
    if not text and not blocks:
        raise SlackRefusalError("no_text")
    if len(text) > LONGEST_TEXT:
        raise SlackRefusalError("msg_too_long")
    errors = block_errors(blocks)
    if errors:
        messages = [f"[ERROR] {error}" for error in errors]
        raise SlackRefusalError(
            "invalid_blocks", errors=errors, response_metadata={"messages": messages}
        )
    if text_length(blocks) > LONGEST_BLOCKS:
        raise SlackRefusalError("msg_blocks_too_long")
    return text, tuple(blocks)


def decoded(value: Any) -> Any:
    """Blocks and metadata, which a form carries as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise SlackRefusalError("invalid_arguments") from error


def _page(messages: Sequence[SlackMessage], params: Mapping[str, Any]) -> dict[str, Any]:
    inclusive = _flag(params, "inclusive")
    oldest, latest = float(params.get("oldest", 0)), float(params.get("latest", "inf"))
    found = [
        message
        for message in messages
        if oldest < float(message.ts) < latest
        or (inclusive and float(message.ts) in (oldest, latest))
    ]
    start = int(params.get("cursor") or 0)
    end = start + int(params.get("limit", _DEFAULT_PAGE))
    with_metadata = _flag(params, "include_all_metadata")
    page = [message.shown(with_metadata=with_metadata) for message in found[start:end]]
    cursor = str(end) if end < len(found) else ""
    return {
        "messages": page,
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def _flag(params: Mapping[str, Any], name: str) -> bool:
    return str(params.get(name, "")).lower() in ("1", "true")

"""A message as Slack takes it, and how much text it may hold."""

from dataclasses import dataclass
from typing import Any

MESSAGE_LIMIT = 8_000
"""Characters of all text in a message: blocks, links and top-level text. Slack was seen to
refuse one of some 11,000."""


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """What chat.postMessage takes: `text` is a complete summary for notifications and screen
    readers, `blocks` what is seen.

    `fallback_blocks` are for a workspace that refuses `blocks` because of a kind of block that
    not every plan has; None where all kinds are common.
    """

    text: str
    blocks: list[dict[str, Any]]
    fallback_blocks: list[dict[str, Any]] | None = None


def weight(candidate: SlackMessage) -> int:
    """Count the characters of a message's text: every string in its blocks, and `text`."""
    return len(candidate.text) + characters(candidate.blocks)


def characters(value: object) -> int:
    """Count the characters of every string in blocks."""
    if isinstance(value, dict):
        return sum(map(characters, value.values()))
    if isinstance(value, list):
        return sum(map(characters, value))
    return len(value) if isinstance(value, str) else 0

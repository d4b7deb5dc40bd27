"""Slack's limits on a message, and our own, as a list of what is wrong with one.

Figures: Slack's Block Kit reference (header 150, section field 2,000, context 10 elements,
50 blocks, URL 3,000). Ours: 8 blocks, `text` 3,000, 8,000 characters in all, because whole
messages of some 11,000 characters were seen to be refused.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from sfn_digest.report.slack_blocks import Message

_MARKUP = re.compile(r"<[^>]*>")
_KINDS = {"header", "rich_text", "section", "context"}
_INERT = {"text", "link", "rich_text_section", "rich_text_list"}


def lint(message: Message) -> list[str]:
    """Name everything Slack would refuse, run as a command, or cut."""
    return [*_whole(message), *_each(message), *_all_text(message)]


def strings(value: Any) -> Iterator[str]:
    """Yield every string in blocks."""
    if isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def units(text: str) -> int:
    """Count UTF-16 units, the larger of the ways in which a length can be taken."""
    return len(text.encode("utf-16-le")) // 2


def _whole(message: Message) -> Iterator[str]:
    if not 1 <= len(message.blocks) <= 8:
        yield f"{len(message.blocks)} blocks"
    if not message.text.strip() or len(message.text) > 3_000:
        yield f"text of {len(message.text)} characters"
    in_all = len(message.text) + sum(map(len, strings(message.blocks)))
    if in_all > 8_000:
        yield f"{in_all} characters"
    json.dumps(message.blocks, allow_nan=False)


def _each(message: Message) -> Iterator[str]:
    for block in message.blocks:
        kind = block["type"]
        if kind not in _KINDS:
            yield f"unexpected block {kind}"
        elif kind == "header":
            yield from _plain(block["text"], 150)
        elif kind == "section":
            yield from _fields(block["fields"])
        elif kind == "context":
            if not 1 <= len(block["elements"]) <= 10:
                yield f"{len(block['elements'])} context elements"
            for element in block["elements"]:
                yield from _plain(element, 2_000)
        else:
            for element in block["elements"]:
                yield from _rich(element)


def _plain(text: dict[str, Any], limit: int) -> Iterator[str]:
    if text["type"] != "plain_text" or text.get("emoji") is not False:
        yield f"not plain: {text}"
    if not 1 <= units(text["text"]) <= limit:
        yield f"plain text of {units(text['text'])}"


def _fields(fields: list[dict[str, Any]]) -> Iterator[str]:
    if not 1 <= len(fields) <= 4:
        yield f"{len(fields)} numbers"
    for field in fields:
        if not re.fullmatch(r"\*[A-Z][a-z ]+\*\n[\d,]+", field["text"]):
            yield f"markup holds more than a number: {field['text']!r}"


def _rich(element: dict[str, Any]) -> Iterator[str]:
    if element["type"] not in _INERT:
        yield f"rich text of type {element['type']}"
    if element["type"] in {"text", "link"} and not element.get("text"):
        yield "empty text"
    if element["type"] == "link":
        url = element["url"]
        if len(url) > 3_000 or not re.fullmatch(r"https://[^\s<>|\"]+", url):
            yield f"link to {url!r}"
    for child in element.get("elements", []):
        yield from _rich(child)


def _all_text(message: Message) -> Iterator[str]:
    if _MARKUP.search(message.text) or re.search(r"&(?!amp;|lt;|gt;)", message.text):
        yield f"unescaped: {message.text}"
    for text in [message.text, *strings(message.blocks)]:
        for character in text:
            if character != "\n" and unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"}:
                yield f"unseen character {character!r}"

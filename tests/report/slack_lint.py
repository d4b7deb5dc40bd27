"""Slack's limits on a message, and our own, as a list of what is wrong with one.

Figures: Slack's Block Kit reference (header 150, section field 2,000, context 10 elements,
50 blocks, URL 3,000, a table of 100 rows; of charts see `_chart`). Ours: 8 blocks, `text`
3,000, 8,000 characters in all, because whole messages of some 11,000 characters were seen to
be refused; and kinds of blocks that are not for the root message.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sfn_digest.model.slack_message import SlackMessage

_MARKUP = re.compile(r"<[^>]*>")
_KINDS = {"header", "rich_text", "section", "context"}
_REPLY_KINDS = {"header", "rich_text", "table"}
_INERT = {"text", "link", "rich_text_section", "rich_text_list"}
_REPLY_INERT = _INERT | {"rich_text_preformatted"}

_LABEL = r"[A-Z][a-z ]+|[ぁ-んァ-ヶー一-龥]+"
_BEFORE = (
    r"new|[\d,]+ (last week|in the previous ([\d,]+ )?(day|hour|minute)s?)"
    r"|新規|前週 [\d,]+|前の[\d,]+(日間|時間|分間) [\d,]+"
)


def lint(message: SlackMessage) -> list[str]:
    """Name everything Slack would refuse, run as a command, or cut."""
    return [*_whole(message), *_each(message, _KINDS, _INERT), *_all_text(message)]


def lint_reply(message: SlackMessage) -> list[str]:
    """Do the same for a reply of the thread; its charts must leave a form without them."""
    charts = [block for block in message.blocks if block["type"] == "data_visualization"]
    plain = [block for block in message.blocks if block["type"] != "data_visualization"]
    found = [problem for chart in charts for problem in _chart(chart)]
    if len(charts) > 2:
        found.append(f"{len(charts)} charts")
    if message.fallback_blocks != (plain if charts else None):
        found.append("no form without charts")
    kinds = [block["type"] for block in plain]
    if kinds.count("table") > 1 or kinds[0] != "header":
        found.append(f"blocks {kinds}")
    without = replace(message, blocks=plain)
    return [*found, *_whole(message), *_each(without, _REPLY_KINDS, _REPLY_INERT),
            *_all_text(message)]  # fmt: skip


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


def _whole(message: SlackMessage) -> Iterator[str]:
    if not 1 <= len(message.blocks) <= 9:
        yield f"{len(message.blocks)} blocks"
    if not message.text.strip() or len(message.text) > 3_000:
        yield f"text of {len(message.text)} characters"
    in_all = len(message.text) + sum(map(len, strings(message.blocks)))
    if in_all > 8_000:
        yield f"{in_all} characters"
    json.dumps(message.blocks, allow_nan=False)


def _each(message: SlackMessage, kinds: set[str], inert: set[str]) -> Iterator[str]:
    for block in message.blocks:
        kind = block["type"]
        if kind not in kinds:
            yield f"unexpected block {kind}"
        elif kind == "table":
            yield from _table(block)
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
                yield from _rich(element, inert)


def _table(table: dict[str, Any]) -> Iterator[str]:
    rows = table["rows"]
    if not 2 <= len(rows) <= 100 or len({len(row) for row in rows}) > 1 or len(rows[0]) > 20:
        yield f"table of {len(rows)} rows"
    for cell in (cell for row in rows for cell in row):
        if cell["type"] != "raw_text" or not cell["text"]:
            yield f"cell {cell}"
    if sum(len(cell["text"]) for row in rows for cell in row) > 10_000:
        yield "too much text in a table"


def _chart(block: dict[str, Any]) -> Iterator[str]:
    """Check limits of docs.slack.dev, Data visualization block: title 50, other names 20, one to
    six series of one to 20 points, whose labels are the categories.
    """
    chart = block["chart"]
    categories = chart["axis_config"]["categories"]
    if set(block) != {"type", "title", "chart"} or chart["type"] != "bar":
        yield f"chart {block}"
    if not 1 <= units(block["title"]) <= 50 or units(chart["axis_config"]["y_label"]) > 50:
        yield f"title {block['title']!r}"
    if not 1 <= len(chart["series"]) <= 6:
        yield f"{len(chart['series'])} series"
    for series in chart["series"]:
        labels = [point["label"] for point in series["data"]]
        if labels != categories or not 1 <= len(labels) <= 20 or len(set(labels)) < len(labels):
            yield f"labels {labels}"
        if not all(1 <= len(name) <= 20 for name in [series["name"], *labels]):
            yield f"names {[series['name'], *labels]}"
        if not all(isinstance(point["value"], int) for point in series["data"]):
            yield f"values {series['data']}"


def _plain(text: dict[str, Any], limit: int) -> Iterator[str]:
    if text["type"] != "plain_text" or text.get("emoji") is not False:
        yield f"not plain: {text}"
    if not 1 <= units(text["text"]) <= limit:
        yield f"plain text of {units(text['text'])}"


def _fields(fields: list[dict[str, Any]]) -> Iterator[str]:
    if not 1 <= len(fields) <= 4:
        yield f"{len(fields)} numbers"
    for field in fields:
        if not re.fullmatch(rf"\*({_LABEL})\*\n[\d,]+( \(({_BEFORE})\))?", field["text"]):
            yield f"markup holds more than a number: {field['text']!r}"


def _rich(element: dict[str, Any], inert: set[str]) -> Iterator[str]:
    if element["type"] not in inert:
        yield f"rich text of type {element['type']}"
    if element["type"] in {"text", "link"} and not element.get("text"):
        yield "empty text"
    if element["type"] == "link":
        url = element["url"]
        if len(url) > 3_000 or not re.fullmatch(r"https://[^\s<>|\"]+", url):
            yield f"link to {url!r}"
    for child in element.get("elements", []):
        yield from _rich(child, inert)


def _all_text(message: SlackMessage) -> Iterator[str]:
    if _MARKUP.search(message.text) or re.search(r"&(?!amp;|lt;|gt;)", message.text):
        yield f"unescaped: {message.text}"
    for text in [message.text, *strings(message.blocks)]:
        for character in text:
            if character != "\n" and unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"}:
                yield f"unseen character {character!r}"

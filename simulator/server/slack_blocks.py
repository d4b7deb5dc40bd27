"""Slack's limits on a message, as far as they are documented or were measured."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Block = Mapping[str, Any]

LONGEST_TEXT = 40_000
"""Characters of a message's `text`."""

LONGEST_BLOCKS = 11_340
"""Characters of text in all blocks: Slack was seen to refuse 11,341."""

_MOST_BLOCKS = 50
_LONGEST_SECTION = 3000
_LONGEST_FIELD = 2000
_LONGEST_HEADER = 150
_LONGEST_BLOCK_ID = 255
_LONGEST_TABLE = 10_000


def text_length(blocks: Sequence[Block]) -> int:
    """All characters of text that the blocks show."""
    return sum(len(text) for text in _texts(blocks))


def block_errors(blocks: Any) -> list[str]:
    """What Slack would say against these blocks, each with the place it is about."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return [_at("must be an array of blocks", "/blocks")]
    errors = [] if len(blocks) <= _MOST_BLOCKS else [_at("no more than 50 items", "/blocks")]
    for index, block in enumerate(blocks):
        check = _CHECKS.get(str(block.get("type")))
        where = f"/blocks/{index}"
        found = check(block) if check else ["unsupported type /type"]
        if len(str(block.get("block_id", ""))) > _LONGEST_BLOCK_ID:
            found = [*found, "must be less than 256 characters /block_id"]
        errors += [_at(text, where + place) for text, _, place in map(_parted, found)]
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(set(ids)) < len(ids):
        errors.append(_at("block_id must be unique", "/blocks"))
    if sum(block.get("type") == "table" for block in blocks) > 1:
        errors.append(_at("only one table a message", "/blocks"))
    return errors


def pointed_errors(blocks: Any) -> list[dict[str, str]]:
    """What blocks.validate would say against these blocks."""
    errors = (
        error.removesuffix("]").partition(" [json-pointer:") for error in block_errors(blocks)
    )
    return [
        {"pointer": pointer, "code": "failed_constraint", "message": message}
        for message, _, pointer in errors
    ]


def _parted(found: str) -> tuple[str, str, str]:
    return found.rpartition(" ")


def _at(error: str, pointer: str) -> str:
    return f"{error} [json-pointer:{pointer}]"


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name in ("text", "alt_text") and isinstance(value, str):
                yield value
            elif isinstance(value, dict | list):
                yield from _texts(value)


def _length(text: Any, longest: int, place: str) -> list[str]:
    content = text.get("text") if isinstance(text, dict) else None
    if not isinstance(content, str) or not content:
        return [f"must be more than 0 characters {place}"]
    if len(content) > longest:
        return [f"must be less than {longest + 1} characters {place}"]
    return []


def _header(block: Block) -> list[str]:
    errors = _length(block.get("text"), _LONGEST_HEADER, "/text/text")
    if not errors and block["text"].get("type") != "plain_text":
        errors.append("must be plain_text /text/type")
    return errors


def _section(block: Block) -> list[str]:
    fields = block.get("fields") or []
    errors = [] if len(fields) <= 10 else ["no more than 10 items /fields"]
    if "text" in block or not fields:
        errors += _length(block.get("text"), _LONGEST_SECTION, "/text/text")
    for index, item in enumerate(fields):
        errors += _length(item, _LONGEST_FIELD, f"/fields/{index}/text")
    return errors


def _context(block: Block) -> list[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= 10:
        return ["must have 1 to 10 items /elements"]
    errors = []
    for index, item in enumerate(elements):
        if item.get("type") != "image":
            errors += _length(item, _LONGEST_SECTION, f"/elements/{index}/text")
    return errors


def _actions(block: Block) -> list[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= 25:
        return ["must have 1 to 25 items /elements"]
    errors = []
    for index, item in enumerate(elements):
        errors += _length(item.get("text"), 75, f"/elements/{index}/text/text")
        if len(item.get("url", "")) > 3000:
            errors.append(f"must be less than 3001 characters /elements/{index}/url")
    return errors


def _rich_text(block: Block) -> list[str]:
    return [] if block.get("elements") else ["missing required field /elements"]


def _table(block: Block) -> list[str]:
    rows = block.get("rows") or []
    errors = []
    if not 1 <= len(rows) <= 100:
        errors.append("must have 1 to 100 items /rows")
    if any(len(row) > 20 for row in rows):
        errors.append("no more than 20 cells a row /rows")
    if any(cell.get("type") == "raw_text" and not cell.get("text") for row in rows for cell in row):
        errors.append("must be more than 0 characters /rows")
    if text_length(rows) > _LONGEST_TABLE:
        errors.append(f"must be less than {_LONGEST_TABLE + 1} characters /rows")
    return errors


def _nothing(block: Block) -> list[str]:  # noqa: ARG001 - a divider has nothing to check
    return []


_CHECKS: Mapping[str, Callable[[Block], list[str]]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": _nothing,
    "rich_text": _rich_text,
    "table": _table,
}

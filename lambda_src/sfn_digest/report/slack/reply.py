"""Items packed into as few replies as they fit in, and what is left out counted.

A reply holds its title and one block of rich text; its top-level text says the same in lines,
save code, which nobody wants to hear.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import RichTextElement

from sfn_digest.model.report import Report
from sfn_digest.model.slack_message import MESSAGE_LIMIT, SlackMessage, characters, weight
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.fallback_text import TEXT_LIMIT, escape
from sfn_digest.report.slack.rich_text import (
    Part,
    bullets,
    header,
    preformatted,
    rich,
    said,
    section,
    text,
)
from sfn_digest.report.wording import quantities

_FRAME = 600
"""Characters kept free for the title, the row that counts the rest, and the blocks' own names."""


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """Words and links; one of several `bullet` lines is a point of a list.

    What is `seen` after the parts does not stand in the top-level text, which would be too long.
    """

    parts: tuple[Part, ...]
    bullet: bool = False
    seen: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to be copied."""

    text: str


Piece = ReplyLine | Code


@dataclass(frozen=True, slots=True)
class Item:
    """What stays together; `lead` stands once before the items of a reply that share it.

    One that is `continued` belongs to the item before it, and is never shown without it.
    """

    pieces: tuple[Piece, ...]
    lead: ReplyLine | None = None
    continued: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of reply: its title, how many there may be, and how the rest is counted.

    `rest` is given the number of items that found no place; it is not called with 0.
    """

    title: str
    most: int
    rest: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Room:
    """How much a reply may hold: characters of all its text, and of its top-level text."""

    characters: int
    text: int


WHOLE = Room(MESSAGE_LIMIT, TEXT_LIMIT)
"""A message of its own."""


def line(*parts: Part, seen: tuple[Part, ...] = ()) -> ReplyLine:
    """Give a paragraph."""
    return ReplyLine(parts, seen=seen)


def bullet(*parts: Part) -> ReplyLine:
    """Give a point of a list."""
    return ReplyLine(parts, bullet=True)


def replies(
    kind: Kind, items: Sequence[Item], texts: Shown, *, beyond: int = 0, room: Room = WHOLE
) -> tuple[SlackMessage, ...]:
    """Pack the items; `beyond` is how many there are besides those given, `room` what a reply
    holds. No replies where there are no items.
    """
    shown, left = _shown(list(_packed(items, room)), kind.most)
    hidden = sum(not item.continued for item in left) + beyond
    messages = []
    for number, group in enumerate(shown, start=1):
        pieces = list(_with_leads(group))
        if number == len(shown) and hidden:
            pieces.append(bullet(text(texts.translate(kind.rest(hidden)))))
        title = kind.title if number == 1 else quantities.continued(kind.title, number)
        messages.append(_reply(texts.translate(title), pieces))
    return tuple(messages)


def _shown(packed: Sequence[Sequence[Item]], most: int) -> tuple[list[list[Item]], list[Item]]:
    """The items of so many replies, and those left out: what does not fit whole is left out."""
    shown = [list(group) for group in packed[:most]]
    left = [item for group in packed[most:] for item in group]
    while left and left[0].continued:
        left.insert(0, shown[-1].pop())
        if not shown[-1] and len(shown) > 1:
            shown.pop()
    return shown, left


def _reply(title: str, pieces: Sequence[Piece]) -> SlackMessage:
    spoken = [title, *(_spoken(piece) for piece in pieces if isinstance(piece, ReplyLine))]
    blocks = [header(title), rich(list(_elements(pieces)))]
    return SlackMessage(
        escape("\n".join(spoken), TEXT_LIMIT), [block.to_dict() for block in blocks]
    )


def _packed(items: Sequence[Item], room: Room) -> Iterator[list[Item]]:
    group: list[Item] = []
    length = spoken = 0
    for item in items:
        added, words = _size(item, led=bool(group) and group[-1].lead is item.lead)
        full = length + added > room.characters - _FRAME or spoken + words > room.text - _FRAME
        if group and full:
            yield group
            group, length, spoken = [], 0, 0
            added, words = _size(item, led=False)
        group.append(item)
        length, spoken = length + added, spoken + words
    if group:
        yield group


def _size(item: Item, *, led: bool) -> tuple[int, int]:
    """How much of a message, and of its text, an item takes; `led` where its lead stands."""
    pieces = item.pieces if led or item.lead is None else (item.lead, *item.pieces)
    elements = [element.to_dict() for element in _elements(pieces)]
    spoken = sum(len(escape(_spoken(piece), TEXT_LIMIT)) + 1 for piece in pieces)
    return characters(elements) + spoken, spoken


def _with_leads(group: Sequence[Item]) -> Iterator[Piece]:
    lead: ReplyLine | None = None
    for item in group:
        if item.lead is not None and item.lead is not lead:
            yield item.lead
        lead = item.lead
        yield from item.pieces


def _elements(pieces: Sequence[Piece]) -> Iterator[RichTextElement]:
    points: list[tuple[Part, ...]] = []
    for piece in pieces:
        if isinstance(piece, ReplyLine) and piece.bullet:
            points.append((*piece.parts, *piece.seen))
            continue
        if points:
            yield bullets(points)
            points = []
        if isinstance(piece, Code):
            yield preformatted(piece.text)
        else:
            yield section((*piece.parts, *piece.seen))
    if points:
        yield bullets(points)


def _spoken(piece: Piece) -> str:
    if isinstance(piece, Code):
        return ""
    return f"• {said(piece.parts)}" if piece.bullet else said(piece.parts)


_SMALLEST = Room(1_500, 800)
"""What a part of a reply is given at least."""


def in_one(
    report: Report,
    texts: Shown,
    parts: Sequence[Callable[[Report, Shown, Room], tuple[SlackMessage, ...]]],
    others: Sequence[SlackMessage] = (),
) -> tuple[SlackMessage, ...]:
    """Give parts, and others after them, as one reply, for which the longest parts give way."""
    replies = [part(report, texts, WHOLE) for part in parts]
    for index in sorted(range(len(parts)), key=lambda each: -_length(replies[each])):
        beside = [*others, *(m for at, each in enumerate(replies) if at != index for m in each)]
        if _fits([*beside, *replies[index]]):
            break
        replies[index] = parts[index](report, texts, _left_beside(beside))
    found = [message for each in replies for message in each]
    return _as_one((*found, *others))


def _left_beside(beside: Sequence[SlackMessage]) -> Room:
    text = TEXT_LIMIT - sum(len(each.text) + 1 for each in beside)
    characters = MESSAGE_LIMIT - _length(beside)
    return Room(max(characters, _SMALLEST.characters), max(text, _SMALLEST.text))


def _length(messages: Sequence[SlackMessage]) -> int:
    return sum(map(weight, messages))


def _fits(messages: Sequence[SlackMessage]) -> bool:
    spoken = sum(len(each.text) + 1 for each in messages)
    return _length(messages) <= MESSAGE_LIMIT and spoken <= TEXT_LIMIT


def _as_one(messages: Sequence[SlackMessage]) -> tuple[SlackMessage, ...]:
    """Give messages as one, or one by one where they are too long for it."""
    if len(messages) < 2 or not _fits(messages):
        return tuple(messages)
    plain = [block for each in messages for block in each.fallback_blocks or each.blocks]
    one = SlackMessage(
        "\n".join(each.text for each in messages),
        [block for each in messages for block in each.blocks],
        plain if any(each.fallback_blocks for each in messages) else None,
    )
    return (one,)

"""Sentences that can be translated: the English text, and what it was made of.

A `Message` is the English text wherever a string is wanted, such as in JSON and in logs; a face
in another language looks its msgid up in the catalog, see `translator.py`. Msgids are literals
in a call of Message, `ngettext` or Msgid, so that `make messages` finds them.
"""

from collections.abc import Mapping
from functools import reduce
from types import MappingProxyType
from typing import NewType, NoReturn, Self

from sfn_digest.i18n.formats import ENGLISH

Msgid = NewType("Msgid", str)
"""A msgid that is kept in a table before it is filled."""


class Message(str):
    """An English sentence that remembers its msgid and its values; it cannot be changed.

    A msgid is in str.format's own syntax, with what `Formats.write` adds. A value may itself be
    a Message, or a tuple of texts: a list in the sentence.

    >>> Message("Retry {state}", state="Load")
    'Retry Load'
    """

    __slots__ = ("msgid", "number", "plural", "values")

    msgid: str
    plural: str | None
    number: int
    values: Mapping[str, object]

    def __new__(
        cls, msgid: str, plural: str | None = None, number: int = 1, /, **values: object
    ) -> Self:
        """Fill the msgid with the values; for the plural there is `ngettext`."""
        template = msgid if plural is None or number == 1 else plural
        message = super().__new__(cls, ENGLISH.fill(template, values))
        parts = {"msgid": msgid, "plural": plural, "number": number}
        for name, part in {**parts, "values": MappingProxyType(values)}.items():
            object.__setattr__(message, name, part)
        return message

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name} of a Message cannot be set")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self


NO_MESSAGE = Message("")
"""Where there is nothing to say."""


def verbatim(text: str) -> Message:
    """A message of text that is at hand in one language alone, such as a kept report's."""
    return Message("{text}", text=text)


def ngettext(one: str, many: str, n: int, /, **values: object) -> Message:
    """A sentence about `n` things, which both msgids may name.

    >>> [ngettext("{n} attempt", "{n} attempts", n) for n in (1, 1204)]
    ['1 attempt', '1,204 attempts']
    """
    return Message(one, many, n, n=n, **values)


def sentences(*texts: Message) -> Message:
    """Sentences one after the other; empty ones are left out."""
    first, *rest = [text for text in texts if text] or [NO_MESSAGE]
    return reduce(
        lambda said, text: Message("{first} {second}", first=said, second=text), rest, first
    )


def parts_of(text: Message) -> tuple[Message, ...]:
    """The sentences that `sentences` put one after the other.

    >>> parts_of(sentences(Message("One."), Message("Two."), Message("Three.")))
    ('One.', 'Two.', 'Three.')
    """
    first, second = text.values.get("first"), text.values.get("second")
    if isinstance(first, Message) and isinstance(second, Message):
        return (*parts_of(first), *parts_of(second))
    return (text,)

"""Makes text from outside fit for a line: visible characters, single spaces, a length.

For names and causes alike, in every room; a face still escapes what its markup would read.
"""

import re
from collections.abc import Sequence

from sfn_digest.i18n.message import Message

# Python calls controls, format and bidi marks, surrogates and unassigned characters not
# printable; these are, and still show nothing: joiners, fillers and variation selectors.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
_ELLIPSIS = "\u2026"


def visible(text: str) -> str:
    """The whole text on one line, without what shows nothing."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = " ".join(text.split())
    if not text.isascii() or not text.isprintable():
        text = " ".join(shown_characters(text).split())
    return text


def shown_characters(line: str) -> str:
    """The line without what shows nothing; its spaces stay."""
    return _INVISIBLE.sub("", "".join(filter(str.isprintable, line)))


def clean(text: str, limit: int) -> str:
    """The visible text in at most `limit` characters, cut ones marked by an ellipsis."""
    text = visible(text)
    if len(text) <= limit:
        return text
    return text[: max(limit - 1, 0)].rstrip() + _ELLIPSIS if limit > 0 else ""


NAMED = 10
"""How many things a sentence names before it only counts the others."""


def listed(names: Sequence[str]) -> Message:
    """Names in a sentence: the first ten, and how many more there are."""
    shown, rest = tuple(visible(name) for name in names[:NAMED]), len(names) - NAMED
    return Message("{names} and {rest} more" if rest > 0 else "{names}", names=shown, rest=rest)


def quoted(text: str) -> str:
    """What a person gave, on one line and short; a question mark for each character of it that
    shows nothing, since that may be what is wrong.
    """
    shown = _visible(text)
    return f"“{shown[:_SHORT]}…”" if len(shown) > _SHORT else f"“{shown}”"


def quoted_path(path: str) -> str:
    """The same of the path of a file, whose end tells most."""
    shown = _visible(path)
    return f"“…{shown[-_SHORT:]}”" if len(shown) > _SHORT else f"“{shown}”"


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)


_SHORT = 80
"""Characters that are shown of what a person gave."""

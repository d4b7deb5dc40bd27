"""Text from outside made safe and short enough to show, whatever the face.

A face still escapes what its own markup would read as a command.
"""

import unicodedata

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SPACES = {"Zs", "Zl", "Zp"}
_BLANK_LETTERS = {"\u115f", "\u1160", "\u3164", "\uffa0", "\u2800"}
"""Letters and symbols that draw nothing: Hangul fillers and the empty Braille pattern."""


def clean(text: str, limit: int) -> str:
    """Give `text` as one line of at most `limit` characters, with nothing unseen in it.

    Control, bidi, zero-width, private-use and unassigned characters and lone surrogates go;
    runs of white space become one space. What is cut off ends in "…".
    """
    # An attacker's megabyte is not worth looking at when a line of it is shown.
    head = text[: 8 * limit + 64]
    seen = "".join(map(_seen, head))
    line = " ".join(seen.split())
    return line if len(line) <= limit and len(head) == len(text) else line[: limit - 1] + "…"


def _seen(character: str) -> str:
    if character in _BLANK_LETTERS or character.isspace():
        return " "
    category = unicodedata.category(character)
    if category in _SPACES:
        return " "
    return "" if category in _INVISIBLE else character

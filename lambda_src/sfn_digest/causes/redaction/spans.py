"""Parts of a text to be masked, and the text as the patterns read it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

MASK = "[redacted]"
MAIL = "[e-mail]"

# One character for one, so that a place in what is read is the same place in the text.
_READ_AS: Mapping[int, int | str] = {
    **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "\u3000\u00a0\u30fb"), " "),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u300c\u300d\u300e\u300f\u00ab\u00bb"), '"'),
    **dict.fromkeys(map(ord, "\u2018\u2019"), "'"),
    **dict.fromkeys(map(ord, "\u3001\u3002\uff61\uff64"), "\n"),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    # Letters of mathematics, which pass for bold ones.
    **{
        odd: plain
        for odd in range(0x1D400, 0x1D800)
        if len(plain := unicodedata.normalize("NFKC", chr(odd))) == 1 and plain.isascii()
    },
    ord("\u2192"): ":",
    **dict.fromkeys(map(ord, "\u3010\u3014"), "["),
    **dict.fromkeys(map(ord, "\u3011\u3015"), "]"),
}

_MASKED = re.compile(rf"{re.escape(MASK)}|{re.escape(MAIL)}")
_SMALL = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}


class RedactedSpan(NamedTuple):
    """A part of a text, and what is shown in its place."""

    start: int
    end: int
    shown: str = MASK


class FoldedText(NamedTuple):
    """A text as patterns read it: `read` with full-width letters, Japanese quotes and stops as
    their ASCII counterparts, `small` with small letters besides. A place in one is the same place
    in the others.
    """

    read: str
    small: str

    @classmethod
    def of(cls, text: str) -> Self:
        read = text if text.isascii() else text.translate(_READ_AS)
        small = read.lower()
        # Outside ASCII some letters become two.
        return cls(read, small if len(small) == len(read) else read.translate(_SMALL))


def masked(text: str, spans: Iterable[RedactedSpan]) -> str:
    """The text with the spans' parts replaced; those that touch become one.

    A mask that was in the text before stays whole, so that redacting again changes nothing.
    """
    parts: list[str] = []
    done = 0
    for span in _merged(sorted([*spans, *_masks(text)])):
        parts += (text[done : span.start], span.shown)
        done = span.end
    return "".join((*parts, text[done:]))


def _masks(text: str) -> Iterable[RedactedSpan]:
    if MASK in text or MAIL in text:
        for match in _MASKED.finditer(text):
            yield RedactedSpan(match.start(), match.end(), match[0])


def _merged(spans: list[RedactedSpan]) -> Iterable[RedactedSpan]:
    last: RedactedSpan | None = None
    for span in spans:
        if last is None or span.start > last.end:
            if last:
                yield last
            last = span
        elif span.end > last.end or span.start < last.end:
            whole = RedactedSpan(last.start, max(last.end, span.end))
            last = last if whole[:2] == last[:2] and last.shown == span.shown else whole
        else:
            yield last
            last = span
    if last:
        yield last

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

_PLAIN = {
    odd: plain[0]
    for odd in range(0xC0, 0x250)
    if len(plain := unicodedata.normalize("NFKD", chr(odd))) == 2
    and plain[0].isascii()
    and unicodedata.combining(plain[1])
}
"""Letters with accents, and those letters."""
# Cyrillic and Greek letters that pass for Latin ones in the midst of them.
_LOOK_ALIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04bb\u051b\u051d"
    "\u03bf\u03b1\u03c1\u03bd\u03b9\u03ba\u03c5"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408",
    "aeopcyxsijhqwoapvikuABEKMHOPCTYXSIJ",
)
_MIXED = re.compile(
    r"(?=[\u0370-\u052f]{0,40}[A-Za-z])(?=[A-Za-z]{0,40}[\u0370-\u052f])[A-Za-z\u0370-\u052f]{3,}"
)
_MASKED = re.compile(rf"{re.escape(MASK)}|{re.escape(MAIL)}")
_SMALL = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}


class RedactedSpan(NamedTuple):
    """A part of a text, and what is shown in its place."""

    start: int
    end: int
    shown: str = MASK


class FoldedText(NamedTuple):
    """A text as patterns read it: `read` with full-width letters, Japanese quotes and stops as
    their ASCII counterparts, `small` with small letters besides, without accents and look-alikes.
    A place in one is the same place in the others.
    """

    read: str
    small: str

    @classmethod
    def of(cls, text: str) -> Self:
        if text.isascii():
            return cls(text, text.lower())
        read = text.translate(_READ_AS)
        plain = _MIXED.sub(lambda found: found[0].translate(_LOOK_ALIKE), without_accents(read))
        small = plain.lower()
        # Outside ASCII some letters become two.
        return cls(read, small if len(small) == len(read) else plain.translate(_SMALL))


def without_accents(text: str) -> str:
    """The text with Latin letters alone where they have an accent."""
    return text.translate(_PLAIN)


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

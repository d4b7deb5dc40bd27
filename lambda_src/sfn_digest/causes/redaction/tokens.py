"""Tokens that are known by their own characters, whatever stands around them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from sfn_digest.causes.redaction.spans import Span
from sfn_digest.causes.table import read_toml

_TABLE = "redaction/formats.toml"
_MARK = 4
# Signs that starts end in, with what stands behind one at least.
_SIGNS = {
    "_": re.compile("_(?=[A-Za-z0-9_+/=-]{8})"),
    "-": re.compile("-(?=[A-Za-z0-9_.-]{6})"),
    ".": re.compile(r"\.(?=[A-Za-z0-9_.-]{6})"),
}
_BEFORE_SIGN = 2
# Escapes end in a letter or a digit, after which a token begins all the same: `\nghp_`, `%3Dghp_`.
# It is asked once the first letter matched: a pattern that begins with a letter is quick.
_ALONE = (
    r"(?:(?<![A-Za-z0-9].)|(?<=\\[nrt].)|(?<=%[0-9A-Fa-f][0-9A-Fa-f].)"
    r"|(?<=\\u[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f].))"
)


class _Formats(NamedTuple):
    """Formats that are ruled out together: by what their starts end in, where that is a sign, or
    else by the starts; and each one's mark and patterns.
    """

    sign: str
    gate: re.Pattern[str]
    ends: frozenset[str]
    marked: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]

    def may_occur(self, text: str) -> bool:
        if not self.sign:
            return self.gate.search(text) is not None
        for found in self.gate.finditer(text) if self.sign in text else ():
            if text[found.start() - _BEFORE_SIGN : found.start()] in self.ends:
                return True
        return False


def find_tokens(text: str) -> Iterator[Span]:
    """Where tokens of the published formats stand."""
    for formats in _formats():
        if formats.may_occur(text):
            for mark, patterns in formats.marked:
                if mark in text:
                    yield from _of(patterns, text)


def _of(patterns: tuple[re.Pattern[str], ...], text: str) -> Iterator[Span]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end())


@cache
def _formats() -> tuple[_Formats, ...]:
    table = read_toml(_TABLE)
    filed: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in table["format"]:
        for start in row["starts"]:
            first, rest = re.escape(start[0]), re.escape(start[1:])
            alone = "<alone>" if row.get("alone") else ""
            filed[_group(start)].append((start, f"{first}{alone}{rest}{row['body']}"))
    for row in table["shape"]:
        filed["shape"].append((row["mark"], row["shape"]))
    return tuple(_together(group, rows) for group, rows in filed.items())


def _group(start: str) -> str:
    return start[-1] if start[-1] in _SIGNS else "small" if start.islower() else "capital"


def _any_of(marks: Iterable[str]) -> re.Pattern[str]:
    """One of the marks, by first letters, so that a look at a letter rules most out."""
    filed: dict[str, list[str]] = defaultdict(list)
    for mark in sorted(marks):
        filed[mark[0]].append(re.escape(mark[1:]))
    rows = (f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in filed.items())
    return re.compile("|".join(rows))


def _together(group: str, rows: Sequence[tuple[str, str]]) -> _Formats:
    marked: dict[str, list[re.Pattern[str]]] = defaultdict(list)
    for start, pattern in rows:
        marked[start[:_MARK]].append(re.compile(pattern.replace("<alone>", _ALONE)))
    sign = group if group in _SIGNS else ""
    return _Formats(
        sign,
        _SIGNS.get(group) or _any_of(marked),
        frozenset(start[:-1][-_BEFORE_SIGN:] for start, _ in rows),
        tuple((mark, tuple(patterns)) for mark, patterns in marked.items()),
    )

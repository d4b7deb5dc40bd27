"""The one way in: which searches a text needs, and the text without what they found.

The first search is for tokens: they are known by their own characters, whatever stands around
them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from sfn_digest.causes.redaction import addresses_and_headers as headers
from sfn_digest.causes.redaction import secret_names
from sfn_digest.causes.redaction.addresses_and_headers import (
    find_addresses,
    find_queries,
    find_urls,
    find_webhooks,
)
from sfn_digest.causes.redaction.command_lines_and_lists import find_arguments, find_options
from sfn_digest.causes.redaction.pairs import find_pairs
from sfn_digest.causes.redaction.spans import MAIL, MASK, FoldedText, RedactedSpan, masked
from sfn_digest.causes.table import read_toml

_TABLE = "redaction/formats.toml"
_MARK = 4
# Signs that starts end in, with what stands behind one at least.
_SIGNS = {
    "_": "_(?=[A-Za-z0-9_+/=-]{8})",
    "-": "-(?=[A-Za-z0-9_.-]{6})",
    ".": r"\.(?=[A-Za-z0-9_.-]{6})",
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

    gate: re.Pattern[str]
    marked: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]


def find_tokens(text: str) -> Iterator[RedactedSpan]:
    """Where tokens of the published formats stand."""
    for formats in _formats():
        if formats.gate.search(text):
            for mark, patterns in formats.marked:
                if mark in text:
                    yield from _of(patterns, text)


def _of(patterns: tuple[re.Pattern[str], ...], text: str) -> Iterator[RedactedSpan]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield RedactedSpan(match.start(), match.end())


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
    ends = {re.escape(start[-1 - _BEFORE_SIGN :]) for start, _ in rows}
    signed = f"{_SIGNS[group]}(?<={'|'.join(sorted(ends))})" if group in _SIGNS else ""
    return _Formats(
        re.compile(signed) if signed else _any_of(marked),
        tuple((mark, tuple(patterns)) for mark, patterns in marked.items()),
    )


_PEM = re.compile(
    r"-{4,5} ?BEGIN [A-Z0-9 ]{1,60}-{4,5}(?:(?!-{4,5} ?END)[^\"'<>`]){0,40000}"
    r"(?:-{4,5} ?END [A-Z0-9 ]{1,60}(?:-{4,5})?)?"
)
_PEM_TAIL = re.compile(r"-{4,5} ?END [A-Z0-9 ]{1,60}(?:-{4,5})?")
_IN_PEM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \r\n\t\\"
_PEM_LINE = re.compile(r"[A-Za-z0-9+/=]{24,}")
_LONG = re.compile(r"[A-Za-z0-9+/_-]{40}")
_HEX = re.compile(r"(?<![0-9A-Za-z:/_.@-])[0-9A-Fa-f]{40,}(?![0-9A-Za-z-])")
_DIGEST = re.compile(
    r"(?i)(?:sha-?\d*|md5|digest|checksum|commit|revision|rev|rev-parse|checkout|cherry-pick|tree"
    r"|parent|reset --hard|etag|hash|crc\w*|image|layer|build"
    r"|version|(?:request|host|trace|span|correlation|amz)[ _-]?id(?:-2)?)"
    r"[\"'\\]{0,4}[ =:@(]{0,3}[\"'\\]{0,4}$"
)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_:.@-])[A-Za-z0-9+/_-]{40,}={0,2}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_PART = re.compile(r"[^/_-]+")
_ORDINARY = re.compile(
    r"[a-z]*\d{0,8}|[A-Z]*\d{0,8}|(?:[A-Z]?[a-z]{2,}+|[A-Z]{2,5}+(?![a-z])){1,12}+\d{0,8}"
    r"|[0-9a-f]{1,40}|\d{4}\d*T\d+Z?|[A-Z0-9]{1,14}"
)
_LONGEST_NAME = 120


def find_pem(text: str) -> Iterator[RedactedSpan]:
    """Where keys and certificates stand, also without their first or last line."""
    done = 0
    for match in _PEM.finditer(text):
        done = match.end()
        yield RedactedSpan(match.start(), done)
    tail = _PEM_TAIL.search(text)
    if tail and (not done or tail.start() < text.find("BEGIN ")):
        head = text[: tail.start()]
        line = _PEM_LINE.search(head, len(head.rstrip(_IN_PEM)))
        yield RedactedSpan(line.start() if line else tail.start(), tail.end())


def find_opaque(text: str) -> Iterator[RedactedSpan]:
    """Where hex and Base64 too long for a name stand, but no digest of a file or an image."""
    if len(text) < 40 or not _LONG.search(text):
        return
    for match in _HEX.finditer(text):
        if not _DIGEST.search(text, max(0, match.start() - 24), match.start()):
            yield RedactedSpan(match.start(), match.end())
    for match in _BASE64.finditer(text):
        known = _DIGEST.search(text, max(0, match.start() - 24), match.start())
        if not known and is_opaque(match[0]) and not _HEX.fullmatch(match[0]):
            yield RedactedSpan(match.start(), match.end())


def is_opaque(text: str) -> bool:
    """Whether a run of letters and digits reads like no name, path or id of AWS."""
    if len(text) > _LONGEST_NAME and "/" not in text and "-" not in text and "_" not in text:
        return True
    parts = _PART.findall(_UUID.sub("", text))
    strange = "".join(part for part in parts if not _ORDINARY.fullmatch(part))
    return (
        len(strange) >= min(24, len(text) // 2) and _is_mixed(strange) and _is_mixed("".join(parts))
    )


def _is_mixed(text: str) -> bool:
    """Whether small letters, capitals and digits take turns more often than in names."""
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in text]
    turns = sum(one != other for one, other in pairwise(kinds))
    return turns > len(text) * 0.28


# Words and small numbers: half of all messages are no more.
_WORDS = re.compile(
    r"(?:[A-Z]{0,8}+[a-z]++|[A-Z]{1,11}(?![A-Za-z])|[ .,;()!/]++"
    r"|(?<![A-Za-z0-9])\d{1,5}(?![A-Za-z0-9]))*+"
)
# No token is without so long a run.
_RUN = re.compile(r"[A-Za-z0-9_.+/=~:$-]{14}")


# Signs that nobody sees, in the midst of a word.
_UNSEEN = re.compile(
    r"(?<=[A-Za-z0-9])[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+(?=[A-Za-z0-9])"
)


def redact(text: str) -> str:
    """The text with secrets, tokens, e-mail addresses and signed URLs masked."""
    if not text.isascii():
        seen = _UNSEEN.sub("", text)
        if seen != text:
            shown = redact(seen)
            return text if shown == seen else shown
    read = FoldedText.of(text)
    if _is_plain(text, read.small):
        return text
    spans = _found(read)
    return masked(text, spans) if spans else text


def _is_plain(text: str, small: str) -> bool:
    if not _WORDS.fullmatch(text):
        return False
    if "pass" in small or "bearer" in small or "basic" in small:
        return False
    return not ("hook" in small or "/integration" in small or "ifttt" in small)


@lru_cache(maxsize=2048)
def holds_secret(name: str) -> bool:
    """Whether redaction changes a name, or did so before; the same few come again and again."""
    return MASK in name or MAIL in name or redact(name) != name


def _found(text: FoldedText) -> list[RedactedSpan]:
    """What every search finds, each asked only where its cheap mark occurs."""
    read = text.read
    spans: list[RedactedSpan] = []
    if _RUN.search(read):
        spans += find_tokens(read)
        spans += find_opaque(read)
    if "----" in read:
        spans += find_pem(read)
    if "://" in read:
        spans += find_urls(read)
    if "?" in read and "/" in read:
        spans += find_queries(read)
    if "hook" in read or "/integration" in read or "ifttt" in read:
        spans += find_webhooks(read)
    if "@" in read:
        spans += find_addresses(read)
    if "-" in read:
        spans += find_options(read)
    spans += find_arguments(read)
    named = secret_names.occur(text)
    if named:
        spans += find_pairs(text)
    if headers.occur(text, named=named):
        spans += headers.find_schemes(read)
    return spans

"""Runs of characters that mean nothing to a reader: keys in PEM, long hex and Base64."""

import re
from collections.abc import Iterator
from itertools import pairwise

from sfn_digest.causes.redaction.spans import Span

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
    r"(?i)(?:sha-?\d*|md5|digest|checksum|commit|revision|rev|etag|hash|crc\w*|image|layer|build"
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


def find_pem(text: str) -> Iterator[Span]:
    """Where keys and certificates stand, also without their first or last line."""
    done = 0
    for match in _PEM.finditer(text):
        done = match.end()
        yield Span(match.start(), done)
    tail = _PEM_TAIL.search(text)
    if tail and (not done or tail.start() < text.find("BEGIN ")):
        head = text[: tail.start()]
        line = _PEM_LINE.search(head, len(head.rstrip(_IN_PEM)))
        yield Span(line.start() if line else tail.start(), tail.end())


def find_opaque(text: str) -> Iterator[Span]:
    """Where hex and Base64 too long for a name stand, but no digest of a file or an image."""
    if len(text) < 40 or not _LONG.search(text):
        return
    for match in _HEX.finditer(text):
        if not _DIGEST.search(text, max(0, match.start() - 24), match.start()):
            yield Span(match.start(), match.end())
    for match in _BASE64.finditer(text):
        known = _DIGEST.search(text, max(0, match.start() - 24), match.start())
        if not known and is_opaque(match[0]) and not _HEX.fullmatch(match[0]):
            yield Span(match.start(), match.end())


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

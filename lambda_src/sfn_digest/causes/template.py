"""The group of a failure: what stays when the parts that differ from run to run are masked.

Rather split than merge wrongly: numbers that name an error (statuses, exit codes, codes
such as ORA-00942) stay, and so do words in quotes.
"""

import hashlib
import re

VERSION = "1"
_LONGEST = 600
_KEPT = re.compile(r"^(?:[A-Z]{2,10}-?\d{1,6}|[A-Z]\d{2,5}|\d[0-9A-Z]{4})$")
_TOKEN = re.compile(r"[^\s,;()\[\]{}<>\"'`=|]+")
_DIGITS = re.compile(r"\d+")
_NUMBERED = ("status", "code", "exit", "errno", "error", "http", "sqlstate", "signal")
_PATHS = (
    "s3://",
    "http://",
    "https://",
    "/",
    "./",
    "file:",
    "s3a://",
    "s3n://",
    "jdbc:",
    "tcp://",
    "redis:",
)


def group(kind: str, cause: str, parts: tuple[str, ...], text: str) -> str:
    """A stable key such as `1:ecs:image_pull:9c1f…`: version, grammar, cause, and a digest
    of the structured parts and the masked text."""
    whole = "\x1f".join((*parts, mask(text)))
    digest = hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{VERSION}:{kind}:{cause}:{digest}"


def mask(text: str) -> str:
    """The text with ARNs, ids, times, numbers, addresses and paths masked."""
    before = ""
    words = []
    for word in _TOKEN.findall(text[:_LONGEST]):
        words.append(word if word.isalpha() else _masked(word, before))
        before = word
    return " ".join(words)


def _masked(word: str, before: str) -> str:
    if word.startswith("arn:"):
        return "<" + ":".join(word.split(":")[:3]) + ">"
    if word.startswith(_PATHS) or word.count("/") > 1:
        return "<path>"
    if not _DIGITS.search(word):
        return word
    bare = word.strip(".:!?*")
    if bare.isdigit():
        named = before.casefold().rstrip(":").endswith(_NUMBERED)
        return bare if named and len(bare) <= 6 else "#"
    if _KEPT.match(bare) and not bare.isdigit():
        return bare
    return "<id>" if len(bare) >= 12 and not bare.isalpha() else _DIGITS.sub("#", word)

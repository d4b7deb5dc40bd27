"""The group of a failure: what stays when the parts that differ from run to run are masked.

Rather split than merge wrongly: numbers that name an error (statuses, exit codes, codes
such as ORA-00942) stay, and so do words in quotes, names with a digit among them
(`'address_2'`), and the words around a number where a language has no spaces. Lists are one:
whether one instance or fifty are named, it is the same failure.
"""

import hashlib
import re
from collections.abc import Collection, Sequence

VERSION = "2"
_LONGEST = 600
_LONGEST_TEXT = 33_000
_MORE = ", \u2026"
_SHORTEST_ID = 6
_MOST_RUNS = 4
# A letter and its number: `q1`, `v12`.
_SHORTEST_NAME = 3
_CODE = re.compile(r"(?:[A-Z]{2,10}-?\d{1,6}|[A-Z]\d{2,5}|\d[0-9A-Z]{4})")
_CODES = ("ORA-", "TNS-", "PLS-", "SQL", "HY", "AADSTS", "ERR", "HTTP")
"""Beginnings of codes that are told apart wherever they stand."""
# What parts words in Western texts, and in East Asian ones as well.
_ASCII_PARTS = r"\s,;()\[\]{}<>\"'`=|"
_WIDE_PARTS = r"\u3001\u3002\u300a-\u3011\u30fb\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
_PARTS = _ASCII_PARTS + r"\u2018-\u201f\u00ab\u00bb" + _WIDE_PARTS
_ASCII_WORD = re.compile(rf"[^{_ASCII_PARTS}]+")
_WORD = re.compile(rf"[^{_PARTS}]+")
_QUOTED = re.compile(
    rf"[\"'`\u2018-\u201f\u00ab\u300c\u300e]([^{_PARTS}]*\d[^{_PARTS}]*)"
    r"[\"'`\u2018-\u201f\u00bb\u300d\u300f]"
)
_UNSPACED = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+"
    r"|[^\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+"
)
# Words of which nothing is masked, such as `Fargate.` and `us-east`.
_PLAIN = re.compile(r"[A-Za-z_-]+[.:]*|[A-Za-z]+(?:\.[A-Za-z]+)+\.?")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|/\d{1,2})?")
# A name and its number, however long: `order-99999`, `order-100000`.
_COUNTED = re.compile(r"[A-Za-z]+(?:[-_][A-Za-z]+)*[-_]\d{1,9}")
_DIGITS = re.compile(r"\d+")
_RUNS = re.compile(r"[^\W\d_]+|\d+")
_HEX = frozenset("0123456789abcdefABCDEF-")
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
_BETWEEN = ("and", "or", "und", "et", "y", "と", "&", "/", "+")


def group(kind: str, cause: str, parts: tuple[str, ...], text: str) -> str:
    """A stable key such as `2:ecs:image_pull:9c1f…`: version, grammar, cause, and a digest
    of the structured parts and the masked text."""
    whole = "\x1f".join((*parts, mask(text)))
    digest = hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{VERSION}:{kind}:{cause}:{digest}"


def mask(text: str) -> str:
    """The text with ARNs, ids, times, numbers, addresses and paths masked, lists as one."""
    names = _names(text)
    kept: list[str] = []
    before = ""
    for word in _words(text).findall(text):
        if word.isalpha() or _PLAIN.fullmatch(word):
            kept.append(word)
        else:
            for masked in _masks(word, before, names):
                _append(kept, masked)
        before = word
    return " ".join(kept)[:_LONGEST]


def without_lists(text: str) -> str:
    """The text with the first of each list's members alone, which has the same mask."""
    text = text[:_LONGEST_TEXT]
    names = _names(text)
    kept: list[str] = []
    told, end, before = [], 0, ""
    for found in _words(text).finditer(text):
        word = found[0]
        if word.isalpha() or _PLAIN.fullmatch(word):
            kept.append(word)
            added = [True]
        else:
            added = [_append(kept, masked) for masked in _masks(word, before, names)]
        if any(added):
            told.append(text[end : found.end()])
        else:
            while told and told[-1].strip() in (*_BETWEEN, _MORE.strip()):
                told.pop()
            told.append(_MORE)
        end, before = found.end(), word
    return "".join([*told, text[end:]])


def _words(text: str) -> re.Pattern[str]:
    return _ASCII_WORD if text.isascii() else _WORD


def _names(text: str) -> Collection[str]:
    """The words in quotes that name one thing though they hold a digit."""
    quotes = "'" in text or '"' in text or "`" in text or not text.isascii()
    if not quotes or not _DIGITS.search(text):
        return ()
    return [word for word in _QUOTED.findall(text) if _is_name(word)]


def _append(kept: list[str], word: str) -> bool:
    """Whether the word was appended: a mask that follows its like, alone or after `and`, is not."""
    is_mask = "#" in word or word.startswith("<")
    if word == _MORE.strip(", ") or (is_mask and kept and kept[-1] == word):
        return False
    if is_mask and kept[-2:-1] == [word] and kept[-1] in _BETWEEN:
        kept.pop()
        return False
    kept.append(word)
    return True


def _masks(word: str, before: str, names: Collection[str]) -> Sequence[str]:
    if word.isalpha() or word in names:
        return (word,)
    if word.isascii() or not _DIGITS.search(word):
        return (_masked(word, before),)
    return [_masked(part, "") for part in _UNSPACED.findall(word)]


def _masked(word: str, before: str) -> str:
    if word.startswith("arn:"):
        return "<" + ":".join(word.split(":")[:3]) + ">"
    if word not in _BETWEEN and (word.startswith(_PATHS) or word.count("/") > 1):
        return "<path>"
    if not _DIGITS.search(word):
        return word
    name, colon, value = word.partition(":")
    if colon and value and name.isalpha():
        return f"{name}:{_numbered(value, name)}"
    return _numbered(word, before)


def _numbered(word: str, before: str) -> str:
    """A word with a digit, masked as far as it differs from run to run."""
    bare = word.strip(".:!?*")
    if bare.isdigit():
        named = before.casefold().rstrip(":").endswith(_NUMBERED)
        return bare if named and len(bare) <= 6 else "#"
    if _CODE.fullmatch(bare) and _names_an_error(word, bare, before):
        return bare
    if _ADDRESS.fullmatch(bare):
        return "<ip>"
    counted = _COUNTED.fullmatch(bare) is not None
    return "<id>" if _is_id(bare) and not counted else _DIGITS.sub("#", word)


def _names_an_error(word: str, bare: str, before: str) -> bool:
    """Whether what has an error code's shape stands where one does: `E1001: no table`,
    `error E1001`. An order's number has the same shape."""
    told = before.casefold().rstrip(":").endswith((*_NUMBERED, "errors", "codes"))
    # Behind `SKUs:` stand some of many.
    told = told or (before.endswith(":") and not before.endswith("s:"))
    return word.endswith(":") or told or bare.startswith(_CODES)


def _is_id(word: str) -> bool:
    """Whether a word with digits is one of many: long, hexadecimal, or of many short runs."""
    if len(word) >= 2 * _SHORTEST_ID:
        return True
    if len(word) < _SHORTEST_ID:
        return False
    return _HEX.issuperset(word) or len(_RUNS.findall(word)) > _MOST_RUNS


def _is_name(word: str) -> bool:
    """Whether a quoted word names a thing (`line_2`, `orders_v2`), not one of many (`i-0a1b`)."""
    runs = _RUNS.findall(word)
    letters = [run for run in runs if not run.isdigit()]
    numbers = [run for run in runs if run.isdigit()]
    if len(word) <= _SHORTEST_NAME and len(runs) == len(letters) + len(numbers) == 2:
        return bool(letters) and runs[0] in letters
    return (
        any(len(run) > 1 for run in letters)
        and all(len(run) > 1 or run in "vV" for run in letters)
        and all(len(number) <= 2 for number in numbers)
        and len(numbers) <= len(letters)
        and not _HEX.issuperset(word)
    )

"""Looks error names and words up in the recognisers (names.toml and phrases.toml).

No regular expressions: a dictionary for whole names, substrings for the rest, so that no
text can make it slow. Of long messages the first and last parts are read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sfn_digest.causes.table import read_toml
from sfn_digest.records import Nature

_HEAD, _TAIL = 3000, 1000
_SUFFIXES = ("exception", "error", "fault")
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\n": " ", "\t": " ", "\xa0": " "})


@dataclass(frozen=True, slots=True)
class Verdict:
    """A cause and, where the recogniser knows better than the table, its nature.

    `weak` asks for the message to be read before this name is believed.
    """

    cause: str
    nature: Nature | None = None
    weak: bool = False


@dataclass(frozen=True, slots=True)
class _Phrase:
    verdict: Verdict
    any: tuple[str, ...]
    all: tuple[str, ...]

    def holds(self, text: str) -> bool:
        for words in self.all:
            if words not in text:
                return False
        if not self.any:
            return True
        # A plain loop: a generator here doubles the time of a diagnosis.
        for words in self.any:  # noqa: SIM110
            if words in text:
                return True
        return False


@lru_cache(maxsize=4096)
def by_name(name: str, service: str = "") -> Verdict | None:
    """The verdict on an error name: whole, then its last part, then parts of it."""
    names = _names()
    for key in _spellings(name):
        verdict = names.get((service, key)) or names.get(("", key))
        if verdict:
            return verdict
    squeezed = _last_part(name).replace("_", "").replace(" ", "").replace("-", "").casefold()
    return next((verdict for stem, verdict in _stems() if stem in squeezed), None)


def by_words(text: str, scope: str = "") -> Verdict | None:
    """The verdict on a message; phrases of `scope` come before those of any kind."""
    folded = fold(text)
    rules = _phrases()
    for phrase in (*rules.get(scope, ()), *rules[""]) if scope else rules[""]:
        if phrase.holds(folded):
            return phrase.verdict
    return None


def by_scope(text: str, scope: str) -> Verdict | None:
    """The verdict on a message by the phrases of one scope alone."""
    folded = fold(text)
    return next((phrase.verdict for phrase in _phrases()[scope] if phrase.holds(folded)), None)


def fold(text: str) -> str:
    """The text as phrases are compared with it: one case, one apostrophe, not endless."""
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]} {text[-_TAIL:]}"
    return text.casefold().translate(_QUOTES)


def _last_part(name: str) -> str:
    for separator in ("::", ".", "$", "/"):
        name = name.rstrip(separator).rsplit(separator, 1)[-1]
    return name.strip("*&<> ")


def _bare(name: str) -> str:
    bare = name.strip().casefold()
    for suffix in _SUFFIXES:
        if bare.endswith(suffix) and bare != suffix:
            return bare[: -len(suffix)]
    return bare


def _spellings(name: str) -> Iterable[str]:
    last = _last_part(name)
    return (_bare(name), name.casefold(), _bare(last), last.casefold())


@cache
def _names() -> Mapping[tuple[str, str], Verdict]:
    found: dict[tuple[str, str], Verdict] = {}
    for row in read_toml("names.toml")["name"]:
        for name in row["names"]:
            found.setdefault((row.get("service", ""), _bare(name)), _verdict(row))
    return found


@cache
def _stems() -> tuple[tuple[str, Verdict], ...]:
    rows = read_toml("names.toml")["stem"]
    return tuple((stem, _verdict(row)) for row in rows for stem in row["stems"])


@cache
def _phrases() -> Mapping[str, tuple[_Phrase, ...]]:
    scopes: dict[str, list[_Phrase]] = {"": []}
    for row in read_toml("phrases.toml")["phrase"]:
        phrase = _Phrase(_verdict(row), tuple(row.get("any", ())), tuple(row.get("all", ())))
        scopes.setdefault(row.get("scope", ""), []).append(phrase)
    return {scope: tuple(rows) for scope, rows in scopes.items()}


def _verdict(row: Mapping[str, Any]) -> Verdict:
    return Verdict(row["cause"], row.get("nature"), bool(row.get("weak", False)))

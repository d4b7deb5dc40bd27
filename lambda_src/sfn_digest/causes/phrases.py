"""Looks the words of a message up in the recognisers (phrases.toml, libraries.toml).

Hundreds of phrases would take as many searches a message. So each phrase is filed under
the rarest letters in it, and only those whose letters occur are looked for: one pass over
the text, whatever it says. The text is read in steps of three, so a phrase is filed under
three neighbouring runs of letters, one of which a step must meet. Of long messages the
first and last parts are read.

A code inside a message (`'error': 'channel_not_found'`) is looked up whole: where a code may
stand, at the beginning, in quotes or brackets, or behind a colon.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sfn_digest.causes.lexicon import Verdict, by_name, verdict_of
from sfn_digest.causes.table import read_toml, table

SURE = "sure"
"""The scope of the phrases that are believed over any error name."""

_GRAM, _STEP = 4, 3
# A run of letters of the table's text is found in messages as often as that of many phrases.
_USUAL = 5
_HEAD, _TAIL = 3000, 1000
_FILES = ("phrases.toml", "libraries.toml")
_CODE = re.compile(r"(?:^|[\"'`(\[=]|: ?)([A-Za-z_][A-Za-z0-9_.]{4,80})(?![A-Za-z0-9_.@/-]*[@/])")
# What gRPC calls its states, which are words elsewhere.
_STATE = re.compile(
    r"(?:^|code = )([A-Z][A-Za-z_]{4,40})(?=:| desc)|StatusCode(?:\.|=\")([A-Z][A-Za-z_]{4,40})\b"
)
_MOST_CODES = 40
# How codes in capitals begin that say what is wrong with a request.
_WRONG = ("invalid_", "unsupported_", "missing_", "unknown_", "illegal_")
# What a thing is called is no evidence, such as `deadlock_log` of a table, nor that all attempts
# were made.
_NAMED_THING = re.compile(
    r"\b((?:parameter|table|column|field|relation|property|variable|option|argument|attribute"
    r"|setting|flag|function|method|module|view|index|constraint|database|schema|bucket|secret"
    r"|(?:attribute|column|field|table|parameter|variable|key) name"
    r"|(?:unknown|invalid|unexpected|unsupported|unrecognized)(?: \w{1,30}){1,3}) )"
    r"['`\"][\w.:/-]{1,100}['`\"]"
    r"|\b((?:variable|bucket|secret|function|parameter) )\w{1,60}[_/.-][\w./-]{1,100}"
    r"|\bretry limit (?:was |has been )?exceeded"
)
_AS_WRITTEN = re.compile(_NAMED_THING.pattern, re.IGNORECASE)
# A code before the words, as `coded` puts it: `InvalidInput: No such market`.
_LEADING = re.compile(r"([A-Z][a-z]{1,30}(?:[A-Z][a-z]{1,30}){1,6}): ")


@dataclass(frozen=True, slots=True)
class _Phrase:
    verdict: Verdict
    any: tuple[str, ...]
    all: tuple[str, ...]

    def musts(self) -> tuple[str, ...]:
        """Of these at least one must occur if the phrase holds."""
        return self.all[:1] or self.any

    def holds(self, text: str) -> bool:
        """Whether it holds of a text in which one of the musts occurs."""
        return not self.all or all(words in text for words in self.all)


_Filed = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class _Book:
    """The phrases of one scope, and each one's words and number filed under runs of letters.

    `short` are the words too short to be filed, which are always looked for; `wide` are those
    of other scripts, which few texts have.
    """

    phrases: tuple[_Phrase, ...]
    filed: Mapping[str, _Filed]
    grams: frozenset[str]
    short: _Filed
    wide: _Filed

    def find(self, text: str, grams: frozenset[str]) -> Verdict | None:
        found = [] if text.isascii() else [number for number, words in self.wide if words in text]
        found += [number for number, words in self.short if words in text]
        for gram in grams & self.grams:
            for number, words in self.filed[gram]:
                if words in text:
                    found.append(number)
        for number in sorted(found) if found else ():
            if self.phrases[number].holds(text):
                return self.phrases[number].verdict
        return None


def by_words(text: str, scope: str = "") -> Verdict | None:
    """The verdict on a message; phrases of `scope` come before those of any kind."""
    return (by_scope(text, scope) if scope else None) or by_scope(text, "")


def by_scope(text: str, scope: str) -> Verdict | None:
    """The verdict on a message by the phrases of one scope alone."""
    if scope not in _books() or not text:
        return None
    # A space before the first word, so that phrases may begin with one.
    return _found(f" {fold(text)}", scope)


def by_code(text: str) -> Verdict | None:
    """The verdict on the first code inside a message that the table has."""
    known = _codes()
    state = _STATE.search(text[:_HEAD])
    told = (state[1] or state[2]).casefold() if state else ""
    if told in known:
        return known[told]
    return next((known[code] for code in _codes_of(text) if code in known), None)


def by_codes_name(text: str) -> Verdict | None:
    """The verdict on the first code whose parts say what it is, as those of error names do."""
    leading = _LEADING.match(text)
    codes = (
        *((leading[1],) if leading else ()),
        *(code for code in _codes_of(text) if "_" in code),
    )
    named = next((named for code in codes if (named := by_name(code))), None)
    wrong = any(code.startswith(_WRONG) and code.upper() in text for code in codes)
    return Verdict("invalid_input", "depends") if wrong and not named else named


@lru_cache(maxsize=64)
def _codes_of(text: str) -> tuple[str, ...]:
    text = text[:_HEAD]
    if "'" in text or '"' in text or "`" in text:
        text = _AS_WRITTEN.sub(r"\1\2''", text)
    found = [code[1].rstrip(".").rpartition(".")[2] for code in _CODE.finditer(text)]
    return tuple(
        code.casefold()
        for code in found[:_MOST_CODES]
        if "_" in code or (code[1:] != code[1:].lower() and code != code.upper())
    )


@cache
def _codes() -> Mapping[str, Verdict]:
    rows = read_toml("libraries.toml")["code"]
    return {code.casefold(): verdict_of(row) for row in rows for code in row["codes"]}


@lru_cache(maxsize=1024)
def _found(text: str, scope: str) -> Verdict | None:
    """What was found in words before: of one outage they come again, with other ids beside them."""
    text = _NAMED_THING.sub(r"\1\2''", text)
    return _books()[scope].find(text, _grams(text))


def fold(text: str) -> str:
    """The text as phrases are compared with it: one case, one kind of quote, not endless."""
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]} {text[-_TAIL:]}"
    folded = text.casefold().replace("\n", " ").replace("\t", " ").replace('"', "'")
    if not folded.isascii():
        folded = folded.replace("\u2019", "'").replace("\u2018", "'").replace("\xa0", " ")
    return _spelled_out(folded)


def _spelled_out(folded: str) -> str:
    """The text with `isn't` and the like in two words, as people and services write either."""
    if "n't" in folded:
        folded = folded.replace("can't", "cannot").replace("won't", "will not")
        folded = folded.replace("n't", " not")
    return folded.replace("can not", "cannot") if "can not" in folded else folded


@lru_cache(maxsize=8)
def _grams(text: str) -> frozenset[str]:
    """The text's runs of letters; the same text is asked of more than once in a row."""
    return frozenset([text[start : start + _GRAM] for start in range(0, len(text), _STEP)])


def _runs(words: str) -> Iterator[str]:
    return (words[start : start + _GRAM] for start in range(len(words) - _GRAM + 1))


def file_phrases() -> None:
    """File all phrases now, once: threads that all came to it first would each do it."""
    _books()


@cache
def _books() -> Mapping[str, _Book]:
    scopes: dict[str, list[_Phrase]] = defaultdict(list)
    for row in (row for file in _FILES for row in read_toml(file)["phrase"]):
        each = tuple(map(_spelled_out, row.get("all", ())))
        phrase = _Phrase(verdict_of(row), tuple(map(_spelled_out, _filled(row))), each)
        scopes[row.get("scope", "")].append(phrase)
        if phrase.verdict.sure:
            scopes[SURE].append(phrase)
    return {scope: _book(tuple(phrases)) for scope, phrases in scopes.items()}


@cache
def _usual() -> Counter[str]:
    """How often runs of letters come in English, such as that of the table of causes."""
    told = (f"{cause.meaning} {cause.advice} {cause.recognised}" for cause in table().values())
    often = Counter(run for text in told for run in _runs(text.casefold()))
    return Counter({run: _USUAL * count for run, count in often.items()})


def _filled(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The phrases of which one is enough; `with` lists what stands for their `{}`."""
    phrases = row.get("any", ())
    return tuple(
        phrase.replace("{}", word) for phrase in phrases for word in row.get("with", ("",))
    )


def _book(phrases: tuple[_Phrase, ...]) -> _Book:
    usual, own = (
        _usual(),
        Counter(run for phrase in phrases for words in phrase.musts() for run in _runs(words)),
    )
    filed: dict[str, list[tuple[int, str]]] = defaultdict(list)
    short = []
    for number, phrase in enumerate(phrases):
        for words in phrase.musts():
            runs = tuple(_runs(words))
            if len(runs) < _STEP:
                short.append((number, words))
                continue
            often = [usual.get(run, 0) + own[run] for run in runs]
            starts = range(len(runs) - _STEP + 1)
            at = min(starts, key=[sum(often[at : at + _STEP]) for at in starts].__getitem__)
            for run in runs[at : at + _STEP]:
                filed[run].append((number, words))
    fixed = {run: tuple(found) for run, found in filed.items()}
    wide = tuple(each for each in short if not each[1].isascii())
    short = [each for each in short if each[1].isascii()]
    return _Book(phrases, fixed, frozenset(fixed), tuple(short), wide)

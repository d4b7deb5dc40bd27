"""The names that secrets go by, inside identifiers and in prose, in English and Japanese."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

from sfn_digest.causes.redaction.spans import FoldedText, without_accents
from sfn_digest.causes.table import read_toml

Kind = Literal["password", "secret", "authorization", "cookie"]

_LONGEST = 64
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_OF_IDENTIFIERS = f"{_LETTERS}0123456789_.$-"
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_GLUED = re.compile(r"[a-z]+|[A-Z]+")
_ESCAPED = re.compile(r"^(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[nrt])")
_WORD_BEFORE = re.compile(r"([A-Za-z]{2,20})[ ]$")
_GAPS = " ._*-"
_SPACED = re.compile(
    "|".join(f"[{_GAPS}]".join(word) for word in ("passw", "secret", "token", "apikey"))
)
# One of these is in every name of ASCII letters; of those that are in many other words as well a
# pattern tells whether it is a name.
_MARKS: Mapping[str, re.Pattern[str] | None] = {
    **dict.fromkeys(("pass", "key", "secret", "token", "cred", "pwd", "cookie", "signature"), None),
    **dict.fromkeys(("hook", "jwt", "identified by", "jfrog"), None),
    **dict.fromkeys(
        ("passe", "wachtwoord", "contrasen", "senha", "heslo", "losenord", "jelszo", "sifre"), None
    ),
    **dict.fromkeys(("pa55w", "p@ssw", "p4ssw", "p@55w", "pa$$w", "p@$$w"), None),
    # Of names whose letters stand apart, two that do in all of them.
    **{f"{pair[0]}{gap}{pair[1]}": _SPACED for pair in ("ss", "cr", "ok", "pi") for gap in _GAPS},
    "auth": re.compile(r"auth(?!ori[sz]ed|entic)|authentication[ _-]?[kcs]"),
    "string": re.compile(r"connection[ _-]?string"),
    "code": re.compile(r"(?:security|verification|pin)[ _-]?code"),
    **{
        word: re.compile(rf"{word}[\"'=:\\&]|-{word} ")
        for word in ("pin", "otp", "sig", "sas", "pw", "psw", "cvv", "cvc", "sessid", "sessionid")
    },
}


class Name(NamedTuple):
    """A secret's name: its identifier's place in the text, and what is known of its value.

    A `short` one is an ordinary word too, so that more is asked of what follows. `word` is the
    name without the rest of its identifier, in small letters.
    """

    start: int
    end: int
    kind: Kind
    short: bool
    word: str

    @property
    def field(self) -> bool:
        """Whether it is a part of a longer identifier (`client_secret`), as in no prose."""
        return self.end - self.start > len(self.word) or not self.word.isalpha()


def occur(text: FoldedText) -> bool:
    """Whether a secret may be named at all; quick to ask."""
    small = text.small
    for mark, pattern in _MARKS.items():
        if mark in small and (pattern is None or pattern.search(small)):
            return True
    return not small.isascii() and _wide().search(small) is not None


def next_name(text: FoldedText, at: int) -> Name | None:
    """The first name of a secret from a place on."""
    pattern = _pattern(ascii_only=text.small.isascii())
    while match := pattern.search(text.small, at):
        name = _judged(text.read, match)
        # Of `auth_token` the longer name is the one that tells.
        if name and not (name.short and pattern.search(text.small, match.end(), name.end)):
            return name
        at = match.start() + 1
    return None


def listed(kind: str) -> frozenset[str]:
    """One of the lists of words in names.toml."""
    return _lists()[kind]


@cache
def _lists() -> Mapping[str, frozenset[str]]:
    return {kind: frozenset(words) for kind, words in _table().items()}


@cache
def _table() -> Mapping[str, Sequence[str]]:
    return read_toml("redaction/names.toml")


@cache
def _wide() -> re.Pattern[str]:
    """The letters of names in other scripts."""
    letters = {letter for row in (*_table()["passwords"], *_table()["secrets"]) for letter in row}
    return re.compile(f"[{''.join(sorted(each for each in letters if not each.isascii()))}]")


@cache
def _pattern(*, ascii_only: bool) -> re.Pattern[str]:
    """All names in small letters, filed by the first, so that a look at it rules most out."""
    table = _table()
    rows = [
        *table["passwords"],
        *(f"{each}[ _.-]?keys?" for each in table["keys"]),
        *(f"{each}[ _.-]?キー" for each in ("api",)),
        *table["secrets"],
        *(f"{each[0]}(?<![a-z].){each[1:]}[ _.-]?keys?" for each in table["whole_keys"]),
        *table["whole_passwords"],
        *table["whole_secrets"],
    ]
    filed: dict[str, list[str]] = defaultdict(list)
    for row in map(without_accents, rows):
        if row[0].isascii() or not ascii_only:
            filed[row[0]].append(row[1:])
    return re.compile("|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in filed.items()))


@cache
def _passwords() -> re.Pattern[str]:
    return re.compile("|".join((*_table()["passwords"], *_table()["whole_passwords"])))


def _judged(text: str, match: re.Match[str]) -> Name | None:
    """The name, unless it is a part of another word or its identifier names no secret."""
    word, (start, end) = match[0], match.span()
    if not word[-1].isascii():
        return Name(start, end, _kind(word), short=False, word=word)
    short = word in listed("whole_passwords") or word in listed("whole_secrets")
    before = text[max(0, start - _LONGEST) : start]
    left = before[len(before.rstrip(_OF_IDENTIFIERS)) :]
    if left and text[start - len(left) - 1] == "\\" and start > len(left):
        left = _ESCAPED.sub("", left)
    after = text[end : end + _LONGEST]
    right = after[: len(after) - len(after.lstrip(_OF_IDENTIFIERS))].rstrip(".-$")
    written = text[start:end]
    if short and not _is_whole(left, written, right):
        return None
    if not _may_end_so(written, right) or not _may_begin_so(word, left, before):
        return None
    return Name(start - len(left), end + len(right), _kind(word), short, word)


def _kind(word: str) -> Kind:
    if word == "authorization":
        return "authorization"
    if "cookie" in word or word == "クッキー":
        return "cookie"
    return "password" if _passwords().fullmatch(word) else "secret"


def _is_whole(left: str, word: str, right: str) -> bool:
    begins = left[-1:] not in _LETTERS or (left[-1:].islower() and word[0].isupper())
    ends = right[:1] not in _LETTERS or (word[-1].islower() and right[:1].isupper())
    return (not left or begins) and (not right or ends)


def _may_end_so(word: str, right: str) -> bool:
    """Not in `tokenizer` and `secretsmanager`, and not before `_name` or `Type`."""
    glued = _GLUED.match(right)
    grown = glued and glued[0][0].islower() == word[-1].islower()
    if glued and grown and glued[0].casefold() not in listed("glued"):
        return False
    parts = [part.casefold() for part in _PARTS.findall(right)]
    return not parts or not {parts[0], parts[-1]} & listed("no_secret_after")


def _may_begin_so(word: str, left: str, before: str) -> bool:
    """Not after `next_` or `Unexpected `."""
    if not word.startswith(("token", "signature")):
        return True
    parts: Iterable[str] = _PARTS.findall(left)
    if not left:
        said = _WORD_BEFORE.search(before)
        parts = [said[1]] if said else []
    *_, last = (*("",), *parts)
    return last.casefold() not in listed("no_secret_before")

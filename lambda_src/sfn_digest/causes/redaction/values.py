"""Where a value ends, and whether it reads like a secret's."""

import re
from functools import cache
from typing import NamedTuple

from sfn_digest.causes.redaction.secret_names import Name, listed
from sfn_digest.causes.redaction.spans import MAIL, MASK

QUOTE = (
    r"(?:\\{0,300}(?:\"\"\"|'''|[\"'`]|u002[27]|(?<=\\)x2[27])"
    r"|&quot;|&#0?3[49];|&#x2[27];|&apos;|%22|%27)"
)
_OPENED = re.compile(rf"(?:[bBuUrRfF]{{1,2}}|[A-Za-z_][\w.]{{0,40}}\(\s{{0,4}})?({QUOTE})")
_KEY_AHEAD = r"[\w.-]{1,40}\\{0,300}[\"']?\s{0,2}(?:=|:(?!//))"
_ENDS = r",;&()\[\]{}<>\"'`|\\"
_WIDE = "\u2e80-\uffff\U00020000-\U0003ffff"
_IN_BARE = rf"(?:[^\s{_ENDS}{_WIDE}]|[{_ENDS}](?=[^\s{_ENDS}{_WIDE}])(?!{_KEY_AHEAD})|\$(?=[{{(]))"
# Enough to tell whether it is a secret; the whole is taken once it is.
_BARE = re.compile(rf"{_IN_BARE}{{1,256}}+")
_BARE_WHOLE = re.compile(rf"{_IN_BARE}++")
_BARE_WIDE = re.compile(rf"[^\s{_ENDS}:=]{{1,64}}+")
_ENTITIES = (
    "&quot;",
    "&apos;",
    "&#34;",
    "&#39;",
    "&#034;",
    "&#039;",
    "&#x22;",
    "&#x27;",
    "%22",
    "%27",
)
_PLACEHOLDER = re.compile(
    r"\$?\{{1,3}(?:\d|[A-Za-z_ .:$-]{0,60})\}{0,3}|\$\{[A-Z][A-Z0-9_]{0,60}\}?|\$\([^)]{0,60}\)?"
    r"|\$[A-Z_][A-Z0-9_]*|%[A-Z_]+%|%(?:\([a-z_]{0,30}\))?[sdrv]"
    r"|<[A-Za-z][A-Za-z _-]{0,40}>?|[xX*#._?\u2022-]+|[:@][a-z_]+|\?"
)
_REFERENCE = re.compile(
    r"(?:self|cls|os|sys|process|config|cfg|conf|settings|env|environ|event|context|args|kwargs|opts"
    r"|options|params|props|data|ctx|this|request|req|app|ssm|boto3|client|var|local|module|input)"
    r"[.\[][A-Za-z_.\[\]()\"']{0,200}|[A-Za-z_]*Error"
)
_CALLED = re.compile(r"[A-Za-z_][A-Za-z_.]*(?:\([A-Za-z_. ,=\"']*)?")
_WORD = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*")
_ALGORITHM = re.compile(
    r"(?:sha|md|aes|rsa|hs|rs|es|ps|utf|base|ed|ec|v|ipv|http|oauth|tlsv?|ssl|scram|argon|pbkdf|crc"
    r"|python|java|node|mysql|postgres|level|step|stage|line|column|attempt|part|page)"
    r"[-_]?[\d.]{1,8}(?:[-_.]\w{1,12}){0,2}",
    re.IGNORECASE,
)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?")
_MEASURE = re.compile(
    r"\d+(?:\.\d+)?(?:%|x|ns|us|ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|y|years?"
    r"|[kmgt]i?b?|bytes?|bits?|chars?|characters?|st|nd|rd|th|times|rows?|vcpus?)|\d[\d.,:/TZ+-]*",
    re.IGNORECASE,
)
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_NAMELIKE = re.compile(r"(?:[A-Za-z]+\d{0,5}|\d{1,8})(?:[-_/.:]+(?:[A-Za-z]+\d{0,5}|\d{1,8}))*")
_CAMEL = re.compile(r"(?:[A-Z]{0,5}[a-z]{2,}+|[A-Z]{2,5}+)++")
_TURN = re.compile(r"[a-z][A-Z]|[A-Z](?=[A-Z][a-z])|[A-Za-z]\d|\d[A-Za-z]")
_STOPS = ".,:;!?"


class Value(NamedTuple):
    """A value's place without its quotes, and where the text goes on behind them."""

    start: int
    end: int
    after: int
    quoted: bool


def quoted_at(text: str, at: int) -> Value | None:
    """The value in quotes that begins here, however deep the quotes are escaped."""
    opened = _OPENED.match(text, at)
    if opened is None:
        return None
    end, after = _closing(text, opened.end(), opened[1])
    return Value(opened.end(), end, after, quoted=True)


def bare_at(text: str, at: int) -> Value | None:
    """The value without quotes that begins here."""
    match = _BARE.match(text, at) or _BARE_WIDE.match(text, at)
    return Value(match.start(), match.end(), match.end(), quoted=False) if match else None


def whole(text: str, value: Value) -> Value:
    """A value without quotes to its very end."""
    match = None if value.quoted else _BARE_WHOLE.match(text, value.start)
    return value._replace(end=max(value.end, match.end())) if match else value


def quote_before(text: str, at: int) -> str:
    """The quote that ends here, with the backslashes before it; "" where there is none."""
    mark = text[at - 1 : at]
    if mark and mark in "\"'`":
        head = text[max(0, at - 301) : at - 1]
        return text[at - 1 - (len(head) - len(head.rstrip("\\"))) : at]
    if mark and mark in ";27":
        ends = text[max(0, at - 6) : at]
        known = next((each for each in _ENTITIES if ends.endswith(each)), "")
        escaped = ends[-5:] if ends[-5:] in ("u0022", "u0027") else ""
        if not escaped and ends[-4:] in ("\\x22", "\\x27"):
            escaped = ends[-3:]
        if escaped:
            head = text[max(0, at - 300 - len(escaped)) : at - len(escaped)]
            return text[at - len(escaped) - (len(head) - len(head.rstrip("\\"))) : at]
        return known
    return ""


def argument_at(text: str, start: int, at: int) -> Value | None:
    """The rest of an argument that stands in quotes with its option: `"--password=a b"`."""
    quote = quote_before(text, start)
    if not quote:
        return None
    end, after = _closing(text, at, quote)
    return Value(at, end, after, quoted=True) if at < end < after else None


def _closing(text: str, at: int, quote: str) -> tuple[int, int]:
    """Where a quote is closed: by one like it, not by one behind more backslashes."""
    mark = quote.lstrip("\\")
    if mark[0] not in "\"'`":
        end = text.find(quote, at)
        return (end, end + len(quote)) if end >= 0 else (len(text), len(text))
    slashes, began = len(quote) - len(mark), at
    while (found := text.find(mark, at)) >= 0:
        behind = found - len(text[began:found].rstrip("\\")) - began
        at = found + len(mark)
        if behind % (2 * slashes + 2) != slashes and behind >= slashes:
            continue
        doubled = not slashes and len(mark) == 1 and found > began and text[at : at + 1] == mark
        if not doubled:
            return found - min(behind, slashes), at
        at += 1
    return len(text), len(text)


def is_none(text: str, value: Value, name: Name) -> bool:
    """Whether what stands where a value would is a placeholder, a reference or a verdict."""
    said = text[value.start : value.end].strip()
    bare = said.replace(MASK, "").replace(MAIL, "").rstrip(_STOPS)
    if not any(map(str.isalnum, bare)) or bare.startswith(("arn:", "file:")):
        return True
    if bare.strip("[](){}<>*").casefold() in listed("no_value") or _PLACEHOLDER.fullmatch(bare):
        return True
    if value.quoted:
        return _is_sentence(bare)
    if _REFERENCE.fullmatch(bare) or bare == text[name.start : name.end]:
        return True
    if bare.isdigit() and len(bare) < (4 if name.kind == "password" else 6):
        return not (name.kind == "password" and len(bare) > 2 and name.short)
    called = text.startswith("(", value.end) or (text.startswith(")", value.end) and "(" in bare)
    return called and _CALLED.fullmatch(bare) is not None


def _is_sentence(text: str) -> bool:
    words = [word.strip(_STOPS) for word in text.casefold().split()]
    known = sum(word in listed("no_value") for word in words)
    told = len(words) > 1 and known * 2 > len(words) and not any(map(is_strong, words))
    return told or _says_so(text)


def reads_like_one(said: str, name: Name) -> bool:
    """Whether words that follow a name in prose are a secret's value rather than more prose."""
    said = said.rstrip(_STOPS)
    if name.kind == "password":
        return len(said) > 3 and is_strong(said)
    return len(said) > 6 and is_strong(said) and not is_name(said)


def is_name(said: str) -> bool:
    """`prod/db-1`: words, parted by signs."""
    if said.isalnum() or len(_TURN.findall(said)) > len(said) * 0.3:
        return False
    return _NAMELIKE.fullmatch(said) is not None


def stands_after_colon(said: str, name: Name) -> bool:
    """Whether what follows `name: ` is a value; a sentence may go on there as well."""
    said = said.rstrip(_STOPS)
    if not said.isascii():
        return name.kind == "password" and not _says_so(said)
    if name.short:
        return is_strong(said) or (said.isdigit() and name.kind == "password")
    if name.kind != "password":
        if name.field:
            return not _WORD.fullmatch(said) or len(said) > 7
        return is_strong(said) and len(said) > 5 and not is_name(said)
    return bool(_WORD.fullmatch(said)) or said.isdigit() or not _is_ordinary(said)


def is_strong(said: str) -> bool:
    """Letters with digits or signs among them, as no word, host, measure or date has."""
    letters = any(map(str.isalpha, said))
    others = any(map(str.isdigit, said)) or any(sign in said for sign in "!@#$%^&*~?=+")
    mixed = others or (len(_TURN.findall(said)) > 2 and not _CAMEL.fullmatch(said))
    return letters and mixed and len(said) > 4 and not _is_ordinary(said)


def _is_ordinary(said: str) -> bool:
    return any(
        form.fullmatch(said) for form in (_ALGORITHM, _MEASURE, _HOST, _UUID)
    ) or said.startswith(("/", "arn:", "s3:", "file:"))


def _says_so(text: str) -> bool:
    return not text.isascii() and any(words in text for words in _within())


@cache
def _within() -> tuple[str, ...]:
    return tuple(listed("no_value_within"))

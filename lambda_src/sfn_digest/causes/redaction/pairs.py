"""Values that stand behind a secret's name, in whatever notation: JSON, YAML, XML, a command."""

import re
from collections.abc import Callable, Iterator

from sfn_digest.causes.redaction import addresses_and_headers as headers
from sfn_digest.causes.redaction.command_lines_and_lists import collected, listed_value, tuple_value
from sfn_digest.causes.redaction.secret_names import Name, next_name
from sfn_digest.causes.redaction.spans import FoldedText, RedactedSpan
from sfn_digest.causes.redaction.values import (
    QUOTE,
    Value,
    argument_at,
    bare_at,
    is_none,
    quote_before,
    quoted_at,
    reads_like_one,
    stands_after_colon,
    whole,
)

_SPACE = r"(?:\s|\\{1,300}[tnr](?![A-Za-z]))"
SEPARATOR = (
    r"(?:=>|:=|->|={1,2}|:(?!:)|\|(?!\|)|%(?:25){0,3}3[AaDd]|\\{1,300}u003[aAdD]|&#0?(?:58|61);"
    r"|の値[はがを]?)"
)
_TYPE = r"(?:\s?:\s?(?:[Ss]tr|[Ss]tring|bytes|any|SecretStr)\b[\]| \w]{0,12}(?=\s?=[^=]))"
_ASSIGNED = re.compile(
    r"(?: (?:header|value|string|used|provided|supplied|given|received|sent"
    r"|is|was|(?:is |was )?set to))?"
    rf"(?P<close>{QUOTE})?[\])]?{_TYPE}?"
    rf"{_SPACE}{{0,8}}(?P<sign>{SEPARATOR})(?P<space>{_SPACE}{{0,16}})(?P<block>(?:[|>][+-]?|-){_SPACE}{{1,16}})?"
)
_STATEMENT = re.compile(r"(?:[^;\"'\s<>]|[ \t](?![\w.-]{1,40}=)){1,300}(?=;)")
_NEXT_WORD = re.compile(rf"(?:{QUOTE})?(?:\s{{0,4}},)?\s{{1,8}}|{QUOTE}\s{{0,4}},\s{{0,4}}")
_TAG_BEFORE = re.compile(r"(?:<|&lt;|\\u003[cC])(?:[A-Za-z][\w.-]{0,30}:)?$")
_TAG_AFTER = re.compile(r"(?:\s[^<>]{0,200})?(?:>|&gt;|\\{1,300}u003[eE])(?:<!\[CDATA\[)?")
_TAG_END = re.compile(r"\]\]>|<|&lt;|\\{1,300}u003[cC]")
_LINK = re.compile(
    r"\s{1,4}(?:is|was|of|as|to|with|value|header)?\s{0,4}|\s{0,4}[はがをに]\s{0,4}|[\])]\s{0,2}|(?=[\"'(])"
)
_LINK_OR_NONE = re.compile(rf"{_LINK.pattern}|")
_AFTER_QUOTE = frozenset(",;:)]}")
_BRACED = re.compile(r"\{[^{}\"':]{1,200}\}(?=\s{0,4}(?:;|$))")


def find_pairs(text: FoldedText) -> Iterator[RedactedSpan]:
    """Where the values of named secrets stand."""
    at = 0
    while name := next_name(text, at):
        at = name.end
        for value in _values(text.read, name):
            at = max(at, value.end)
            if value.end > value.start:
                yield RedactedSpan(value.start, value.end)


def _values(text: str, name: Name) -> list[Value]:
    """The values behind a name, by the first notation that fits."""
    for notation in _NOTATIONS:
        values = notation(text, name)
        if values is not None:
            return [whole(text, value) for value in values]
    return []


def _assigned(text: str, name: Name) -> list[Value] | None:
    """`name=value`, `"name": "value"`, `name: value`."""
    sign = _ASSIGNED.match(text, name.end)
    if sign is None or _is_of_an_arn(text, name, sign):
        return None
    at = sign.end()
    value = quoted_at(text, at)
    if value:
        return [] if is_none(text, value, name) else [value]
    if text[at : at + 1] in ("[", "{", "("):
        inner = _BRACED.match(text, at)
        if inner:
            return [Value(inner.start(), inner.end(), inner.end(), quoted=False)]
        values = collected(text, at, name)
        if values is not None:
            return values
    return _bare(text, name, sign)


def _bare(text: str, name: Name, sign: re.Match[str]) -> list[Value]:
    at = sign.end()
    if name.kind in ("authorization", "cookie"):
        return headers.value_at(text, at + (text[at : at + 1] in ("[", "{")), name)
    value = _statement(text, name, at) or _argument(text, name, at) or bare_at(text, at)
    if value is None or is_none(text, value, name):
        return []
    said = text[value.start : value.end]
    prose = sign["sign"] == ":" and sign["space"] and not sign["close"] and not _is_yaml_block(sign)
    if sign["sign"] == "|" and not reads_like_one(said, name):
        return []
    if (prose or not said[0].isascii()) and not stands_after_colon(said, name):
        return []
    return [value]


def _is_yaml_block(sign: re.Match[str]) -> bool:
    """Whether the value is a block of YAML, or an item on a line of its own."""
    block, space = sign["block"] or "", sign["space"]
    return block[:1] in ("|", ">") or (bool(block) and ("\n" in space or "\\n" in space))


def _statement(text: str, name: Name, at: int) -> Value | None:
    """`;Password=a value, whole;` in a connection string."""
    if not text[max(0, name.start - 4) : name.start].rstrip(" ").endswith(";"):
        return None
    match = _STATEMENT.match(text, at)
    return Value(match.start(), match.end(), match.end(), quoted=False) if match else None


def _argument(text: str, name: Name, at: int) -> Value | None:
    """`"--password=a value, whole"`, and `"PASSWORD=a value"` in a list."""
    if text[at - 1] != "=":
        return None
    quote = quote_before(text, name.start)
    before = text[max(0, name.start - len(quote) - 4) : name.start - len(quote)].rstrip()
    listed = text.startswith("-", name.start) or before.endswith(("[", ","))
    return argument_at(text, name.start, at) if quote and listed else None


def _is_of_an_arn(text: str, name: Name, sign: re.Match[str]) -> bool:
    """`…:secret:db-AbCdEf`, and actions such as `sts:GetSessionToken: denied`."""
    return sign["sign"] == ":" and text[name.start - 1 : name.start] == ":" and name.start > 0


def _tagged(text: str, name: Name) -> list[Value] | None:
    """`<name>value</name>`."""
    before = text[max(0, name.start - 40) : name.start]
    if not before.endswith(("<", "&lt;", "u003c", "u003C", ":")) or not _TAG_BEFORE.search(before):
        return None
    opened = _TAG_AFTER.match(text, name.end)
    if opened is None or opened[0].startswith("/"):
        return None
    closed = _TAG_END.search(text, opened.end())
    end = closed.start() if closed else len(text)
    value = Value(opened.end(), end, end, quoted=True)
    # Without an end it is the name of a value in prose: `--password <password> is required`.
    complete = closed or not re.search(r"\s", text[value.start : end].strip())
    return [] if not complete or is_none(text, value, name) else [value]


def _option(text: str, name: Name) -> list[Value] | None:
    """`--name value`, `"--name", "value"`."""
    if not text.startswith("-", name.start):
        return None
    word = _NEXT_WORD.match(text, name.end)
    if word is None:
        return []
    value = quoted_at(text, word.end()) or bare_at(text, word.end())
    if value is None or text.startswith("-", value.start) or is_none(text, value, name):
        return []
    return [value]


def _told(text: str, name: Name) -> list[Value] | None:
    """`name 'value'`, `the name is value`, `name (value)`."""
    # Japanese has no space before a value.
    link = (_LINK if name.word[-1].isascii() else _LINK_OR_NONE).match(text, name.end)
    ordinary = name.short and not name.field
    if ordinary or link is None or text[name.start - 1 : name.start] in ("'", '"', "`"):
        return None
    at = link.end()
    if at == name.end and _opened(text, name.start, text[at : at + 1]):
        # The quote closes one that was opened before: 'Invalid token' (…).
        return []
    value = quoted_at(text, at) or bare_at(text, at + text.startswith("(", at))
    if value is None or is_none(text, value, name):
        return []
    said = text[value.start : value.end]
    if value.quoted and said[:1] in _AFTER_QUOTE:
        # The quote closes what the name ended.
        return []
    quoted = value.quoted and name.kind == "password"
    # SQL's `IDENTIFIED BY` is ordinary English but for the quotes.
    plain = name.word.startswith("identified") or not reads_like_one(said, name)
    return [value] if quoted or not plain else []


def _opened(text: str, at: int, quote: str) -> bool:
    """Whether the last such quote in front of a place begins words, as in `'Invalid token' (`."""
    last = text.rfind(quote, max(0, at - 200), at) if quote else -1
    return last >= 0 and not text[last - 1 : last].isalnum() and text[last + 1 : last + 2].isalpha()


_NOTATIONS: tuple[Callable[[str, Name], list[Value] | None], ...] = (
    _assigned,
    _tagged,
    _option,
    listed_value,
    tuple_value,
    _told,
)

"""Names and values that stand apart: `{"Name": …, "Value": …}`, pairs, and whole collections."""

import re

from sfn_digest.causes.redaction.secret_names import Name
from sfn_digest.causes.redaction.values import (
    QUOTE,
    Value,
    bare_at,
    is_name,
    is_none,
    quote_before,
    quoted_at,
    reads_like_one,
)

_SIGN = r"\s{0,4}(?:=>|[:=]|%3[AaDd])\s{0,4}"
_OPEN_TAG = r"<(?:\w{1,30}:)?"
_NAME_BEFORE = re.compile(
    rf"(?:(?<![A-Za-z])|_)(?:parameter|header|env|variable|property|option|attribute|setting)?[_-]?"
    rf"(?:name|key|id|field|header|variable|k|n)(?:{QUOTE})?(?:{_SIGN}|>|\s{{1,2}})$",
    re.IGNORECASE,
)
_VALUE_NAME = (
    r"(?:parameter|option|string|secret|attribute)?[_-]?"
    r"(?:value|val|v|default|content|plaintext|data)"
)
_VALUE_AHEAD = re.compile(
    rf"(?:(?:(?<![A-Za-z_-])|(?<=\\[nrt])){_VALUE_NAME}(?:{QUOTE})?(?:{_SIGN}|\s{{1,2}}(?=[\"'`]))"
    rf"|{_OPEN_TAG}(?:\w{{0,20}}value|string|val|v)>|(?<=[\"'])>(?!\s{{0,8}}<))",
    re.IGNORECASE,
)
_VALUE_BEHIND = re.compile(rf"(?<![A-Za-z_-]){_VALUE_NAME}(?:{QUOTE})?{_SIGN}", re.IGNORECASE)
_FAR = 200
_PAIR = re.compile(rf"(?:{QUOTE})\s{{0,4}},\s{{0,4}}")
_COMMA = re.compile(r"\s{0,2},\s{0,2}")
_MAY_NAME = frozenset(":=>  \t\nDd")
_IS_NAME = re.compile(r"[A-Za-z_]+")
_PAIR_END = re.compile(r"\s{0,4}[\])]")
_STRING_AFTER = re.compile(_SIGN)
_COLLECTION = re.compile(rf"[\[({{]\s{{0,8}}(?:[\[({{]\s{{0,8}}){{0,3}}(?:{QUOTE})")
_NO_SECRETS = frozenset(
    (
        *("name", "user", "username", "userid", "login", "id", "arn", "valuefrom", "type", "host"),
        *("hostname", "port", "db", "database", "dbname", "engine", "dbinstanceidentifier", "key"),
        *("region", "endpoint", "url", "scheme", "protocol", "expiration"),
    )
)
_LARGEST = 4_000


def listed_value(text: str, name: Name) -> list[Value] | None:
    """`"Name": "name", "Value": "value"` and the like, in either order."""
    end = name.start - len(quote_before(text, name.start))
    if text[end - 1 : end] not in _MAY_NAME or not _NAME_BEFORE.search(text, max(0, end - 60), end):
        return None
    ahead = text[name.end : name.end + _FAR]
    found = _VALUE_AHEAD.search(ahead)
    if found and not {"{", "}"} & set(ahead[: found.start()]):
        return _one(text, name.end + found.end(), name)
    begin = max([0, name.start - _FAR, *(text.rfind(each, 0, name.start) for each in "{}")])
    behind = list(_VALUE_BEHIND.finditer(text, begin, end))
    return _one(text, behind[-1].end(), name) if behind else None


def _one(text: str, at: int, name: Name) -> list[Value]:
    value = quoted_at(text, at) or bare_at(text, at)
    return [value] if value and not is_none(text, value, name) else []


def tuple_value(text: str, name: Name) -> list[Value] | None:
    """`("name", "value")`, `["name", "value"]`, `(name, value)`, and `"name", "value"` anywhere."""
    quote = quote_before(text, name.start)
    comma = (_PAIR if quote else _COMMA).match(text, name.end)
    if comma is None:
        return None
    before = text[max(0, name.start - len(quote) - 4) : name.start - len(quote)].rstrip()
    held = before.endswith(("[", "("))
    value = quoted_at(text, comma.end()) if quote else bare_at(text, comma.end())
    if value is None:
        return None
    said = text[value.start : value.end]
    if not (held and _PAIR_END.match(text, value.after)) or not quote:
        sure = (quote or held) and reads_like_one(said, name) and not is_name(said)
        return [value] if sure and not is_none(text, value, name) else None
    if _IS_NAME.fullmatch(said) and text.startswith("]", value.after):
        # A list of two names: `required: ["password", "username"]`.
        return []
    return [] if is_none(text, value, name) else [value]


def collected(text: str, at: int, name: Name) -> list[Value] | None:
    """The texts in an object or a list, but for those that an object's keys say are no secrets."""
    if not _COLLECTION.match(text, at):
        return [] if text[at : at + 2] in ("[]", "{}", "()") else None
    values: list[Value] = []
    depth, key, place, last = 0, "", at, min(len(text), at + _LARGEST)
    while place < last:
        value = quoted_at(text, place) if text[place] in "\\\"'&`" else None
        if value is None:
            depth += (text[place] in "[{(") - (text[place] in "]})")
            place += 1
            if depth == 0:
                break
        elif sign := _STRING_AFTER.match(text, value.after):
            key, place = text[value.start : value.end].casefold(), sign.end()
        else:
            if key not in _NO_SECRETS and not is_none(text, value, name):
                values.append(value)
            key, place = "", value.after
    # Nothing of it is looked at again.
    return [*values, Value(place, place, place, quoted=False)]

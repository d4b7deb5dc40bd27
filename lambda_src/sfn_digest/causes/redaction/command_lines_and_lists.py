"""Secrets that no name stands right before: behind options of one letter, and in lists of pairs.

In command lines such as `mysql -u etl -pS3cret`, and where names and values stand apart:
`{"Name": …, "Value": …}`, pairs, and whole collections.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from sfn_digest.causes.redaction.secret_names import Name
from sfn_digest.causes.redaction.spans import RedactedSpan
from sfn_digest.causes.redaction.values import (
    QUOTE,
    Value,
    argument_at,
    bare_at,
    is_name,
    is_none,
    is_strong,
    quote_before,
    quoted_at,
    reads_like_one,
    whole,
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
_NO_SECRETS = frozenset({
    "name", "user", "username", "userid", "login", "id", "arn", "valuefrom", "type", "host", "url",
    "hostname", "port", "db", "database", "dbname", "engine", "dbinstanceidentifier", "key",
    "region", "endpoint", "scheme", "protocol", "expiration",
})  # fmt: skip
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


_OPTION = re.compile(
    rf"-(?<![A-Za-z0-9_-]-)(?:(?P<letter>[akpuwAKPUW])|-(?P<long>(?:proxy-)?user(?:name)?))"
    rf"(?P<gap>=|(?:{QUOTE})?\s{{0,4}},\s{{0,4}}|\s{{1,4}})?"
)
_LINE = 160
_ASKS_P = re.compile(
    r"(?:mysql\w*|mariadb\S*|sshpass|mongo\w*|beeline|cqlsh|zip|unzip|7za?|un?rar|snowsql|login"
    r"|rabbitmqadmin|mosquitto_\w+|db2|influx|impala-shell|presto|trino|sqlline|htpasswd|kinit|ftp"
    r"|arangosh|hdbsql|exaplus)\b",
    re.IGNORECASE,
)
_ASKS = {
    "P": re.compile(r"\b(?:sqlcmd|bcp|isql|tsql|osql|zip|unzip|smbclient|freebcp)\b"),
    "a": re.compile(r"\b(?:redis-cli|https?|memcli|valkey-cli)\b"),
    **dict.fromkeys(
        "kK", re.compile(r"\bopenssl\s+(?:enc|rsa|ec|pkey|pkcs\d+|cms|smime|req|ca)\b")
    ),
    "A": re.compile(r"\b(?:redis-cli|ipmitool)\b"),
    "w": re.compile(r"\b(?:ldap\w+|vsql|kinit)\b"),
    "W": re.compile(r"\b(?:ldap\w+|vsql|curlftpfs)\b"),
}
_NAMES_USER = re.compile(r"(?:^|[\s\"',])(?:-[uU]|--user(?:name)?|-h|--host)(?![A-Za-z])")
_NO_PASSWORD = re.compile(
    r"\b(?:mkdir|cp|ssh|scp|rsync|nc|ps|pytest|tar|rm|chmod|ls|read|date|kill|nmap|git|psql|pg_\w+"
    r"|perl|grep|python\d?|install|docker\s+(?:run|compose)|podman\s+run|kubectl|make|ninja|lsof|top)\b"
)
_WORDY = re.compile(
    r"(?:arallel|rofile|rogress|ort|ath|refix|roject|aram|ackage|ython|latform|ipeline|riority|roxy"
    r"|roperty|rocess|rint|retty|lugin|eriod|hase|artition|olicy|od|ull|ush|ublic|rivate|art|age)"
)
_REDIS = (
    r"(?<![A-Za-z_-])AUTH\s(?:[\w-]{1,32}\s)?(?=\S{0,60}[0-9!@#$%^&*])(?=\S{0,60}[a-z])"
    r"(?![\w-]{1,12}-\d)([^\s\"'),;]{6,200})"
)
_LOGIN = re.compile(r"([^\s:%,@/]{1,64}[:%,])(.+)")
_FETCHES = re.compile(r"\b(?:curl|wget|https?|lftp|smbclient|svn|ab)\b")

_GIVEN = r"[\"']?([^\s\"'$%|;&<>][^\s\"'|;&<>]{0,200})"
_STDIN = (
    r"(?:sudo\s(?:-\w+\s)*-S|su\s|kinit|\w*passwd|gpg|cryptsetup|\S+\slogin"
    r"|--password-stdin|--stdin)"
)
# Each tool with what stands between its name and the value, by a mark that is quick to look for.
_ARGUMENTS = tuple(
    (mark, re.compile(pattern))
    for mark, pattern in (
        ("htpasswd", rf"\bhtpasswd\s(?:-\w+\s){{1,4}}\S+\s\S+\s{_GIVEN}"),
        ("put-parameter", rf"\bput-parameter\b[^|;\n]{{0,300}}?--value[\s=]{_GIVEN}"),
        ("alias set", rf"\balias set\s\S+\shttps?://\S+\s\S+\s{_GIVEN}"),
        ("net use", rf"\bnet use\s(?:\S:?\s)?\\\S+\s(?:/user:\S+\s(?!/)|(?=\S+\s/)){_GIVEN}"),
        ("AUTH ", _REDIS),
        ("rclone", rf"\brclone obscure\s{_GIVEN}"),
        ("<<<", rf"{_STDIN}[^|;\n<]{{0,80}}<<<\s{{0,2}}{_GIVEN}"),
        ("echo", rf"\becho\s(?:-\w\s)?{_GIVEN}[\"']?\s{{0,2}}\|[^|;\n]{{0,80}}?{_STDIN}"),
        ("printf", rf"\bprintf\s{_GIVEN}[\"']?\s{{0,2}}\|[^|;\n]{{0,80}}?{_STDIN}"),
    )
)


def find_arguments(text: str) -> Iterator[RedactedSpan]:
    """Where tools are given a password by its place, or by what is written to them."""
    for mark, pattern in _ARGUMENTS:
        for match in pattern.finditer(text) if mark in text else ():
            yield RedactedSpan(*match.span(1))


def find_options(text: str) -> Iterator[RedactedSpan]:
    """Where passwords stand behind `-p`, `-u user:`, `-a` and their like."""
    line: _Line | None = None
    for option in _OPTION.finditer(text):
        value = _value(text, option)
        if value is None:
            continue
        line = line or _Line(text)
        said = text[value.start : value.end]
        if option["long"] or option["letter"] in ("u", "U"):
            login = _LOGIN.match(said)
            if login and _is_login(line, option.start(), login[2]):
                yield RedactedSpan(value.start + len(login[1]), whole(text, value).end)
        elif _is_password(line, option, said):
            yield RedactedSpan(value.start, whole(text, value).end)


def _value(text: str, option: re.Match[str]) -> Value | None:
    if option["gap"] is None and (option["long"] or option["letter"] != "p"):
        return None
    glued = option["gap"] in (None, "=")
    argument = argument_at(text, option.start(), option.end()) if glued else None
    value = argument or quoted_at(text, option.end()) or bare_at(text, option.end())
    return None if value is None or text.startswith("-", value.start) else value


class _Line:
    """Which tools a text names, looked up once, whatever the number of options."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[re.Pattern[str], list[int]] = {}

    def names(self, tools: re.Pattern[str], at: int) -> bool:
        """Whether one is named shortly before a place."""
        if tools not in self._found:
            self._found[tools] = [match.start() for match in tools.finditer(self._text)]
        found = self._found[tools]
        last = bisect_left(found, at) - 1
        return last >= 0 and found[last] >= at - _LINE


def _is_password(line: _Line, option: re.Match[str], said: str) -> bool:
    """Sure behind tools that take one so; elsewhere a value must look like a password."""
    letter, at = option["letter"], option.start()
    if letter != "p":
        asks = _ASKS.get(letter)
        return asks is not None and line.names(asks, at)
    if line.names(_NO_PASSWORD, at):
        return False
    if line.names(_ASKS_P, at) or (line.names(_NAMES_USER, at) and not said.isdigit()):
        return True
    glued = option["gap"] is None
    if is_name(said) or said.startswith(("/", ".", "~")):
        return False
    return is_strong(said) and len(said) > 5 and not (glued and _WORDY.match(said))


def _is_login(line: _Line, at: int, password: str) -> bool:
    if password.isdigit() or password.startswith(("/", "$")):
        return False
    return line.names(_FETCHES, at) or is_strong(password)

"""Passwords in command lines behind options of one letter: `mysql -u etl -pS3cret`."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from sfn_digest.causes.redaction.spans import RedactedSpan
from sfn_digest.causes.redaction.values import (
    QUOTE,
    Value,
    argument_at,
    bare_at,
    is_name,
    is_strong,
    quoted_at,
    whole,
)

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

"""Secrets in addresses and HTTP headers: credentials, webhooks, people, Authorization, cookies."""

import base64
import binascii
import re
from collections.abc import Iterator

from sfn_digest.causes.redaction.secret_names import Name, listed, next_name
from sfn_digest.causes.redaction.spans import MAIL, FoldedText, RedactedSpan
from sfn_digest.causes.redaction.values import Value, is_name, is_none, is_strong

_PARAMETER = r"[A-Za-z_-]{1,40}=(?:\\{0,300}\"[^\"\\]{0,2000}\\{0,300}\"|[^\s,\"']{1,4000})"
_CREDENTIALS = re.compile(
    rf"(?:(?P<scheme>[A-Za-z][A-Za-z0-9._-]{{1,40}})[ \t]{{1,4}})?"
    rf"(?P<given>{_PARAMETER}(?:\s{{0,2}},\s{{0,2}}{_PARAMETER}){{0,20}}|[^\s,;\"'<>)}}\]\\]{{2,8000}})"
)
_COOKIE = re.compile(r"[^\s;,\"'<>]{1,4000}(?:;\s{0,2}[\w.%-]{1,60}=[^\s;,\"'<>]{0,4000}){0,40}")
_SCHEME = re.compile(
    r"(?<![A-Za-z0-9_-])(Bearer|Basic|Digest|AWS4-HMAC-SHA256|SharedAccessSignature"
    r"|SharedKey|GenieKey|Api-?Key|Api-?Token|OAuth)(?:[ \t]{1,4}|[ \t]?(?<=[Rr])[:=][ \t]?)"
    rf"({_PARAMETER}(?:\s{{0,2}},\s{{0,2}}{_PARAMETER}){{0,20}}|[A-Za-z0-9+/=_.~:|!@#$%^&*-]{{6,8000}})",
    re.IGNORECASE,
)
_BESIDE_NAMES = ("token ", "key ", "sha256 ", "signature ", "auth ")
_CHALLENGE = ("realm=", "error=", "scope=", "charset=", "error_description=", "authorization_uri=")
_FIELD = re.compile(r"[a-z_]{2,40}=[^=]")
_WORD = re.compile(r"[A-Za-z][a-z]*(?:[-_.:/][A-Za-z]?[a-z]*)*")


def value_at(text: str, at: int, name: Name) -> list[Value]:
    """What follows `Authorization: ` or `Cookie: ` without quotes."""
    if name.kind == "cookie":
        match = _COOKIE.match(text, at)
        found = match and Value(match.start(), match.end(), match.end(), quoted=False)
        return (
            [found]
            if found and "=" in text[found.start : found.end]
            else _single(found, text, name)
        )
    match = _CREDENTIALS.match(text, at)
    if match is None or match["given"].startswith(_CHALLENGE):
        return []
    scheme = (match["scheme"] or "").casefold()
    if scheme in listed("no_value") and scheme not in ("token", "key"):
        return []
    value = Value(*match.span("given"), match.end(), quoted=False)
    return [] if is_none(text, value, name) else [value]


def _single(value: Value | None, text: str, name: Name) -> list[Value]:
    strong = value is not None and is_strong(text[value.start : value.end])
    return [value] if value and strong and not is_none(text, value, name) else []


def occur(text: FoldedText, *, named: bool) -> bool:
    """Whether a scheme may be named at all; quick to ask. Of some the name is a secret's too."""
    small = text.small
    if "bearer" in small or "basic " in small or "digest " in small:
        return True
    return named and any(mark in small for mark in _BESIDE_NAMES)


def find_schemes(text: str) -> Iterator[RedactedSpan]:
    """Where `Bearer …`, `Basic …` and others of the kind stand without a header's name."""
    for match in _SCHEME.finditer(text):
        scheme, given = match[1].casefold(), match[2].rstrip(".,:;!?")
        if given.startswith(_CHALLENGE) or given.casefold() in listed("no_value"):
            continue
        if _is_credential(scheme, given):
            yield RedactedSpan(match.start(2), match.start(2) + len(given))


def _is_credential(scheme: str, given: str) -> bool:
    if scheme == "basic":
        return _is_user_and_password(given) or is_strong(given)
    if _WORD.fullmatch(given):
        return scheme == "bearer" and len(given) > 15 and given.isalpha()
    if scheme == "bearer" and _FIELD.match(given):
        return False
    return "=" in given or is_strong(given) or len(given) > 20


def _is_user_and_password(given: str) -> bool:
    try:
        said = base64.b64decode(given + "=" * (-len(given) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return b":" in said and said.isascii()


_URL = re.compile(
    r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,30}://([^\s\"'<>`\u2e80-\uffff]{1,8000})"
)
_PATH_QUERY = re.compile(
    r"(?<![^\s\"'(=])/[^\s\"'<>?`]{0,2000}\?([^\s\"'<>`\u2e80-\uffff]{1,8000})"
)
_AUTHORITY_END = re.compile(r"/|\?(?=[\w.-]{1,60}=|$)|#(?![^@]{0,200}@)")
_PORT = re.compile(r"\d{1,5}(?:[/?#,]|$)")
_PLAIN_QUERY = re.compile(r"\d{1,10}|\d{4}-\d\d-\d\d|true|false|[a-z]{1,12}")
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z_-]{0,24}")
_GIVEN = (
    "p",
    "pw",
    "k",
    "key",
    "code",
    "sig",
    "state",
    "nonce",
    "otp",
    "pin",
    "u",
    "user",
    "q",
    "sv",
    "se",
)
_GIVEN_BEFORE = tuple(f"{mark}{name}" for mark in "?&;" for name in _GIVEN)
_HOOK = re.compile(
    r"(?:[A-Za-z0-9.-]{0,100}hooks?[A-Za-z0-9.-]{0,100}|(?:[A-Za-z0-9.-]{1,100}/){1,6}[a-z0-9-]{0,30}hooks?[a-z0-9]{0,8}"
    r"|events\.pagerduty\.com/integration|alert\.victorops\.com/integrations|maker\.ifttt\.com/trigger)"
    r"/([A-Za-z0-9_./@%~:-]{4,600})"
)
_STRONG_PART = re.compile(
    r"(?=[^/]{0,60}[0-9A-Z])[A-Za-z0-9_@%~:-]{8,}|catch/[0-9]{3,12}/[A-Za-z0-9]{5,}"
)
_MAIL = re.compile(
    r"(?<![A-Za-z0-9_.%+-])[A-Za-z0-9_][A-Za-z0-9_.%+-]{0,63}@"
    r"(?=[A-Za-z0-9-]{0,62}[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
_WIDE_MAIL = re.compile(r"[^\W\x00-\x7f]{1,12}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_IDN_MAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9_.%+-]{0,63}@[\w-]{1,40}\.[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
_NO_PERSON = ("git@",)
_LOGIN = re.compile(
    r"(?<![A-Za-z0-9_.%+:/@-])([A-Za-z0-9_.%+-]{1,64}):(?!//)([^\s:\"'<>@][^\s\"'<>]{0,200}?)@(?=[A-Za-z0-9\[(])(?!sha\d{3}:)"
)
_LABELS = frozenset(
    (
        *("mailto", "email", "mail", "e-mail", "from", "to", "cc", "bcc", "by", "user", "username"),
        *("owner", "contact", "author", "sender", "recipient", "sip", "acct", "reply-to"),
        *("address", "login", "account"),
    )
)
_SLASHED = re.compile(
    r"(?<![\w/@.:-])([A-Za-z]\w{0,30})/([^\s/@'\"]{5,60})@(?=[A-Za-z])(?!sha\d{3}:)"
)
_ORACLE = re.compile(
    r"(?:jdbc:oracle:\w{1,10}:|(?:sqlplus|sqlldr|expdp|impdp|exp|imp|rman|tnsping)\s(?:-\w{1,10}\s){0,3}"
    r"(?:userid=)?)([\w$#]{1,40}/\S{1,100}?)@"
)


def find_urls(text: str) -> Iterator[RedactedSpan]:
    """What the queries of URLs give away."""
    for match in _URL.finditer(text):
        mark = match[1].find("?", _end_of_login(match[1]))
        if mark >= 0:
            yield from _query(text, match.start(1) + mark + 1, match.end())


def find_queries(text: str) -> Iterator[RedactedSpan]:
    """What paths without a host give away under names that tell of it (`/callback?code=…`)."""
    for match in _PATH_QUERY.finditer(text):
        for span in _query(text, match.start(1), match.end(1)):
            if text[: span.start - 1].endswith(_GIVEN_BEFORE):
                yield span


def _end_of_login(rest: str) -> int:
    """Where the user and password before `@` end; a password may hold `/`, `?` and `@`."""
    authority = _AUTHORITY_END.split(rest, maxsplit=1)[0]
    at = authority.rfind("@")
    _, colon, after = authority.partition(":")
    if at < 0 and colon and not _PORT.match(rest, len(authority) - len(after)):
        at = rest.rfind("@")
    return max(at, 0)


def _query(text: str, start: int, end: int) -> Iterator[RedactedSpan]:
    at = start
    for pair in re.split(r"[&;]", text[start:end]):
        name, _, value = pair.partition("=")
        if not _is_plain(name, value) and pair:
            yield RedactedSpan(at + (len(name) + 1 if value else 0), at + len(pair))
        at += len(pair) + 1


def _is_plain(name: str, value: str) -> bool:
    if not _PLAIN_NAME.fullmatch(name) or name.casefold() in _GIVEN:
        return False
    if not value:
        return len(name) < 16
    return (
        bool(_PLAIN_QUERY.fullmatch(value.rstrip(".,:)]")))
        and next_name(FoldedText.of(f"{name}="), 0) is None
    )


def find_webhooks(text: str) -> Iterator[RedactedSpan]:
    """Paths behind a host or a part of a path that is a webhook's."""
    for match in _HOOK.finditer(text):
        if _STRONG_PART.search(match[1]):
            yield RedactedSpan(match.start(1), match.end(1))


def find_addresses(text: str) -> Iterator[RedactedSpan]:
    """`user:password@host` without a scheme, and addresses of e-mail."""
    logins = list(_logins(text))
    yield from logins
    ends = {login.end for login in logins}
    for mail in _mail(text):
        # What stands before `@host` is a password, and its host may be told.
        if text.find("@", mail.start) not in ends:
            yield mail


def _logins(text: str) -> Iterator[RedactedSpan]:
    for match in _LOGIN.finditer(text):
        labelled = match[1].casefold() in _LABELS and _MAIL.match(text, match.start(2))
        if not labelled and match[1] not in ("arn", "urn"):
            yield RedactedSpan(match.start(), match.end(2))
    for match in _ORACLE.finditer(text):
        yield RedactedSpan(match.start(1), match.end(1))
    for match in _SLASHED.finditer(text):
        if is_strong(match[2]) and not is_name(match[2]):
            yield RedactedSpan(match.start(1), match.end(2))
    for match in _URL.finditer(text):
        if end := _end_of_login(match[1]):
            yield RedactedSpan(match.start(1), match.start(1) + end)


def _mail(text: str) -> Iterator[RedactedSpan]:
    """Addresses of e-mail, also between letters that are not ASCII."""
    for pattern in (_MAIL,) if text.isascii() else (_MAIL, _WIDE_MAIL, _IDN_MAIL):
        for match in pattern.finditer(text):
            if not match[0].startswith(_NO_PERSON):
                yield RedactedSpan(match.start(), match.end(), MAIL)

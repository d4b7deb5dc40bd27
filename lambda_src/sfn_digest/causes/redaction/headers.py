"""What HTTP sends to say who asks: Authorization, cookies, and schemes that stand alone."""

import base64
import binascii
import re
from collections.abc import Iterator

from sfn_digest.causes.redaction.secret_names import Name, listed
from sfn_digest.causes.redaction.spans import FoldedText, RedactedSpan
from sfn_digest.causes.redaction.values import Value, is_none, is_strong

_PARAMETER = r"[A-Za-z_-]{1,40}=(?:\\{0,300}\"[^\"\\]{0,2000}\\{0,300}\"|[^\s,\"']{1,4000})"
_CREDENTIALS = re.compile(
    rf"(?:(?P<scheme>[A-Za-z][A-Za-z0-9._-]{{1,40}})[ \t]{{1,4}})?"
    rf"(?P<given>{_PARAMETER}(?:\s{{0,2}},\s{{0,2}}{_PARAMETER}){{0,20}}|[^\s,;\"'<>)}}\]\\]{{2,8000}})"
)
_COOKIE = re.compile(r"[^\s;,\"'<>]{1,4000}(?:;\s{0,2}[\w.%-]{1,60}=[^\s;,\"'<>]{0,4000}){0,40}")
_SCHEME = re.compile(
    r"(?<![A-Za-z0-9_-])(Bearer|Basic|Digest|AWS4-HMAC-SHA256|SharedAccessSignature"
    r"|SharedKey|GenieKey|Api-?Key|Api-?Token|OAuth)[ \t]{1,4}"
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

"""Takes out of a text what must not leave the process: secrets, credentials, addresses.

Each pattern is tried only where its cheap mark occurs, and none can backtrack: every
repetition is bounded or of a class that what follows does not share.
"""

import re
from collections.abc import Callable

_MASK = "[redacted]"
_KEY = re.compile(
    r"(?<![A-Za-z0-9_.-])([A-Za-z0-9_.-]{2,200}+)(\\{0,2}[\"']?)\s{0,3}(=>|[:=])\s{0,3}"
)
_VALUE = re.compile(r"\\{0,2}\"[^\"]{1,2000}|\\{0,2}'[^']{1,2000}|[^\s,;&)\]}\"']{1,2000}")
_SECRETS = (
    "password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "apikey", "api_key",
    "api-key", "accesskey", "access_key", "access-key", "credential", "authorization", "privatekey",
    "private_key", "private-key", "signature", "cookie", "accountkey", "account_key", "webhook",
    "connectionstring", "connection_string", "session_key", "sessionkey", "encryption_key",
    "signing_key", "ssh_key", "x-auth",
)  # fmt: skip
_WHOLE = ("pass", "auth", "password", "passwd", "pwd", "token", "secret", "apikey", "api_key")
# `unable to pull secrets or registry auth: pull command failed` gives none away.
_IN_PROSE = ("auth", "pass", "secrets", "credentials", "secret", "signature", "authorization")
_BEFORE_KEY = ("api", "access", "secret", "private", "encryption", "signing", "account")
# One of these is in every name above.
_HINTS = (
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "auth",
    "credential",
    "signature",
    "cookie",
    "string",
    "webhook",
)
_AUTH = re.compile(
    r"\b(Bearer|Basic|Digest|AWS4-HMAC-SHA256)\s{1,3}[A-Za-z0-9+/=_.~:,-]{6,4000}", re.IGNORECASE
)
_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}-----(?:(?!-----END).){0,20000}(?:-----END [A-Z0-9 ]{0,40}-----)?",
    re.DOTALL,
)
_TOKENS = re.compile(
    r"\b(?:(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ABIA|ACCA)[A-Z0-9]{12,124}"
    r"|xox[a-z]-[A-Za-z0-9-]{6,300}|xapp-[A-Za-z0-9-]{6,300}"
    r"|gh[pousr]_[A-Za-z0-9]{16,300}|github_pat_\w{16,300}|glpat-[\w-]{10,100}"
    r"|eyJ[\w-]{8,4000}(?:\.[\w-]{0,4000}){0,4}"
    r"|(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?[A-Za-z0-9_-]{16,300}"
    r"|AIza[\w-]{30,60}|npm_[A-Za-z0-9]{30,60}|pypi-[\w-]{16,300}|SG\.[\w-]{10,60}\.[\w-]{10,80}"
    r"|ya29\.[\w-]{10,300}|dop_v1_[a-f0-9]{30,80}|hvs\.[\w-]{16,200}|IQoJ[A-Za-z0-9+/=]{20,4000})"
)
_TOKEN_MARKS = (
    "AKIA", "ASIA", "AROA", "AIDA", "AGPA", "ANPA", "ABIA", "ACCA", "xox", "xapp-", "ghp_",
    "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "eyJ", "sk-", "sk_", "pk-", "pk_",
    "rk-", "rk_", "AIza", "npm_", "pypi-", "SG.", "ya29.", "dop_v1_", "hvs.", "IQoJ",
)  # fmt: skip
_HOOK = re.compile(
    r"hooks\.slack\.com/[\w/-]{1,300}|(?:discord(?:app)?\.com/api/webhooks)/[\w/-]{1,300}"
)
_MAIL = re.compile(
    r"[A-Za-z0-9][\w.%+-]{0,63}@[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
)
_URL = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s\"'<>]{1,8000}")
_LONG_HEX = re.compile(r"(?<![0-9A-Za-z:/-])[0-9A-Fa-f]{40,8000}(?![0-9A-Za-z])")
_LONG_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_:.-])[A-Za-z0-9+/_-]{40,32768}={0,2}")


def _assignments(text: str) -> str:
    """The text with the values of `password=…`, `"secret": "…"`, `api key: …` masked."""
    parts, done = [], 0
    for key in _KEY.finditer(text):
        if key.start() < done or not _is_secret(key, text):
            continue
        value = _VALUE.match(text, key.end())
        if value and not text.startswith(_MASK, key.end()):
            parts += [text[done : key.end()], _MASK]
            done = value.end()
    return "".join([*parts, text[done:]])


def _is_secret(key: re.Match[str], text: str) -> bool:
    name = key[1].casefold()
    if name == "key":
        before = text[max(0, key.start() - 12) : key.start()].casefold().split()
        return bool(before) and before[-1].endswith(_BEFORE_KEY)
    tight = (
        key[3] == ":"
        and not key[2]
        and key[0].endswith(":")
        and text[key.end() : key.end() + 1] not in "\"'"
    )
    if tight:
        # An action or an ARN (`secretsmanager:GetSecretValue`) has the same shape.
        return name in _WHOLE and text[key.start() - 1 : key.start()] != ":"
    if name in _IN_PROSE and key[3] == ":" and not key[2]:
        return False
    return name in _WHOLE or any(secret in name for secret in _SECRETS)


def _url(match: re.Match[str]) -> str:
    """The address without the user before `@` and without a query, which may be signed."""
    address, query, _ = match[0].partition("?")
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    user, at, host = host.rpartition("@")
    shown = f"{scheme}://{_MASK + at if user else at}{host}{slash}{path}"
    return f"{shown}?{_MASK}" if query else shown


def _base64(match: re.Match[str]) -> str:
    """Words and paths are long too: only a mix of digits and both cases is a secret."""
    text = match[0]
    mixed = (
        any(map(str.isdigit, text)) and any(map(str.isupper, text)) and any(map(str.islower, text))
    )
    wordy = text.count("/") > 2 or text.count("-") + text.count("_") > len(text) // 12
    return _MASK if (mixed and not wordy) or len(text) > 120 else text


_Replacement = str | Callable[[re.Match[str]], str]
_STEPS: tuple[tuple[tuple[str, ...], re.Pattern[str], _Replacement], ...] = (
    (("-----BEGIN",), _KEY_BLOCK, _MASK),
    (("hooks.slack", "webhooks"), _HOOK, _MASK),
    (("://",), _URL, _url),
    (("earer", "asic", "igest", "BEARER", "BASIC", "HMAC"), _AUTH, rf"\1 {_MASK}"),
    (("@",), _MAIL, "[e-mail]"),
    (_TOKEN_MARKS, _TOKENS, _MASK),
)


def redact(text: str) -> str:
    """The text with secrets, tokens, e-mail addresses and signed URLs masked."""
    for marks, pattern, replacement in _STEPS:
        for mark in marks:
            if mark in text:
                text = pattern.sub(replacement, text)
                break
    folded = text.casefold()
    for word in _HINTS:
        if word in folded:
            text = _assignments(text)
            break
    if len(text) >= 40:
        text = _LONG_HEX.sub(_MASK, text)
        text = _LONG_BASE64.sub(_base64, text)
    return text

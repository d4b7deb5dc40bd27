"""Takes out of a text what must not leave the process: secrets, credentials, addresses.

Each pattern is tried only where its cheap mark occurs, and none can backtrack: every
repetition is bounded or of a class that what follows does not share.
"""

import re
from collections.abc import Callable

_MASK = "[redacted]"
_NAMES = (
    r"pass(?:word|wd|phrase|code)?|pwd|secret|token|api[_-]?key|apikey|access[_-]?key(?:[_-]?id)?|auth"
    r"|authorization|credential|private[_-]?key|client[_-]?secret|session[_-]?key|signature|cookie"
    r"|account[_-]?key|shared[_-]?access[_-]?key|connection[_-]?string|webhook"
)
_ASSIGNED = re.compile(
    rf"((?:^|[^A-Za-z])[A-Za-z_-]{{0,40}}?(?:{_NAMES})[a-z_]{{0,12}}[\\\"']{{0,4}}\s{{0,3}}(?:[:=]|=>)\s{{0,3}})"
    r"(\\{0,2}\"[^\"\\]{1,400}|\\{0,2}'[^'\\]{1,400}|[^\s,;&)\]}\"']{1,400})",
    re.IGNORECASE,
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
_HOOK = re.compile(
    r"hooks\.slack\.com/[\w/-]{1,300}|(?:discord(?:app)?\.com/api/webhooks)/[\w/-]{1,300}"
)
_MAIL = re.compile(
    r"[A-Za-z0-9][\w.%+-]{0,63}@[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
)
_USER_INFO = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,30}://)[^\s/@]{1,300}@")
_QUERY = re.compile(r"(https?://[^\s?\"'<>]{1,500})\?[^\s\"'<>]{1,8000}", re.IGNORECASE)
_LONG_HEX = re.compile(r"(?<![0-9A-Za-z:/-])[0-9A-Fa-f]{40,8000}(?![0-9A-Za-z])")
_LONG_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_:.-])[A-Za-z0-9+/_-]{40,32768}={0,2}")


def _assigned(match: re.Match[str]) -> str:
    return f"{match[1]}{_MASK}"


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
    (("://",), _USER_INFO, rf"\1{_MASK}@"),
    (("://",), _QUERY, rf"\1?{_MASK}"),
    (("earer", "asic", "igest", "BEARER", "BASIC", "HMAC"), _AUTH, rf"\1 {_MASK}"),
    (("=", ":"), _ASSIGNED, _assigned),
    (("@",), _MAIL, "[e-mail]"),
    ((), _TOKENS, _MASK),
)


def redact(text: str) -> str:
    """The text with secrets, tokens, e-mail addresses and signed URLs masked."""
    for marks, pattern, replacement in _STEPS:
        if not marks or any(mark in text for mark in marks):
            text = pattern.sub(replacement, text)
    if len(text) >= 40:
        text = _LONG_HEX.sub(_MASK, text)
        text = _LONG_BASE64.sub(_base64, text)
    return text

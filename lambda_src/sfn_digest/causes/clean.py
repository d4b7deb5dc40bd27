"""Makes text from executions fit for a line: visible characters, single spaces, a length."""

import re

# C0 and C1 controls, soft hyphen, zero-width and bidi marks, variation selectors,
# interlinear and tag characters, byte order mark, lone surrogates, private use.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_ELLIPSIS = "\u2026"


def clean(text: str, limit: int) -> str:
    """The text in at most `limit` characters, cut ones marked by an ellipsis."""
    if not text.isascii() or not text.isprintable():
        text = _INVISIBLE.sub("", text)
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return text[: max(limit - 1, 0)].rstrip() + _ELLIPSIS if limit > 0 else ""

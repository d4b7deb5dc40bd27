"""The one line for people: what was said, without dumps of data, redacted and capped."""

import re
from functools import lru_cache

from sfn_digest.causes.code import human
from sfn_digest.causes.documents import parse
from sfn_digest.causes.redaction import redact
from sfn_digest.i18n.sanitize import clean

LIMIT = 300
_ERROR_LIMIT = 120
# Enough for a message after masking, and little enough for patterns to be quick.
_SHOWN = 1_000
_READ = 4_000
_DUMP = re.compile(
    r"\{\s{0,3}(?:\\{0,3}[\"'][^\"'\\]{1,80}\\{0,3}[\"']\s{0,3}:|[A-Za-z_]\w{0,60}=)"
)
_QUOTED = re.compile(r"[\"'](?:message|Message|errorMessage)\\?[\"']: ?\\?[\"']([^\"'\\]{1,200})")
_WITHOUT_ERROR = ("ecs", "batch", "glue", "athena", "emr", "codebuild", "job", "eks", "silent")


@lru_cache(maxsize=2048)
def show_error(error: str) -> str:
    """An error name as it may be shown; the same few come again and again."""
    return clean(redact(clean(error, _SHOWN)), _ERROR_LIMIT)


def show_text(text: str) -> str:
    """What was said as it may be shown, longer than a line's limit."""
    text = _without_dump(text[:_READ].partition("(Service: ")[0].strip() or text[:_READ])
    return redact(clean(_cut(text), _SHOWN))


def sentence(kind: str, error: str, text: str) -> str:
    """The error and the text as one line; jobs' errors are all States.TaskFailed and left out."""
    line = text if not error or kind in _WITHOUT_ERROR or text.startswith(error) else ""
    return clean(line or f"{error}: {text}" if text else error, LIMIT)


def _without_dump(text: str) -> str:
    """An object in the midst of a message is data: only its own message is kept."""
    dump = _DUMP.search(text) if "{" in text else None
    if dump is None:
        return text
    end = text.rfind("}", dump.start()) + 1 or len(text)
    document, _ = parse(text[dump.start() : end])
    quoted = _QUOTED.search(text, dump.start(), end)
    said = human(document) or (quoted[1] if quoted else "{\u2026}")
    return f"{text[: dump.start()]}{said}{text[end:]}"


def _cut(text: str) -> str:
    """Cut at a space, so that half a secret does not pass for a word."""
    if len(text) <= _SHOWN:
        return text
    head, space, _ = text[:_SHOWN].rpartition(" ")
    return head if space else ""

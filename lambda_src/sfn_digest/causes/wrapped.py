"""What stands around an error that others raised: a traceback, or a waiter's words."""

import re

from sfn_digest.causes.service_error import ServiceError

_FRAMES, _FRAME = "Traceback (most recent call last)", '\n  File "'
_WAITED = re.compile(
    r"Waiter \w{1,60} failed: Waiter encountered a terminal failure state[^\n]{0,160}? ?"
    r"Status: FAILED\. Reason: "
)


def refused_change(text: str) -> ServiceError | None:
    """What a change of a stack that was waited for in vain was refused for."""
    waited = _WAITED.search(text) if "Waiter " in text else None
    if waited is None:
        return None
    return ServiceError("cloudformation", "ValidationError", 400, text[waited.end() :])


def last_raised(text: str) -> str:
    """What a traceback of Python's ends with, or what stands before one that was cut: the lines of
    its code are no evidence."""
    if _FRAMES not in text:
        return text
    lines = iter(text[text.rfind(_FRAME) + 1 :].split("\n"))
    last = next((line for line in lines if line[:1].strip()), "")
    if last and not last.startswith(_FRAMES):
        return "\n".join([last, *lines])
    return text.partition(_FRAMES)[0].strip() or _FRAMES

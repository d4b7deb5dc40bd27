"""A hint's change as text to paste: what of a state is to be changed, in Amazon States Language."""

import json

from sfn_digest.model.report import Hint

_LIMITS, _RETRY = ("TimeoutSeconds", "HeartbeatSeconds"), ("Retry",)
"""What a hint may change; a state's other fields may hold what is nobody else's business."""


def snippet(hint: Hint) -> str:
    """Give the changed fields of the state, or the retrier alone; empty where there is none.

    Characters that show nothing are escaped as JSON has it: what is seen is what is pasted.
    """
    if hint.patched is not None:
        changed = _LIMITS if hint.retrier is None else _RETRY
        fields = {key: hint.patched[key] for key in changed if key in hint.patched}
        if not fields:
            return ""
        return _json({hint.state: fields} if hint.state else fields)
    return _json(hint.retrier) if hint.retrier is not None else ""


def _json(asl: object) -> str:
    text = json.dumps(asl, indent=2, ensure_ascii=False)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)

"""A hint's change as text to paste: what of a state is to be changed, in Amazon States Language."""

import json
import shlex

from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.report import Hint

_LIMITS, _RETRY = ("TimeoutSeconds", "HeartbeatSeconds", "MaxConcurrency"), ("Retry",)
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


def command(hint: Hint, machine: str) -> str:
    """Give the command that applies a hint; empty where it has to be made by hand, or where the
    machine's name is none that a shell would take as it is shown.
    """
    if hint.patched is None or not hint.id or clean(machine, _NAME_LIMIT) != machine:
        return ""
    return f"sfn-digest patch --machine {shlex.quote(machine)} --hint {hint.id}"


_NAME_LIMIT = 80
"""The longest name of a state machine."""


def _json(asl: object) -> str:
    text = json.dumps(asl, indent=2, ensure_ascii=False)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)

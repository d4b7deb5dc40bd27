"""Pure: the checks as lines for people, or as JSON."""

import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence

from sfn_digest.doctor.result import Check, Status, exit_status

NAME_WIDTH = 39
"""The longest name of a check is states:DescribeStateMachineForExecution."""

_MARKS: dict[Status, str] = {"ok": "✓ ok     ", "failing": "✗ failing", "skipped": "- skipped"}


def line(check: Check, width: int | None) -> str:
    """One check; folded under its own column where `width` columns are all there are."""
    head = f"{_MARKS[check.status]}  {check.name:<{NAME_WIDTH}}  "
    if width is None or width - len(head) < 20:
        return head + check.text
    return textwrap.fill(
        check.text,
        width,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def summary(checks: Sequence[Check]) -> str:
    """How many checks came out in which way."""
    counts = Counter(check.status for check in checks)
    told = [f"{counts[status]} {status}" for status in _MARKS if counts[status]]
    return ", ".join(told) + "."


def to_json(checks: Iterable[Check]) -> str:
    """The checks as JSON text: `status` is failing where any check is, else ok."""
    found = list(checks)
    whole = {
        "status": "failing" if exit_status(found) else "ok",
        "checks": [
            {"name": check.name, "status": check.status, "text": check.text} for check in found
        ],
    }
    return json.dumps(whole, indent=2)

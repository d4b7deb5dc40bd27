"""Pure: what one check found, in a line that may be shown to anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sfn_digest.causes import redact
from sfn_digest.i18n.sanitize import clean

Status = Literal["ok", "failing", "skipped"]

LONGEST = 500
"""Characters of a check's text: sentences of AWS or Slack set into one of ours are short."""

_READ = 4_000


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `text` says what was found, what to do about it, or why it was skipped."""

    name: str
    status: Status
    text: str


def ok(name: str, text: str) -> Check:
    """What was checked is as it should be."""
    return Check(name, "ok", _shown(text))


def failing(name: str, what: Exception | str) -> Check:
    """It is not; the text says in one sentence what to do."""
    return Check(name, "failing", _shown(str(what)))


def skipped(name: str, why: Exception | str) -> Check:
    """It was not checked."""
    return Check(name, "skipped", _shown(str(why)))


def exit_status(checks: Sequence[Check]) -> int:
    """0 where nothing fails, 1 otherwise."""
    return int(any(check.status == "failing" for check in checks))


def _shown(text: str) -> str:
    # Cleaned before it is redacted: what is unseen could part a secret into harmless pieces.
    return clean(redact(clean(text, _READ)), LONGEST)

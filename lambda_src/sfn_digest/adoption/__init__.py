"""Pure: hints that were given earlier, whether definitions carry them now, and what came of it."""

from sfn_digest.adoption.given_hints import hints_to_store
from sfn_digest.adoption.hint_records import (
    NO_HINT_MEMORY,
    Findings,
    GivenHint,
    HintMemory,
    HintOutcome,
    HintScope,
    Kept,
    ReadOnlyMemory,
    StoredHint,
)
from sfn_digest.adoption.judge import is_carried, judge, taken_up
from sfn_digest.adoption.judge_changes import judge_changes, mended_catchers

__all__ = [
    "NO_HINT_MEMORY",
    "Findings",
    "GivenHint",
    "HintMemory",
    "HintOutcome",
    "HintScope",
    "Kept",
    "ReadOnlyMemory",
    "StoredHint",
    "hints_to_store",
    "is_carried",
    "judge",
    "judge_changes",
    "mended_catchers",
    "taken_up",
]

"""Pure: hints that were given earlier, whether definitions carry them now, and what came of it."""

from sfn_digest.adoption.given_hints import hints_to_store
from sfn_digest.adoption.hint_records import (
    NO_HINT_MEMORY,
    Findings,
    GivenHint,
    HintMemory,
    HintOutcome,
    HintScope,
    ReadOnlyMemory,
    StoredHint,
)
from sfn_digest.adoption.judge import is_carried, judge, taken_up

__all__ = [
    "NO_HINT_MEMORY",
    "Findings",
    "GivenHint",
    "HintMemory",
    "HintOutcome",
    "HintScope",
    "ReadOnlyMemory",
    "StoredHint",
    "hints_to_store",
    "is_carried",
    "judge",
    "taken_up",
]

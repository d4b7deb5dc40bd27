"""Pure: hints that were given earlier, whether definitions carry them now, and what came of it."""

from sfn_digest.adoption.judge import judge, taken_up
from sfn_digest.adoption.keep import keep
from sfn_digest.adoption.records import (
    FORGETFUL,
    Findings,
    HintMemory,
    KeptHint,
    Observed,
    Place,
    ReadOnly,
)

__all__ = [
    "FORGETFUL",
    "Findings",
    "HintMemory",
    "KeptHint",
    "Observed",
    "Place",
    "ReadOnly",
    "judge",
    "keep",
    "taken_up",
]

"""Pure: hints that were given earlier, whether definitions carry them now, and what came of it."""

from sfn_digest.adoption.judge import judge
from sfn_digest.adoption.keep import keep
from sfn_digest.adoption.records import Findings, HintMemory, KeptHint, Observed, Scope

__all__ = ["Findings", "HintMemory", "KeptHint", "Observed", "Scope", "judge", "keep"]

"""Pure: the period before, held against this one."""

from sfn_digest.comparison.before import before_counted, before_kept
from sfn_digest.comparison.definitions import Lookup, lookups, with_changes
from sfn_digest.comparison.earlier import Earlier, read_earlier
from sfn_digest.comparison.trend import trend
from sfn_digest.comparison.windows import windows_before

__all__ = [
    "Earlier",
    "Lookup",
    "before_counted",
    "before_kept",
    "lookups",
    "read_earlier",
    "trend",
    "windows_before",
    "with_changes",
]

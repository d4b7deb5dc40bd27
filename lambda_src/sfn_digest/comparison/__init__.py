"""Pure: the period before, held against this one."""

from sfn_digest.comparison.definition_changes import Lookup, lookups, with_changes
from sfn_digest.comparison.previous_period import compared_with_counts, compared_with_report
from sfn_digest.comparison.previous_report import (
    PreviousReport,
    read_previous_report,
)
from sfn_digest.comparison.trend import trend

__all__ = [
    "Lookup",
    "PreviousReport",
    "compared_with_counts",
    "compared_with_report",
    "lookups",
    "read_previous_report",
    "trend",
    "with_changes",
]

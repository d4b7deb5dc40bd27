"""Pure: the period before, held against this one."""

from sfn_digest.comparison.kept_report import read_previous_report, unreported_by
from sfn_digest.comparison.machine_groups import Lookup, lookups, with_changes
from sfn_digest.comparison.previous_period import (
    compared_with_counts,
    compared_with_report,
)
from sfn_digest.comparison.trend import trend

__all__ = [
    "Lookup",
    "compared_with_counts",
    "compared_with_report",
    "lookups",
    "read_previous_report",
    "trend",
    "unreported_by",
    "with_changes",
]

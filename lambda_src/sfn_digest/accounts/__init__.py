"""Many accounts in one report: failures by account, what several share, and who is missing.

Pure: each account's own report comes in, read from AWS or as it was written.
"""

from sfn_digest.accounts.combine import combine, summarize
from sfn_digest.accounts.records import (
    AccountsReport,
    AccountSummary,
    MissingAccount,
    Place,
)

__all__ = [
    "AccountSummary",
    "AccountsReport",
    "MissingAccount",
    "Place",
    "combine",
    "summarize",
]

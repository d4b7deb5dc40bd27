"""Many accounts in one report: failures by account, what several share, and who is missing.

Pure: each account's own report comes in, read from AWS or as it was written.
"""

from sfn_digest.accounts.combine import combine
from sfn_digest.accounts.records import (
    AccountsReport,
    AccountSummary,
    MissingAccount,
    Place,
)
from sfn_digest.accounts.summaries import summarize

__all__ = [
    "AccountSummary",
    "AccountsReport",
    "MissingAccount",
    "Place",
    "combine",
    "summarize",
]

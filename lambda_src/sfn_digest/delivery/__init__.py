"""Posts a digest once, however often it is asked to: claim, post, store, reconcile, update.

The table that remembers and the channel that shows are handed in, and so is the time.
"""

from sfn_digest.delivery.kept import Kept
from sfn_digest.delivery.keys import adhoc_id, period_id
from sfn_digest.delivery.ledger import Ledger, MemoryLedger
from sfn_digest.delivery.notes import Note, Tell
from sfn_digest.delivery.once import (
    Outcome,
    deliver,
    deliver_kept,
    deliver_once,
    post_later,
    read_kept,
)
from sfn_digest.delivery.part import Tools
from sfn_digest.delivery.past import report_before
from sfn_digest.delivery.timing import Time, TimeWithin

__all__ = [
    "Kept",
    "Ledger",
    "MemoryLedger",
    "Note",
    "Outcome",
    "Tell",
    "Time",
    "TimeWithin",
    "Tools",
    "adhoc_id",
    "deliver",
    "deliver_kept",
    "deliver_once",
    "period_id",
    "post_later",
    "read_kept",
    "report_before",
]

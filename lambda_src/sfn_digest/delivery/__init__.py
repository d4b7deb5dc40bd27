"""Posts a digest once, however often it is asked to: claim, post, store, reconcile, update.

The table that remembers and the channel that shows are handed in, and so is the time.
"""

from sfn_digest.delivery.digest_delivery import (
    Delivered,
    deliver,
    deliver_once,
    post_later,
    read_kept,
)
from sfn_digest.delivery.done import Done
from sfn_digest.delivery.keys import adhoc_id, period_id
from sfn_digest.delivery.ledger import Ledger, MemoryLedger
from sfn_digest.delivery.message_delivery import DeliveryContext
from sfn_digest.delivery.notes import Note, Tell
from sfn_digest.delivery.repeated_requests import RequestedDelivery, requested_delivery
from sfn_digest.delivery.routed_delivery import deliver_everywhere
from sfn_digest.delivery.run_clock import RunClock, SystemRunClock
from sfn_digest.delivery.stored_digest import Digest, previous_report

__all__ = [
    "Delivered",
    "DeliveryContext",
    "Digest",
    "Done",
    "Ledger",
    "MemoryLedger",
    "Note",
    "RequestedDelivery",
    "RunClock",
    "SystemRunClock",
    "Tell",
    "adhoc_id",
    "deliver",
    "deliver_everywhere",
    "deliver_once",
    "period_id",
    "post_later",
    "previous_report",
    "read_kept",
    "requested_delivery",
]

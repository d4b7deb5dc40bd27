"""Posts a digest once, however often it is asked to: claim, post, store, reconcile, update.

The table that remembers and the channel that shows are handed in, and so is the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sfn_digest.delivery.delivery_notes import Note, NoteLog
from sfn_digest.delivery.digest_delivery import (
    Delivered,
    deliver_everywhere,
    deliver_once,
    post_later,
)
from sfn_digest.delivery.duplicates import RequestedDelivery, requested_delivery
from sfn_digest.delivery.editions import read_kept
from sfn_digest.delivery.keys import adhoc_id, period_id
from sfn_digest.delivery.ledger import Ledger, MemoryLedger
from sfn_digest.delivery.message_delivery import DeliveryContext
from sfn_digest.delivery.run_clock import RunClock, SystemRunClock
from sfn_digest.delivery.stored_digest import Digest, previous_report
from sfn_digest.delivery.thread_delivery import deliver
from sfn_digest.slack.channel import PostedMessage


@dataclass(frozen=True, slots=True)
class Done:
    """What an invocation did: the digest, where it stands (None after a dry run), and the
    name of the metric that counts it.
    """

    kept: Digest
    outcome: Delivered | None
    counted: str

    def answer(self) -> Mapping[str, Any]:
        """The invocation's answer: the report's summary, and where it was posted.

        A dry run answers the messages, the thread's replies among them, instead of their place.
        """
        summary = _summary(self.kept.report)
        if self.outcome is None:
            digests = (self.kept, *self.kept.parts)
            messages = [
                {"text": m.text, "blocks": m.blocks} for each in digests for m in each.messages
            ]
            return {**summary, "posted": None, "messages": messages}
        posted = self.outcome.posted
        answer = {**summary, "posted": _place(posted)}
        elsewhere = [_place(each) for each in self.outcome.elsewhere]
        return {**answer, "elsewhere": elsewhere} if elsewhere else answer


def _place(posted: PostedMessage) -> Mapping[str, Any]:
    return {"channel": posted.channel, "ts": posted.ts}


def _summary(report: Mapping[str, Any]) -> dict[str, Any]:
    """A report without what grows with the account, so that it stays far below Lambda's 6 MB:
    machines, failures, accounts, causes, and what of definitions is to be changed.
    """
    summary = _without(report, "machines", "failures", "accounts")
    if "hints" in report:
        summary["hints"] = [_without(hint, "patched") for hint in report["hints"]]
    if before := report.get("before"):
        summary["before"] = _without(before, "machines", "causes", "carried_over")
    return summary


def _without(whole: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: part for name, part in whole.items() if name not in names}


__all__ = [
    "Delivered",
    "DeliveryContext",
    "Digest",
    "Done",
    "Ledger",
    "MemoryLedger",
    "Note",
    "NoteLog",
    "RequestedDelivery",
    "RunClock",
    "SystemRunClock",
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

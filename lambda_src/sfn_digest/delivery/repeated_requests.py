"""The same report, asked for by hand again within minutes: one delivery, not two.

The AWS command-line interface gives up on an answer after 60 seconds and sends its request
again, up to four times and each time as another request, while the first one is still at work.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sfn_digest.delivery.delivery_notes import Note, Tell
from sfn_digest.delivery.keys import adhoc_id
from sfn_digest.delivery.ledger import Entry, Ledger

REPEATED_WITHIN = timedelta(minutes=10)
"""How soon the same words are the same report: the command-line interface's attempts are over
after five minutes, and what a person asks later may be meant anew."""

MOST_REQUESTS = 50
"""Requests that are remembered as one, the first of them left out when there are more."""


@dataclass(frozen=True, slots=True)
class RequestedDelivery:
    """The delivery of a request by hand; `repeated`: another request began it."""

    id: str
    repeated: bool


def requested_delivery(
    words: Sequence[object],
    request_id: str,
    channel: str,
    ledger: Ledger,
    now: datetime,
    tell: Tell,
) -> RequestedDelivery:
    """The delivery of this request, which is that of an earlier one for the same `words`.

    `words` are all that decides what is reported, in JSON's types. Raises AccountError where
    the ledger cannot be reached: without it a request that was sent again would post again.
    """
    key = f"asked/{hashlib.sha256(json.dumps([channel, *words]).encode()).hexdigest()[:32]}"
    while True:
        entry = ledger.read(key)
        joined = _joined(entry, request_id, now)
        token = entry["token"] if entry else None
        if joined is None:
            begun = _entry(now, adhoc_id(request_id, channel), [request_id])
            if ledger.write(key, begun, replacing=token):
                return RequestedDelivery(begun["delivery"], repeated=False)
        elif joined is entry or ledger.write(key, joined, replacing=token):
            repeated = joined["delivery"] != adhoc_id(request_id, channel)
            if repeated:
                tell(_note(joined, now))
            return RequestedDelivery(joined["delivery"], repeated)


def _joined(entry: Entry | None, request_id: str, now: datetime) -> Entry | None:
    """The entry with this request among those it is of; None where it is of none of them."""
    if entry is None:
        return None
    requests = entry["requests"].split()
    # Lambda repeats a request that failed, under its own id and perhaps much later.
    if request_id in requests:
        return entry
    if abs(now - datetime.fromisoformat(entry["at"])) >= REPEATED_WITHIN:
        return None
    at = datetime.fromisoformat(entry["at"])
    return _entry(at, entry["delivery"], [*requests, request_id][-MOST_REQUESTS:])


def _entry(at: datetime, delivery: str, requests: Sequence[str]) -> dict[str, str]:
    return {
        "token": uuid.uuid4().hex,
        "at": at.isoformat(),
        "delivery": delivery,
        "requests": " ".join(requests),
    }


def _note(entry: Entry, now: datetime) -> Note:
    ago = abs(now - datetime.fromisoformat(entry["at"]))
    minutes = REPEATED_WITHIN.total_seconds() / 60
    sentence = (
        f"The same report was asked for {ago.total_seconds():.0f} s ago: its message is brought "
        f"up to date and none is added. After {minutes:.0f} minutes a request is a new one."
    )
    return Note("AskedAgain", sentence)

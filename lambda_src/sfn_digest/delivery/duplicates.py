"""What keeps a digest from being posted twice: a repeated request, or a message in doubt, is known.

The AWS command-line interface gives up on an answer after 60 seconds and sends its request
again, up to four times and each time as another request, while the first one is still at work.
A message whose outcome is unknown is looked for in the channel.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sfn_digest.delivery.backoff import Backoff
from sfn_digest.delivery.delivery_notes import Note, NoteLog, unread_entry
from sfn_digest.delivery.keys import adhoc_id
from sfn_digest.delivery.ledger import Entry, Ledger
from sfn_digest.delivery.message_states import (
    CLOCK_SKEW,
    LEASE_SECONDS,
    UNDATED,
    MessageRecord,
    moment_in,
)
from sfn_digest.slack.channel import Channel, FoundMessage
from sfn_digest.slack.post_errors import SlackPostError, post_error

SETTLING = (0.0, 3.0, 7.0, 10.0)
"""Seconds before each look for a message whose answer was lost: Slack may take it late, and
show it later still. A claim whose lease is over has had that time."""


class MessageSearch:
    """Looks for one message. `looked`: a person has looked, and what is doubtful is not there."""

    def __init__(self, channel: Channel, key: str, backoff: Backoff, *, looked: bool) -> None:
        self._channel = channel
        self._key = key
        self._backoff = backoff
        self._looked = looked

    def found(self, claim: MessageRecord, *, mine: bool) -> FoundMessage | None:
        """The message as it stands; None where it does not.

        `mine`: this run sent it, after any person looked. Raises SlackPostError
        ("outcome_unknown") where nobody can tell.
        """
        if not claim.traceable:
            return self._by_eye("it carries no metadata", mine=mine)
        try:
            return self._after(SETTLING if claim.state == "lost" else SETTLING[:1], claim)
        except SlackPostError as error:
            if error.kind in ("permanent", "ours"):
                return self._by_eye(str(error), mine=mine)
            raise

    def _by_eye(self, why: str, *, mine: bool) -> FoundMessage | None:
        if self._looked and not mine:
            return None
        raise post_error("outcome_unknown", [why])

    def _after(self, waits: Sequence[float], claim: MessageRecord) -> FoundMessage | None:
        for seconds in waits:
            if seconds and not self._backoff.sleep(seconds):
                raise post_error("outcome_unknown", ["no time was left to look"])
            if found := self._look(claim):
                return found
        return None

    def _look(self, claim: MessageRecord) -> FoundMessage | None:
        earliest, latest = self._when(claim)
        while True:
            try:
                return self._channel.find(self._key, claim.thread, earliest, latest)
            except SlackPostError as error:
                if error.kind in ("permanent", "ours"):
                    raise
                if not self._backoff.outlast(error):
                    raise post_error("outcome_unknown", [str(error)]) from None

    def _when(self, claim: MessageRecord) -> tuple[datetime, datetime]:
        """When it can have been posted at the earliest and the latest."""
        skew = timedelta(seconds=CLOCK_SKEW)
        if claim.claimed_at == UNDATED:
            now = self._backoff.utc()
            return now - LONGEST_KEPT, now + skew
        return claim.claimed_at - skew, claim.claimed_at + timedelta(seconds=LEASE_SECONDS) + skew


LONGEST_KEPT = timedelta(days=100)
"""How long before a message may have been posted of which the ledger still knows."""

REPEATED_WITHIN = timedelta(minutes=10)
"""How soon the same words are the same report: the command-line interface's attempts are over
after five minutes, and what a person asks later may be a new request."""

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
    log: NoteLog,
) -> RequestedDelivery:
    """The delivery of this request, which is that of an earlier one for the same `words`.

    `words` are all that decides what is reported, in JSON's types. Raises AccountError where
    the ledger cannot be reached: without it a request that was sent again would post again.
    """
    key = f"asked/{hashlib.sha256(json.dumps([channel, *words]).encode()).hexdigest()[:32]}"
    while True:
        entry = ledger.read(key)
        joined = _joined(entry, request_id, now, log)
        token = entry["token"] if entry else None
        if joined is None:
            begun = _entry(now, adhoc_id(request_id, channel), [request_id])
            if ledger.write(key, begun, replacing=token):
                return RequestedDelivery(begun["delivery"], repeated=False)
        elif joined == entry or ledger.write(key, joined, replacing=token):
            repeated = joined["delivery"] != adhoc_id(request_id, channel)
            if repeated:
                log(_note(joined, now))
            return RequestedDelivery(joined["delivery"], repeated)


def _joined(
    entry: Entry | None, request_id: str, now: datetime, log: NoteLog
) -> dict[str, str] | None:
    """The entry with this request among those it is of; None where it is of none of them."""
    if entry is None:
        return None
    at, requests = moment_in(entry, "at"), entry.get("requests", "").split()
    if at is None or not requests or not entry.get("delivery"):
        log(unread_entry("who asked for the same report before"))
        return None
    # Lambda repeats a request that failed, under its own id and perhaps much later.
    if request_id in requests:
        return dict(entry)
    if abs(now - at) >= REPEATED_WITHIN:
        return None
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
        f"The same report was asked for {ago.total_seconds():.0f} s ago: its message is "
        f"updated and no other is posted. After {minutes:.0f} minutes a request is a new one."
    )
    return Note("AskedAgain", sentence)

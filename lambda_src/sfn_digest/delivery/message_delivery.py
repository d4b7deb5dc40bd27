"""One message, posted once: reads what is known of it and takes the next step until it stands."""

import uuid
from dataclasses import dataclass, field, replace

from sfn_digest.delivery.backoff import Backoff
from sfn_digest.delivery.delivery_notes import Note, NoteCode, NoteLog, unread_entry
from sfn_digest.delivery.duplicates import MessageSearch
from sfn_digest.delivery.keys import fingerprint
from sfn_digest.delivery.ledger import Ledger
from sfn_digest.delivery.message_states import (
    CLOCK_SKEW,
    LEASE_SECONDS,
    SEND_WITHIN,
    UNDATED,
    MessageRecord,
    Step,
    next_step,
    record_in,
)
from sfn_digest.delivery.run_clock import RunClock
from sfn_digest.guard import Guard
from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.slack.channel import Channel, MessageMetadata
from sfn_digest.slack.connection import MaySend
from sfn_digest.slack.post_errors import SlackPostError, post_error

_POLL_SECONDS = 3.0
"""Between two looks at another run's claim."""

_STANDS = frozenset({"cant_update_message", "edit_window_closed", "webhook_cannot_update"})
"""Refusals of an update after which the earlier message stands and will do."""


@dataclass(frozen=True, slots=True)
class DeliveryContext:
    """What a delivery works with. `looked`: a person has looked into the channel, and what is
    doubtful is not there.
    """

    ledger: Ledger
    channel: Channel
    time: RunClock
    log: NoteLog
    looked: bool = False
    guard: Guard = field(default_factory=Guard)


class MessageDelivery:
    """One message on its way: `key` names it in the ledger and in Slack's metadata."""

    def __init__(
        self, context: DeliveryContext, key: str, message: SlackMessage, thread: str | None
    ) -> None:
        self._ledger, self._channel = context.ledger, context.channel
        self._time, self._log = context.time, context.log
        self._key = key
        self._thread = thread
        self._message = message
        self._metadata: MessageMetadata | None = MessageMetadata(
            key, fingerprint(message.text, message.blocks)
        )
        self._fingerprint = self._metadata.fingerprint
        self._backoff = Backoff(context.time)
        self._search = MessageSearch(context.channel, key, self._backoff, looked=context.looked)
        self._lost: set[str] = set()
        self._first_seen: dict[str, float] = {}

    def deliver(self) -> MessageRecord:
        """The record of the message as it stands in the channel in the end.

        Raises SlackPostError where it does not stand, or nobody can tell, and AccountError
        where the ledger cannot be reached. It is safe to call again after either.
        """
        while True:
            record = self._read()
            step = next_step(
                record,
                lease_over=record is not None and self._lease_over(record),
                thread=self._thread,
                fingerprint=self._fingerprint,
            )
            if record is None or step is Step.CLAIM:
                self._claim(record)
            elif step is Step.WAIT:
                self._wait()
            elif step is Step.LOOK:
                self._look(record)
            elif step is Step.DONE or self._updated(record):
                return record

    def _read(self) -> MessageRecord | None:
        entry = self._ledger.read(self._key)
        return None if entry is None else record_in(entry)

    def _write(
        self, record: MessageRecord, replacing: MessageRecord | None
    ) -> MessageRecord | None:
        fresh = replace(record, token=uuid.uuid4().hex)
        written = self._ledger.write(
            self._key, fresh.entry(), replacing=replacing.token if replacing else None
        )
        return fresh if written else None

    def _lease_over(self, record: MessageRecord) -> bool:
        age = (self._time.utc() - record.claimed_at).total_seconds()
        seen = self._first_seen.setdefault(record.token, self._time.now())
        # The other run's clock is not trusted, unless it would have to be off by CLOCK_SKEW.
        return age > LEASE_SECONDS + CLOCK_SKEW or self._time.now() - seen >= LEASE_SECONDS

    def _wait(self) -> None:
        if not self._backoff.sleep(_POLL_SECONDS):
            raise post_error("in_progress")

    def _claim(self, standing: MessageRecord | None) -> None:
        begun = self._time.now()
        claim = self._write(
            MessageRecord(
                state="claimed",
                token="",
                claimed_at=self._time.utc(),
                thread=self._thread,
                traceable=self._metadata is not None,
            ),
            standing,
        )
        if claim is not None:
            self._post(claim, self._may_send_since(begun))

    def _may_send_since(self, begun: float) -> MaySend:
        """Whether what was claimed then may still be sent: whoever takes over relies on it."""
        return lambda: self._time.now() - begun <= SEND_WITHIN

    def _post(self, claim: MessageRecord, may_send: MaySend) -> None:
        try:
            if not may_send():
                raise post_error("connected_too_late")
            posted = self._channel.post(self._message, self._metadata, self._thread, may_send)
        except SlackPostError as error:
            if error.kind == "ambiguous":
                # The next run need not wait for a lease that nobody holds any more.
                if lost := self._write(replace(claim, state="lost"), claim):
                    self._lost.add(lost.token)
                self._backoff.doubt(error)
                return
            self._write(replace(claim, state="refused"), claim)
            self._mend(error)
        else:
            self._store(
                replace(claim, state="sent", ts=posted.ts, fingerprint=self._fingerprint), claim
            )

    def _store(self, sent: MessageRecord, claim: MessageRecord) -> None:
        """Record where it stands, also where another run meanwhile took it for absent."""
        standing: MessageRecord | None = claim
        while self._write(sent, standing) is None:
            standing = self._read()
            if standing is not None and standing.state in ("sent", "updating"):
                if standing.ts != sent.ts:
                    self._note("Duplicate", "The digest was posted twice: remove one of the two.")
                return

    def _mend(self, error: SlackPostError) -> None:
        """Change what Slack found fault with, or wait; raises what neither helps against."""
        if "metadata" in error.code and self._metadata is not None:
            self._metadata = None
            self._note(
                "NoMetadata",
                (f"Posting without metadata, so the message cannot be found again: {error}"),
            )
        elif error.kind == "ours" and self._message.fallback_blocks is not None:
            fallback = self._message.fallback_blocks
            self._message = replace(self._message, blocks=fallback, fallback_blocks=None)
            self._note("NoCharts", f"Posting without Slack's own charts: {error}")
        elif error.kind == "ours" and self._message.blocks:
            self._message = replace(self._message, blocks=[])
            self._note("PlainForm", f"Posting as plain text instead: {error}")
        elif error.kind != "transient" or not self._backoff.outlast(error):
            raise error

    def _look(self, record: MessageRecord) -> None:
        if record.claimed_at == UNDATED:
            self._log(unread_entry("the state of a message, which is looked up in the channel"))
        found = self._search.found(record, mine=record.token in self._lost)
        if found is None:
            self._write(replace(record, state="refused"), record)
            return
        self._write(
            replace(record, state="sent", ts=found.ts, fingerprint=found.fingerprint), record
        )
        self._note("Adopted", "Slack had posted the message although its response was lost.")

    def _updated(self, record: MessageRecord) -> bool:
        """Whether it stands as it should now, or must; False where to go on."""
        if record.ts is None:
            self._note("LeftStanding", str(post_error("webhook_cannot_update")))
            return True
        begun = self._time.now()
        # Until it is known what came of it, nobody may rely on what stands there.
        held = replace(record, state="updating", claimed_at=self._time.utc(), fingerprint=None)
        claim = self._write(held, record)
        return claim is not None and self._update(record.ts, claim, record, begun)

    def _update(self, ts: str, claim: MessageRecord, record: MessageRecord, begun: float) -> bool:
        may_send = self._may_send_since(begun)
        try:
            if not may_send():
                raise post_error("connected_too_late")
            self._channel.update(ts, self._message, self._metadata, may_send)
        except SlackPostError as error:
            return self._stands(claim, record, error)
        updated = replace(claim, state="sent", fingerprint=self._fingerprint)
        return self._write(updated, claim) is not None

    def _stands(self, claim: MessageRecord, record: MessageRecord, error: SlackPostError) -> bool:
        """Whether the message may stand as it did, in `record`, after a failed update."""
        if error.code == "message_not_found":
            self._write(replace(claim, state="refused"), claim)
            self._note("PostedAnew", "The earlier digest was removed from the channel.")
            return False
        known = None if error.kind == "ambiguous" else record.fingerprint
        self._write(replace(claim, state="sent", fingerprint=known), claim)
        if error.code in _STANDS:
            self._note("LeftStanding", str(error))
            return True
        # An update may safely be made twice, so that an unknown outcome is attempted again.
        if error.kind != "ambiguous" or not self._backoff.outlast(error):
            self._mend(error)
        return False

    def _note(self, code: NoteCode, sentence: str) -> None:
        self._log(Note(code, sentence))

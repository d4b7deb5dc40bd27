"""The whole delivery: keep the digest, post its messages in order, remember that it was done."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from sfn_digest.delivery.attachments import attach
from sfn_digest.delivery.backoff import Backoff
from sfn_digest.delivery.delivery_notes import Note
from sfn_digest.delivery.editions import Edition, chosen, stored_edition
from sfn_digest.delivery.keys import message_key
from sfn_digest.delivery.ledger import Ledger
from sfn_digest.delivery.message_delivery import DeliveryContext, MessageDelivery
from sfn_digest.delivery.message_states import MessageRecord, record_in
from sfn_digest.delivery.stored_digest import Digest, stamp
from sfn_digest.errors import AccountError, BadRequestError, SfnDigestError, UndeliveredError
from sfn_digest.slack.channel import PostedMessage
from sfn_digest.slack.post_errors import SlackPostError


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where the digest's first message stands, and the digest; `fresh`: made by this run."""

    posted: PostedMessage
    kept: Digest
    fresh: bool
    elsewhere: tuple[PostedMessage, ...] = ()
    """Where the parts stand that go to channels of their own."""


def deliver_once(
    delivery: str,
    make: Callable[[], Digest],
    context: DeliveryContext,
    *,
    again: str,
    refresh: bool,
) -> Delivered:
    """Deliver the digest of this id, made by `make` unless one is kept that still has to go out.

    `refresh`: a run after a finished one makes the digest anew and updates what stands in the
    channel, unless it read less; else a finished delivery stays as it is.
    `again` is the command that posts the kept digest later, for the error's text.

    Raises UndeliveredError where the digest was made and kept, and not, or not surely, posted;
    what `make` raises; and AccountError where the ledger cannot be read.
    """
    standing = stored_edition(delivery, context.ledger)
    fresh = standing is None or (refresh and _is_done(delivery, standing, context.ledger))
    if standing is None or fresh:
        edition = chosen(delivery, make(), standing, context.ledger, context.tell)
    else:
        edition = standing
    try:
        posted, edition = _deliver_latest(delivery, edition, context)
        _finish(delivery, edition, context.ledger)
    except (SlackPostError, AccountError) as error:
        raise _undelivered(error, again if edition.stored else None) from error
    return Delivered(posted, edition.digest, fresh)


def _deliver_latest(
    delivery: str, edition: Edition, context: DeliveryContext
) -> tuple[PostedMessage, Edition]:
    """Deliver until what was delivered is what is stored, whatever other runs stored meanwhile."""
    while True:
        posted = deliver(delivery, edition.digest, context)
        if edition.stored is None or context.ledger.edition(delivery) == edition.edition:
            return posted, edition
        latest = stored_edition(delivery, context.ledger)
        if latest is None:
            return posted, edition
        edition = latest


def read_kept(delivery: str, ledger: Ledger) -> Digest:
    """The digest that is kept under this id. Raises BadRequestError where none is."""
    edition = stored_edition(delivery, ledger)
    if edition is None:
        raise BadRequestError(
            "No report is kept under this id: copy it from the log of the run that failed, or "
            "run the digest again."
        )
    return edition.digest


def deliver(delivery: str, kept: Digest, context: DeliveryContext) -> PostedMessage:
    """Post the messages, or update them: the root first, its thread in order, then the files.

    Replies of an earlier run that this one does not have are removed.

    Raises SlackPostError and AccountError; see `Part.deliver`.
    """
    root = MessageDelivery(context, message_key(delivery, 0), kept.messages[0], None).deliver()
    replies = kept.messages[1:]
    if replies and (root.ts is None or not context.channel.threads):
        context.tell(
            Note(
                "ThreadLeftOut",
                f"{len(replies)} replies were left out, since an incoming webhook has no "
                "threads: use a bot token to have them.",
            )
        )
        replies = ()
    for index, message in enumerate(replies, start=1):
        MessageDelivery(context, message_key(delivery, index), message, root.ts).deliver()
    if context.channel.threads and root.ts is not None:
        _remove_surplus(delivery, context, root.ts, len(replies))
        attach(delivery, kept, context, root.ts)
    return PostedMessage(kept.channel, root.ts)


def _remove_surplus(delivery: str, context: DeliveryContext, thread: str, replies: int) -> None:
    """Remove the thread's replies after so many, which would tell what no longer holds.

    What cannot be removed stays, with a note. Raises AccountError where the ledger cannot be
    reached.
    """
    index = replies + 1
    while (entry := context.ledger.read(message_key(delivery, index))) is not None:
        record = record_in(entry)
        if (
            record.ts
            and record.thread == thread
            and record.state in ("sent", "updating")
            and _removed(record, context)
        ):
            gone = replace(record, state="refused", token=uuid.uuid4().hex)
            context.ledger.write(message_key(delivery, index), gone.entry(), replacing=record.token)
        index += 1


def _removed(record: MessageRecord, context: DeliveryContext) -> bool:
    backoff = Backoff(context.time)
    while True:
        try:
            context.channel.remove(str(record.ts))
        except SlackPostError as error:
            if error.code == "message_not_found":
                return True
            # Removing twice does no harm, so that an unknown outcome is tried again.
            if error.kind not in ("transient", "ambiguous") or not backoff.outlast(error):
                sentence = f"A reply of an earlier run was to go and still stands: {error}"
                context.tell(Note("LeftStanding", sentence))
                return False
        else:
            return True


def post_later(function_name: str, delivery: str) -> str:
    """The command that posts a kept digest without a new scan."""
    payload = json.dumps({"post_kept": delivery})
    return (
        f"aws lambda invoke --function-name {function_name} "
        f"--cli-binary-format raw-in-base64-out --payload '{payload}' /dev/stdout"
    )


def _undelivered(error: SfnDigestError, again: str | None) -> SfnDigestError:
    if again is None:
        return error
    return UndeliveredError(f"{error} The report is kept; to post it without a new scan: {again}")


def _is_done(delivery: str, edition: Edition, ledger: Ledger) -> bool:
    entry = ledger.read(_done_key(delivery))
    return entry is not None and entry.get("stamp") == _stamp(edition)


def _finish(delivery: str, edition: Edition, ledger: Ledger) -> None:
    if edition.stored is None:
        return
    key = _done_key(delivery)
    standing = ledger.read(key)
    if standing is not None and standing.get("stamp") == _stamp(edition):
        return
    entry = {"token": uuid.uuid4().hex, "stamp": _stamp(edition)}
    # Where another run was quicker, its digest is the one that is done.
    ledger.write(key, entry, replacing=standing["token"] if standing else None)


def _stamp(edition: Edition) -> str:
    return stamp(edition.stored.content) if edition.stored else ""


def _done_key(delivery: str) -> str:
    return f"{delivery}/done"

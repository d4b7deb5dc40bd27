"""A digest's messages as one thread, posted or updated in order, and its files on that thread.

The files, CSV, JSON and a picture, are attached at most once. Slack carries no metadata with a
file, so one whose outcome is unknown cannot be looked for. It is then not attached again, and a
note says so; a file never costs anybody the digest.
"""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import replace

from sfn_digest import guard
from sfn_digest.delivery.backoff import Backoff
from sfn_digest.delivery.delivery_notes import Note
from sfn_digest.delivery.keys import files_key, message_key
from sfn_digest.delivery.message_delivery import DeliveryContext, MessageDelivery
from sfn_digest.delivery.message_states import MessageRecord, record_in
from sfn_digest.delivery.stored_digest import Digest
from sfn_digest.report.csv_face import to_csv
from sfn_digest.slack.channel import FileUpload, PostedMessage
from sfn_digest.slack.post_errors import SlackPostError

_TS = re.compile(r"\d{1,20}\.\d{1,20}")
"""A message's place, as Slack writes it."""

MOST_BYTES = 10_000_000
"""The largest file that is attached: it must be sent within the time of one call."""


def deliver(delivery: str, kept: Digest, context: DeliveryContext) -> PostedMessage:
    """Post the messages, or update them: the root first, its thread in order, then the files.

    Replies of an earlier run that this one does not have are removed.

    Raises SlackPostError and AccountError; see `MessageDelivery.deliver`.
    """
    root = MessageDelivery(context, message_key(delivery, 0), kept.messages[0], None).deliver()
    replies = kept.messages[1:]
    if replies and (root.ts is None or not context.channel.threads):
        context.log(
            Note(
                "ThreadLeftOut",
                f"{len(replies)} replies were left out, because an incoming webhook has no "
                "threads: use a bot token to get them.",
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
                sentence = f"A reply of an earlier run could not be deleted: {error}"
                context.log(Note("LeftStanding", sentence))
                return False
        else:
            return True


def attach(delivery: str, digest: Digest, context: DeliveryContext, thread: str) -> None:
    """Attach the files to the thread (its root's ts), unless an earlier run did or may have.

    Raises AccountError where the ledger cannot be reached.
    """
    made = context.guard.result_of(guard.FILES, lambda: list(_files(digest)), [])
    files = [file for file in made if _fits(file, context)]
    if not files or not (claim := _claimed(delivery, context, thread)):
        return
    try:
        _send(files, context, thread)
    except SlackPostError as error:
        lost = error.kind == "ambiguous"
        _write(delivery, context, "lost" if lost else "refused", thread, claim)
        context.log(Note("FilesInDoubt" if lost else "FilesLeftOut", _unattached(error)))
    except Exception as error:  # noqa: BLE001 - a file never costs anybody the digest
        context.guard.caught(guard.FILES, error)
        _write(delivery, context, "lost", thread, claim)
    else:
        _write(delivery, context, "sent", thread, claim)


def _files(digest: Digest) -> Iterator[FileUpload]:
    # The report on many accounts lists no single failures.
    if not digest.report.get("failures"):
        return
    window = digest.report["window"]
    name = f"sfn-digest-{window['start'][:10]}-{window['end'][:10]}"
    if digest.picture is not None:
        yield FileUpload(f"{name}.png", digest.picture, digest.messages[0].text[:_ALT_LIMIT])
    yield FileUpload(f"{name}.csv", to_csv(digest.report).encode("utf-8-sig"))
    yield FileUpload(f"{name}.json", json.dumps(digest.report, separators=(",", ":")).encode())


_ALT_LIMIT = 1_000
"""Characters of a picture's alternative text that Slack takes."""


def _fits(file: FileUpload, context: DeliveryContext) -> bool:
    fits = len(file.content) <= MOST_BYTES
    if not fits:
        megabytes = len(file.content) / 1e6
        sentence = f"{file.name} was not attached: {megabytes:.0f} MB is more than 10 MB."
        context.log(Note("FilesLeftOut", sentence))
    return fits


def _claimed(delivery: str, context: DeliveryContext, thread: str) -> str | None:
    """The token of this run's claim; None where it is not this run's to attach."""
    standing = context.ledger.read(files_key(delivery))
    token = standing["token"] if standing else None
    held, state = (standing.get("thread"), standing.get("state")) if standing else (None, "refused")
    # A root that was removed and posted again has a thread without files.
    if state == "refused" or (state and _TS.fullmatch(held or "") and held != thread):
        return _write(delivery, context, "claimed", thread, token)
    # The run that claimed them was killed, or is at it, or nobody can tell; it is reported once.
    if state not in ("sent", "lost") and _write(delivery, context, "lost", thread, token):
        sentence = "Another run may have attached the files, so they are not sent again."
        context.log(Note("FilesInDoubt", sentence))
    return None


def _write(
    delivery: str, context: DeliveryContext, state: str, thread: str, replacing: str | None
) -> str | None:
    token = uuid.uuid4().hex
    entry = {"token": token, "state": state, "thread": thread}
    return token if context.ledger.write(files_key(delivery), entry, replacing=replacing) else None


def _send(files: list[FileUpload], context: DeliveryContext, thread: str) -> None:
    backoff = Backoff(context.time)
    while True:
        try:
            context.channel.attach(files, thread)
        except SlackPostError as error:
            if error.kind != "transient" or not backoff.outlast(error):
                raise
        else:
            return


def _unattached(error: SlackPostError) -> str:
    if error.code == "missing_scope":
        return (
            "CSV, JSON and chart were not attached: add the scope files:write under OAuth & "
            "Permissions of the Slack app, reinstall the app, and store the new token."
        )
    return f"CSV, JSON and chart were not attached: {error}"

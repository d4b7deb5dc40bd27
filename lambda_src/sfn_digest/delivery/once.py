"""The whole delivery: keep the digest, post its messages in order, remember that it was done."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sfn_digest.delivery.files import attach
from sfn_digest.delivery.kept import MOST_BYTES, Kept, decode, encode, stamp
from sfn_digest.delivery.keys import part_key
from sfn_digest.delivery.ledger import Ledger
from sfn_digest.delivery.leftover import remove_rest
from sfn_digest.delivery.notes import Note
from sfn_digest.delivery.part import Part, Tools
from sfn_digest.errors import AccountError, BadRequestError, SfnDigestError, UndeliveredError
from sfn_digest.slack.channel import Posted
from sfn_digest.slack.errors import SlackPostError


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the digest's first message stands, and the digest; `fresh`: made by this run."""

    posted: Posted
    kept: Kept
    fresh: bool


def deliver_once(
    delivery: str, make: Callable[[], Kept], tools: Tools, *, again: str, period: bool
) -> Outcome:
    """Deliver the digest of this id, made by `make` unless one is kept that still has to go out.

    `period`: the id names a period, so that a run after a finished one makes the digest anew
    and updates what stands in the channel; else a finished delivery stays as it is.
    `again` is the command that posts the kept digest later, for the error's text.

    Raises UndeliveredError where the digest was made and kept, and not, or not surely, posted;
    what `make` raises; and AccountError where the ledger cannot be read.
    """
    content = tools.ledger.kept(delivery)
    fresh = content is None or (period and _is_done(delivery, content, tools.ledger))
    if content is None or fresh:
        kept = make()
        content = _keep(delivery, kept, tools)
    else:
        kept = decode(content)
    try:
        posted = deliver(delivery, kept, tools)
        if content is not None:
            _finish(delivery, content, tools.ledger)
    except (SlackPostError, AccountError) as error:
        raise _undelivered(error, again if content is not None else None) from error
    return Outcome(posted, kept, fresh)


def deliver_kept(delivery: str, kept: Kept, tools: Tools, *, again: str) -> Outcome:
    """Deliver what `read_kept` gave. Raises UndeliveredError as `deliver_once` does."""
    return deliver_once(delivery, lambda: kept, tools, again=again, period=False)


def read_kept(delivery: str, ledger: Ledger) -> Kept:
    """The digest that is kept under this id. Raises BadRequestError where none is."""
    content = ledger.kept(delivery)
    if content is None:
        raise BadRequestError(
            "No report is kept under this id: copy it from the log of the run that failed, or "
            "run the digest again."
        )
    return decode(content)


def deliver(delivery: str, kept: Kept, tools: Tools) -> Posted:
    """Post the messages, or update them: the root first, its thread in order, then the files.

    Replies of an earlier run that this one does not have are removed.

    Raises SlackPostError and AccountError; see `Part.deliver`.
    """
    root = Part(tools, part_key(delivery, 0), kept.messages[0], None).deliver()
    replies = kept.messages[1:]
    if replies and (root.ts is None or not tools.channel.threads):
        tools.tell(
            Note(
                "ThreadLeftOut",
                f"{len(replies)} replies were left out, since an incoming webhook has no "
                "threads: use a bot token to have them.",
            )
        )
        replies = ()
    for index, message in enumerate(replies, start=1):
        Part(tools, part_key(delivery, index), message, root.ts).deliver()
    if tools.channel.threads and root.ts is not None:
        remove_rest(delivery, tools, root.ts, len(replies))
        attach(delivery, kept, tools, root.ts)
    return Posted(kept.channel, root.ts)


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


def _keep(delivery: str, kept: Kept, tools: Tools) -> bytes | None:
    """What was kept; None where it could not be, which must not cost anybody the digest."""
    content = encode(kept)
    if len(content) > MOST_BYTES:
        content = encode(kept.without_failures())
        tools.tell(Note("ReportCut", "The kept report lacks its list of failures: too large."))
    try:
        tools.ledger.keep(delivery, content)
    except AccountError as error:
        tools.tell(Note("NotKept", f"The report could not be kept for a later try: {error}"))
        return None
    return content


def _is_done(delivery: str, content: bytes, ledger: Ledger) -> bool:
    entry = ledger.read(_done_key(delivery))
    return entry is not None and entry["stamp"] == stamp(content)


def _finish(delivery: str, content: bytes, ledger: Ledger) -> None:
    key = _done_key(delivery)
    standing = ledger.read(key)
    if standing is not None and standing["stamp"] == stamp(content):
        return
    entry = {"token": uuid.uuid4().hex, "stamp": stamp(content)}
    # Where another run was quicker, its digest is the one that is done.
    ledger.write(key, entry, replacing=standing["token"] if standing else None)


def _done_key(delivery: str) -> str:
    return f"{delivery}/done"

"""The whole delivery: keep the digest, post its messages in order, remember that it was done.

Parts of a digest may go to channels of their own: each once, and none at another's cost.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from sfn_digest.delivery.delivery_notes import Note
from sfn_digest.delivery.editions import Edition, chosen, stored_edition
from sfn_digest.delivery.keys import part_id
from sfn_digest.delivery.ledger import Ledger
from sfn_digest.delivery.message_delivery import DeliveryContext
from sfn_digest.delivery.run_clock import SharedRunClock
from sfn_digest.delivery.stored_digest import Digest, stamp
from sfn_digest.delivery.thread_delivery import deliver
from sfn_digest.errors import AccountError, SfnDigestError, UndeliveredError
from sfn_digest.guard import CHANNEL
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


OpenChannel = Callable[[str], DeliveryContext]
"""What a delivery to another channel needs."""


def deliver_everywhere(
    delivery: str,
    make: Callable[[], Digest],
    context: DeliveryContext,
    opened: OpenChannel,
    *,
    again: str,
    refresh: bool,
) -> Delivered:
    """Deliver the digest as `deliver_once` does, and then each of its parts to its channel.

    The parts are kept within the digest before anything is posted, so that a later run delivers
    the same ones. What goes wrong in one channel is reported and raised once all had their turn.
    """
    made: list[Digest] = []
    standing = _known(delivery, made, context.ledger)
    time = SharedRunClock(context.time)
    time.share(1 + len(standing.parts) if standing else 1)

    def making() -> Digest:
        made.append(make())
        time.share(1 + len(made[-1].parts))
        return made[-1]

    own = replace(context, time=time)
    try:
        outcome = deliver_once(delivery, making, own, again=again, refresh=refresh)
    except SfnDigestError as error:
        known = _known(delivery, made, context.ledger)
        if known is not None:
            _deliver_parts(delivery, known, opened, again=again, refresh=bool(made))
        raise error from error.__cause__
    posted = _deliver_parts(delivery, outcome.kept, opened, again=again, refresh=outcome.fresh)
    if lost := [where for where in posted.values() if isinstance(where, str)]:
        raise UndeliveredError(
            f"{' '.join(lost)} The other channels have theirs. The report is stored; to post "
            f"it without a new scan: {again}"
        )
    there = tuple(where for where in posted.values() if where and not isinstance(where, str))
    return replace(outcome, elsewhere=there)


def _known(delivery: str, made: list[Digest], ledger: Ledger) -> Digest | None:
    """The digest of this delivery: the one that is stored, else the one that was made."""
    try:
        edition = stored_edition(delivery, ledger)
    except AccountError:
        edition = None
    return edition.digest if edition else made[-1] if made else None


def _deliver_parts(
    delivery: str, whole: Digest, opened: OpenChannel, *, again: str, refresh: bool
) -> dict[str, PostedMessage | str | None]:
    """Where each part stands by its channel; why it does not, in a sentence, which is reported."""
    return {
        part.channel: _deliver_part(
            delivery, part, opened, among=len(whole.parts) - index, again=again, refresh=refresh
        )
        for index, part in enumerate(whole.parts)
    }


def _deliver_part(
    delivery: str, part: Digest, opened: OpenChannel, *, among: int, again: str, refresh: bool
) -> PostedMessage | str | None:
    context = opened(part.channel)
    time = SharedRunClock(context.time)
    time.share(among)
    try:
        return deliver_once(
            part_id(delivery, part.channel),
            lambda: part,
            replace(context, time=time),
            again=again,
            refresh=refresh,
        ).posted
    except Exception as error:  # noqa: BLE001 - one channel never costs another its digest
        expected = isinstance(error, SfnDigestError)
        why = str(error) if expected else context.guard.caught(CHANNEL, error)
        sentence = f"The digest of channel {part.channel} was not delivered: {why}"
        context.log(Note("ChannelMissed", sentence))
        return sentence


def deliver_once(
    delivery: str,
    make: Callable[[], Digest],
    context: DeliveryContext,
    *,
    again: str,
    refresh: bool,
) -> Delivered:
    """Deliver the digest of this id, made by `make` unless one is kept that still has to go out.

    `refresh`: a run after a finished one makes the digest again and updates what stands in the
    channel, unless it read less; else a finished delivery stays as it is.
    `again` is the command that posts the kept digest later, for the error's text.

    Raises UndeliveredError where the digest was made and kept, and not, or not surely, posted;
    what `make` raises; and AccountError where the ledger cannot be read.
    """
    standing = stored_edition(delivery, context.ledger)
    fresh = standing is None or (refresh and _is_done(delivery, standing, context.ledger))
    if standing is None or fresh:
        edition = chosen(delivery, make(), standing, context.ledger, context.log)
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
    return UndeliveredError(f"{error} The report is stored; to post it without a new scan: {again}")


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

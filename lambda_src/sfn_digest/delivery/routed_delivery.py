"""A digest whose parts go to channels of their own: each once, and none at another's cost."""

from collections.abc import Callable
from dataclasses import replace

from sfn_digest.delivery.delivery_notes import Note
from sfn_digest.delivery.digest_delivery import Delivered, deliver_once
from sfn_digest.delivery.editions import stored_edition
from sfn_digest.delivery.keys import part_id
from sfn_digest.delivery.ledger import Ledger
from sfn_digest.delivery.message_delivery import DeliveryContext
from sfn_digest.delivery.run_clock import SharedRunClock
from sfn_digest.delivery.stored_digest import Digest
from sfn_digest.errors import AccountError, SfnDigestError, UndeliveredError
from sfn_digest.guard import CHANNEL
from sfn_digest.slack.channel import PostedMessage

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
    the same ones. What goes wrong in one channel is told and raised once all had their turn.
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
            f"{' '.join(lost)} The other channels have theirs. The report is kept; to post it "
            f"without a new scan: {again}"
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
    """Where each part stands by its channel; why it does not, in a sentence, which is told."""
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
        context.tell(Note("ChannelMissed", sentence))
        return sentence

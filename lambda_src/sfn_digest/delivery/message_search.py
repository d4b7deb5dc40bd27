"""Whether a message whose outcome is unknown stands in the channel."""

from collections.abc import Sequence
from datetime import timedelta

from sfn_digest.delivery.backoff import Backoff
from sfn_digest.delivery.message_states import CLOCK_SKEW, LEASE_SECONDS, MessageRecord
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
        skew = timedelta(seconds=CLOCK_SKEW)
        latest = claim.claimed_at + timedelta(seconds=LEASE_SECONDS) + skew
        while True:
            try:
                return self._channel.find(self._key, claim.thread, claim.claimed_at - skew, latest)
            except SlackPostError as error:
                if error.kind in ("permanent", "ours"):
                    raise
                if not self._backoff.outlast(error):
                    raise post_error("outcome_unknown", [str(error)]) from None

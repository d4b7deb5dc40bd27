"""How long a run waits for Slack: as it asks, else longer each time, within the time left."""

from datetime import datetime

from sfn_digest.delivery.run_clock import RunClock
from sfn_digest.slack.post_errors import SlackPostError

PAUSES = (2.0, 4.0, 8.0, 16.0, 32.0)
"""Seconds before each further attempt where Slack names no time; then it is left to a later run."""

MOST_DOUBTS = 3
"""How often a message is sent whose answer was lost and which then was not in the channel."""

RESERVE = 15.0
"""Seconds that a wait must leave: for one more attempt, and to end in order."""


class Backoff:
    """One message's share of it."""

    def __init__(self, time: RunClock) -> None:
        self._time = time
        self._pauses = iter(PAUSES)
        self._doubts = 0

    def sleep(self, seconds: float) -> bool:
        """Wait if there is time for it and for what comes after; whether it was done."""
        if self._time.left() < seconds + RESERVE:
            return False
        self._time.sleep(seconds)
        return True

    def utc(self) -> datetime:
        """The time of day."""
        return self._time.utc()

    def outlast(self, error: SlackPostError) -> bool:
        """Wait until it is worth another attempt; False where it is not, or there is no time."""
        asked = error.retry_after
        seconds = next(self._pauses, None) if asked is None else max(asked, 1.0)
        return seconds is not None and self.sleep(seconds)

    def doubt(self, error: SlackPostError) -> None:
        """Count a lost answer; raises the error when there were too many."""
        self._doubts += 1
        if self._doubts > MOST_DOUBTS:
            raise error

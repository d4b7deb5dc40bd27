"""One governed call: every attempt takes a token and is counted; the retries are made here.

botocore's own retries are off, since it would send calls that no bucket has granted.
"""

import random
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from sfn_digest.aws.api import Api
from sfn_digest.aws.governor import Clock, Governor
from sfn_digest.aws.refusals import is_throttle, is_transient, translate
from sfn_digest.aws.usage import Tally
from sfn_digest.progress import Progress

R = TypeVar("R")

MAX_THROTTLES = 10
"""How often one call is tried again after AWS throttled it."""

MAX_FAILURES = 3
"""How often one call is tried again after a 5xx answer or a broken connection."""


LONGEST_BACK_OFF = 20.0
"""The most seconds between two attempts, over the wait for a token."""


class Calls:
    """Makes the room's calls, one attempt a token, and gives up only after bounded retries."""

    def __init__(
        self, region: str, governor: Governor, clock: Clock, tally: Tally, progress: Progress
    ) -> None:
        self._region = region
        self._governor = governor
        self._clock = clock
        self._tally = tally
        self._progress = progress
        self._random = random.Random()  # noqa: S311 - jitter is no secret

    def make(self, api: Api, request: Callable[[], R]) -> R:
        """The answer to one request; raises an AccountError where AWS gives none."""
        throttles = failures = 0
        while True:
            granted = self._governor.bucket(api).acquire()
            self._tally.called(api)
            self._progress.called(api.value)
            try:
                return request()
            except (ClientError, BotoCoreError) as error:
                if is_throttle(error):
                    self._slow_down(api, granted)
                    throttles += 1
                    wait = 0.5 * 2.0**throttles if throttles <= MAX_THROTTLES else None
                else:
                    failures += 1
                    again = is_transient(error) and failures <= MAX_FAILURES
                    wait = 0.2 * 2.0**failures if again else None
                if wait is None:
                    raise translate(error, api, self._region) from error
            self._back_off(wait)

    def _slow_down(self, api: Api, granted: float) -> None:
        self._governor.bucket(api).throttled(granted)
        self._tally.throttled()
        self._progress.throttled(api.value)

    def _back_off(self, longest: float) -> None:
        """Full jitter, so that calls that failed together do not return together."""
        self._clock.sleep(self._random.uniform(0.0, min(longest, LONGEST_BACK_OFF)))

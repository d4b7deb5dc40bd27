"""One governed call: every attempt takes a token and is counted; the retries are made here.

botocore's own retries are off, since it would send calls that no bucket has granted.
"""

import random
import threading
from collections.abc import Callable
from copy import copy
from math import inf
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from sfn_digest.aws.account_errors import HOPELESS, OutOfTimeError
from sfn_digest.aws.answers import Answer, UnreadableAnswerError, answered
from sfn_digest.aws.api import Api, Quantity
from sfn_digest.aws.governor import UNLIMITED, Clock, Governor, Limit
from sfn_digest.aws.refusals import is_throttle, is_transient, translate
from sfn_digest.aws.usage import UsageTally
from sfn_digest.errors import AccountError, NoCredentialsError
from sfn_digest.i18n.message import Message
from sfn_digest.progress import Progress

R = TypeVar("R")

MAX_THROTTLES = 10
"""How often one call is tried again after AWS throttled it."""

MAX_FAILURES = 3
"""How often one call is tried again after a 5xx answer, a broken connection, or none of AWS's."""


LONGEST_BACK_OFF = 20.0
"""The most seconds between two attempts, over the wait for a token."""


IN_VAIN = 5
"""Calls in a row that a service did not answer, after which none is made to it any more, if they
went on for so long:"""

IN_VAIN_SECONDS = 30.0


class _Lines:
    """Which services still answer: what no call is spared need not be met by thousands."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_vain: dict[str, list[tuple[float, AccountError]]] = {}

    def answered(self, api: Api) -> None:
        """A service answered, if only by a refusal."""
        with self._lock:
            self._in_vain.pop(api.service, None)

    def in_vain(self, api: Api, now: float, error: AccountError) -> None:
        """A service was not reached, or takes the credentials for none."""
        with self._lock:
            self._in_vain.setdefault(api.service, []).append((now, error))

    def dead(self, api: Api) -> AccountError | None:
        """What the next call to the API's service would meet, if that is certain enough."""
        with self._lock:
            met = self._in_vain.get(api.service, [])
            if len(met) < IN_VAIN:
                return None
            (began, _), (ended, error) = met[0], met[-1]
        lasts = isinstance(error, NoCredentialsError) or ended - began >= IN_VAIN_SECONDS
        return error if lasts else None


class Calls:
    """Makes the room's calls, one attempt a token, and gives up only after bounded retries.

    `clock` is the one that deadlines are times of.
    """

    def __init__(
        self,
        region: str,
        governor: Governor,
        clock: Clock,
        tally: UsageTally,
        progress: Progress,
    ) -> None:
        self.clock = clock
        self._region = region
        self._governor = governor
        self._tally = tally
        self._progress = progress
        self._limit = UNLIMITED
        self._lines = _Lines()
        self._random = random.Random()  # noqa: S311 - jitter is no secret

    def until(self, deadline: float = inf) -> "Calls":
        """The same calls, none of which begins after the deadline, nor after `give_up`."""
        limited = copy(self)
        limited._limit = Limit(min(deadline, self.deadline))  # noqa: SLF001 - its own kind
        return limited

    @property
    def deadline(self) -> float:
        """When no call begins any more, a time of the clock."""
        return self._limit.deadline

    def is_over(self) -> bool:
        """Whether no call begins any more."""
        return self._limit.is_reached(self.clock.now())

    def wait(self, seconds: float) -> None:
        """Let time pass, no longer than to the deadline."""
        left = self.deadline - self.clock.now()
        self.clock.sleep(max(0.0, min(seconds, left)), self._limit.given_up)

    def give_up(self) -> None:
        """End all waits of these calls, and begin no other; only what `until` gave can."""
        self._limit.given_up.set()

    def make(
        self,
        api: Api,
        request: Callable[[], object],
        read: Callable[[Answer], R],
        *,
        datapoints: int = 0,
    ) -> R:
        """What `read` takes from the answer to one request, for so many `datapoints` at most.

        Raises an AccountError where AWS gives none: OutOfTimeError where the deadline comes first.
        """
        if (dead := self._lines.dead(api)) is not None:
            raise type(dead)(dead.sentence)
        throttles = failures = 0
        while (granted := self._granted(api, datapoints)) is not None:
            self._tally.called(api)
            self._progress.called(api.value)
            try:
                value = answered(request, read)
            except (ClientError, BotoCoreError, UnreadableAnswerError) as error:
                if is_throttle(error):
                    self._slow_down(api, granted)
                    throttles += 1
                    wait = 0.5 * 2.0**throttles if throttles <= MAX_THROTTLES else None
                else:
                    failures += 1
                    again = is_transient(error) and failures <= MAX_FAILURES
                    wait = 0.2 * 2.0**failures if again else None
                if wait is None:
                    raise self._refused(error, api) from error
            else:
                self._lines.answered(api)
                return value
            if not self._limit.outlasts(self._jittered(wait), self.clock):
                break
        raise OutOfTimeError(Message("Time ran out before {api} responded.", api=api.value))

    def _granted(self, api: Api, datapoints: int) -> float | None:
        if datapoints:
            bucket = self._governor.bucket(Quantity.DATAPOINTS)
            if bucket.acquire(self._limit, datapoints) is None:
                return None
        return self._governor.bucket(api).acquire(self._limit)

    def _refused(self, error: Exception, api: Api) -> AccountError:
        refusal = translate(error, api, self._region)
        if isinstance(refusal, HOPELESS):
            self._lines.in_vain(api, self.clock.now(), refusal)
        else:
            self._lines.answered(api)
        return refusal

    def _slow_down(self, api: Api, granted: float) -> None:
        self._governor.bucket(api).throttled(granted)
        if api is Api.GET_METRIC_DATA:
            # CloudWatch does not say which of its two quotas was used up.
            self._governor.bucket(Quantity.DATAPOINTS).throttled(granted)
        self._tally.throttled()
        self._progress.throttled(api.value)

    def _jittered(self, longest: float) -> float:
        """Full jitter, so that calls that failed together do not return together."""
        return self._random.uniform(0.0, min(longest, LONGEST_BACK_OFF))

"""Calls to services whose quotas production does not need: no bucket is kept for them.

Each is made again where the service fails or throttles, or what came is no answer of AWS, as long
as the time that is left allows; and it is given no more than that time to connect and to answer.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sfn_digest.aws.answers import Answer, UnreadableAnswerError, answered
from sfn_digest.aws.api import AnyApi
from sfn_digest.aws.refusals import (
    error_code,
    is_throttle,
    is_transient,
    set_up_error,
    translate,
)
from sfn_digest.errors import AccessDeniedError, AccountError

R = TypeVar("R")

PAUSES = (0.2, 0.5)
"""Seconds before each further attempt."""

TIMEOUTS = ((3.0, 5.0), (1.0, 2.0), (0.4, 0.6))
"""Seconds to connect and to answer; the first that fit into the time left are taken."""


_NOT_THERE = frozenset(
    ("NoSuchBucket", "NoSuchKey", "ParameterNotFound", "ResourceNotFoundException")
)


class NotThereError(AccountError):
    """What was asked for by its name does not exist in the account and Region."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long somebody waits for calls: `left` tells the seconds that remain for them."""

    left: Callable[[], float] = lambda: inf
    pauses: Sequence[float] | None = None
    """Seconds before each further attempt; None: PAUSES."""

    def outlasts(self, seconds: float) -> bool:
        """Wait if there is time for it and for one more call; whether it was done."""
        if self.left() < seconds + sum(TIMEOUTS[-1]):
            return False
        time.sleep(seconds)
        return True


PATIENT = Patience()
"""Of somebody at a terminal, who may end it."""


class TimedClients:
    """A service's clients, one for each of the timeouts that the time left may ask for.

    Without time for any, asking for one raises AccountError; `of` says what was to be asked.
    """

    def __init__(
        self, session: boto3.Session, service: str, of: str, patience: Patience = PATIENT
    ) -> None:
        self._open: Callable[[tuple[float, float]], Any] = partial(open_client, session, service)
        self._of = of
        self._left = patience.left
        self._lock = threading.Lock()
        self._opened: dict[tuple[float, float], Any] = {}
        self._of_timeouts(TIMEOUTS[0])

    def __call__(self) -> Any:
        """The client whose calls end in the time that is left."""
        left = self._left()
        fitting = next((each for each in TIMEOUTS if sum(each) <= left), None)
        if fitting is None:
            raise AccountError(f"Time ran out before {self._of} was called.")
        return self._of_timeouts(fitting)

    def _of_timeouts(self, timeouts: tuple[float, float]) -> Any:
        with self._lock:
            if timeouts not in self._opened:
                self._opened[timeouts] = self._open(timeouts)
            return self._opened[timeouts]


def open_client(
    session: boto3.Session, service: str, timeouts: tuple[float, float] = TIMEOUTS[0]
) -> Any:
    """The client of a service, which makes a call once and waits for it as long as that.

    Raises AccountError where there can be none.
    """
    config = Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        connect_timeout=timeouts[0],
        read_timeout=timeouts[1],
        max_pool_connections=_CONNECTIONS,
    )
    try:
        return session.client(service, config=config)  # type: ignore[call-overload]
    except (BotoCoreError, ValueError) as error:
        raise set_up_error(error) from error


_CONNECTIONS = 16


def asked(
    request: Callable[[], object], read: Callable[[Answer], R], patience: Patience = PATIENT
) -> R:
    """What `read` takes from the answer, asked for again where that may help and there is time.

    Raises botocore's errors as they are, and UnreadableAnswerError where no answer comes.
    """
    for pause in PAUSES if patience.pauses is None else patience.pauses:
        try:
            return answered(request, read)
        except (ClientError, BotoCoreError, UnreadableAnswerError) as error:
            again = is_transient(error) or is_throttle(error)
            if not again or not patience.outlasts(pause):
                raise
    return answered(request, read)


def ask(
    api: AnyApi,
    request: Callable[[], object],
    read: Callable[[Answer], R],
    region: str,
    missing: str = "",
    patience: Patience = PATIENT,
) -> R:
    """What `read` takes from the answer to one call of an API.

    Raises NotThereError with the sentence `missing` where what it asks for does not exist, and
    AccountError where AWS refuses.
    """
    try:
        return asked(request, read, patience)
    except (ClientError, BotoCoreError, UnreadableAnswerError) as error:
        raise _refusal(error, api, region, missing) from error


def _refusal(error: Exception, api: AnyApi, region: str, missing: str) -> AccountError:
    if missing and error_code(error) in _NOT_THERE:
        return NotThereError(missing)
    refusal = translate(error, api, region)
    if isinstance(refusal, AccessDeniedError) and "kms:Decrypt" in str(error):
        # The service passes on what KMS refused, under its own code.
        return AccessDeniedError(str(refusal).replace(api.action, f"kms:Decrypt for {api.action}"))
    return refusal

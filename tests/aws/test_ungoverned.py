"""Calls without a governor end in the time that is left for them, repetitions and all."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from sfn_digest.aws import ungoverned
from sfn_digest.aws.answers import Answer
from sfn_digest.aws.dynamodb_table import open_table
from sfn_digest.aws.secrets import read_token
from sfn_digest.aws.sessions import open_session
from sfn_digest.aws.table_calls import PAUSES
from sfn_digest.aws.ungoverned import Patience, TimedClients, asked
from sfn_digest.errors import AccountError
from tests.aws.fakes import FakeClock, client_error

LOST = EndpointConnectionError(endpoint_url="https://x")
CALL_SECONDS = 3.0


class Failing:
    """A service that takes a while to say no."""

    def __init__(self, clock: FakeClock, *errors: Exception) -> None:
        self._clock = clock
        self._errors = errors
        self.asked = 0

    def __call__(self) -> object:
        self.asked += 1
        self._clock.sleep(CALL_SECONDS, threading.Event())
        if self.asked <= len(self._errors):
            raise self._errors[self.asked - 1]
        return {"there": "yes"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    clock = FakeClock()
    monkeypatch.setattr(
        "sfn_digest.aws.ungoverned.time.sleep",
        lambda seconds: clock.sleep(seconds, threading.Event()),
    )
    return clock


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "simulated")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "simulated")


def there(answer: Answer) -> str:
    return answer.text("there")


def patience(clock: FakeClock, seconds: float) -> Patience:
    end = clock.now() + seconds
    return Patience(lambda: end - clock.now(), PAUSES)


@pytest.mark.parametrize(
    "error", [LOST, client_error("ThrottlingException"), client_error("", 502)]
)
def test_a_call_is_repeated_while_there_is_time(clock: FakeClock, error: Exception) -> None:
    failing = Failing(clock, *[error] * len(PAUSES))
    assert asked(failing, there, patience(clock, 900)) == "yes"


@pytest.mark.parametrize("seconds", [1, 5, 9, 20])
def test_repetitions_end_with_the_time(clock: FakeClock, seconds: float) -> None:
    failing, end = Failing(clock, *[LOST] * 99), clock.now() + seconds
    with pytest.raises(EndpointConnectionError):
        asked(failing, there, patience(clock, seconds))
    assert clock.now() < end + CALL_SECONDS
    assert failing.asked <= 1 + seconds // CALL_SECONDS


def test_a_refusal_is_not_repeated(clock: FakeClock) -> None:
    failing = Failing(clock, client_error("AccessDeniedException"))
    with pytest.raises(Exception, match="AccessDenied"):
        asked(failing, there, patience(clock, 900))
    assert failing.asked == 1


@pytest.mark.parametrize("left", [900.0, 8.0, 7.9, 3.0, 2.9, 1.0])
def test_a_call_may_take_no_longer_than_is_left(left: float) -> None:
    clients = TimedClients(open_session(), "dynamodb", "the table", Patience(lambda: left))
    config: Any = clients().meta.config
    assert config.connect_timeout + config.read_timeout <= left
    assert config.retries["total_max_attempts"] == 1
    assert clients() is clients()


@pytest.mark.slow
def test_without_time_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> Iterator[object]:
        raise AssertionError

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", never)
    with pytest.raises(AccountError, match="Time ran out before the DynamoDB table t was called"):
        open_table("t", lambda: 0.5).read("k")
    with pytest.raises(AccountError, match="Time ran out before Systems Manager was called"):
        read_token("/token", None, lambda: -1.0)
    with pytest.raises(AccountError, match="Time ran out before Secrets Manager was called"):
        read_token(None, "token", lambda: 0.9)


def test_whoever_waits_at_a_terminal_waits_as_long_as_it_takes() -> None:
    assert ungoverned.PATIENT.left() == float("inf")

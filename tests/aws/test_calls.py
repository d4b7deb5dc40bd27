import json
import os
import random
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from sfn_digest.aws.account_errors import OutOfTimeError
from sfn_digest.aws.api import Api, Quantity
from sfn_digest.aws.calls import IN_VAIN, IN_VAIN_SECONDS, MAX_FAILURES, MAX_THROTTLES, Calls
from sfn_digest.aws.clients import open_clients
from sfn_digest.aws.governor import Allowance, Governor
from sfn_digest.aws.usage import UsageTally
from sfn_digest.errors import (
    AccessDeniedError,
    AccountError,
    NoCredentialsError,
    NoEndpointError,
)
from tests.aws.fakes import FakeClock, Watcher, client_error

THROTTLED = client_error("ThrottlingException")
ANSWER = {"is": "an answer"}
LOST = EndpointConnectionError(endpoint_url="https://states.eu-west-1")


class Line:
    """Calls with everything that watches them."""

    def __init__(self, burst: float = 1000, rate: float = 1000) -> None:
        self.clock, self.tally, self.watcher = FakeClock(), UsageTally(), Watcher()
        allowances = {each: Allowance(burst, rate) for each in (*Api, *Quantity)}
        self.governor = Governor(allowances, self.clock, self.watcher)
        self.calls = Calls("eu-west-1", self.governor, self.clock, self.tally, self.watcher)

    def make(self, *answers: object) -> Any:
        return self.calls.make(Api.LIST_EXECUTIONS, script(*answers), lambda a: a.text("is"))


def script(*answers: object) -> Callable[[], object]:
    remaining = iter(answers)

    def request() -> object:
        answer = next(remaining)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return request


def test_a_call_is_answered_and_counted_by_its_api() -> None:
    line = Line()
    assert line.make(ANSWER) == "an answer"
    assert line.tally.usage().api_calls == {"ListExecutions": 1}


def test_a_throttled_call_is_made_again_and_both_attempts_count() -> None:
    line = Line()
    assert line.make(THROTTLED, THROTTLED, ANSWER) == "an answer"
    usage = line.tally.usage()
    assert (usage.api_calls, usage.throttled) == ({"ListExecutions": 3}, 2)
    assert line.watcher.counts["throttled ListExecutions"] == 2


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ThrottledException", "Throttling", "TooManyRequestsException"]
)
def test_every_service_s_word_for_throttling_is_known(code: str) -> None:
    line = Line()
    line.make(client_error(code), ANSWER)
    assert line.tally.usage().throttled == 1


def test_a_throttled_call_slows_down_the_bucket_of_its_api() -> None:
    line = Line(burst=100, rate=10)
    line.make(THROTTLED, ANSWER)
    assert sum(line.clock.slept) >= 0.19
    assert 5 <= line.governor.bucket(Api.LIST_EXECUTIONS)._rate < 10


def test_a_call_that_is_always_throttled_is_given_up_with_a_sentence() -> None:
    line = Line()
    with pytest.raises(AccountError, match="AWS keeps throttling ListExecutions: run the digest"):
        line.make(*[THROTTLED] * 50)
    assert line.tally.usage().throttled == MAX_THROTTLES + 1


@pytest.mark.parametrize(
    "error",
    [
        client_error("InternalServerError", 500),
        client_error("ServiceUnavailable", 503),
        EndpointConnectionError(endpoint_url="https://states"),
        ReadTimeoutError(endpoint_url="https://states"),
    ],
)
def test_what_may_pass_is_tried_again_a_few_times(error: Exception) -> None:
    assert Line().make(*[error] * MAX_FAILURES, ANSWER) == "an answer"
    with pytest.raises(AccountError):
        Line().make(*[error] * (MAX_FAILURES + 1), ANSWER)


def test_a_network_that_stays_away_is_a_missing_endpoint() -> None:
    with pytest.raises(NoEndpointError, match=r"Step Functions cannot be reached in .*eu-west-1"):
        Line().make(*[LOST] * 9)


def test_a_refused_call_is_not_tried_again() -> None:
    line = Line()
    with pytest.raises(AccessDeniedError, match="states:ListExecutions"):
        line.make(client_error("AccessDeniedException"), ANSWER)
    assert line.tally.usage().api_calls == {"ListExecutions": 1}


FOREIGN = [
    pytest.param(KeyError("ResponseMetadata"), id="a parser that misses a member"),
    pytest.param(ResponseParserError("invalid XML"), id="a page in place of XML"),
    pytest.param(AttributeError("list has no get"), id="a list in place of an object"),
    pytest.param(json.JSONDecodeError("Expecting value", "", 0), id="no JSON"),
    pytest.param(urllib3.exceptions.DecodeError("gzip"), id="a body that cannot be unpacked"),
    pytest.param({}, id="a missing member"),
    pytest.param({"is": 7}, id="a member of another type"),
    pytest.param([], id="a list"),
    pytest.param(None, id="nothing"),
    pytest.param("<html>", id="a text"),
    pytest.param(client_error("403", 403), id="a proxy that refuses"),
    pytest.param(client_error("", 302), id="a portal that redirects"),
]


@pytest.mark.parametrize("answer", FOREIGN)
def test_what_is_no_answer_of_aws_is_tried_again_and_then_one_sentence(answer: object) -> None:
    assert Line().make(*[answer] * MAX_FAILURES, ANSWER) == "an answer"
    line = Line()
    with pytest.raises(AccountError) as caught:
        line.make(*[answer] * 9)
    assert str(caught.value) == (
        "The response to ListExecutions did not come from AWS: check the network, proxy or "
        "VPC endpoint in between."
    )
    assert line.tally.usage().api_calls == {"ListExecutions": MAX_FAILURES + 1}


@pytest.mark.parametrize("seconds", [0.0, 5.0])
def test_no_call_begins_after_the_deadline_and_that_is_a_refusal_like_others(
    seconds: float,
) -> None:
    line = Line(burst=1, rate=0.1)
    calls = line.calls.until(line.clock.time + seconds)
    for _ in range(int(seconds > 0)):
        assert calls.make(Api.LIST_EXECUTIONS, script(ANSWER), lambda a: a.text("is"))
    with pytest.raises(OutOfTimeError, match="Time ran out before ListExecutions resp"):
        calls.make(Api.LIST_EXECUTIONS, script(), lambda a: a.text("is"))
    assert line.make(ANSWER) == "an answer"


def test_a_back_off_never_outlasts_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random.Random, "uniform", lambda _, low, high: (low + high) / 2)
    line = Line()
    calls = line.calls.until(line.clock.time + 30.0)
    with pytest.raises(OutOfTimeError):
        calls.make(Api.LIST_EXECUTIONS, script(*[THROTTLED] * 50), lambda a: a.text("is"))
    assert line.clock.time < 1030.0


def test_a_deadline_is_never_moved_back() -> None:
    calls = Line().calls.until(50.0)
    assert (calls.until(60.0).deadline, calls.until(40.0).deadline) == (50.0, 40.0)


def test_a_service_that_stays_away_is_asked_no_more_and_others_are() -> None:
    line = Line()
    failed = 0
    while failed < 100:
        before = line.clock.time
        with pytest.raises(NoEndpointError):
            line.make(*[LOST] * 4)
        failed += 1
        if line.clock.time == before:
            break
    assert IN_VAIN < failed < 100
    assert line.clock.time - 1000 >= IN_VAIN_SECONDS
    calls = line.tally.usage().api_calls["ListExecutions"]
    with pytest.raises(NoEndpointError, match="Step Functions cannot be reached"):
        line.make(ANSWER)
    assert line.tally.usage().api_calls["ListExecutions"] == calls
    assert line.calls.make(Api.GET_METRIC_DATA, script(ANSWER), lambda a: a.text("is"))


def test_credentials_that_have_expired_are_not_tried_for_each_of_thousands() -> None:
    line, expired = Line(), client_error("ExpiredTokenException")
    for _ in range(IN_VAIN + 3):
        with pytest.raises(NoCredentialsError):
            line.make(expired)
    assert line.tally.usage().api_calls == {"ListExecutions": IN_VAIN}


def test_an_answer_between_two_that_were_lost_lets_calls_go_on() -> None:
    line, expired = Line(), client_error("ExpiredTokenException")
    for _ in range(3):
        for _ in range(IN_VAIN - 1):
            with pytest.raises(NoCredentialsError):
                line.make(expired)
        assert line.make(ANSWER) == "an answer"


def test_the_back_off_never_exceeds_its_limit() -> None:
    line = Line()
    with pytest.raises(AccountError):
        line.make(*[THROTTLED] * 50)
    assert max(line.clock.slept) <= 20


def test_botocore_never_sends_a_call_twice_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "9")
    monkeypatch.setenv("AWS_RETRY_MODE", "adaptive")
    clients = open_clients()
    for client in (clients.states, clients.cloudwatch, clients.tagging):
        assert client.meta.config.retries == {"total_max_attempts": 1, "mode": "standard"}  # type: ignore[attr-defined]


def test_datapoints_are_metered_beside_calls_and_slowed_down_with_them() -> None:
    line = Line()
    line.governor.allow({Quantity.DATAPOINTS: Allowance(20_000, 20_000)})

    def points(*answers: object) -> object:
        request = script(*answers)
        return line.calls.make(Api.GET_METRIC_DATA, request, lambda a: a, datapoints=60_000)

    points({})
    assert line.clock.slept == []
    points({})
    assert sum(line.clock.slept) == pytest.approx(3.0)
    points(client_error("Throttling"), {})
    bucket = line.governor.bucket(Quantity.DATAPOINTS)
    assert bucket._rate < 20_000
    assert line.governor.bucket(Api.GET_METRIC_DATA)._rate < 1000


def test_a_call_whose_datapoints_come_too_late_is_not_made() -> None:
    line = Line()
    line.governor.allow({Quantity.DATAPOINTS: Allowance(20_000, 20_000)})
    calls = line.calls.until(line.clock.now() + 2.0)
    calls.make(Api.GET_METRIC_DATA, script({}), lambda a: a, datapoints=60_000)
    with pytest.raises(OutOfTimeError):
        calls.make(Api.GET_METRIC_DATA, script({}), lambda a: a, datapoints=1)
    assert line.tally.usage().api_calls == {"GetMetricData": 1}

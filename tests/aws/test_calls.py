import os
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import MAX_FAILURES, MAX_THROTTLES, Calls
from sfn_digest.aws.clients import open_clients
from sfn_digest.aws.governor import Allowance, Governor
from sfn_digest.aws.usage import Tally
from sfn_digest.errors import AccessDeniedError, AccountError, NoEndpointError
from tests.aws.fakes import FakeClock, Watcher, client_error

THROTTLED = client_error("ThrottlingException")


class Line:
    """Calls with everything that watches them."""

    def __init__(self, burst: float = 1000, rate: float = 1000) -> None:
        self.clock, self.tally, self.watcher = FakeClock(), Tally(), Watcher()
        allowances = {api: Allowance(burst, rate) for api in Api}
        self.governor = Governor(allowances, self.clock, self.watcher)
        self.calls = Calls("eu-west-1", self.governor, self.clock, self.tally, self.watcher)

    def make(self, *answers: object) -> Any:
        return self.calls.make(Api.LIST_EXECUTIONS, script(*answers))


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
    assert line.make("answer") == "answer"
    assert line.tally.usage().api_calls == {"ListExecutions": 1}


def test_a_throttled_call_is_made_again_and_both_attempts_count() -> None:
    line = Line()
    assert line.make(THROTTLED, THROTTLED, "answer") == "answer"
    usage = line.tally.usage()
    assert (usage.api_calls, usage.throttled) == ({"ListExecutions": 3}, 2)
    assert line.watcher.counts["throttled ListExecutions"] == 2


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ThrottledException", "Throttling", "TooManyRequestsException"]
)
def test_every_service_s_word_for_throttling_is_known(code: str) -> None:
    line = Line()
    line.make(client_error(code), "answer")
    assert line.tally.usage().throttled == 1


def test_a_throttled_call_slows_down_the_bucket_of_its_api() -> None:
    line = Line(burst=100, rate=10)
    line.make(THROTTLED, "answer")
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
    assert Line().make(*[error] * MAX_FAILURES, "answer") == "answer"
    with pytest.raises(AccountError):
        Line().make(*[error] * (MAX_FAILURES + 1), "answer")


def test_a_network_that_stays_away_is_a_missing_endpoint() -> None:
    lost = EndpointConnectionError(endpoint_url="https://states.eu-west-1")
    with pytest.raises(NoEndpointError, match=r"Step Functions cannot be reached in .*eu-west-1"):
        Line().make(*[lost] * 9)


def test_a_refused_call_is_not_tried_again() -> None:
    line = Line()
    with pytest.raises(AccessDeniedError, match="states:ListExecutions"):
        line.make(client_error("AccessDeniedException"), "answer")
    assert line.tally.usage().api_calls == {"ListExecutions": 1}


def test_a_mistake_of_our_own_is_not_taken_for_an_answer_of_aws() -> None:
    with pytest.raises(KeyError):
        Line().make(KeyError("stopDate"))


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

from datetime import timedelta

from sfn_digest.model.executions import Failure
from tests.retry.made import START, attempts, failure, failures, hints, retry, task

THROTTLED = "Lambda.TooManyRequestsException"


def herd(cause: str = "throttling", number: int = 4) -> list[Failure]:
    return [
        failure(
            10 * n + place,
            attempts(START + timedelta(hours=6 * n, seconds=place), cause, THROTTLED, 2),
        )
        for n in range(number)
        for place in range(6)
    ]


def test_throttled_attempts_that_come_together_are_a_herd() -> None:
    definition = task(Retry=retry(THROTTLED))
    (hint,) = hints(definition, herd(), kind="herd")
    refused = "The first attempt of Work was refused 24 times; 24 of those came in 4 bursts of"
    assert refused in hint.text
    assert hint.patched is not None
    assert hint.retrier is not None
    assert hint.retrier["JitterStrategy"] == "FULL"
    assert hint.retrier["MaxAttempts"] == 2
    assert hint.patched["Retry"] == [hint.retrier]


def test_the_map_around_the_state_is_named_with_its_concurrency() -> None:
    inner = task()
    definition = {
        "StartAt": "Each",
        "States": {
            "Each": {"Type": "Map", "MaxConcurrency": 40, "ItemProcessor": inner, "End": True}
        },
    }
    (hint,) = hints(definition, herd(), kind="herd")
    assert "Lower MaxConcurrency of Each (currently 40)" in hint.text


def test_failures_spread_over_the_day_are_no_herd() -> None:
    assert hints(task(), failures("throttling", THROTTLED, every=3600), kind="herd") == []


def test_an_outage_met_by_many_is_no_herd() -> None:
    assert hints(task(), herd("service_error"), kind="herd") == []


def test_a_payload_over_the_limit_names_its_state_and_the_way_through_s3() -> None:
    failed = failures("payload_too_large", "States.DataLimitExceeded", number=3)
    (hint,) = hints(task(), failed, kind="payload")
    assert (hint.state, hint.failures) == ("Work", 3)
    assert "S3" in hint.text
    assert hint.patched is None

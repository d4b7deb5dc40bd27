from dataclasses import replace
from datetime import timedelta

import pytest

from sfn_digest.retry.hints.timeouts import longest_usual
from tests.retry.made import ECS, START, attempts, failure, failures, hints, passes, task

CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"


@pytest.mark.parametrize(
    ("durations", "bound"),
    [
        ([float(n) for n in range(1, 101)], (100.0, 0.01)),
        ([float(n) for n in range(1, 20)], (19.0, 0.05)),
        ([float(n) for n in range(1, 19)], None),
        ([], None),
    ],
)
def test_a_bound_on_durations_needs_enough_of_them(durations: list[float], bound: object) -> None:
    assert longest_usual(durations) == bound


def test_a_job_without_a_timeout_gets_one_from_its_successes() -> None:
    (hint,) = hints(task(ECS, TimeoutSeconds=None), [], passes(took=100), "missing_timeout")
    assert "set TimeoutSeconds to 210" in hint.text
    assert hint.patched is not None
    assert hint.patched["TimeoutSeconds"] == 210


def test_where_few_attempts_were_read_the_executions_around_them_bound_them() -> None:
    known = passes(took=100)
    (hint,) = hints(
        task(ECS, TimeoutSeconds=None), [], replace(known, read=known.read[:5]), "missing_timeout"
    )
    assert "executions finish within 102 s: set TimeoutSeconds to 210" in hint.text


def test_an_execution_that_was_redriven_bounds_nothing() -> None:
    known = passes(took=100)
    again = tuple(replace(each, redrive_count=1) for each in known.listed)
    found = replace(known, read=known.read[:5], listed=again)
    (hint,) = hints(task(ECS, TimeoutSeconds=None), [], found, "missing_timeout")
    assert "too few successes" in hint.text


def test_no_timeout_under_a_minute_is_hinted() -> None:
    (hint,) = hints(task(ECS, TimeoutSeconds=None), [], passes(took=2), "missing_timeout")
    assert "set TimeoutSeconds to 60." in hint.text


def test_without_successes_no_number_is_made_up() -> None:
    (hint,) = hints(task(CALLBACK, TimeoutSeconds=None), [], None, "missing_timeout")
    assert "too few successes" in hint.text
    assert "HeartbeatSeconds" in hint.text
    assert hint.patched is None


def test_a_timeout_of_the_whole_machine_is_a_timeout() -> None:
    definition = {**task(ECS, TimeoutSeconds=None), "TimeoutSeconds": 60}
    assert hints(definition, [], None, "missing_timeout") == []


def test_a_function_s_call_needs_no_timeout() -> None:
    assert hints(task(TimeoutSeconds=None), [], None, "missing_timeout") == []


@pytest.mark.parametrize(
    ("took", "title"),
    [(95.0, "Raise the timeout of Work"), (10.0, "Lower the timeout of Work"), (60.0, None)],
)
def test_a_timeout_is_compared_with_how_long_successes_take(took: float, title: str | None) -> None:
    hung = [
        failure(
            n, attempts(START + timedelta(hours=n), "timeout_task", "States.Timeout", 1, took=100)
        )
        for n in range(3)
    ]
    found = hints(task(ECS, TimeoutSeconds=100), hung, passes(took=took), "timeout_value")
    assert [hint.title for hint in found] == ([title] if title else [])


def test_a_function_s_own_timeout_is_not_the_state_s() -> None:
    failed = failures("timeout_task", "Sandbox.Timedout")
    assert hints(task(TimeoutSeconds=100), failed, passes(took=95), "timeout_value") == []

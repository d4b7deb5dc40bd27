from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from sfn_digest.model.executions import Failure
from tests.retry.made import ECS, failures, hints, passes, retry, task

pytestmark = pytest.mark.slow


def test_retries_of_what_never_heals_are_priced_and_stopped() -> None:
    definition = task(Retry=retry("States.ALL", attempts=3))
    failed = failures("code_error", "KeyError", number=5, made=4)
    (hint,) = hints(definition, failed, passes(), kind="stop_retrying")
    assert (hint.failed_attempts, hint.failures, hint.sure) == (15, 5, "sure")
    assert hint.hours == pytest.approx(5 * 21 / 3600)
    assert hint.dollars == pytest.approx(15 * 0.000025)
    assert "None of 15 retries in Work succeeded; they cost 100 s." in hint.text
    assert hint.patched is not None
    assert hint.patched["Retry"] == [
        {"ErrorEquals": ["KeyError"], "MaxAttempts": 0},
        {"ErrorEquals": ["States.ALL"], "MaxAttempts": 3},
    ]


@pytest.mark.parametrize(("executions", "sure"), [(1, "likely"), (2, "likely"), (3, "sure")])
def test_sure_takes_retries_that_were_in_vain_in_several_executions(
    executions: int, sure: str
) -> None:
    definition = task(Retry=retry("States.ALL", attempts=3))
    failed = failures("code_error", "KeyError", number=executions, made=4)
    (hint,) = hints(definition, failed, passes(), kind="stop_retrying")
    assert hint.sure == sure
    assert ("retried it so far" in hint.text) is (sure == "likely")


def test_executions_that_never_retried_make_no_hint_surer() -> None:
    definition = task(Retry=retry("States.ALL", attempts=3))
    once = failures("code_error", "KeyError", number=6, made=1)
    failed = [*failures("code_error", "KeyError", number=1, made=4), *renamed(once)]
    (hint,) = hints(definition, failed, passes(), kind="stop_retrying")
    assert (hint.failed_attempts, hint.sure) == (3, "likely")


def renamed(failed: Sequence[Failure]) -> list[Failure]:
    """The same failures as those of other executions."""
    return [
        replace(each, execution=replace(each.execution, arn=f"{each.execution.arn}-other"))
        for each in failed
    ]


def test_an_error_name_shared_with_what_may_heal_is_not_stopped_by_name() -> None:
    failed = [
        *failures("permission", "Lambda.AWSLambdaException", number=4, made=3),
        *failures("service_error", "Lambda.AWSLambdaException", number=4, made=3, every=7200),
    ]
    definition = task(Retry=retry("Lambda.AWSLambdaException"))
    (hint,) = hints(definition, failed, passes(), kind="stop_retrying")
    assert hint.patched is None
    assert hint.title == "Stop retrying access-denied errors in Work"
    assert hint.text.endswith(
        "so catch it instead of retrying it, and let a Choice on the cause decide what to retry."
    )


def test_states_task_failed_is_never_given_up_by_name() -> None:
    failed = failures("out_of_memory", "States.TaskFailed", number=4, made=3)
    definition = task(ECS, Retry=retry("States.TaskFailed"))
    (hint,) = hints(definition, failed, passes(), kind="stop_retrying")
    assert hint.patched is None


def test_timeouts_that_are_retried_in_vain_have_a_hint_of_their_own() -> None:
    failed = failures("timeout_task", "States.Timeout", number=3, made=4)
    definition = task(Retry=retry("States.Timeout", attempts=3))
    (hint,) = hints(definition, failed, passes(), kind="timeout_retried")
    assert (hint.failed_attempts, hint.sure) == (9, "likely")
    assert (
        "This was seen on 3 separate occasions, so at most 63% of such executions recover "
        "(95% confidence)." in hint.text
    )


def test_what_one_outage_may_have_caused_is_no_reason_to_stop_retrying() -> None:
    definition = task(ECS, Retry=retry("States.TaskFailed"))
    failed = [
        each
        for begin in (20.0, 60.0, 100.0)
        for each in failures("container_exit", "States.TaskFailed", made=3, begin=begin)
    ]
    down = passes()
    starts = [each.execution.started_at for each in failed]
    up = [s for s in down.listed if all(abs(s.started_at - t) > timedelta(hours=3) for t in starts)]
    assert hints(definition, failed, replace(down, listed=tuple(up)), kind="stop_retrying") == []
    assert hints(definition, failed, down, kind="stop_retrying") != []


def test_a_retrier_of_the_same_errors_is_to_be_set_and_not_to_be_joined_by_another() -> None:
    failed = failures("code_error", "KeyError", number=5, made=4)
    (hint,) = hints(task(Retry=retry("KeyError")), failed, passes(), kind="stop_retrying")
    assert hint.text.endswith("To stop this, set MaxAttempts 0 on the retrier for KeyError.")
    assert hint.patched == {"Retry": [{"ErrorEquals": ["KeyError"], "MaxAttempts": 0}]}


def test_what_may_pass_must_fail_twenty_retries_first() -> None:
    definition = task(ECS, Retry=retry("States.TaskFailed"))
    few = failures("container_exit", "States.TaskFailed", number=9, made=3)
    many = failures("container_exit", "States.TaskFailed", number=10, made=3)
    assert hints(definition, few, passes(), kind="stop_retrying") == []
    assert hints(definition, many, passes(), kind="stop_retrying") != []


def test_a_cause_that_time_heals_is_never_called_waste() -> None:
    failed = failures("service_error", "Lambda.ServiceException", number=30, made=4)
    definition = task(Retry=retry("Lambda.ServiceException", attempts=3))
    assert hints(definition, failed, passes(), kind="stop_retrying") == []


def test_dollars_are_told_from_a_cent_on() -> None:
    definition = task(Retry=retry("KeyError", attempts=5))
    failed = failures("code_error", "KeyError", number=90, made=6)
    (hint,) = hints(definition, failed, passes(), kind="stop_retrying")
    assert "and $0.01 in state transitions." in hint.text


def test_no_retry_is_called_vain_where_no_success_was_read() -> None:
    definition = task(Retry=retry("KeyError", attempts=3))
    failed = failures("code_error", "KeyError", number=5, made=4)
    assert hints(definition, failed) == []

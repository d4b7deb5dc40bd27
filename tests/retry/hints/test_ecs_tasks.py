"""A task that Spot interrupts: what capacity on demand would have brought, and what stays."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from sfn_digest.asl.ecs_branch import branched
from sfn_digest.model.executions import Failure, Stage
from sfn_digest.retry import read_definition
from tests.asl.test_ecs_branch import SPOT
from tests.retry.made import ECS, START, attempts, failure, failures, hints, passes, retry, task

pytestmark = pytest.mark.slow

STOPPED = "States.TaskFailed"


def test_what_failed_on_spot_is_promised_to_finish_on_demand_as_often_as_attempts_do() -> None:
    spot = failures("spot_interruption", STOPPED, number=20)
    memory = failures("out_of_memory", STOPPED, number=4, every=30_000)
    asl = task(ECS, Parameters=SPOT)
    (hint,) = hints(asl, [*spot, *memory], passes(every=3600), kind="ecs_branch")
    assert (hint.recovered.high, hint.sure) == (20, "likely")
    assert 15 <= hint.recovered.low < hint.recovered.likely < 20
    assert "About 19 of 24 failures would have finished on demand" in hint.text
    (sure,) = hints(asl, spot, passes(every=60), kind="ecs_branch")
    assert sure.recovered.low > hint.recovered.low


def test_nothing_is_promised_of_executions_that_have_no_time_left() -> None:
    """They failed after three seconds, and successes take half a minute."""
    failed = failures("spot_interruption", STOPPED, number=20)
    for limit, most in (60, 20), (20, 0):
        asl = {**task(ECS, Parameters=SPOT), "TimeoutSeconds": limit}
        (hint,) = hints(asl, failed, passes(every=60), kind="ecs_branch")
        assert hint.recovered.high == most


def test_nothing_is_promised_where_no_success_is_known() -> None:
    (hint,) = hints(task(ECS, Parameters=SPOT), failures("spot_interruption", STOPPED))
    assert (hint.recovered.high, hint.sure) == (0, "sure")
    assert "would have finished" not in hint.text


def test_nothing_is_promised_where_it_may_be_none() -> None:
    failed = failures("spot_interruption", STOPPED, number=1, made=4)
    asl = task(ECS, Parameters=SPOT, Retry=retry(STOPPED, attempts=3))
    (hint,) = hints(asl, failed, passes(), kind="ecs_branch")
    assert (hint.recovered.high, hint.sure) == (0, "sure")


@pytest.mark.parametrize(
    ("made", "words"),
    [(1, "Its 1 retry on Spot still comes"), (5, "Its 5 retries on Spot still come")],
)
def test_retries_on_spot_that_are_there_stay_before_capacity_on_demand(
    made: int, words: str
) -> None:
    """Where successes are not known, no other retries are evaluated."""
    failed = failures("spot_interruption", STOPPED, made=made + 1)
    asl = task(ECS, Parameters=SPOT, Retry=retry(STOPPED, attempts=made))
    (hint,) = hints(asl, failed, kind="ecs_branch")
    assert words in hint.text
    (bare,) = hints(task(ECS, Parameters=SPOT), failed, kind="ecs_branch")
    assert "on Spot still" not in bare.text


def started(failed: list[Failure], stage: Stage = "start") -> list[Failure]:
    """The same failures of tasks that never ran."""
    return [
        replace(
            each,
            attempts=tuple(
                replace(made, diagnosis=replace(made.diagnosis, stage=stage))
                for made in each.attempts
            ),
        )
        for each in failed
    ]


def test_start_failures_are_counted_together_with_their_reasons() -> None:
    spot = failures("spot_interruption", STOPPED, number=20)
    late = started(failures("task_start_failure", STOPPED, number=3, every=30_000))
    full = started(failures("capacity_unavailable", STOPPED, number=2, every=50_000))
    asl = task(ECS, Parameters=SPOT)
    (hint,) = hints(asl, [*spot, *late, *full], passes(every=600), kind="ecs_branch")
    assert (
        "(20 Spot interruptions, 5 start failures: 2 capacity shortages, 3 for other reasons)"
        in hint.text
    )
    (alone,) = hints(asl, [*spot, *full], passes(every=600), kind="ecs_branch")
    assert "(20 Spot interruptions, 2 capacity shortages)" in alone.text
    (unnamed,) = hints(asl, [*spot, *late], passes(every=600), kind="ecs_branch")
    assert "(20 Spot interruptions, 3 start failures)" in unnamed.text


def test_of_many_causes_the_rest_is_counted() -> None:
    causes = ("out_of_memory", "container_exit", "disk_full", "code_error", "permission")
    other = [
        each
        for number, cause in enumerate(causes)
        for each in failures(cause, STOPPED, number=9 - number, every=7000 + 100 * number)
    ]
    spot = failures("spot_interruption", STOPPED, number=20)
    (hint,) = hints(task(ECS, Parameters=SPOT), [*spot, *other], passes(), kind="ecs_branch")
    assert re.search(r"\(20 Spot interruptions, 9 [^,]+, 8 [^,]+, 7 [^,]+, 11 others\)", hint.text)


def test_where_retries_on_spot_sufficed_and_cost_less_nothing_is_to_change() -> None:
    saved = passes()
    made = attempts(saved.listed[3].started_at, "spot_interruption", STOPPED, 1)
    retried = tuple(
        replace(each, failed=tuple(made)) if place < 4 else each
        for place, each in enumerate(saved.read)
    )
    memory = failures("out_of_memory", STOPPED, number=4, every=30_000)
    asl = task(ECS, Parameters=SPOT, Retry=retry(STOPPED, attempts=2))
    known = replace(saved, read=retried)
    assert hints(asl, memory, known, kind="ecs_branch") == []
    spot = failures("spot_interruption", STOPPED, number=20)
    (lost,) = hints(asl, spot, known, kind="ecs_branch")
    assert "No execution failed because" not in lost.text


def test_where_retries_on_spot_sufficed_and_cost_more_it_says_both() -> None:
    """Four of five attempts were lost: on demand, each success would take one."""
    saved = passes()
    made = attempts(saved.listed[3].started_at, "spot_interruption", STOPPED, 4)
    few = [replace(each, failed=tuple(made)) for each in saved.read[:9]]
    known = replace(saved, listed=saved.listed[:9], read=tuple(few))
    asl = task(ECS, Parameters=SPOT, Retry=retry(STOPPED, attempts=9))
    (hint,) = hints(asl, [], known, kind="ecs_branch")
    assert hint.text.startswith("No execution failed because of Spot: the retries were enough.")
    assert "on-demand or reserved capacity is cheaper than Spot" in hint.text


def test_executions_that_the_machine_s_timeout_ended_while_they_retried_were_not_lost_to_spot() -> (
    None
):
    """The task on demand would come after the retries, for which there was no time."""
    asl = task(ECS, Parameters=SPOT, Retry=retry(STOPPED, attempts=2))
    late = [
        replace(each, execution=replace(each.execution, status="TIMED_OUT"))
        for each in failures("spot_interruption", STOPPED, number=20)
    ]
    assert hints(asl, late, passes(), kind="ecs_branch") == []
    lost = failures("spot_interruption", STOPPED, number=9, begin=80, made=3)
    (hint,) = hints(asl, [*late, *_renamed(lost)], passes(), kind="ecs_branch")
    assert hint.recovered.high == 9
    assert "of 9 failures would have finished on demand" in hint.text


def _renamed(failed: list[Failure]) -> list[Failure]:
    return [
        replace(each, execution=replace(each.execution, arn=f"{each.execution.arn}-other"))
        for each in failed
    ]


def test_where_capacity_on_demand_follows_nobody_is_asked_to_try_spot_out_first() -> None:
    failed = failures("spot_interruption", STOPPED, number=6, every=40_000)
    kinds = {h.kind for h in hints(task(ECS, Parameters=SPOT), failed, passes())}
    assert "learn_first" not in kinds
    assert "ecs_branch" in kinds


def test_what_did_not_raise_task_failed_is_no_stop() -> None:
    """A throttled RunTask has an error name of its own, which Retry can tell apart."""
    begin = START + timedelta(hours=30)
    mixed = [
        failure(
            100 + number,
            [
                *attempts(at, "throttling", "ECS.AmazonECSException", 1),
                *attempts(at + timedelta(seconds=20), "spot_interruption", STOPPED, 1),
            ],
        )
        for number in range(4)
        for at in [begin + timedelta(hours=6 * number)]
    ]
    (hint,) = hints(task(ECS, Parameters=SPOT), mixed, passes(every=600), kind="ecs_branch")
    assert "(4 Spot interruptions)" in hint.text
    assert hint.failed_attempts == 4


def test_a_start_failure_that_may_pass_runs_on_demand_too_and_may_finish_there() -> None:
    spot = failures("spot_interruption", STOPPED, number=20)
    late = failures("task_start_failure", STOPPED, number=3, every=30_000)
    missing = failures("image_pull", STOPPED, number=2, every=50_000)
    asl = task(ECS, Parameters=SPOT)
    (hint,) = hints(asl, [*spot, *late, *missing], passes(every=600), kind="ecs_branch")
    assert hint.recovered.high == 23
    assert hint.recovered.low < hint.recovered.likely < 20


def test_what_runs_on_demand_after_spot_already_is_not_told_to() -> None:
    spot = failures("spot_interruption", STOPPED, number=20)
    asl = task(ECS, Parameters=SPOT)
    done = branched(read_definition(asl), "Work")
    assert hints(asl, spot, passes(every=60), kind="ecs_branch")
    assert hints(done, spot, passes(every=60), kind="ecs_branch") == []


def test_a_task_that_never_ran_on_spot_is_not_told_to_leave_it() -> None:
    full = failures("capacity_unavailable", STOPPED, number=20)
    on_demand = {"Cluster": "c", "LaunchType": "FARGATE"}
    assert hints(task(ECS, Parameters=on_demand), full, kind="ecs_branch") == []
    assert hints(task(ECS, Parameters=SPOT), full, kind="ecs_branch")


NETWORK = {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}}


def test_tasks_that_do_not_start_in_one_subnet_get_more_of_them() -> None:
    late = failures("task_start_failure", "States.TaskFailed", number=4)
    asl = task(ECS, Parameters=NETWORK)
    (hint,) = hints(asl, late, passes(), kind="more_subnets")
    assert hint.text.endswith(
        "4 attempts of Work did not start, and it has only one subnet. Add subnets in other "
        "Availability Zones, so that trouble in one of them does not stop every task."
    )
    full = failures("capacity_unavailable", "States.TaskFailed", number=4)
    (hint,) = hints(asl, [*full, *late], passes(), kind="more_subnets")
    assert "8 attempts of Work did not start" in hint.text
    assert "which may have capacity" in hint.text


@pytest.mark.parametrize("cause", ["image_pull", "permission"])
def test_no_subnet_brings_an_image_or_a_permission(cause: str) -> None:
    failed = failures(cause, "States.TaskFailed", number=9)
    assert hints(task(ECS, Parameters=NETWORK), failed, passes(), kind="more_subnets") == []

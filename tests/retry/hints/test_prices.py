"""What a task costs on Spot, on demand and reserved, as an amount that answers which to take."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from sfn_digest.causes import fargate_task
from sfn_digest.model.executions import Failure, FargateTask
from sfn_digest.model.successes import ReadSuccess, SuccessfulAttempt
from sfn_digest.retry import read_definition
from sfn_digest.retry.hints.machine import TaskWork, hourly, spot_dollars, ways_to_run
from sfn_digest.retry.observations.observed_states import gather
from tests.asl.test_ecs_branch import SPOT
from tests.retry.made import ECS, MACHINE, START, attempts, failures, hints, passes, task

ON_ARM = json.dumps(
    {
        "LaunchType": "FARGATE",
        "Cpu": "256",
        "Memory": "512",
        "CapacityProviderName": "FARGATE_SPOT",
        "Attributes": [{"Name": "ecs.cpu-architecture", "Value": "arm64"}],
    }
)
SMALL = FargateTask(1.0, 2.0, spot=True)


def test_an_hour_costs_what_the_price_list_says() -> None:
    assert hourly(SMALL) == pytest.approx(0.04937)
    assert hourly(replace(SMALL, arm=True)) == pytest.approx(0.0395)
    assert spot_dollars(SMALL, 10) == pytest.approx(0.14811)


def test_spot_is_kept_while_what_it_loses_costs_less_than_capacity_on_demand() -> None:
    text = ways_to_run(TaskWork(SMALL, done=100, lost=10, left=4))
    assert "the work of this period costs $1.69 with retries on Spot alone" in text
    assert "$1.83 with on-demand capacity after them" in text
    assert "$5.13 on demand from the start" in text
    assert "$2.57 with a three-year Savings Plan; what was lost cost $0.15." in text
    assert text.endswith("Keep Spot, and run what it loses on demand.")


def test_an_amount_is_written_as_people_write_it_however_small() -> None:
    text = ways_to_run(TaskWork(SMALL, done=100, lost=0.001, left=4))
    assert "what was lost cost less than $0.0001." in text
    assert "e-0" not in text
    text = ways_to_run(TaskWork(SMALL, done=100, lost=0.01, left=4))
    assert "what was lost cost $0.00015." in text


def test_spot_is_left_where_most_of_it_is_lost() -> None:
    text = ways_to_run(TaskWork(SMALL, done=10, lost=90, left=4))
    assert text.endswith("Drop Spot: on-demand capacity costs less here.")


@pytest.mark.parametrize(
    ("cause", "found"),
    [
        ('{"LaunchType":"FARGATE","Cpu":"1024","Memory":"2048"}', FargateTask(1.0, 2.0)),
        (ON_ARM, FargateTask(0.25, 0.5, arm=True, spot=True)),
        ('{"LaunchType":"EC2","Cpu":"1024","Memory":"2048"}', None),
        ('{"LaunchType":"FARGATE","Cpu":"a","Memory":"2048"}', None),
        ('{"LaunchType":"FARGATE","Cpu":"99999999999","Memory":"2048"}', None),
        ('{"LaunchType":"FARGATE","PlatformFamily":"Windows_2022","Cpu":"1","Memory":"1"}', None),
        ("Task failed", None),
        (None, None),
    ],
)
def test_a_task_s_size_is_read_where_its_cause_tells(
    cause: str | None, found: FargateTask | None
) -> None:
    assert fargate_task(cause) == found


def sized(failed: list[Failure]) -> list[Failure]:
    return [
        replace(f, attempts=tuple(replace(each, fargate=SMALL) for each in f.attempts))
        for f in failed
    ]


def test_the_hint_answers_with_an_amount_where_the_task_s_size_is_known() -> None:
    failed = failures("spot_interruption", "States.TaskFailed", number=12)
    asl = task(ECS, Parameters=SPOT)
    (priced,) = hints(asl, sized(failed), passes(), kind="ecs_branch")
    assert "(1 vCPU, 2 GB), the work of this period costs $" in priced.text
    (share,) = hints(asl, failed, passes(), kind="ecs_branch")
    assert "costs $" not in share.text
    assert "keep it, with on-demand capacity as the last resort" in share.text
    assert priced.dollars > share.dollars > 0


def test_the_amount_is_of_all_successes_and_not_of_the_slow_ones_that_were_read() -> None:
    known = passes(every=3600)
    listed = [
        replace(each, stopped_at=each.started_at + timedelta(seconds=9000 if n < 10 else 900 + n))
        for n, each in enumerate(known.listed)
    ]
    read = [
        ReadSuccess(
            each,
            (),
            (SuccessfulAttempt("Work", each.started_at, each.started_at + timedelta(hours=2)),),
        )
        for each in listed[:10]
    ]
    found = replace(known, listed=tuple(listed), read=tuple(read))
    failed = sized(failures("spot_interruption", "States.TaskFailed", number=12))
    (hint,) = hints(task(ECS, Parameters=SPOT), failed, found, kind="ecs_branch")
    hours = 0.8 * (10 * 9000 + sum(900 + n for n in range(10, 168))) / 3600
    needed = hours * (1 + 12 / 168)
    assert f"${needed * hourly(SMALL):.2f} on demand from the start" in hint.text


def test_time_lost_to_retries_is_no_time_spent_elsewhere() -> None:
    known = passes(every=3600)
    again = attempts(START, "spot_interruption", "States.TaskFailed", 2, took=600, pause=60)
    late = timedelta(seconds=600 + 60 + 600)
    waited = replace(known.listed[0], stopped_at=known.listed[0].stopped_at + late)
    slow = replace(known.read[0], execution=waited, failed=tuple(again))
    found = replace(known, listed=(waited, *known.listed[1:]), read=(slow, *known.read[1:]))
    asl = task(ECS, Parameters=SPOT)
    (evidence,) = gather({MACHINE: read_definition(asl)}, [], {MACHINE: found})
    assert sum(evidence.worked) == pytest.approx(31 * 168)


def test_a_success_that_was_not_read_worked_no_longer_than_any_that_was() -> None:
    known = passes(every=3600)
    waited = replace(known.listed[-1], stopped_at=known.listed[-1].stopped_at + timedelta(hours=9))
    found = replace(known, listed=(*known.listed[:-1], waited), read=known.read[:20])
    asl = task(ECS, Parameters=SPOT)
    (evidence,) = gather({MACHINE: read_definition(asl)}, [], {MACHINE: found})
    assert sum(evidence.worked) == pytest.approx(31 * 168)

"""What a task costs on Spot, on demand and reserved, as an amount that answers which to take."""

import json
from dataclasses import replace

import pytest

from sfn_digest.causes import fargate_task
from sfn_digest.model.executions import Failure, FargateTask
from sfn_digest.retry.hints.machine import TaskWork, hourly, spot_dollars, ways_to_run
from tests.asl.test_ecs_branch import SPOT
from tests.retry.made import ECS, failures, hints, passes, task

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
    told = ways_to_run(TaskWork(SMALL, done=100, lost=10, left=4))
    assert "costs $1.69 with Spot retries alone" in told
    assert "$1.83 with on-demand capacity after them" in told
    assert "$5.13 on demand from the start" in told
    assert "$2.57 with a three-year Savings Plan; $0.15 of it was lost." in told
    assert told.endswith("Keep Spot, and run what it loses on demand.")


def test_spot_is_left_where_most_of_it_is_lost() -> None:
    told = ways_to_run(TaskWork(SMALL, done=10, lost=90, left=4))
    assert told.endswith("Drop Spot: on-demand capacity costs less here.")


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
    assert "(1 vCPU, 2 GB), this work costs $" in priced.text
    (share,) = hints(asl, failed, passes(), kind="ecs_branch")
    assert "costs $" not in share.text
    assert "keep Spot, with on-demand capacity as the last resort" in share.text
    assert priced.dollars > share.dollars > 0

"""The benchmark's fleet: as many machines and failures as asked for, all of them true."""

from collections import Counter

import pytest

from simulator.records import World
from simulator.worlds.fleet import fleet_world
from simulator.worlds.systems import DAY
from tests.simulator.worlds.made import failed_events

pytestmark = pytest.mark.slow

END = 1_750_000_000.0


@pytest.fixture(scope="module")
def fleet() -> World:
    return fleet_world(END, machines=300, failing=20, failures=900, seed=3, successes_each=2)


def test_few_machines_share_all_the_failures(fleet: World) -> None:
    by_status = Counter(execution.status for execution in fleet.executions)
    assert by_status == {"FAILED": 900, "SUCCEEDED": 600}
    failing = {e.machine_arn for e in fleet.executions if e.status == "FAILED"}
    assert failing == {machine.arn for machine in fleet.machines[:20]}


def test_every_execution_lies_in_the_week_under_its_own_arn(fleet: World) -> None:
    assert len({execution.arn for execution in fleet.executions}) == len(fleet.executions)
    for execution in fleet.executions:
        assert execution.stopped_at is not None
        assert END - 7 * DAY <= execution.started_at < execution.stopped_at < END


def test_a_failure_has_its_own_times_and_true_attempts(fleet: World) -> None:
    for execution in fleet.executions:
        if execution.status == "FAILED":
            times = [event["timestamp"] for event in execution.events]
            assert times == sorted(times)
            assert times[0] == pytest.approx(execution.started_at, abs=0.002)
            assert times[-1] == pytest.approx(execution.stopped_at, abs=0.002)
            assert [entry.event_id for entry in execution.truth.attempts] == [
                event["id"] for event in failed_events(execution)
            ]


def test_failures_have_many_causes(fleet: World) -> None:
    causes = {e.truth.cause for e in fleet.executions if e.status == "FAILED"}
    assert len(causes) == 6


def test_the_same_seed_gives_the_same_fleet() -> None:
    first, second = (fleet_world(END, 12, 6, 30, seed=5) for _ in range(2))
    assert first == second

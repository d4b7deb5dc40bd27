"""The demo's past: a week that can be read, and weeks that are only counted."""

from collections import Counter

import pytest

from simulator.records import SimExecution, World
from simulator.worlds.demo import demo_world
from simulator.worlds.demo_past import ALIAS, CHANGED, HEALED, WEEK, WEEKS, with_past
from simulator.worlds.systems import machine_arn

pytestmark = pytest.mark.slow

END = 1_750_000_000.0


@pytest.fixture(scope="module")
def present() -> World:
    return demo_world(END)


@pytest.fixture(scope="module")
def whole(present: World) -> World:
    return with_past(present)


def failed(world: World, weeks_ago: int) -> list[SimExecution]:
    """The executions that closed without success in one week."""
    end = END - weeks_ago * WEEK
    return [
        run
        for run in world.executions
        if run.status not in ("RUNNING", "SUCCEEDED")
        and end - WEEK <= (run.stopped_at or 0.0) < end
    ]


def test_the_present_stays_as_it_is(present: World, whole: World) -> None:
    assert whole.executions[: len(present.executions)] == present.executions
    assert failed(whole, 0) == failed(present, 0)
    assert whole.alias == ALIAS


def test_executions_have_names_and_histories_of_their_own(whole: World) -> None:
    arns = Counter(run.arn for run in whole.executions)
    assert max(arns.values()) == 1
    for run in failed(whole, 1):
        assert run.stopped_at is not None
        assert run.started_at <= run.events[0]["timestamp"] <= run.stopped_at


def test_the_week_before_fails_less_and_partly_for_the_same_causes(whole: World) -> None:
    now, then = failed(whole, 0), failed(whole, 1)
    assert 0.5 * len(now) < len(then) < len(now)
    assert {run.truth.cause for run in now} & {run.truth.cause for run in then}


def test_one_machine_has_healed_and_another_broke_after_it_was_changed(whole: World) -> None:
    def machines(weeks_ago: int) -> set[str]:
        return {run.machine_arn for run in failed(whole, weeks_ago)}

    assert machine_arn(HEALED) in machines(1) - machines(0)
    assert machine_arn(CHANGED) in machines(0) - machines(1)
    [changed] = [each for each in whole.machines if each.name == CHANGED]
    first = min(run.started_at for run in failed(whole, 0) if run.machine_arn == changed.arn)
    assert 0 < first - changed.updated_at[0] < 86_400


def test_six_weeks_more_are_counted_each_with_failures_and_successes(whole: World) -> None:
    weeks = Counter(
        (int((END - each.at) // WEEK), each.status) for each in whole.counted if each.number
    )
    for weeks_ago in range(2, WEEKS):
        assert weeks[weeks_ago, "SUCCEEDED"]
        assert weeks[weeks_ago, "FAILED"]

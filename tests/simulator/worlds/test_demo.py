"""The demo's account: every system the project began from fails as it did, and says why."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from simulator.records import SimExecution, World
from simulator.worlds.demo import demo_world
from simulator.worlds.systems import DAY
from tests.simulator.engine.made import details
from tests.simulator.worlds.made import back_offs, failed_events, machine_of, states_of

pytestmark = pytest.mark.slow

END = 1_750_000_000.0
ONE_RETRIER = (
    "calculate-scores",
    "s3-to-fargate",
    "map-objects",
    "genome-align",
    "train-model",
    "order-payment",
    "publish-report",
)


@pytest.fixture(scope="module")
def world() -> World:
    return demo_world(END)


def _failures(world: World, name: str) -> list[SimExecution]:
    """Unsuccessful executions of a machine that ended in the week."""
    return [
        execution
        for execution in world.executions
        if execution.machine_arn.endswith(f":{name}")
        and execution.status not in ("RUNNING", "SUCCEEDED")
        and END - 7 * DAY <= (execution.stopped_at or 0) < END
    ]


def _causes(executions: list[SimExecution]) -> Counter[str | None]:
    return Counter(execution.truth.cause for execution in executions)


def _attempts(execution: SimExecution) -> Counter[str]:
    return Counter(entry.cause for entry in execution.truth.attempts)


def test_the_week_holds_a_hundred_failures_and_thousands_of_successes(world: World) -> None:
    tagged = [machine for machine in world.machines if machine.tags.get("sfn-digest") == "on"]
    failures = [failure for machine in tagged for failure in _failures(world, machine.name)]
    assert 12 <= len(tagged) <= 20
    assert 100 <= len(failures) <= 130
    assert sum(execution.status == "SUCCEEDED" for execution in world.executions) > 4000


def test_executions_lie_on_both_sides_of_both_ends_of_the_week(world: World) -> None:
    begin = END - 7 * DAY
    spans = [(e.started_at, e.stopped_at, e.status) for e in world.executions]
    unsuccessful = [(a, b) for a, b, status in spans if b is not None and status != "SUCCEEDED"]
    assert any(stopped < begin for _, stopped in unsuccessful)
    assert any(started < begin <= stopped for started, stopped in unsuccessful)
    assert any(started >= begin and stopped is None for started, stopped, _ in spans)


def test_scores_fail_for_spot_and_start_failures_mixed_in_one_execution(world: World) -> None:
    mixes = [_attempts(failure) for failure in _failures(world, "calculate-scores")]
    assert Counter(spot_interruption=5, task_start_failure=1) in mixes
    assert all(sum(mix.values()) == 6 for mix in mixes)
    assert len(mixes) >= 10


def test_the_daily_batch_is_started_twice_and_redriven(world: World) -> None:
    failures = _failures(world, "daily-batch")
    twice = [failure for failure in failures if failure.truth.fail_state == "StartedTwice"]
    assert len(twice) == 3
    assert {failure.truth.cause for failure in twice} == {"fail_state"}
    assert {(f.truth.cause, f.redrive_count) for f in failures if f not in twice} == {
        ("out_of_memory", 1),
        ("out_of_memory", 0),
        ("service_error", 1),
    }
    redriven = [e for e in world.executions if e.redrive_count and e.status == "SUCCEEDED"]
    assert [len(execution.earlier_ends) for execution in redriven] == [1, 2]


def test_objects_meet_the_concurrency_limit_and_the_payload_limit(world: World) -> None:
    causes = _causes(_failures(world, "map-objects"))
    assert set(causes) == {"concurrency_limit", "payload_too_large"}
    assert min(causes.values()) >= 2


def test_bursts_of_uploads_are_throttled_and_their_retries_collide(world: World) -> None:
    failures = _failures(world, "s3-to-fargate")
    assert set(_causes(failures)) == {"throttling", "concurrency_limit"}
    throttled = [failure for failure in failures if failure.truth.cause == "throttling"]
    assert all(_attempts(failure)["throttling"] == 4 for failure in throttled)
    waits = [e for e in world.executions if any(v["type"] == "WaitStateExited" for v in e.events)]
    assert any(execution.machine_arn.endswith(":s3-to-fargate") for execution in waits)


def test_the_poller_takes_thousands_of_events_to_its_fail_state(world: World) -> None:
    failures = _failures(world, "job-poller")
    assert len(failures) >= 4
    for failure in failures:
        assert len(failure.events) > 2000
        assert (failure.truth.state, failure.truth.fail_state) == ("JobFailed", "JobFailed")
        assert failure.truth.cause == "fail_state"


@pytest.mark.parametrize(
    ("name", "causes"),
    [
        ("genome-align", {"spot_interruption", "out_of_memory"}),
        ("import-orders", {"invalid_input"}),
        ("publish-report", {"permission"}),
        ("train-model", {"out_of_memory"}),
        ("resize-images", {"code_error", "timeout_task"}),
        ("order-flow", {"dependency_http_5xx"}),
        ("order-payment", {"dependency_http_5xx"}),
        ("approval-flow", {"aborted_by_user"}),
        ("archive-logs", {"timeout_execution"}),
        ("transform-feed", {"invalid_input", "service_error"}),
    ],
)
def test_each_machine_fails_for_its_own_causes(world: World, name: str, causes: set[str]) -> None:
    assert set(_causes(_failures(world, name))) == causes


def test_machines_that_cannot_be_read_are_there(world: World) -> None:
    assert [machine.name for machine in world.machines if machine.type == "EXPRESS"]
    assert {arn.rpartition(":")[2] for arn in world.denied} == {"secret-ledger"}
    assert _failures(world, "secret-ledger")
    assert _failures(world, "sandbox")


@pytest.mark.parametrize("name", ONE_RETRIER)
def test_attempts_and_back_offs_are_as_the_retry_says(world: World, name: str) -> None:
    checked = 0
    for execution in (e for e in world.executions if e.machine_arn.endswith(f":{name}")):
        states = dict(states_of(machine_of(world.machines, execution).definition))
        for state, waits in back_offs(execution):
            _check_waits(states[state].get("Retry", [{"MaxAttempts": 0}])[0], waits)
            checked += 1
    assert checked


def _check_waits(retrier: Mapping[str, Any], waits: list[float]) -> None:
    assert len(waits) <= retrier["MaxAttempts"]
    for number, wait in enumerate(waits):
        delay = retrier["IntervalSeconds"] * retrier.get("BackoffRate", 2) ** number
        assert wait <= delay + 0.002
        if retrier.get("JitterStrategy") != "FULL":
            assert wait >= delay - 0.002


def test_the_truth_lists_every_failed_attempt_of_the_history(world: World) -> None:
    for execution in world.executions:
        if "-quiet-" in execution.name:
            continue
        failed = failed_events(execution)
        assert [entry.event_id for entry in execution.truth.attempts] == [e["id"] for e in failed]
        assert [entry.error for entry in execution.truth.attempts] == [
            details(event).get("error", "") for event in failed
        ]


def test_json_causes_are_compact_with_keys_in_order(world: World) -> None:
    causes = [
        details(event)["cause"]
        for failure in (*_failures(world, "train-model"), *_failures(world, "genome-align"))
        for event in failed_events(failure)
    ]
    for cause in causes:
        body = json.loads(cause)
        assert list(body) == sorted(body)
        assert cause == json.dumps(body, separators=(",", ":"))


def test_the_same_seed_gives_the_same_world_at_any_time(world: World) -> None:
    later = demo_world(END + 12_345_678)
    assert [e.arn for e in later.executions] == [e.arn for e in world.executions]
    assert [e.truth for e in later.executions] == [e.truth for e in world.executions]


def test_another_seed_gives_another_world_with_the_same_machines(world: World) -> None:
    other = demo_world(END, seed=7)
    assert [m.name for m in other.machines] == [m.name for m in world.machines]
    assert {e.arn for e in other.executions} != {e.arn for e in world.executions}


def test_a_changed_retry_meets_the_same_conditions(world: World) -> None:
    name = "calculate-scores"
    before = next(machine for machine in world.machines if machine.name == name).definition
    task = before["States"]["CalculateScores"]
    patient = {**task["Retry"][0], "IntervalSeconds": 600, "MaxAttempts": 8, "BackoffRate": 2}
    states = {"CalculateScores": {**task, "Retry": [patient]}}
    other = demo_world(END, override={name: {**before, "States": states}})
    assert len(_failures(other, name)) < len(_failures(world, name)) / 2
    unchanged = [_causes(_failures(w, "s3-to-fargate")) for w in (world, other)]
    assert unchanged[0] == unchanged[1]
    firsts = [
        {
            e.name: e.truth.attempts[0].cause
            for e in w.executions
            if e.truth.attempts and name in e.arn
        }
        for w in (world, other)
    ]
    assert firsts[0] == firsts[1]

"""Tangles are tangled, quick to make, and true."""

from collections import Counter

import pytest

from simulator.records import SimExecution
from simulator.worlds.tangles import tangle, tangle_and_machine
from tests.simulator.engine.made import details
from tests.simulator.worlds.made import failed_events, states_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tangled() -> list[SimExecution]:
    return [tangle(seed) for seed in range(400)]


def test_every_tangle_ended_badly_and_knows_why(tangled: list[SimExecution]) -> None:
    for execution in tangled:
        assert execution.status in ("FAILED", "TIMED_OUT", "ABORTED")
        assert execution.truth.state is not None
        assert execution.truth.cause is not None


def test_the_root_is_a_state_that_the_history_entered(tangled: list[SimExecution]) -> None:
    for execution in tangled:
        entered = {
            details(event)["name"]
            for event in execution.events
            if event["type"].endswith("StateEntered")
        }
        assert execution.truth.state in entered
        assert {entry.state for entry in execution.truth.attempts} <= entered


def test_the_truth_lists_every_failed_attempt(tangled: list[SimExecution]) -> None:
    for execution in tangled:
        assert [entry.event_id for entry in execution.truth.attempts] == [
            event["id"] for event in failed_events(execution)
        ]


def test_all_that_is_hard_happens_often(tangled: list[SimExecution]) -> None:
    happens: Counter[str] = Counter()
    for execution in tangled:
        types = Counter(event["type"] for event in execution.events)
        happens["fail state"] += execution.truth.fail_state is not None
        happens["masked"] += execution.truth.fail_state not in (None, execution.truth.state)
        happens["redriven"] += types["ExecutionRedriven"] > 0
        happens["retried map"] += types["MapStateStarted"] > types["MapStateEntered"]
        happens["aborted iteration"] += types["MapIterationAborted"] > 0
        happens["aborted group"] += types["MapStateAborted"] + types["ParallelStateAborted"] > 0
        happens["evaluation"] += types["EvaluationFailed"] > 0
        happens["both"] += types["MapStateStarted"] > 0 < types["ParallelStateStarted"]
        happens[execution.status] += 1
    assert min(happens.values()) >= 10, happens


def test_events_of_concurrent_branches_interleave(tangled: list[SimExecution]) -> None:
    apart = [
        event["id"] - event["previousEventId"]
        for execution in tangled
        for event in execution.events
        if event["previousEventId"]
    ]
    assert sum(distance > 3 for distance in apart) > len(apart) / 10


def test_the_same_seed_makes_the_same_tangle() -> None:
    assert tangle(11) == tangle(11)
    assert tangle(11) != tangle(12)


def test_every_state_leads_somewhere() -> None:
    for seed in range(100):
        machine, _ = tangle_and_machine(seed)
        names = [name for name, _ in states_of(machine.definition)]
        assert len(names) == len(set(names))
        for _, state in states_of(machine.definition):
            ends = state["Type"] in ("Succeed", "Fail", "Choice")
            assert ends != (("Next" in state) != (state.get("End") is True))

"""Histories name the Map runs that they started, and the one whose failure ended them."""

from sfn_digest.history import read_history
from sfn_digest.history.map_run_events import started_map_runs
from tests.history.events import newest_first
from tests.simulator.engine.made import BOOM, task
from tests.simulator.engine.test_map_runs import distributed, failing, simulated


def test_a_failed_map_run_is_named_with_its_state_and_words() -> None:
    simulation, parent, _ = simulated(distributed(), failing(1))
    reading = read_history(newest_first(parent.events))
    assert reading.map_run_arn == simulation.map_runs[0].arn
    assert (reading.state, reading.event_type) == ("Each", "MapRunFailed")
    assert reading.error == "States.ExceedToleratedFailureThreshold"
    assert reading.integration == "map"


def test_map_runs_that_succeeded_are_named_too() -> None:
    simulation, parent, _ = simulated(distributed(ToleratedFailurePercentage=50), failing(1))
    assert parent.status == "SUCCEEDED"
    (started,) = started_map_runs(newest_first(parent.events))
    assert (started.arn, started.state) == (simulation.map_runs[0].arn, "Each")


def test_a_failure_elsewhere_names_no_map_run() -> None:
    states = {**distributed()}
    states["Each"].pop("End")
    states["Each"]["Next"] = "After"
    states["After"] = task()
    _, parent, _ = simulated(states, {"After": lambda _: BOOM})
    reading = read_history(newest_first(parent.events))
    assert (reading.state, reading.map_run_arn) == ("After", None)

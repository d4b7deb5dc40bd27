"""Distributed Maps: their children are executions, and a few of them may fail."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from simulator.engine.outcomes import Attempt, Fails, Outcome, Succeeds
from simulator.engine.simulation import Simulation, Start
from simulator.records import SimExecution
from tests.simulator.engine.made import BEGIN, BOOM, Scripted, details, lines, machine, task


def distributed(kind: str = "STANDARD", **fields: Any) -> dict[str, Any]:
    """A Map state that runs one task on each item."""
    return {
        "Each": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "Label": "each",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
                "StartAt": "Work",
                "States": {"Work": task()},
            },
            **fields,
            "End": True,
        }
    }


def simulated(
    states: dict[str, Any],
    script: dict[str, Callable[[Attempt], Outcome]] | None = None,
    items: int = 10,
    **start: Any,
) -> tuple[Simulation, SimExecution, list[SimExecution]]:
    simulation = Simulation(
        [machine(states)], Scripted(script), start=BEGIN, region="us-east-1", seed=1
    )
    simulation.begin(Start("m", "run-1", BEGIN, {"items": list(range(items))}, **start))
    parent, *children = simulation.run_until(BEGIN + 864_000)
    return simulation, parent, children


def failing(*unlucky: int) -> dict[str, Callable[[Attempt], Outcome]]:
    return {"Work": lambda attempt: BOOM if attempt.input in unlucky else Succeeds(1.0)}


def test_each_item_is_an_execution_of_the_map_run() -> None:
    simulation, parent, children = simulated(distributed(MaxConcurrency=3))
    (map_run,) = (each.record() for each in simulation.map_runs)
    assert (parent.status, map_run.status, len(children)) == ("SUCCEEDED", "SUCCEEDED", 10)
    assert map_run.arn.startswith("arn:aws:states:us-east-1:123456789012:mapRun:m/each:")
    assert {child.map_run_arn for child in children} == {map_run.arn}
    assert all(":execution:m/each:" in child.arn for child in children)
    assert lines(parent) == [
        "1<-0 ExecutionStarted",
        "2<-0 MapStateEntered",
        "3<-2 MapStateStarted",
        "4<-3 MapRunStarted",
        "5<-4 MapRunSucceeded",
        "6<-5 MapStateSucceeded",
        "7<-6 MapStateExited",
        "8<-7 ExecutionSucceeded",
    ]
    assert details(parent.events[3]) == {"mapRunArn": map_run.arn}


def test_one_failed_item_ends_a_map_that_tolerates_none() -> None:
    simulation, parent, children = simulated(distributed(MaxConcurrency=2), failing(1))
    (map_run,) = (each.record() for each in simulation.map_runs)
    assert (parent.status, map_run.status) == ("FAILED", "FAILED")
    assert [line.partition(" ")[2] for line in lines(parent)][3:] == [
        "MapRunStarted",
        "MapRunFailed",
        "MapStateFailed",
        "ExecutionFailed",
    ]
    assert details(parent.events[4])["error"] == "States.ExceedToleratedFailureThreshold"
    assert parent.truth.cause == "code_error"
    assert map_run.pending + len(children) == 10


@pytest.mark.parametrize(
    ("fields", "failed", "status"),
    [
        ({"ToleratedFailureCount": 2}, 2, "SUCCEEDED"),
        ({"ToleratedFailureCount": 2}, 3, "FAILED"),
        ({"ToleratedFailurePercentage": 30}, 3, "SUCCEEDED"),
        ({"ToleratedFailurePercentage": 30}, 4, "FAILED"),
        ({"ToleratedFailurePercentage": 90, "ToleratedFailureCount": 1}, 2, "FAILED"),
    ],
)
def test_so_many_failures_are_tolerated(fields: Any, failed: int, status: str) -> None:
    _, parent, children = simulated(distributed(**fields), failing(*range(failed)))
    assert parent.status == status
    assert sum(child.status == "FAILED" for child in children) >= failed


def test_children_that_run_when_a_map_run_fails_are_stopped() -> None:
    script = {"Work": lambda a: BOOM if a.input == 0 else Succeeds(3600.0)}
    _, _, children = simulated(distributed(), script, items=4)
    assert sorted(child.status for child in children) == ["ABORTED"] * 3 + ["FAILED"]


def test_a_batch_counts_by_its_items() -> None:
    fields: dict[str, Any] = {"ItemBatcher": {"MaxItemsPerBatch": 4}, "ToleratedFailureCount": 3}
    script = {"Work": lambda a: BOOM if 0 in a.input["Items"] else Succeeds(1.0)}
    _, parent, children = simulated(distributed(**fields), script)
    assert [child.item_count for child in children] == [4, 4, 2]
    assert parent.status == "FAILED"


def test_express_children_have_arns_of_their_own() -> None:
    _, _, children = simulated(distributed("EXPRESS"))
    assert all(":express:m/each:" in child.arn for child in children)
    assert all(len(child.arn.split(":")) == 9 for child in children)


def test_a_reader_that_fails_fails_the_map_run() -> None:
    reader: dict[str, Any] = {"ItemReader": {"Resource": "arn:aws:states:::s3:getObject"}}
    no = Fails(0.1, "States.ItemReaderFailed", "CSV headers cannot contain duplicates.", "x")
    _, parent, children = simulated(distributed(**reader), {"Each": lambda _: no})
    assert children == []
    assert details(parent.events[-1])["error"] == "States.ItemReaderFailed"


def test_results_are_written_with_every_failed_child_and_its_cause() -> None:
    writer = {
        "Resource": "arn:aws:states:::s3:putObject",
        "Parameters": {"Bucket": "results", "Prefix": "weekly"},
    }
    states = distributed(ResultWriter=writer, ToleratedFailurePercentage=50)
    simulation, parent, _ = simulated(states, failing(1, 2))
    said = json.loads(details(parent.events[-1])["output"])["ResultWriterDetails"]
    manifest = json.loads(simulation.objects[said["Bucket"], said["Key"]])
    (file,) = manifest["ResultFiles"]["FAILED"]
    rows = json.loads(simulation.objects[said["Bucket"], file["Key"]])
    assert {(row["Status"], row["Error"], row["Cause"]) for row in rows} == {
        ("FAILED", "Boom", "it broke")
    }
    assert len(rows) == 2
    assert manifest["ResultFiles"]["PENDING"] == []


def test_a_stopped_parent_stops_its_map_run() -> None:
    simulation, parent, children = simulated(
        distributed(), {"Work": lambda _: Succeeds(3600.0)}, stop_after=60.0
    )
    (map_run,) = (each.record() for each in simulation.map_runs)
    assert (parent.status, map_run.status) == ("ABORTED", "ABORTED")
    assert {child.status for child in children} == {"ABORTED"}

"""Small worlds to live through twice: as they ran, and under a change."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bench.changes import truth_of
from bench.hint_worlds import START, Lived, failures_of, successes_of
from sfn_digest.asl.definition import read_definition
from sfn_digest.model.map_runs import MapRun, MapRunCounts, SeenMapRun
from sfn_digest.retry.change.definition_backtest import Replays, replay_change
from simulator.engine.outcomes import Attempt, Fails, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.worlds.hints.ground import LAMBDA
from simulator.worlds.systems import DAY, HOUR, Setting, System, build_world

ERROR = "Lambda.ServiceException"
EVERY = 900.0
Json = dict[str, Any]


def retry(*names: str, attempts: int, interval: int = 600) -> list[Json]:
    """A Retry field of one retrier at even intervals."""
    return [
        {
            "ErrorEquals": list(names),
            "IntervalSeconds": interval,
            "MaxAttempts": attempts,
            "BackoffRate": 1,
        }
    ]


def task(**fields: Any) -> Json:
    """A task."""
    way = {} if "Next" in fields else {"End": True}
    return {"Type": "Task", "Resource": LAMBDA, **way, **fields}


def block(**states: Json) -> Json:
    """States of which the first one begins."""
    return {"StartAt": next(iter(states)), "States": states}


def parallel(*branches: Json, **fields: Any) -> Json:
    """A Parallel that ends what it is in."""
    return {"Type": "Parallel", "Branches": list(branches), "End": True, **fields}


def each_item(processor: Json, **fields: Any) -> Json:
    """A Map over the items of the input."""
    return {
        "Type": "Map",
        "ItemsPath": "$.items",
        "ItemProcessor": processor,
        "End": True,
        **fields,
    }


def lived(
    definition: Mapping[str, Any],
    down: tuple[float, float],
    error: str = ERROR,
    lost: int | None = None,
) -> Lived:
    """Two days of a machine whose state Work fails between two hours of the first one.

    Each so many-th execution is `lost`: it fails whenever it is asked.
    """
    setting = Setting(START, START + 2 * DAY, 7)

    def work(attempt: Attempt) -> Outcome:
        bad = down[0] <= (attempt.now - START) / HOUR < down[1]
        if lost is not None:
            bad |= int(attempt.execution.rpartition("-")[2]) % lost == 0
        if not bad:
            return Succeeds(2.0)
        if error == "States.Timeout":
            return Succeeds(9e9)
        return Fails(1.0, error, "Service Unavailable (503)", "service_error")

    def made(setting: Setting) -> list[System]:
        starts = tuple(
            Start("m", f"run-{n}", setting.start + n * EVERY, {"items": [1, 2, 3]})
            for n in range(int(1.5 * DAY / EVERY))
        )
        return [System("m", definition, starts, {"Work": work})]

    return Lived("small", made, setting, build_world(made(setting), setting), setting.end, START)


def both(before: Lived, after: Mapping[str, Any]) -> tuple[Replays, int]:
    """What the backtest says of a change, and what truly becomes of the executions."""
    (machine,) = before.world.machines
    found = replay_change(
        machine.arn,
        read_definition(machine.definition),
        read_definition(after),
        [e for e in failures_of(before) if e.execution.machine_arn == machine.arn],
        successes_of(before, "m"),
        map_runs_of(before),
    )
    return found, truth_of(before, machine, after, every=True)


def map_runs_of(lived: Lived) -> list[SeenMapRun]:
    """The Map runs in which children failed, all of these read."""
    found = []
    for each in lived.world.map_runs:
        children = [e for e in lived.world.executions if e.map_run_arn == each.arn]
        failed = [e for e in children if e.status == "FAILED"]
        counts = MapRunCounts(
            *(each.pending, 0, sum(e.status == "SUCCEEDED" for e in children), len(failed), 0),
            sum(e.status == "ABORTED" for e in children),
            len(children) + each.pending,
        )
        run = MapRun(
            arn=each.arn,
            execution_arn=each.execution_arn,
            status="FAILED" if each.status == "FAILED" else "SUCCEEDED",
            started_at=datetime.fromtimestamp(each.started_at, UTC),
            stopped_at=None,
            max_concurrency=0,
            tolerated_failure_count=each.tolerated_count,
            tolerated_failure_percentage=each.tolerated_percentage,
            redrive_count=0,
            executions=counts,
            items=counts,
        )
        if failed:
            read = failures_of(replace(lived, world=replace(lived.world, executions=tuple(failed))))
            found.append(SeenMapRun(run, each.state, tuple(read)))
    return found

"""The weeks before the demo's own: one that can be read, and seven that are only counted.

The week before is made of the present one's executions, seven days earlier: what failed often
then fails again now, and only what is taken out or put in differs. So it costs no simulation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from simulator.engine.draws import between, identifier
from simulator.records import Counted, SimExecution, SimMachine, Status, World
from simulator.worlds.systems import DAY, HOUR, machine_arn

ALIAS = "acme-data-prod"
WEEKS = 8
WEEK = 7 * DAY
HEALED = "rotate-keys"
"""Fails in the week before only, as the untagged sandbox does, which has the same definition."""

CHANGED = "publish-report"
"""Was changed an hour and a half before it first failed, in the present week."""

_RARE = ("resize-images", "s3-to-fargate", "map-objects", "calculate-scores")
"""Of whose failures every second one had not happened yet in the week before."""

_COUNTED: tuple[Status, ...] = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


def with_past(world: World) -> World:
    """The demo's world with the eight weeks before its own, and an alias of its account."""
    week = world.end - WEEK
    present = [run for run in world.executions if week <= _closed(run) < world.end - 2 * DAY]
    earlier = [*_copies(present), *_healed(world)]
    whole = replace(
        world,
        start=world.end - (WEEKS + 1) * WEEK,
        machines=tuple(_changed(machine, world) for machine in world.machines),
        executions=(*world.executions, *earlier),
        alias=ALIAS,
    )
    return replace(whole, counted=tuple(_counted(whole)))


def _closed(run: SimExecution) -> float:
    return run.stopped_at if run.stopped_at is not None else float("inf")


def _copies(present: list[SimExecution]) -> Iterator[SimExecution]:
    """Five days of the present week, as they were seven days ago."""
    for number, run in enumerate(present):
        name = run.machine_arn.rpartition(":")[2]
        failed = run.status != "SUCCEEDED"
        new = name == CHANGED or (name in _RARE and number % 2 == 0)
        if not (failed and new) and not run.redrive_count:
            yield _earlier(run, WEEK)


def _healed(world: World) -> Iterator[SimExecution]:
    """Failures of the sandbox, as if they had been those of another machine."""
    for run in world.executions:
        if run.machine_arn == machine_arn("sandbox") and run.status == "FAILED":
            theirs = replace(
                run,
                arn=run.arn.replace(":sandbox:", f":{HEALED}:"),
                machine_arn=machine_arn(HEALED),
            )
            back = WEEK if run.started_at >= world.end - WEEK else 3 * DAY
            yield _earlier(theirs, back)


def _earlier(run: SimExecution, seconds: float) -> SimExecution:
    name = identifier(2025, run.name, "earlier")
    return replace(
        run,
        arn=f"{run.arn.rpartition(':')[0]}:{name}",
        name=name,
        started_at=run.started_at - seconds,
        stopped_at=_closed(run) - seconds,
        # Nobody reads the histories of these successes, most of which share one.
        events=run.events
        if run.status == "SUCCEEDED"
        else tuple(_shifted(event, seconds) for event in run.events),
    )


def _shifted(event: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
    return {**event, "timestamp": event["timestamp"] - seconds}


def _changed(machine: SimMachine, world: World) -> SimMachine:
    if machine.name != CHANGED:
        return machine
    first = min(
        run.started_at
        for run in world.executions
        if run.machine_arn == machine.arn and run.status == "FAILED"
    )
    return replace(machine, updated_at=(first - 1.5 * HOUR,))


def _counted(world: World) -> Iterator[Counted]:
    """Six weeks before the one before, each a day a number: like it, and slowly worse."""
    last = world.end - 2 * WEEK
    closed: dict[tuple[str, Status], int] = {}
    for run in world.executions:
        if last <= _closed(run) < last + WEEK and run.status in _COUNTED:
            key = (run.machine_arn, run.status)
            closed[key] = closed.get(key, 0) + 1
    for (arn, status), number in sorted(closed.items()):
        for back in range(1, WEEKS - 1):
            luck = between(0.7, 1.1, 2025, arn, status, back)
            share = luck if status == "SUCCEEDED" else luck * (1 - 0.09 * back)
            yield Counted(arn, status, last - back * WEEK + 3.5 * DAY, round(number * share))

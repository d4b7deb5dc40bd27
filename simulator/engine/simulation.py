"""All executions of an account in one virtual time, so that they meet the same conditions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import simpy

from simulator.engine.draws import identifier
from simulator.engine.map_runs import MapRun
from simulator.engine.outcomes import Environment
from simulator.engine.run import Run
from simulator.records import SimExecution, SimMachine


@dataclass(frozen=True, slots=True)
class Start:
    """An execution to start at `at` (epoch seconds).

    `stop_after` seconds StopExecution is called on it; `redrive_after` holds the seconds
    from each unsuccessful close to the RedriveExecution that follows. It may be started as a
    `version` of the machine, by its ARN, and through an `alias`.
    """

    machine: str
    name: str
    at: float
    input: Any = None
    stop_after: float | None = None
    redrive_after: tuple[float, ...] = ()
    version: str | None = None
    alias: str | None = None


class Simulation:
    """Runs executions of `machines` from `start` on, under `environment`.

    `abort_lag` is the longest time in seconds that siblings of a failed branch go on.
    `redrive_chained` lets a redriven state's first event follow ExecutionRedriven where it
    is the only one to resume; otherwise it follows the state's entry.
    """

    def __init__(
        self,
        machines: Iterable[SimMachine],
        environment: Environment,
        *,
        start: float,
        region: str,
        seed: int,
        abort_lag: float = 0.4,
        redrive_chained: bool = True,
    ) -> None:
        """Set the clock to `start`."""
        self.clock = simpy.Environment(initial_time=start)
        self.environment = environment
        self.region, self.seed = region, seed
        self.abort_lag, self.redrive_chained = abort_lag, redrive_chained
        self.map_runs: list[MapRun] = []
        self.objects: dict[tuple[str, str], bytes] = {}
        self._machines = {machine.name: machine for machine in machines}
        self._runs: list[Run] = []

    def begin(self, start: Start) -> Run:
        """Plan one execution."""
        run = Run(self, self._machines[start.machine], start)
        self._runs.append(run)
        self.clock.process(run.life(start))
        return run

    def start_child(self, parent: Run, machine_arn: str, data: Any) -> Run:
        """Start an execution now for a startExecution task of `parent`."""
        number = sum(event["type"] == "TaskSubmitted" for event in parent.history.events)
        name = identifier(self.seed, parent.name, "child", number)
        run = self.begin(Start(machine_arn.rpartition(":")[2], name, self.clock.now, data))
        run.may_be_stopped = True
        return run

    def dispatch(self, map_run: MapRun, name: str, data: Any, items: int) -> Run:
        """Start a child of a Map run now."""
        run = Run(self, map_run.machine, Start(map_run.machine.name, name, self.clock.now, data))
        run.map_run_arn, run.item_count, run.may_be_stopped = map_run.arn, items, True
        self._runs.append(run)
        self.clock.process(run.life(Start(map_run.machine.name, name, self.clock.now, data)))
        return run

    def run_until(self, end: float) -> tuple[SimExecution, ...]:
        """Run to `end` and return every execution started by then, as it stands."""
        self.clock.run(until=end)
        return tuple(run.execution() for run in self._runs if run.history.events)

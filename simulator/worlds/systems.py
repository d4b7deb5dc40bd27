"""A system is a state machine with its callers and its surroundings; an account runs several."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Simulation, Start
from simulator.records import SimExecution, SimLogging, SimMachine, World
from simulator.worlds.texts import ACCOUNT, REGION

DAY = 86_400.0
HOUR = 3_600.0
TAGGED: Mapping[str, str] = {"sfn-digest": "on", "team": "data"}

Surrounding = Callable[[Attempt], Outcome]


@dataclass(frozen=True, slots=True)
class System:
    """A machine, the executions started of it, and what each of its tasks comes to.

    `outcomes` holds, by state, what an attempt comes to; other tasks succeed within a second.
    `quiet` further executions succeed, spread evenly over the time; they share the history
    of one that was run, since nobody reads the histories of successes.
    """

    name: str
    definition: Mapping[str, Any]
    starts: tuple[Start, ...] = ()
    outcomes: Mapping[str, Surrounding] = field(default_factory=dict)
    type: Literal["STANDARD", "EXPRESS"] = "STANDARD"
    tags: Mapping[str, str] = field(default_factory=lambda: TAGGED)
    quiet: int = 0
    denied: bool = False
    logging: SimLogging | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """When and by what luck a world happens; times are epoch seconds.

    The worlds of two weeks of one seed are alike, but what happens in them differs.
    """

    start: float
    end: float
    seed: int
    week: int = 0

    def at(self, day: float, hour: float = 0.0) -> float:
        """A moment by day of the last week, which is day 0 to 6; earlier days are negative."""
        return self.end - 7 * DAY + day * DAY + hour * HOUR


class Surroundings:
    """The environment of an account: asks the system whose state is tried."""

    def __init__(self, systems: Iterable[System]) -> None:
        """Know every system by its machine's name."""
        self._outcomes = {system.name: system.outcomes for system in systems}

    def outcome(self, attempt: Attempt) -> Outcome:
        """What the attempt comes to."""
        # The children of a Distributed Map run as MACHINE/LABEL.
        decide = self._outcomes[attempt.machine.partition("/")[0]].get(attempt.state)
        return decide(attempt) if decide is not None else Succeeds(0.6)


def machine_arn(name: str) -> str:
    """The ARN of the machine of this name."""
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"


def function_arn(name: str) -> str:
    """The ARN of the Lambda function of this name."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def build_world(
    systems: Iterable[System],
    setting: Setting,
    override: Mapping[str, Mapping[str, Any]] | None = None,
) -> World:
    """Run every system's executions in one virtual time; `override` replaces definitions."""
    changed = override or {}
    systems = tuple(
        replace(system, definition=changed.get(system.name, system.definition))
        for system in systems
    )
    machines = tuple(_machine(system, setting) for system in systems)
    simulation = Simulation(
        machines, Surroundings(systems), start=setting.start, region=REGION, seed=setting.seed
    )
    for system in systems:
        for start in system.starts:
            simulation.begin(start)
    run = simulation.run_until(setting.end)
    quiet = [copy for system in systems for copy in quiet_successes(system, setting, run)]
    return World(
        account_id=ACCOUNT,
        region=REGION,
        start=setting.start,
        end=setting.end,
        machines=machines,
        executions=(*run, *quiet),
        denied=frozenset(machine_arn(system.name) for system in systems if system.denied),
        map_runs=tuple(map_run.record() for map_run in simulation.map_runs),
        objects=dict(simulation.objects),
    )


def _machine(system: System, setting: Setting) -> SimMachine:
    return SimMachine(
        arn=machine_arn(system.name),
        name=system.name,
        type=system.type,
        definition=system.definition,
        tags=system.tags,
        created_at=setting.start - 90 * DAY,
        logging=system.logging,
    )


def quiet_successes(
    system: System, setting: Setting, executions: Iterable[SimExecution]
) -> list[SimExecution]:
    """The system's `quiet` executions: like its first that succeeded without a failed attempt."""
    if system.quiet == 0:
        return []
    arn = machine_arn(system.name)
    model = next(
        execution
        for execution in executions
        if (execution.machine_arn, execution.status) == (arn, "SUCCEEDED")
        and not execution.truth.attempts
    )
    step = (setting.end - setting.start) / system.quiet
    copies = (
        _like(model, f"{system.name}-quiet-{number}", setting.start + number * step)
        for number in range(system.quiet)
    )
    return [copy for copy in copies if (copy.stopped_at or 0) < setting.end]


def _like(model: SimExecution, name: str, started_at: float) -> SimExecution:
    span = (model.stopped_at or model.started_at) - model.started_at
    return replace(
        model,
        arn=f"{model.arn.rpartition(':')[0]}:{name}",
        name=name,
        started_at=round(started_at, 3),
        stopped_at=round(started_at + span, 3),
    )

"""One random failed execution at a time, as tangled as definitions allow, with its truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from simulator.engine.draws import between, draw, pick
from simulator.engine.outcomes import Attempt, Fails, Outcome, Stage, Succeeds
from simulator.engine.simulation import Simulation, Start
from simulator.records import SimExecution, SimMachine
from simulator.worlds.systems import HOUR, machine_arn
from simulator.worlds.tangle_machines import Tangle
from simulator.worlds.texts import REGION

_START = 1_750_000_000.0
_NAME = "tangle"
_FAILURES: tuple[tuple[str | None, str | None, str, Stage], ...] = (
    ("KeyError", '{"errorMessage":"\'width\'","errorType":"KeyError"}', "code_error", "failed"),
    ("States.TaskFailed", None, "unknown", "failed"),
    (None, None, "unknown", "failed"),
    ("Lambda.TooManyRequestsException", "Rate Exceeded.", "concurrency_limit", "schedule_failed"),
    ("ECS.ServerException", "Service Unavailable.", "service_error", "submit_failed"),
    ("States.TaskFailed", "Not started.", "task_start_failure", "start_failed"),
    ("States.Timeout", None, "timeout_task", "timed_out"),
)


@dataclass(frozen=True, slots=True)
class _Fate:
    """An environment: each task fails with its own odds, and one may hang for ever."""

    seed: int
    odds: float
    hangs: str | None

    def outcome(self, attempt: Attempt) -> Outcome:
        """What an attempt comes to."""
        if attempt.resource.endswith("sns:publish"):
            return Succeeds(0.2)
        if self.hangs is not None:
            return Succeeds(float("inf") if attempt.state == self.hangs else 1.0)
        after = between(0.2, 8, self.seed, attempt.key, "after")
        odds = self.odds * 2 * draw(self.seed, attempt.state, "odds")
        if draw(self.seed, attempt.key, "fate") >= odds:
            return Succeeds(after)
        error, cause, true_cause, stage = pick(_FAILURES, self.seed, attempt.key, "how")
        return Fails(after, error, cause, true_cause, stage)


def tangle(seed: int) -> SimExecution:
    """One failed, timed-out or stopped execution of a random machine; same seed, same tangle."""
    return tangle_and_machine(seed)[1]


def tangle_and_machine(seed: int) -> tuple[SimMachine, SimExecution]:
    """The tangle, and the machine it is an execution of."""
    attempt = 0
    while True:
        machine, execution = _run(Random(f"{seed}.{attempt}"), seed * 1009 + attempt)
        if execution.status in ("FAILED", "TIMED_OUT", "ABORTED"):
            return machine, execution
        attempt += 1


def _run(luck: Random, seed: int) -> tuple[SimMachine, SimExecution]:
    builder = Tangle(luck)
    definition = builder.definition()
    hangs = luck.choice(builder.tasks) if builder.tasks and luck.random() < 0.12 else None
    if hangs is not None:
        _let_hang(definition, hangs)
    stopped = hangs is not None and luck.random() < 0.5
    if hangs is not None and not stopped:
        definition["TimeoutSeconds"] = 5 * HOUR
    machine = SimMachine(machine_arn(_NAME), _NAME, "STANDARD", definition, {}, _START)
    simulation = Simulation(
        (machine,),
        _Fate(seed, luck.choice((0.15, 0.35, 0.6)), hangs),
        start=_START,
        region=REGION,
        seed=seed,
        abort_lag=luck.choice((0.0, 0.4, 4.0, 30.0)),
        redrive_chained=luck.random() < 0.5,
    )
    redrives = tuple(luck.uniform(60, 900) for _ in range(luck.choice((0, 0, 0, 1, 2))))
    data = {"items": list(range(luck.randint(1, 3))), "pick": luck.randint(0, 3)}
    start = Start(_NAME, f"t{seed}", _START, data, 4 * HOUR if stopped else None, redrives)
    simulation.begin(start)
    return machine, simulation.run_until(_START + 90 * HOUR)[0]


def _let_hang(states: Any, name: str) -> None:
    """Take away the timeout of the task that is to hang, wherever it is."""
    if isinstance(states, Mapping):
        states.get(name, {}).pop("TimeoutSeconds", None)
        for inner in states.values():
            _let_hang(inner, name)
    elif isinstance(states, list):
        for inner in states:
            _let_hang(inner, name)

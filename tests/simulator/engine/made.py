"""Small machines to run, and histories as lines one can read."""

from collections.abc import Callable, Mapping
from typing import Any

from simulator.engine.outcomes import Attempt, Fails, Outcome, Succeeds
from simulator.engine.simulation import Simulation, Start
from simulator.records import SimExecution, SimMachine

BEGIN = 1_750_000_000.0
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:work"
RUN_TASK = "arn:aws:states:::ecs:runTask.sync"
BOOM = Fails(1.0, "Boom", "it broke", "code_error")


class Scripted:
    """An environment that answers by state and attempt; what is not scripted succeeds."""

    def __init__(self, script: Mapping[str, Callable[[Attempt], Outcome]] | None = None) -> None:
        self._script = script or {}
        self.asked: list[Attempt] = []

    def outcome(self, attempt: Attempt) -> Outcome:
        self.asked.append(attempt)
        answer = self._script.get(attempt.state)
        return answer(attempt) if answer else Succeeds(1.0)


def task(resource: str = LAMBDA, **more: Any) -> dict[str, Any]:
    way = {} if "Next" in more else {"End": True}
    return {"Type": "Task", "Resource": resource, "ResultPath": None, **way, **more}


def machine(states: Mapping[str, Any], name: str = "m", **more: Any) -> SimMachine:
    definition = {"StartAt": next(iter(states)), "States": states, **more}
    arn = f"arn:aws:states:us-east-1:123456789012:stateMachine:{name}"
    return SimMachine(arn, name, "STANDARD", definition, {}, BEGIN)


def run(
    states: Mapping[str, Any],
    script: Mapping[str, Callable[[Attempt], Outcome]] | None = None,
    data: Any = None,
    *,
    abort_lag: float = 0.0,
    stop_after: float | None = None,
    redrive_after: tuple[float, ...] = (),
    chained: bool = True,
    seed: int = 1,
    **more: Any,
) -> SimExecution:
    """Run one execution for ten days at most."""
    simulation = Simulation(
        [machine(states, **more)],
        Scripted(script),
        start=BEGIN,
        region="us-east-1",
        seed=seed,
        abort_lag=abort_lag,
        redrive_chained=chained,
    )
    simulation.begin(Start("m", "run-1", BEGIN, data or {}, stop_after, redrive_after))
    return simulation.run_until(BEGIN + 864_000)[0]


def lines(execution: SimExecution) -> list[str]:
    """`id<-previous type`, one line an event."""
    return [f"{e['id']}<-{e['previousEventId']} {e['type']}" for e in execution.events]


def details(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The event's one …EventDetails, or nothing."""
    found: Mapping[str, Any] = next((v for k, v in event.items() if k.endswith("EventDetails")), {})
    return found


def times(execution: SimExecution, event_type: str) -> list[float]:
    """When events of a type happened, in seconds after the start."""
    return [
        round(event["timestamp"] - BEGIN, 1)
        for event in execution.events
        if event["type"] == event_type
    ]

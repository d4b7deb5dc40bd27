"""Many machines of which few fail, and as many failures as a benchmark wants.

Only a few hundred distinct failures are run; the others are like one of them at another
time. Their details, which hold nearly all of a history's bytes, are shared.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

from simulator.engine.draws import between, draw, identifier, pick
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.records import RawEvent, SimExecution, SimMachine, World
from simulator.worlds import failures
from simulator.worlds.systems import (
    DAY,
    TAGGED,
    Setting,
    System,
    build_world,
    function_arn,
    machine_arn,
)
from simulator.worlds.texts import ACCOUNT, REGION

_DISTINCT = 60
"""Executions run of each kind; most of them fail."""


@dataclass(frozen=True, slots=True)
class ShiftedEvents(Sequence[RawEvent]):
    """A model's events so many seconds later: made when they are looked at, so that a hundred
    thousand executions fit.
    """

    model: Sequence[RawEvent]
    seconds: float

    def __len__(self) -> int:
        return len(self.model)

    @overload
    def __getitem__(self, at: int) -> RawEvent: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[RawEvent]: ...
    def __getitem__(self, at: int | slice) -> RawEvent | Sequence[RawEvent]:
        if isinstance(at, slice):
            return tuple(self._later(event) for event in self.model[at])
        return self._later(self.model[at])

    def _later(self, event: RawEvent) -> RawEvent:
        return {**event, "timestamp": round(event["timestamp"] + self.seconds, 3)}


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of machine: its definition and what each of its tasks comes to."""

    name: str
    definition: Mapping[str, Any]
    outcomes: Mapping[str, Callable[[Attempt], Outcome]]


def fleet_world(
    end: float,
    machines: int,
    failing: int,
    failures: int,
    seed: int = 1,
    successes_each: int = 1,
) -> World:
    """`machines` machines; the first `failing` share `failures` failures of the last week.

    Each machine also has `successes_each` successes in that week. All machines are tagged.
    """
    setting = Setting(end - 7 * DAY, end, seed)
    kinds = _kinds(seed)
    models = {kind.name: _models(kind, setting) for kind in kinds}
    fleet = [_machine(number, kinds[number % len(kinds)], setting) for number in range(machines)]
    failed = (
        _failure(setting, number, fleet[number % failing], models) for number in range(failures)
    )
    succeeded = (
        _success(setting, number, machine, models)
        for machine in fleet
        for number in range(successes_each)
    )
    return World(
        account_id=ACCOUNT,
        region=REGION,
        start=setting.start,
        end=end,
        machines=tuple(fleet),
        executions=(*failed, *succeeded),
    )


def _machine(number: int, kind: _Kind, setting: Setting) -> SimMachine:
    name = f"{kind.name}-{number:05}"
    created = setting.start - 90 * DAY
    return SimMachine(machine_arn(name), name, "STANDARD", kind.definition, TAGGED, created)


def _models(kind: _Kind, setting: Setting) -> tuple[list[SimExecution], list[SimExecution]]:
    """The distinct executions of a kind: those that failed, and those that did not."""
    starts = tuple(
        Start(kind.name, identifier(setting.seed, kind.name, number), setting.start, {})
        for number in range(_DISTINCT)
    )
    system = System(kind.name, kind.definition, starts, kind.outcomes)
    run = build_world((system,), setting).executions
    failed = [execution for execution in run if execution.status == "FAILED"]
    return failed, [execution for execution in run if execution.status == "SUCCEEDED"]


Models = Mapping[str, tuple[list[SimExecution], list[SimExecution]]]


def _failure(setting: Setting, number: int, machine: SimMachine, models: Models) -> SimExecution:
    model = pick(models[_kind_of(machine)][0], setting.seed, "failure", number)
    name = identifier(setting.seed, "failure", number)
    return _like(model, machine, name, _moment(setting, model, name), restamp=True)


def _success(setting: Setting, number: int, machine: SimMachine, models: Models) -> SimExecution:
    model = models[_kind_of(machine)][1][0]
    name = f"success-{number}"
    moment = _moment(setting, model, f"{machine.name}/{name}")
    return _like(model, machine, name, moment, restamp=False)


def _kind_of(machine: SimMachine) -> str:
    return machine.name.rpartition("-")[0]


def _moment(setting: Setting, model: SimExecution, key: str) -> float:
    """When an execution like `model` starts, so that it both starts and stops in the week."""
    latest = setting.end - ((model.stopped_at or model.started_at) - model.started_at) - 1
    return round(between(setting.start, latest, setting.seed, "moment", key), 3)


def _like(
    model: SimExecution, machine: SimMachine, name: str, started_at: float, *, restamp: bool
) -> SimExecution:
    """The model's run at another time, of another machine of its kind."""
    shift = started_at - model.started_at
    events = ShiftedEvents(model.events, shift) if restamp else model.events
    return replace(
        model,
        arn=f"{machine.arn.replace(':stateMachine:', ':execution:')}:{name}",
        machine_arn=machine.arn,
        name=name,
        started_at=started_at,
        stopped_at=round((model.stopped_at or model.started_at) + shift, 3),
        events=events,
    )


def _task(resource: str, retry: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    state: dict[str, Any] = {"Type": "Task", "Resource": resource, "End": True}
    return {**state, "Retry": retry} if retry else state


def _alone(task: Mapping[str, Any]) -> dict[str, Any]:
    return {"StartAt": "Work", "States": {"Work": task}}


def _retrier(error: str, attempts: int) -> list[dict[str, Any]]:
    return [{"ErrorEquals": [error], "IntervalSeconds": 5, "MaxAttempts": attempts}]


def _each_object() -> dict[str, Any]:
    retry = _retrier("Lambda.TooManyRequestsException", 2)
    work = _alone(_task(function_arn("convert"), retry))
    return {
        "StartAt": "List",
        "States": {
            "List": {"Type": "Pass", "Result": list(range(6)), "Next": "Each"},
            "Each": {"Type": "Map", "ItemProcessor": work, "End": True},
        },
    }


def _kinds(seed: int) -> tuple[_Kind, ...]:
    """Kinds of machines in equal number; in each, an attempt in five or so goes well."""

    def mostly(failure: Callable[[Attempt], Outcome], odds: float) -> Callable[[Attempt], Outcome]:
        def outcome(attempt: Attempt) -> Outcome:
            lucky = draw(seed, attempt.key, "lucky") >= odds
            return Succeeds(90.0) if lucky else failure(attempt)

        return outcome

    def kind(
        name: str, definition: Any, failure: Callable[[Attempt], Outcome], odds: float
    ) -> _Kind:
        return _Kind(name, definition, {"Work": mostly(failure, odds)})

    run_task = "arn:aws:states:::ecs:runTask.sync"
    on_spot = _alone(_task(run_task, _retrier("States.TaskFailed", 3)))
    throttled = _alone(_task(run_task, _retrier("ECS.AmazonECSException", 3)))
    function = _alone(_task(function_arn("work")))
    upload = _alone(_task("arn:aws:states:::aws-sdk:s3:putObject"))
    return (
        kind("spot", on_spot, lambda a: failures.spot_interrupted(a, 240.0), 0.9),
        kind("start", on_spot, failures.network_interface_late, 0.9),
        kind("burst", throttled, failures.run_task_throttled, 0.9),
        kind("code", function, lambda a: failures.python_code_error(a, 0.7), 0.8),
        kind("denied", upload, failures.bucket_denied, 0.8),
        kind("objects", _each_object(), failures.lambda_throttled, 0.5),
    )

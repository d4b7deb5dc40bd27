"""What tests ask of a world's executions: visits, back-offs, and a machine's retriers."""

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.records import SimExecution, SimMachine

_FAILED_ATTEMPTS = ("Failed", "TimedOut", "ScheduleFailed", "StartFailed", "SubmitFailed")
_FAMILIES = ("Task", "LambdaFunction", "Activity")

FAILED_ATTEMPT_TYPES = frozenset(
    f"{family}{end}" for family in _FAMILIES for end in _FAILED_ATTEMPTS
)


def states_of(definition: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every state of a definition by name, at any depth."""
    for name, state in definition["States"].items():
        yield name, state
        inner = state.get("ItemProcessor")
        for scope in (*([inner] if inner else []), *state.get("Branches", ())):
            yield from states_of(scope)


def failed_events(execution: SimExecution) -> list[Mapping[str, Any]]:
    """The events that are failed attempts."""
    return [event for event in execution.events if event["type"] in FAILED_ATTEMPT_TYPES]


def back_offs(execution: SimExecution) -> Iterator[tuple[str, list[float]]]:
    """For each visit of a task that failed: its state, and the waits between its attempts."""
    failed = {entry.event_id: entry for entry in execution.truth.attempts}
    waits: dict[int, list[float]] = {}
    begun: dict[int, int] = {}
    for event in execution.events:
        before = event["previousEventId"]
        if event["type"].endswith("Scheduled") and before in failed:
            wait = event["timestamp"] - execution.events[before - 1]["timestamp"]
            waits[begun[before]].append(wait)
            begun[event["id"]] = begun[before]
        elif before in begun and not event["type"].endswith("StateEntered"):
            begun[event["id"]] = begun[before]
        else:
            begun[event["id"]] = event["id"]
        waits.setdefault(begun[event["id"]], [])
    for number, entry in failed.items():
        yield entry.state, waits[begun[number]]


def machine_of(machines: tuple[SimMachine, ...], execution: SimExecution) -> SimMachine:
    """The machine an execution is of."""
    return next(machine for machine in machines if machine.arn == execution.machine_arn)

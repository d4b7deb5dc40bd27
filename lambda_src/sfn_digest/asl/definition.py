"""A state machine's definition as Retry advice needs it: every state, at any depth.

Reads Amazon States Language of either query language. What a field holds as a path or a
JSONata expression is only known while an execution runs, and is `DYNAMIC` here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, expm1, log, log2
from typing import Any, Literal, TypeGuard

_OPTIMISED = "states:::"


def integration_of(resource: object) -> str:
    """The integration of a Resource, spelled as execution histories spell it.

    >>> integration_of("arn:aws:states:::ecs:runTask.sync")
    'ecs:runTask.sync'
    >>> integration_of("arn:aws:lambda:eu-west-1:123456789012:function:f")
    'lambda'
    """
    text = str(resource)
    if _OPTIMISED in text:
        return text.split(_OPTIMISED, 1)[1]
    return "activity" if ":activity:" in text else "lambda"


DYNAMIC: Literal["dynamic"] = "dynamic"
Seconds = float | Literal["dynamic"] | None
Json = Mapping[str, Any]
Path = tuple[str | int, ...]

LEAST_INTERVAL = 1.0
LONGEST_DELAY = 31_622_400.0
"""Seconds: the most MaxDelaySeconds may be, and the delay where it is unset (uncapped)."""
_MOST_DOUBLINGS = 60
"""Where a delay that starts at a second is over any cap."""


@dataclass(frozen=True, slots=True)
class Retrier:
    """One element of a Retry field, with AWS's defaults filled in; times in seconds."""

    errors: tuple[str, ...]
    interval: float = LEAST_INTERVAL
    attempts: int = 3
    rate: float = 2.0
    max_delay: float = LONGEST_DELAY
    full_jitter: bool = False

    def delay(self, used: int) -> float:
        """The longest wait in seconds before the next attempt after `used` retries."""
        if used * log2(self.rate) > _MOST_DOUBLINGS:
            return self.max_delay
        return min(self.interval * self.rate**used, self.max_delay)

    @property
    def longest_wait(self) -> float:
        """Seconds that all of its delays come to, no jitter shortening them."""
        interval = min(self.interval, self.max_delay)
        if self.rate <= 1 or interval <= 0:
            return max(0.0, interval) * self.attempts
        growth = log(self.rate)
        growing = min(self.attempts, ceil(log(self.max_delay / interval) / growth))
        grown = interval * expm1(growing * growth) / expm1(growth)
        return grown + (self.attempts - growing) * self.max_delay


@dataclass(frozen=True, slots=True)
class Catcher:
    """One element of a Catch field."""

    errors: tuple[str, ...]
    next: str


@dataclass(frozen=True, slots=True)
class State:
    """One state; `path` leads to it in the definition, `holders` are the states around it.

    `integration` is `service:action` (`ecs:runTask.sync`, `aws-sdk:s3:getObject`), `lambda`
    or `activity`; None for states that call nothing. `max_concurrency` is a Map's: None
    where it is unset or dynamic.
    """

    name: str
    type: str
    path: Path
    holders: tuple[str, ...]
    jsonata: bool
    integration: str | None
    retriers: tuple[Retrier, ...]
    catchers: tuple[Catcher, ...]
    timeout: Seconds
    heartbeat: Seconds
    max_concurrency: int | None
    distributed: bool
    asl: Json

    @property
    def waits_for_another(self) -> bool:
        """Whether the state ends only when a job, a callback or a worker says so."""
        called = self.integration or ""
        return called.endswith((".sync", ".sync:2", ".waitForTaskToken")) or called == "activity"

    @property
    def is_ecs_job(self) -> bool:
        """Whether it runs an ECS task and waits, so that each stop is States.TaskFailed."""
        return (self.integration or "").startswith("ecs:runTask.sync")

    @property
    def child(self) -> str | None:
        """The ARN of the state machine it starts, where that is written down."""
        if not (self.integration or "").startswith("states:startExecution"):
            return None
        given = self.asl.get("Arguments" if self.jsonata else "Parameters")
        return given.get("StateMachineArn") if isinstance(given, Mapping) else None


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole definition; `asl` is the object it was read from."""

    asl: Json
    states: Mapping[str, State]
    timeout: float | None


def read_definition(asl: str | Json) -> Definition:
    """Read a definition from DescribeStateMachine's text, or from its object.

    Raises ValueError where it is not a JSON object. Fields of unexpected shape are read as
    unset: Step Functions would not have taken them.
    """
    document = json.loads(asl) if isinstance(asl, str) else asl
    if not isinstance(document, Mapping):
        raise ValueError("A state machine's definition is a JSON object.")  # noqa: TRY004 - a value that was read
    jsonata = document.get("QueryLanguage") == "JSONata"
    states = {state.name: state for state in _states(document, (), (), jsonata)}
    limit = document.get("TimeoutSeconds")
    return Definition(document, states, float(limit) if _is_number(limit) else None)


def _states(block: Json, path: Path, holders: tuple[str, ...], jsonata: bool) -> Iterator[State]:
    states = block.get("States")
    for name, asl in states.items() if isinstance(states, Mapping) else ():
        if not isinstance(asl, Mapping):
            continue
        here = (*path, "States", name)
        query = asl.get("QueryLanguage", "JSONata" if jsonata else "JSONPath") == "JSONata"
        yield _state(name, asl, here, holders, query)
        for key, inner in _inner(asl):
            yield from _states(inner, (*here, *key), (*holders, name), query)


def _inner(asl: Json) -> Iterator[tuple[Path, Json]]:
    for field in ("ItemProcessor", "Iterator"):
        if isinstance(asl.get(field), Mapping):
            yield (field,), asl[field]
    for number, branch in enumerate(_listed(asl.get("Branches"))):
        yield ("Branches", number), branch


def _state(name: str, asl: Json, path: Path, holders: tuple[str, ...], jsonata: bool) -> State:
    processor = asl.get("ItemProcessor")
    config = processor.get("ProcessorConfig") if isinstance(processor, Mapping) else None
    concurrency = asl.get("MaxConcurrency")
    return State(
        name=name,
        type=str(asl.get("Type", "")),
        path=path,
        holders=holders,
        jsonata=jsonata,
        integration=integration_of(asl["Resource"]) if asl.get("Resource") else None,
        retriers=tuple(read_retrier(each) for each in _listed(asl.get("Retry"))),
        catchers=tuple(
            Catcher(_names(each), str(each.get("Next", ""))) for each in _listed(asl.get("Catch"))
        ),
        timeout=_seconds(asl, "TimeoutSeconds"),
        heartbeat=_seconds(asl, "HeartbeatSeconds"),
        max_concurrency=int(concurrency) if _is_number(concurrency) and concurrency else None,
        distributed=isinstance(config, Mapping) and config.get("Mode") == "DISTRIBUTED",
        asl=asl,
    )


def read_retrier(asl: Json) -> Retrier:
    """One element of a Retry field."""

    def number(field: str, default: float) -> float:
        value = asl.get(field)
        return float(value) if _is_number(value) else default

    return Retrier(
        errors=_names(asl),
        interval=number("IntervalSeconds", LEAST_INTERVAL),
        attempts=int(number("MaxAttempts", 3)),
        rate=number("BackoffRate", 2.0),
        max_delay=number("MaxDelaySeconds", LONGEST_DELAY),
        full_jitter=asl.get("JitterStrategy") == "FULL",
    )


def _seconds(asl: Json, field: str) -> Seconds:
    value = asl.get(field)
    if _is_number(value):
        return float(value)
    return DYNAMIC if value is not None or f"{field}Path" in asl else None


def _names(asl: Json) -> tuple[str, ...]:
    names = asl.get("ErrorEquals")
    return tuple(str(each) for each in names) if isinstance(names, Sequence) else ()


def _listed(value: Any) -> Sequence[Json]:
    items = value if isinstance(value, list | tuple) else ()
    return [each for each in items if isinstance(each, Mapping)]


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)

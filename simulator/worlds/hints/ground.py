"""What the worlds of this folder are made of: machines of one task, and how they fail."""

from collections.abc import Callable
from math import exp, log
from typing import Any

from simulator.engine.draws import between, draw
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.worlds.conditions import Spell, Weather
from simulator.worlds.systems import HOUR, Setting

STATE = "Work"
LAMBDA = "arn:aws:states:::lambda:invoke"
ECS = "arn:aws:states:::ecs:runTask.sync"
HTTP = "arn:aws:states:::http:invoke"
LAST_START = 12 * HOUR
"""Nothing starts later than so long before the end, so that every execution closes."""


def definition(resource: str, retry: list[dict[str, Any]]) -> dict[str, Any]:
    """A machine of one task."""
    state: dict[str, Any] = {"Type": "Task", "Resource": resource, "Parameters": {}, "End": True}
    if retry:
        state["Retry"] = retry
    return {"StartAt": STATE, "States": {STATE: state}}


def own_retry(setting: Setting, error: str, name: str = "") -> list[dict[str, Any]]:
    """What an author may have written: nothing, or a few quick retries."""
    luck = draw(setting.seed, name, "own-retry")
    if luck < 0.35:
        return []
    interval = 1 if luck < 0.6 else 5 if luck < 0.8 else 20
    attempts = 2 if luck < 0.7 else 3
    return [{"ErrorEquals": [error], "IntervalSeconds": interval, "MaxAttempts": attempts}]


def regular(name: str, setting: Setting, every: float, burst: int = 1) -> tuple[Start, ...]:
    """Executions every so many seconds, with some irregularity, `burst` at a time."""
    count = int((setting.end - LAST_START - setting.start) / every)
    week = f"-week-{setting.week}" if setting.week else ""
    return tuple(
        Start(
            name,
            f"{name}{week}-{number}-{place}",
            setting.start
            + (number + 0.5 * draw(setting.seed, name, number)) * every
            + place * between(0.5, 4, setting.seed, name, number, place),
            {},
        )
        for number in range(count)
        for place in range(burst)
    )


def spells(
    setting: Setting, name: str, count: int, length: Callable[[float], float], rate: float = 1.0
) -> list[Spell]:
    """`count` spells at random times; `length` makes seconds of a number in [0, 1)."""
    span = setting.end - LAST_START - setting.start
    keys = [(name, number, *([setting.week] if setting.week else ())) for number in range(count)]
    begins = [setting.start + span * draw(setting.seed, *key, "begin") for key in keys]
    return [
        Spell(begin, begin + length(draw(setting.seed, *key, "length")), rate)
        for key, begin in zip(keys, begins, strict=True)
    ]


def exponential(mean: float) -> Callable[[float], float]:
    """Lengths of an exponential distribution, in seconds."""
    return lambda luck: -mean * log(1 - luck)


def pareto(least: float, shape: float, most: float) -> Callable[[float], float]:
    """Lengths with a heavy tail, cut at `most` seconds."""
    return lambda luck: min(most, least * (1 - luck) ** (-1 / shape))


def log_uniform(low: float, high: float, seed: int, *key: object) -> float:
    """A number whose logarithm is uniform."""
    return exp(between(log(low), log(high), seed, *key))


def lost(setting: Setting, name: str, share: float) -> Callable[[Attempt], bool]:
    """Whether an execution is one of the share that never succeeds."""
    return lambda attempt: draw(setting.seed, name, attempt.execution, "lost") < share


def weather(setting: Setting, name: str, found: list[Spell], calm: float = 0.0) -> Weather:
    """Weather of this name."""
    return Weather(name, setting.seed, found, calm)


def works(setting: Setting, attempt: Attempt, low: float, high: float) -> Outcome:
    """A success after some time."""
    return Succeeds(between(low, high, setting.seed, attempt.key, "work"))

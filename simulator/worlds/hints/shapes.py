"""Accounts of machines of many shapes: what the other worlds do to one task happens within them.

A machine holds one task or two that meet a kind of weather, in a row, behind a Choice, in a
Parallel, an inline Map, a child machine or a Distributed Map, with the Catch and timeouts of some
author. A few are Express machines, and of one in four somebody redrives what fails.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.engine.states import RECOVERED
from simulator.worlds import failures
from simulator.worlds.conditions import Concurrency
from simulator.worlds.hints.ground import LAMBDA, LAST_START, STATE
from simulator.worlds.hints.kinds import LOADED, Kind
from simulator.worlds.hints.struck_tasks import DYNAMO, Struck, struck_task
from simulator.worlds.kinds import logged
from simulator.worlds.systems import HOUR, TAGGED, Setting, System, machine_arn

SECOND = "Call"
"""The other task of a machine that meets a kind of weather of its own."""

States = dict[str, dict[str, Any]]


def account(setting: Setting, kinds: Mapping[str, Kind], machines: int = 3) -> list[System]:
    """So many machines, those that they start beside them."""
    return [each for number in range(machines) for each in _machine(setting, kinds, number)]


def _machine(setting: Setting, kinds: Mapping[str, Kind], number: int) -> list[System]:
    luck = Random(f"{setting.seed}/{number}")

    def luck_of(what: str) -> float:
        return Random(f"{setting.seed}/{number}/{what}").random()

    own = replace(setting, seed=setting.seed * 31 + number)
    first = struck_task(own, kinds, luck, STATE)
    second = struck_task(replace(own, seed=own.seed + 7), kinds, luck, SECOND)
    shape = luck.choice(
        [s for s in _SHAPES if s != "express"] if first.kind not in LOADED else ["plain", "caught"]
    )
    if shape == "plain" and ".sync" not in first.asl["Resource"] and luck_of("express") < 0.4:
        shape = "express"
    loaded = "-loaded" if first.kind in LOADED or second.kind in LOADED else ""
    name = f"{shape.replace(' ', '-')}{loaded}-{number}"
    systems = _SHAPES[shape](name, luck, first, second)
    tags = {**TAGGED, "weather": f"{first.kind}, {second.kind}"}
    if luck.random() < 0.3:
        tags["sfn-digest:deadline"] = luck.choice(("30m", "1h", "2h"))
    if shape != "express" and luck_of("redriven") < 0.25:
        later = HOUR * (0.5 + 20 * luck_of("hours"))
        systems = [replace(each, starts=_redriven(each.starts, later, own)) for each in systems]
    return [replace(each, tags=tags) for each in systems]


def _redriven(starts: tuple[Start, ...], later: float, setting: Setting) -> tuple[Start, ...]:
    """The starts of executions that somebody redrives so many seconds after they fail, those left
    out that are not redriven within the week.
    """
    latest = setting.end - LAST_START - later
    return tuple(
        replace(each, redrive_after=(later,)) if each.at < latest else each for each in starts
    )


def row(*states: tuple[str, Mapping[str, Any]], **others: Mapping[str, Any]) -> dict[str, Any]:
    """States one after the other, and others that nothing leads to but a Catch or a Choice."""
    named: States = {}
    for (name, asl), following in zip(states, [*states[1:], None], strict=True):
        ends = asl["Type"] in ("Choice", "Fail", "Succeed") or "Next" in asl
        way = {} if ends else {"Next": following[0]} if following else {"End": True}
        named[name] = {**asl, **way}
    return {"StartAt": states[0][0], "States": {**named, **others}}


def _task(resource: str = LAMBDA) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, "Parameters": {}, "ResultPath": None}


def _system(
    name: str, luck: Random, asl: dict[str, Any], *struck: Struck, items: int = 3
) -> System:
    """A machine of this definition, started when its first struck task is run."""
    if luck.random() < 0.15:
        asl = {**asl, "TimeoutSeconds": luck.choice((1800, 2 * 3600, 4 * 3600))}
    outcomes = {state: what for each in struck for state, what in each.outcomes.items()}
    starts = tuple(
        replace(each, machine=name, input={"items": list(range(items)), "route": number % 4})
        for number, each in enumerate(struck[0].starts)
    )
    return System(name, asl, starts, outcomes)


def _plain(name: str, luck: Random, first: Struck, _: Struck) -> list[System]:
    pause = ("Pause", {"Type": "Wait", "Seconds": luck.choice((1, 30, 600))})
    after = [("Store", _task(DYNAMO))] if luck.random() < 0.5 else []
    states = [("Prepare", _task()), pause, (first.name, first.asl), *after]
    return [_system(name, luck, _language(row(*states), luck), first)]


def _express(name: str, luck: Random, first: Struck, second: Struck) -> list[System]:
    """An Express machine that logs to a group of its own; it ends after five minutes."""
    level = luck.choice(("ALL", "ALL", "ERROR", "FATAL"))
    (found,) = _plain(name, luck, first, second)
    states = found.definition["States"]
    asl = {**found.definition, "States": {**states, "Pause": {**states["Pause"], "Seconds": 1}}}
    return [replace(found, definition=asl, type="EXPRESS", logging=logged(name, level))]


def _choice(name: str, luck: Random, first: Struck, _: Struck) -> list[System]:
    rule = {"Variable": "$.route", "NumericEquals": 0, "Next": "Done"}
    choose = {"Type": "Choice", "Choices": [rule], "Default": first.name}
    states = [("Choose", choose), (first.name, first.asl), ("Done", {"Type": "Succeed"})]
    return [_system(name, luck, row(*states), first)]


def _two(name: str, luck: Random, first: Struck, second: Struck) -> list[System]:
    pause = ("Pause", {"Type": "Wait", "Seconds": luck.choice((1, 30, 600))})
    states = [(first.name, first.asl), pause, (second.name, second.asl)]
    return [_system(name, luck, _language(row(*states), luck), first, second)]


def _language(asl: dict[str, Any], luck: Random) -> dict[str, Any]:
    """The definition, of one in four in JSONata."""
    if luck.random() >= 0.25:
        return asl
    states = {
        name: {
            "Arguments" if key == "Parameters" else key: value
            for key, value in state.items()
            if key != "ResultPath"
        }
        for name, state in asl["States"].items()
    }
    return {**asl, "QueryLanguage": "JSONata", "States": states}


def _caught(name: str, luck: Random, first: Struck, _: Struck) -> list[System]:
    """A Catch that tells somebody and fails, or goes on after a mistake in the code."""
    more = [{"ErrorEquals": ["KeyError"], "ResultPath": "$.why", "Next": "FallBack"}]
    every = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.why", "Next": "Tell"}]
    catch = [*(more if luck.random() < 0.5 else []), *(every if luck.random() < 0.7 else [])]
    others = {
        "FallBack": {"Type": "Pass", "Comment": RECOVERED, "Next": "Store"},
        "Tell": {**_task("arn:aws:states:::sns:publish"), "Next": "GiveUp"},
        "GiveUp": {"Type": "Fail", "Error": "GaveUp", "Cause": "The work could not be done."},
    }
    work = {**first.asl, **({"Catch": catch} if catch else {})}
    return [_system(name, luck, row((first.name, work), ("Store", _task(DYNAMO)), **others), first)]


def _parallel(name: str, luck: Random, first: Struck, second: Struck) -> list[System]:
    pause = ("Pause", {"Type": "Wait", "Seconds": luck.choice((1, 90, 900))})
    both = luck.random() < 0.5
    beside = (second.name, second.asl) if both else ("Beside", _task())
    branches = [row((first.name, first.asl)), row(pause, beside)]
    around = {"Type": "Parallel", "Branches": branches, "ResultPath": None, **_again(luck)}
    struck = (first, second) if both else (first,)
    return [_system(name, luck, row(("Around", around), ("Store", _task(DYNAMO))), *struck)]


def _again(luck: Random) -> dict[str, Any]:
    """What runs everything within a Map or Parallel again where it fails, of one in two."""
    if luck.random() < 0.5:
        return {}
    often = {"IntervalSeconds": luck.choice((10, 60, 600)), "MaxAttempts": luck.choice((1, 2, 3))}
    return {"Retry": [{"ErrorEquals": ["States.ALL"], "BackoffRate": 1, **often}]}


def _map(name: str, luck: Random, first: Struck, _: Struck) -> list[System]:
    around: dict[str, Any] = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "MaxConcurrency": luck.choice((0, 1, 2)),
        "ItemProcessor": row((first.name, first.asl), ("Store", _task(DYNAMO))),
        "ResultPath": None,
        **_again(luck),
    }
    items = luck.choice((2, 3, 6))
    return [_system(name, luck, row(("Each", around)), first, items=items)]


def _crowd(name: str, luck: Random, first: Struck, _: Struck) -> list[System]:
    """A Map that now and then starts more items at once than a limit lets through."""
    items, long = luck.choice((12, 24, 36)), luck.choice((3.0, 20.0))
    slots = Concurrency(luck.randint(4, items - 4))

    def outcome(attempt: Attempt) -> Outcome:
        free = slots.takes(attempt.now, long)
        return Succeeds(long) if free else failures.lambda_throttled(attempt)

    retry = [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 2}]
    task = {**_task(), **({"Retry": retry} if luck.random() < 0.6 else {})}
    inner = row((STATE, task))
    around = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": inner, "ResultPath": None}
    many = replace(first, outcome=outcome, starts=first.starts[::20], name=STATE)
    found = _system(name, luck, row(("Each", around)), many)
    sizes = [luck.choice((items, items // 2, 3)) for _ in found.starts]
    starts = tuple(
        replace(each, input={"items": list(range(size))})
        for each, size in zip(found.starts, sizes, strict=True)
    )
    return [replace(found, starts=starts)]


def _nested(name: str, luck: Random, first: Struck, _: Struck) -> list[System]:
    """A machine that starts another one and waits for it, some with a limit on that."""
    arguments = {"StateMachineArn": machine_arn(f"{name}-child"), "Input": {}}
    run = {**_task("arn:aws:states:::states:startExecution.sync:2"), "Parameters": arguments}
    if luck.random() < 0.4:
        run["TimeoutSeconds"] = luck.choice((1800, 3600, 2 * 3600))
    if luck.random() < 0.3:
        run["Retry"] = [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 1}]
    above = _system(name, luck, row(("Prepare", _task()), ("Run", run), ("Store", _task())), first)
    below = _system(f"{name}-child", luck, row((first.name, first.asl)), first)
    return [replace(above, outcomes={}), replace(below, starts=())]


def _distributed(name: str, luck: Random, first: Struck, _: Struck) -> list[System]:
    short = ".sync" not in first.asl["Resource"] and luck.random() < 0.5
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS" if short else "STANDARD"}
    around = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "ItemProcessor": {"ProcessorConfig": config, **row((first.name, first.asl))},
        "ToleratedFailurePercentage": luck.choice((0, 20)),
        "ResultPath": None,
    }
    few = replace(first, starts=first.starts[::10])
    return [_system(name, luck, row(("Spread", around), ("Store", _task())), few, items=8)]


Shape = Callable[[str, Random, Struck, Struck], list[System]]
_SHAPES: Mapping[str, Shape] = {
    "plain": _plain,
    "express": _express,
    "choice": _choice,
    "two": _two,
    "caught": _caught,
    "parallel": _parallel,
    "map": _map,
    "crowd": _crowd,
    "nested": _nested,
    "distributed": _distributed,
}

"""Lives through a world of hints: what a digest sees of it, and what a retrier brings in truth."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sfn_digest.asl.definition import Retrier
from sfn_digest.aws.successes import read_telling
from sfn_digest.history.kinds import FAILED_ATTEMPT, SCHEDULED
from sfn_digest.model.executions import Execution, Failure, HistoryEvent
from sfn_digest.model.successes import ReadSuccess, Success, Successes
from sfn_digest.pipeline.failures import read_failure, read_success
from sfn_digest.retry.backtest.estimate import Outcome, outcome_at
from sfn_digest.retry.backtest.replay import Course
from simulator.records import RawEvent, SimExecution, World
from simulator.worlds.hints.ground import STATE
from simulator.worlds.hints.kinds import KINDS, LOADED
from simulator.worlds.systems import DAY, Setting, build_world, machine_arn

START = 1_781_000_000.0
LATER = "a later week as judge"
LATER_KINDS = ("outages", "brownouts", "noise and outages", "Spot", "heavy tails", "herd")
MOST_HISTORIES = 60
"""How many successes of a machine may have their history read."""


@dataclass(frozen=True)
class Lived:
    """A kind's world as it happened.

    What happens before `told` (epoch seconds) is what the digest sees, and what starts at
    `judged` or later is what a hint is judged by.
    """

    kind: str
    setting: Setting
    world: World
    told: float
    judged: float


def live(kind: str, seed: int) -> Lived:
    """Live through the world of a kind and seed."""
    later = kind == LATER
    if later:
        kind = LATER_KINDS[seed % len(LATER_KINDS)]
    weeks = 2 if later else 1
    setting = Setting(START, START + weeks * 7 * DAY, seed * 1009)
    world = build_world(KINDS[kind](setting), setting)
    middle = START + 7 * DAY
    return Lived(kind, setting, world, middle, middle if later else START)


def relive(
    lived: Lived, name: str, retrier: Mapping[str, Any], only: frozenset[str]
) -> Mapping[str, SimExecution]:
    """The same world with a retrier before a machine's own; its executions by name.

    `only` are the executions that can differ; where the load matters all of them run.
    """
    systems = KINDS[lived.kind](lived.setting)
    system = next(each for each in systems if each.name == name)
    starts = system.starts if lived.kind in LOADED else [s for s in system.starts if s.name in only]
    changed = deepcopy(dict(system.definition))
    state = changed["States"][STATE]
    state["Retry"] = [dict(retrier), *state.get("Retry", ())]
    setting = replace(lived.setting, end=lived.setting.end + 7 * DAY)
    again = replace(system, definition=changed, starts=tuple(starts))
    return {each.name: each for each in build_world([again], setting).executions}


def courses(executions: Mapping[str, SimExecution]) -> Mapping[str, Course]:
    """What became of each execution whose task failed at least once."""
    found = {}
    for name, execution in executions.items():
        failed = [e["timestamp"] for e in execution.events if e["type"] in FAILED_ATTEMPT]
        if failed:
            starts = [e["timestamp"] for e in execution.events if e["type"] in SCHEDULED]
            found[name] = Course(
                starts=[moment - failed[0] for moment in starts[1:]],
                fails=[moment - failed[0] for moment in failed[1:]],
                recovers=len(failed) if execution.status == "SUCCEEDED" else 0,
            )
    return found


def really(lived: Lived, arn: str) -> Mapping[str, Outcome]:
    """What became of each execution of a machine whose task failed at least once."""
    mine = {e.name: e for e in lived.world.executions if e.machine_arn == arn}
    return {name: outcome_at(course, 99) for name, course in courses(mine).items()}


def as_asl(retrier: Retrier) -> dict[str, Any]:
    """A retrier in Amazon States Language."""
    return {
        "ErrorEquals": list(retrier.errors),
        "IntervalSeconds": int(retrier.interval),
        "MaxAttempts": retrier.attempts,
        "BackoffRate": retrier.rate,
        "MaxDelaySeconds": int(retrier.max_delay),
        "JitterStrategy": "FULL" if retrier.full_jitter else "NONE",
    }


def failures_of(lived: Lived) -> list[Failure]:
    """The failures as the digest reads them."""
    return [
        read_failure(
            Execution(
                each.arn,
                each.machine_arn,
                each.name,
                "FAILED",
                _moment(each.started_at),
                _moment(each.stopped_at or 0.0),
            ),
            iter([_events(each.events)]),
            child_history=lambda _: iter(()),
        )
        for each in lived.world.executions
        if each.status == "FAILED" and (each.stopped_at or 0.0) < lived.told
    ]


def successes_of(lived: Lived, machine: str, most: int = MOST_HISTORIES) -> Successes:
    """The successes as the account lists them, those that tell something read."""
    arn = machine_arn(machine)
    found = {
        each.arn: each
        for each in lived.world.executions
        if each.machine_arn == arn
        and each.status == "SUCCEEDED"
        and (each.stopped_at or 0.0) < lived.told
    }
    listed = [
        Success(each.arn, arn, _moment(each.started_at), _moment(each.stopped_at or 0.0))
        for each in found.values()
    ]

    def read(success: Success) -> ReadSuccess:
        return read_success(success, iter([_events(found[success.arn].events)]))

    return Successes(arn, tuple(listed), tuple(read_telling(listed, most, read)), complete=True)


def _events(raw: Iterable[RawEvent]) -> list[HistoryEvent]:
    return [
        HistoryEvent(
            id=each["id"],
            previous_event_id=each["previousEventId"],
            type=each["type"],
            timestamp=_moment(each["timestamp"]),
            details=next((each[key] for key in each if key.endswith("EventDetails")), {}),
        )
        for each in reversed(list(raw))
    ]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(seconds, 3), UTC)

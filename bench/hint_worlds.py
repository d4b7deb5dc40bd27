"""Lives through a world of hints: what a digest sees of it, and what a retrier brings in truth."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from sfn_digest.asl.definition import Retrier
from sfn_digest.aws.success_histories import read_informative
from sfn_digest.history.kinds import FAILED_ATTEMPT, SCHEDULED
from sfn_digest.model.executions import Execution, Failure, HistoryEvent
from sfn_digest.model.successes import ReadSuccess, Success, Successes
from sfn_digest.pipeline.failures import read_failure, read_success
from simulator.engine.draws import draw
from simulator.engine.outcomes import Attempt, Succeeds
from simulator.engine.retries import Retries
from simulator.records import RawEvent, SimExecution, World
from simulator.worlds.hints.ground import STATE
from simulator.worlds.hints.kinds import KINDS, LOADED, Kind
from simulator.worlds.hints.traces import HALVES, real_kinds
from simulator.worlds.systems import DAY, Setting, System, build_world, machine_arn

Kinds = Mapping[str, Kind]
START = 1_781_000_000.0
LATER = "a later week as judge"
LATER_KINDS = (
    *("outages", "brownouts", "noise and outages", "Spot", "heavy tails", "herd"),
    *("real: Spot capacity", "real: services", "real: sites"),
)
MOST_HISTORIES = 60
"""How many successes of a machine may have their history read."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a visit came to: seconds from its first failure, and retries."""

    seconds: float
    retries: int
    recovered: bool


@dataclass(frozen=True, slots=True)
class Course:
    """Seconds after the first failure at which each retry started, and at which each failed.

    `recovers` is the number of the retry that succeeded, 0 where none did.
    """

    starts: Sequence[float]
    fails: Sequence[float]
    recovers: int

    def at_most(self, attempts: int) -> Outcome:
        """What it would have come to with at most so many retries."""
        if 0 < self.recovers <= attempts:
            return Outcome(self.starts[self.recovers - 1], self.recovers, recovered=True)
        made = min(attempts, len(self.fails))
        return Outcome(self.fails[made - 1] if made else 0.0, made, recovered=False)


@dataclass(frozen=True)
class Lived:
    """A kind's world as it happened; `make` gives the systems that live in it.

    What happens before `seen_until` (epoch seconds) is what the digest sees, and what starts at
    `judged` or later is what a hint is judged by.
    """

    kind: str
    make: Kind
    setting: Setting
    world: World
    seen_until: float
    judged: float

    def system(self, name: str) -> System:
        """The system of this machine."""
        return next(each for each in self.make(self.setting) if each.name == name)


def all_kinds(half: str = HALVES[1]) -> Kinds:
    """The kinds of worlds; those of real times down are among them where SFN_TRACES is set."""
    file = os.environ.get("SFN_TRACES")
    real = real_kinds(json.loads(Path(file).read_text()), half) if file else {}
    return {**KINDS, **real}


def live(kind: str, seed: int, kinds: Kinds = KINDS) -> Lived:
    """Live through the world of a kind and seed."""
    later = kind == LATER
    if later:
        known = [each for each in LATER_KINDS if each in kinds]
        kind = known[seed % len(known)]
    weeks = 2 if later else 1
    setting = Setting(START, START + weeks * 7 * DAY, seed * 1009)
    world = build_world(kinds[kind](setting), setting)
    middle = START + 7 * DAY
    return Lived(kind, kinds[kind], setting, world, middle, middle if later else START)


def live_week(kind: str, seed: int, week: int, kinds: Kinds = KINDS) -> Lived:
    """A week of the world of a kind and seed: its weather is like that of the others."""
    begin = START + week * 7 * DAY
    setting = Setting(begin, begin + 7 * DAY, seed * 1009, week)
    world = build_world(kinds[kind](setting), setting)
    return Lived(kind, kinds[kind], setting, world, setting.end, begin)


def relive(
    lived: Lived, name: str, retrier: Mapping[str, Any], only: frozenset[str]
) -> Mapping[str, SimExecution]:
    """The same world with a retrier before a machine's own; its executions by name.

    `only` are the executions that can differ; where the load matters all of them run.
    """
    system = lived.system(name)
    starts = system.starts if lived.kind in LOADED else [s for s in system.starts if s.name in only]
    changed = deepcopy(dict(system.definition))
    state = changed["States"][STATE]
    state["Retry"] = [dict(retrier), *state.get("Retry", ())]
    setting = replace(lived.setting, end=lived.setting.end + 7 * DAY)
    again = replace(system, definition=changed, starts=tuple(starts))
    return {each.name: each for each in build_world([again], setting).executions}


def shortcut(
    lived: Lived, name: str, retrier: Mapping[str, Any], only: Iterable[str]
) -> Mapping[str, Course]:
    """The courses that `relive` would give, without running the machine.

    For worlds of one task in which no execution depends on another: each attempt is asked for
    what it comes to, at the time at which the retriers would make it.
    """
    system = lived.system(name)
    task = system.definition["States"][STATE]
    began = {each.name: each for each in lived.world.executions if each.name in set(only)}
    return {
        execution: _course(lived, system, task, retrier, run) for execution, run in began.items()
    }


def _course(
    lived: Lived,
    system: System,
    task: Mapping[str, Any],
    retrier: Mapping[str, Any],
    run: SimExecution,
) -> Course:
    retries = Retries([retrier, *task.get("Retry", ())])
    now = next(each["timestamp"] for each in run.events if each["type"] in SCHEDULED)
    visit = f"{run.name}/{STATE}#1"
    starts: list[float] = []
    fails: list[float] = []
    for number in count(1):
        starts.append(now)
        key = f"{visit}/0.{number}"
        attempt = Attempt(
            system.name, run.name, STATE, task["Resource"], now + _PAUSE, number, 1, key, {}
        )
        outcome = system.outcomes[STATE](attempt)
        if isinstance(outcome, Succeeds):
            recovers = number - 1 if fails else 0
            break
        now += outcome.after + 2 * _PAUSE
        fails.append(now)
        luck = draw(lived.setting.seed, visit, 0, number, "back-off")
        delay = retries.delay(outcome.error, luck)
        if delay is None:
            recovers = 0
            break
        now += delay
    first = fails[0] if fails else 0.0
    return Course([at - first for at in starts[1:]], [at - first for at in fails[1:]], recovers)


_PAUSE = 0.05
"""Seconds that Step Functions takes between two events, about."""


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
    return {name: course.at_most(99) for name, course in courses(mine).items()}


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
        if each.status == "FAILED" and (each.stopped_at or 0.0) < lived.seen_until
    ]


def successes_of(lived: Lived, machine: str, most: int = MOST_HISTORIES) -> Successes:
    """The successes as the account lists them, those that tell something read."""
    arn = machine_arn(machine)
    found = {
        each.arn: each
        for each in lived.world.executions
        if each.machine_arn == arn
        and each.status == "SUCCEEDED"
        and (each.stopped_at or 0.0) < lived.seen_until
    }
    listed = [
        Success(each.arn, arn, _moment(each.started_at), _moment(each.stopped_at or 0.0))
        for each in found.values()
    ]

    def read(success: Success) -> ReadSuccess:
        return read_success(success, iter([_events(found[success.arn].events)]))

    return Successes(arn, tuple(listed), tuple(read_informative(listed, most, read)), complete=True)


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

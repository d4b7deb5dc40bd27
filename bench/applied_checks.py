"""Holds what a hint promised against what came out when its week happened again with it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from sfn_digest.config.deadline import DEFAULT_DEADLINE, deadline_seconds
from sfn_digest.history.kinds import FAILED_ATTEMPT, SCHEDULED
from sfn_digest.model.report import Hint
from sfn_digest.model.retry_cost import RetryCost
from sfn_digest.retry.hints.ecs_tasks import BRANCH, STARTS
from sfn_digest.retry.hints.herds import CONCURRENCY, HERD
from sfn_digest.retry.hints.retry_longer import RETRY
from sfn_digest.retry.hints.spot_tasks import ON_SPOT
from sfn_digest.retry.hints.stop_retrying import STOP, TIMED_OUT
from sfn_digest.retry.hints.timeouts import VALUE
from simulator.records import SimExecution, World

Runs = Mapping[str, SimExecution]
Check = tuple[str, bool, str]
"""What is checked, whether it held, and the figures in words."""
Entry = tuple[int, int]
"""The event that entered a state, and after how many redrives."""
CHILD = "-child"
"""How the name of a machine ends that the one of the same name starts."""
_ROUNDED = 1.01
"""How far beyond a promised time one may come: people read it rounded, and events take a moment."""
_TIMED = 5
"""Executions that recover from which on their wait is checked."""


@dataclass(frozen=True)
class Judged:
    """A hint, whether it was applied, and which of its promises held.

    `gained` are further executions that succeed; `worse`: fewer do than before, of the machine or
    of the one that starts it. `seen` are the figures in words.
    """

    kind: str
    name: str
    applied: bool
    gained: int = 0
    worse: bool = False
    checks: Mapping[str, bool] = field(default_factory=dict)
    seen: str = ""

    def __str__(self) -> str:
        """A line on it."""
        broken = [check for check, held in self.checks.items() if not held]
        off = ([] if self.applied else ["NOT APPLIED"]) + (["HARM"] if self.worse else []) + broken
        marked = f"  OFF: {', '.join(off)}" if off else ""
        return f"{self.kind:16}{self.name}: {self.gained:+d}; {self.seen}{marked}"


def judged(hint: Hint, world: World, again: World) -> Judged:
    """Judge a hint by the world as it was, and as it is with the hint."""
    found = list(_checks(hint, world, again))
    gains = gains_of(hint.machine_arn, world, again)
    return Judged(
        kind=hint.kind,
        name=f"{hint.machine_arn.rsplit(':', 1)[-1]}, {hint.state}, {hint.cause}",
        applied=True,
        gained=gains[0],
        worse=min(gains) < 0,
        checks={check: held for check, held, _ in found},
        seen=", ".join(words for *_, words in found if words),
    )


def gains_of(arn: str, world: World, again: World) -> list[int]:
    """Further executions that succeed of a machine, and of the one that starts it."""
    return [_gain(world, again, each) for each in dict.fromkeys((arn, arn.removesuffix(CHILD)))]


def _gain(world: World, again: World, arn: str) -> int:
    before, after = runs_of(world, arn), runs_of(again, arn)
    return sum(
        (after[name].status == "SUCCEEDED") - (run.status == "SUCCEEDED")
        for name, run in before.items()
        if run.stopped_at is not None and name in after
    )


def runs_of(world: World, machine_arn: str) -> Runs:
    """A machine's executions, by name."""
    return {each.name: each for each in world.executions if each.machine_arn == machine_arn}


def _checks(hint: Hint, world: World, again: World) -> Iterator[Check]:
    before, after = runs_of(world, hint.machine_arn), runs_of(again, hint.machine_arn)
    both = {name: (run, after[name]) for name, run in before.items() if name in after}
    yield "as said", _does_as_said(hint, [*both.values()]), ""
    failed = [name for name, run in before.items() if _is_about(hint, run)]
    # A child that a retry of its parent started is not needed where the one before succeeds.
    good = [each for each in failed if each not in after or _is_past(hint, after[each])]
    found = hint.recovered
    if found.high:
        words = f"{found.low} to {found.high} of {len(failed)} recover: {len(good)}"
        yield "bounds", found.low <= len(good) <= found.high, words
        yield "heals", bool(good) or found.low == 0, ""
    if hint.cost is None:
        return
    state, limit = str(hint.state), _deadline(world, hint.machine_arn)
    yield from _times(hint.cost, [run for _, run in both.values()], state, limit)
    if hint.kind == RETRY:
        runs = [_spans(after[name], state) for name in good if name in after]
        waits = [max(map(_held, each.values()), default=0.0) for each in runs]
        yield from _costs(hint.cost, [*both.values()], state, waits, max(3, len(failed)))


Pairs = list[tuple[SimExecution, SimExecution]]
"""Executions as they were, and as they are with the hint."""


def _does_as_said(hint: Hint, runs: Pairs) -> bool:
    """Whether a hint brings what its kind says it does, beside recoveries."""
    state = str(hint.state)
    if hint.kind in (STOP, TIMED_OUT):
        saved = sum(_tries(before, state) - _tries(after, state) for before, after in runs)
        return saved >= hint.failed_attempts
    if hint.kind in (CONCURRENCY, HERD):
        refused = [sum(_by(hint.cause, run[which]) for run in runs) for which in (0, 1)]
        return refused[1] < refused[0] or not refused[0]
    if hint.kind == VALUE:
        ended = [sum(_is_about(hint, run[which]) for run in runs) for which in (0, 1)]
        return ended[1] <= ended[0]
    return True


def _by(cause: str, run: SimExecution) -> int:
    return sum(each.cause == cause for each in run.truth.attempts)


def _times(
    cost: RetryCost, runs: Iterable[SimExecution], state: str, limit: float
) -> Iterator[Check]:
    """How long a visit was held at worst, and an execution by all of its visits."""
    spans = [each for run in runs for each in _spans(run, state).values()]
    hold = max((until - since for each in spans for since, until in each), default=0.0)
    held = max(map(_held, spans), default=0.0)
    most = cost.hold_seconds
    yield "hold", hold <= _ROUNDED * most + 1, f"hold {most:.0f}: {hold:.0f}"
    kept = max(most, held / _ROUNDED) <= limit
    yield "deadline", kept, f"held {held:.0f} of {limit:.0f}"


def _costs(
    cost: RetryCost, runs: Pairs, state: str, waits: list[float], room: float
) -> Iterator[Check]:
    """What it costs: the wait, executions that become slower, and attempts."""
    if len(waits) >= _TIMED:
        wait = median(waits)
        words = f"wait {cost.wait_seconds:.0f}: {wait:.0f}"
        yield "wait", about(cost.wait_seconds, wait, 60), words
    slower = sum(
        before.status == after.status == "SUCCEEDED"
        and (after.stopped_at or 0) > (before.stopped_at or 0) + 1
        for before, after in runs
    )
    least = cost.slower <= max(slower + room, 2 * slower)
    yield "slower", least, f"slower {cost.slower:.0f} at least: {slower}"
    more = sum(_tries(after, state) - _tries(before, state) for before, after in runs)
    yield "attempts", about(cost.attempts, more, room), f"attempts {cost.attempts:.0f}: {more}"


def about(promised: float, true: float, room: float) -> bool:
    """Whether two numbers are within a factor of two, or no farther apart than `room`."""
    return abs(promised - true) <= room or (
        true != 0 and 0.5 <= promised / true <= 2  # Of one sign.
    )


def _is_about(hint: Hint, run: SimExecution) -> bool:
    """Whether an execution failed by what the hint answers."""
    causes = ON_SPOT | STARTS if hint.kind == BRANCH else {hint.cause}
    return run.status == "FAILED" and run.truth.state == hint.state and run.truth.cause in causes


def _is_past(hint: Hint, run: SimExecution) -> bool:
    """Whether an execution came past the hinted state."""
    states = {str(hint.state), f"{hint.state} on demand"}
    left = all(_named(run, "Entered", each) == _named(run, "Exited", each) for each in states)
    return run.status == "SUCCEEDED" or (run.truth.state not in states and left)


def _named(run: SimExecution, ending: str, state: str) -> int:
    return sum(_name(event, ending) == state for event in run.events)


def _name(event: Mapping[str, Any], ending: str) -> str | None:
    name: str | None = event.get(f"state{ending}EventDetails", {}).get("name")
    return name


def _deadline(world: World, arn: str) -> float:
    """Seconds that retries may hold an execution of a machine, by its tag and its timeout."""
    machine = next(each for each in world.machines if each.arn == arn)
    tag = machine.tags.get("sfn-digest:deadline", DEFAULT_DEADLINE)
    own = deadline_seconds(tag) or 0.0
    return min(own, float(machine.definition.get("TimeoutSeconds", own)))


def _held(found: Iterable[tuple[float, float]]) -> float:
    """Seconds in which any of these times was."""
    held = end = 0.0
    for since, until in sorted(found):
        held += max(0.0, until - max(since, end))
        end = max(end, until)
    return held


def _visits(run: SimExecution, state: str) -> Iterator[tuple[Entry, Mapping[str, Any]]]:
    """The events of each visit of a state, with its entry; a redrive begins another visit."""
    entries, redrives = dict[int, int](), 0
    for event in run.events:
        before = event["previousEventId"]
        redrives += event["type"] == "ExecutionRedriven"
        if _name(event, "Entered") == state:
            entries[event["id"]] = event["id"]
        elif before in entries:
            yield (entries[before], redrives), event
            if not event["type"].endswith("StateExited"):
                entries[event["id"]] = entries[before]


def _spans(run: SimExecution, state: str) -> Mapping[int, list[tuple[float, float]]]:
    """When retries held each visit of a state, by redrives before: from its first failure until
    the last, or the start of what succeeds. Where one hung, that held it longer than retries.
    """
    first, last = dict[Entry, float](), dict[Entry, float]()
    events = list(_visits(run, state))
    hung = {entry for entry, event in events if event["type"].endswith("TimedOut")}
    for entry, event in events:
        if event["type"] in FAILED_ATTEMPT:
            first.setdefault(entry, event["timestamp"])
        if entry in first and event["type"] in (*FAILED_ATTEMPT, *SCHEDULED):
            last[entry] = event["timestamp"]
    spans = defaultdict[int, list[tuple[float, float]]](list)
    for entry in first.keys() - hung:
        spans[entry[1]].append((first[entry], last[entry]))
    return spans


def _tries(run: SimExecution, state: str) -> int:
    """How many attempts a state made."""
    return sum(event["type"] in SCHEDULED for _, event in _visits(run, state))

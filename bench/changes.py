"""How right the backtest of a changed definition is, in worlds that can be lived through again.

`python -m bench.changes [--changes N] [--seed S]` replays changed definitions, better, worse and
neutral ones, on the worlds of `bench.hints`, and lives through each world again under the change.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle
from statistics import median
from typing import Any

from bench.hint_worlds import Lived, all_kinds, failures_of, live, successes_of
from bench.table import write_table
from sfn_digest.asl.definition import read_definition
from sfn_digest.model.change import Bounds
from sfn_digest.retry.change.definition_backtest import replay_change
from simulator.engine.draws import between, draw
from simulator.records import SimMachine
from simulator.worlds.hints.ground import LAMBDA, STATE
from simulator.worlds.hints.kinds import LOADED, Kind
from simulator.worlds.systems import DAY, build_world

WAYS = (
    *(
        "longer",
        "Map: longer",
        "shorter",
        "none",
        "Parallel: longer",
        "first",
        "caught",
        "Map: none",
    ),
    *("timeout", "none", "Parallel: first", "other errors", "Parallel: caught", "faster"),
    *("Parallel: timeout", "Map: shorter", "Parallel: none"),
)
"""What a change does; each is made in turn. Where there is no Retry to shorten, one is written.

After a name of what holds the task, the change is made to what is around it.
"""
AROUND = "Around"


@dataclass
class Row:
    """What was counted over the changes."""

    changes: int = 0
    held: int = 0
    beyond: int = 0
    right: int = 0
    better: int = 0
    worse: int = 0
    widths: list[float] = field(default_factory=list)

    def add(self, found: Bounds, truth: int, failures: int) -> None:
        """Count one change in; see `main` for what is counted."""
        self.changes += 1
        self.held += found.low <= truth <= found.high
        self.better += truth > 0
        self.worse += truth < 0
        self.widths.append((found.high - found.low) / max(1, failures))
        if abs(truth) > (found.high - found.low) / 2:
            self.beyond += 1
            self.right += found.likely * truth > 0


def changed(asl: Mapping[str, Any], way: str, seed: int) -> dict[str, Any]:
    """A machine's definition, changed as somebody might change it."""
    place = AROUND if AROUND in asl["States"] else STATE
    state = dict(asl["States"][place])
    retry = [dict(each) for each in state.get("Retry", ())]
    names = [name for each in retry for name in each["ErrorEquals"]] or ["States.ALL"]
    patient = {
        "ErrorEquals": ["States.ALL"] if draw(seed, "all") < 0.5 else names,
        "IntervalSeconds": int(between(10, 600, seed, "interval")),
        "MaxAttempts": int(between(2, 12, seed, "attempts")),
        "BackoffRate": 1.0 if draw(seed, "rate") < 0.5 else 2.0,
        "MaxDelaySeconds": int(between(600, 3600, seed, "cap")),
        "JitterStrategy": "FULL" if draw(seed, "jitter") < 0.3 else "NONE",
    }
    short = {"ErrorEquals": names, "IntervalSeconds": 1, "MaxAttempts": 1}
    if way == "longer" or (way in ("shorter", "none", "faster") and not retry):
        state["Retry"] = [patient]
    elif way == "first":
        state["Retry"] = [{**patient, "ErrorEquals": names}, *retry]
    elif way == "shorter":
        state["Retry"] = [short]
    elif way == "faster":
        state["Retry"] = [{**each, "IntervalSeconds": 1, "BackoffRate": 1.0} for each in retry]
    elif way == "none":
        state["Retry"] = []
    elif way == "other errors":
        state["Retry"] = [{**patient, "ErrorEquals": ["NeverSeen"]}, *retry]
    elif way == "timeout":
        limit = int(between(10, 3000, seed, "timeout"))
        if place == AROUND:
            state["Retry"] = [{**patient, "ErrorEquals": ["States.Timeout"]}, *retry]
            first = state["Branches"][0]
            task = {**first["States"][STATE], "TimeoutSeconds": limit}
            first = {**first, "States": {STATE: task}}
            state["Branches"] = [first, *state["Branches"][1:]]
        else:
            state["TimeoutSeconds"] = limit
    elif way == "caught":
        state["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": "GiveUp"}]
    more = {"GiveUp": {"Type": "Fail"}} if way == "caught" else {}
    return {**asl, "States": {**asl["States"], place: state, **more}}


def held(kind: Kind, by: str) -> Kind:
    """A kind of world in which each task is held by a Map of three items, or by a Parallel."""
    return lambda setting: [
        replace(each, definition=_held(each.definition, by, setting.seed)) for each in kind(setting)
    ]


def _held(asl: Mapping[str, Any], by: str, seed: int) -> dict[str, Any]:
    """The definition; its Retry stands in one half of the worlds on the task, else around it."""
    task = dict(asl["States"][STATE])
    retry = task.pop("Retry", []) if draw(seed, "held") < 0.5 else []
    inner = {"StartAt": STATE, "States": {STATE: task}}
    around: dict[str, Any] = {"Type": by, "End": True, "Retry": retry}
    if by == "Map":
        around |= {"ItemsPath": "$.items", "ItemProcessor": inner}
    else:
        beside = {"Type": "Task", "Resource": LAMBDA, "End": True}
        around["Branches"] = [inner, {"StartAt": "Beside", "States": {"Beside": beside}}]
    items = {"Type": "Pass", "Result": {"items": [1, 2, 3]}, "Next": AROUND}
    return {**asl, "StartAt": "Items", "States": {"Items": items, AROUND: around}}


def truth_of(lived: Lived, machine: SimMachine, asl: Mapping[str, Any], *, every: bool) -> int:
    """Executions that succeed under the change and did not, less those that the other way round.

    Those that closed before the world was seen count. Unless `every` one may differ, those alone
    run again that failed at first.
    """
    ran = {e.name: e for e in lived.world.executions if e.machine_arn == machine.arn}
    judged = {name for name, e in ran.items() if e.stopped_at and e.stopped_at < lived.seen_until}
    struck = {name for name, e in ran.items() if any(_failed(each) for each in e.events)}
    system = lived.system(machine.name)
    every = every or lived.kind in LOADED
    starts = [each for each in system.starts if every or each.name in struck]
    setting = replace(lived.setting, end=lived.setting.end + 14 * DAY)
    again = build_world([replace(system, definition=dict(asl), starts=tuple(starts))], setting)
    return sum(
        (each.status == "SUCCEEDED") - (ran[each.name].status == "SUCCEEDED")
        for each in again.executions
        if each.name in judged
    )


def _failed(event: Mapping[str, Any]) -> bool:
    return str(event["type"]).endswith(("Failed", "TimedOut"))


@dataclass(frozen=True, slots=True)
class Measured:
    """A change in a world: what the backtest says of it, what is true, and the failures."""

    kind: str
    way: str
    bounds: Bounds
    truth: int
    failures: int


def measured(
    lived: Lived, machine: SimMachine, way: str, seed: int
) -> tuple[Bounds, int, int] | None:
    """What the backtest says of one change, what is true, and the failures; None without any."""
    failures = [e for e in failures_of(lived) if e.execution.machine_arn == machine.arn]
    if not failures:
        return None
    asl = changed(machine.definition, way, seed)
    found = replay_change(
        machine.arn,
        read_definition(machine.definition),
        read_definition(asl),
        failures,
        successes_of(lived, machine.name),
    )
    true = truth_of(lived, machine, asl, every=way == "timeout")
    return found.outcome.net, true, len(failures)


def measures(changes: int, seed: int) -> Iterator[Measured]:
    """So many changes, over all kinds of worlds in turn."""
    kinds, found = all_kinds(), 0
    for number, kind in enumerate(cycle(kinds)):
        by, _, way = WAYS[number % len(WAYS)].rpartition(": ")
        each = {**kinds, kind: held(kinds[kind], by)} if by else kinds
        lived = live(kind, seed + number + 1, each)
        measure = measured(lived, lived.world.machines[0], way, lived.setting.seed)
        if measure is not None:
            found += 1
            yield Measured(lived.kind, WAYS[number % len(WAYS)], *measure)
        if found == changes:
            return


def rows(changes: int, seed: int) -> Row:
    """What was counted over so many changes."""
    row = Row()
    for each in measures(changes, seed):
        row.add(each.bounds, each.truth, each.failures)
    return row


def table(row: Row) -> Sequence[tuple[str, str]]:
    """The table's rows."""
    return (
        ("changed definitions; truly better, worse", f"{row.changes}; {row.better}, {row.worse}"),
        ("bounds that held what really became of the executions", _part(row.held, row.changes)),
        ("sign right where the truth is beyond the bounds' half-width",
         _part(row.right, row.beyond)),
        ("width of the bounds ÷ failures, median", f"{median(row.widths):.2f}"),
    )  # fmt: skip


def _part(some: int, of: int) -> str:
    return f"{some} of {of} = {some / of:.3f}" if of else "-"


def main() -> int:
    """Print the table; gives the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=4000)
    parser.add_argument("--verbose", action="store_true", help="a line for each change")
    words = parser.parse_args()
    row = Row()
    for each in measures(words.changes, words.seed):
        row.add(each.bounds, each.truth, each.failures)
        if words.verbose:
            bounds = each.bounds
            off = "" if bounds.low <= each.truth <= bounds.high else "  OUT"
            sys.stdout.write(
                f"{each.kind:28}{each.way:20}{each.failures:6} failures {bounds.low:6} "
                f"{bounds.likely:8.1f} {bounds.high:6}   truly {each.truth:5}{off}\n"
            )
            sys.stdout.flush()
    write_table(("backtest", ""), table(row))
    return 0


if __name__ == "__main__":
    sys.exit(main())

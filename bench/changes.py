"""How right the backtest of a changed definition is, in worlds that can be lived through again.

`python -m bench.changes [--changes N] [--seed S]` replays changed definitions, better, worse and
neutral ones, on the worlds of `bench.hints`, and lives through each world again under the change.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from bench.hint_worlds import Kinds, Lived, all_kinds, failures_of, live, successes_of
from bench.table import write_table
from sfn_digest.asl.definition import read_definition
from sfn_digest.model.change import Bounds
from sfn_digest.retry.change.definition_backtest import replay_change
from simulator.engine.draws import between, draw
from simulator.records import SimMachine
from simulator.worlds.hints.ground import STATE
from simulator.worlds.hints.kinds import LOADED
from simulator.worlds.systems import DAY, build_world

WAYS = ("longer", "shorter", "none", "first", "caught", "timeout", "none", "other errors", "faster")
"""What a change does; each is made in turn. Where there is no Retry to shorten, one is written."""


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
    state = dict(asl["States"][STATE])
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
        state["TimeoutSeconds"] = int(between(10, 3000, seed, "timeout"))
    elif way == "caught":
        state["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": "GiveUp"}]
    states = {STATE: state, "GiveUp": {"Type": "Fail"}} if way == "caught" else {STATE: state}
    return {**asl, "States": states}


def truth_of(lived: Lived, machine: SimMachine, asl: Mapping[str, Any], *, every: bool) -> int:
    """Executions that succeed under the change and did not, less those that the other way round.

    Those that closed before the world was told count. Unless `every` one may differ, those alone
    run again that failed at first.
    """
    ran = {e.name: e for e in lived.world.executions if e.machine_arn == machine.arn}
    judged = {name for name, e in ran.items() if e.stopped_at and e.stopped_at < lived.told}
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


def rows(changes: int, seed: int) -> Row:
    """So many changes, over all kinds of worlds in turn."""
    row = Row()
    for number, lived in enumerate(_worlds(all_kinds(), seed)):
        machine = lived.world.machines[0]
        found = measured(lived, machine, WAYS[number % len(WAYS)], lived.setting.seed)
        if found is not None:
            row.add(*found)
        if row.changes == changes:
            return row
    return row


def _worlds(kinds: Kinds, seed: int) -> Iterator[Lived]:
    number = 0
    while True:
        for kind in kinds:
            number += 1
            yield live(kind, seed + number, kinds)


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
    if words.verbose:
        for number, lived in enumerate(_worlds(all_kinds(), words.seed)):
            if number == words.changes:
                break
            way = WAYS[number % len(WAYS)]
            found = measured(lived, lived.world.machines[0], way, lived.setting.seed)
            if found:
                bounds, true, failures = found
                off = "" if bounds.low <= true <= bounds.high else "  OUT"
                sys.stdout.write(
                    f"{lived.kind:28}{way:14}{failures:6} failures {bounds.low:6} "
                    f"{bounds.likely:8.1f} {bounds.high:6}   truly {true:5}{off}\n"
                )
                sys.stdout.flush()
    else:
        write_table(("backtest", ""), table(rows(words.changes, words.seed)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

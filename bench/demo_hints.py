"""The demo's hints as they read, each replayed in the demo's world: promised, and what came out.

`python -m bench.demo_hints > docs/demo-hints.md` makes the page. Each hint that `patch` can write
down is applied alone to its machine's definition, and the same nine days happen again.
"""

import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from textwrap import TextWrapper
from typing import Any
from unittest.mock import patch

from sfn_digest.aws import open_account
from sfn_digest.config.request import Request
from sfn_digest.model.executions import Window
from sfn_digest.model.report import Hint, Report
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.patching import make_patch
from sfn_digest.pipeline.run import Run
from sfn_digest.progress import SilentProgress
from sfn_digest.retry import read_definition
from sfn_digest.retry.hints.ecs_tasks import BRANCH
from sfn_digest.retry.hints.spot_tasks import ON_SPOT
from simulator.records import SimExecution, World
from simulator.server import Buckets, Rate, serve
from simulator.worlds.demo import demo_world

END = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
WEEK = Window(END - timedelta(days=7), END)
SHOWN = 12
PLENTY: Buckets = {
    api: Rate(100_000, 100_000)
    for api in ("ListStateMachines", "ListExecutions", "GetExecutionHistory")
}

ON_DEMAND = ON_SPOT | {"task_start_failure"}
"""The causes after which a task runs on demand."""

HEAD = """\
# The demo's hints, and what came of them

What the digest of the demo's week says, word for word, and what came out when each hint was applied
alone and the same days happened again in the simulated account. Made by
`python -m bench.demo_hints` for a week that ended on 2026-11-16; in `make demo` the same happens in
the week up to now, so retriers that are about equally good may change places.
"""


def main() -> int:
    """Print the page; gives the exit status."""
    world = demo_world(END.timestamp())
    report = reported(world)
    sys.stdout.write(HEAD)
    for number, hint in enumerate(report.hints[:SHOWN], start=1):
        sys.stdout.write("\n" + "\n".join(shown(number, hint, report, world)) + "\n")
    return 0


def reported(world: World) -> Report:
    """The digest's report on the last week of a world."""
    with serve(world, buckets=PLENTY) as account, patch.dict(os.environ, account.environment):
        return make_report(Run(Request(WEEK), open_account(1.0, SilentProgress()), now=END))


def shown(number: int, hint: Hint, report: Report, world: World) -> Iterator[str]:
    """A hint's part of the page."""
    name = hint.machine_arn.rsplit(":", 1)[-1]
    yield f"## {number}. {name}: {hint.title}"
    yield ""
    wrapped = TextWrapper(
        100, subsequent_indent="> ", break_long_words=False, break_on_hyphens=False
    )
    yield wrapped.fill(f"> {hint.text}")
    yield ""
    if hint.patched is None:
        yield "Made by hand; nothing to replay."
        return
    yield f"`sfn-digest patch --machine {name} --hint {hint.id}`"
    yield ""
    again = demo_world(END.timestamp(), override={name: patched([hint], name, report, world)})
    for line in came_out(hint, world, again):
        yield f"- {line}"
    steps = [each for each in report.hints if hint.plan is not None and each.plan == hint.plan]
    if hint.step > 1 and hint.step == len(steps):
        whole = demo_world(END.timestamp(), override={name: patched(steps, name, report, world)})
        yield ""
        yield f"The whole plan, `sfn-digest patch --hint {' '.join(each.id for each in steps)}`:"
        yield ""
        for line in of_the_plan(hint, world, whole):
            yield f"- {line}"


def patched(hints: Sequence[Hint], name: str, report: Report, world: World) -> Mapping[str, Any]:
    """The machine's definition with these hints alone."""
    running = next(each.definition for each in world.machines if each.name == name)
    mine = [each for each in report.hints if each.machine_arn == hints[0].machine_arn]
    ids = [each.id for each in hints]
    made = make_patch(name, read_definition(running), mine, ids)
    assert [each.id for each in made.applied] == ids
    return made.patched


def of_the_plan(hint: Hint, world: World, again: World) -> Iterator[str]:
    """What came of all steps of a plan; the hint is its last."""
    before, after = runs_of(world, hint.machine_arn), runs_of(again, hint.machine_arn)
    about, left = (ended_by(causes_of(hint), runs) for runs in (before, after))
    ended = f"Executions that ended by {' or '.join(sorted(causes_of(hint)))}"
    yield f"{ended}: {len(about)} before, {len(left)} after; {fate(about, after)}."
    tried, tries = attempts(before, hint), attempts(after, hint)
    yield f"Attempts that failed by {hint.cause}: {tried} before, {tries} after."


def causes_of(hint: Hint) -> frozenset[str]:
    """The causes that a hint is about."""
    return frozenset(ON_DEMAND if hint.kind == BRANCH else {hint.cause})


def ended_by(causes: Collection[str], runs: Mapping[str, SimExecution]) -> list[str]:
    """The executions, by name, that ended by one of these causes."""
    return [run for run, each in runs.items() if each.truth.cause in causes]


def fate(runs: Sequence[str], after: Mapping[str, SimExecution]) -> str:
    """How many of these executions succeeded, and what ended the others."""
    found = [after[run] for run in runs if run in after]
    good = sum(each.status == "SUCCEEDED" for each in found)
    others = sorted({str(each.truth.cause) for each in found if each.status != "SUCCEEDED"})
    rest = f", and the others ended by {' or '.join(others)}" if others else ""
    return f"{good} of these executions succeeded{rest}"


def came_out(hint: Hint, world: World, again: World) -> Iterator[str]:
    """What the hint promised, and what came out of it when the days of a world came again."""
    before, after = runs_of(world, hint.machine_arn), runs_of(again, hint.machine_arn)
    causes = causes_of(hint)
    about, left = (ended_by(causes, runs) for runs in (before, after))
    found = hint.recovered
    if found.high:
        true = [run for run in about if run not in left]
        yield (
            f"Promised: {found.low} to {found.high} of {hint.failures} recover. Came out: "
            f"{len(true)}; {fate(true, after)}."
        )
    ended = " or ".join(sorted(causes))
    yield f"Executions that ended by {ended}: {len(about)} before, {len(left)} after."
    tried, tries = attempts(before, hint), attempts(after, hint)
    yield f"Attempts that failed by {hint.cause}: {tried} before, {tries} after."
    if hint.cost is not None:
        most, wait = hint.cost.hold_seconds, added_wait(before, after)
        yield (
            f"Retries hold an execution for {most:.0f} s at most; the one that ended latest ended "
            f"{wait:.0f} s later than before, its work included."
        )


def runs_of(world: World, machine_arn: str) -> Mapping[str, SimExecution]:
    """A machine's executions that closed in the week, by name."""
    return {
        each.name: each
        for each in world.executions
        if each.machine_arn == machine_arn
        and (each.stopped_at is None or each.stopped_at >= WEEK.start.timestamp())
    }


def attempts(runs: Mapping[str, SimExecution], hint: Hint) -> int:
    """How many attempts failed by the hint's cause."""
    made = (each for run in runs.values() for each in run.truth.attempts)
    return sum(each.cause == hint.cause for each in made)


def added_wait(before: Mapping[str, SimExecution], after: Mapping[str, SimExecution]) -> float:
    """Seconds by which the execution took longer that was delayed most."""
    waits: Sequence[float] = [
        (again.stopped_at or 0.0) - (was.stopped_at or 0.0)
        for name, was in before.items()
        if (again := after.get(name)) is not None and again.stopped_at and was.stopped_at
    ]
    return max(waits, default=0.0)


if __name__ == "__main__":
    sys.exit(main())

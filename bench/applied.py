"""Hints applied as they were given, on machines of many shapes: what each promised, what came out.

`python -m bench.applied [--worlds N] [--seed S]` makes accounts of random machines, has each week
reported, applies every hint of the report's JSON with `sfn-digest patch --hint ID --report FILE`,
and lets the same week happen again with the patched definition. So it does with what `patch`
applies by default. The product was mended on seeds below 1,000.
"""

import argparse
import io
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.applied_checks import CHILD, Judged, gains_of, judged
from bench.demo_hints import PLENTY
from bench.hint_worlds import START, all_kinds
from bench.table import write_table
from sfn_digest import cli
from sfn_digest.aws import open_account
from sfn_digest.config.request import Request
from sfn_digest.model.executions import Window
from sfn_digest.model.report import Hint, Report
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.run import Run
from sfn_digest.progress import SilentProgress
from sfn_digest.report.json_face import from_json, to_json
from sfn_digest.retry.hints.plans import left_after
from simulator.records import World
from simulator.server import serve
from simulator.worlds.hints.shapes import account
from simulator.worlds.systems import DAY, Setting, build_world, machine_arn

WEEK = Window(datetime.fromtimestamp(START, UTC), datetime.fromtimestamp(START + 7 * DAY, UTC))
BY_DEFAULT = "all by default"
LATER = "after the steps before it"


def measure(seed: int) -> Iterator[Judged]:
    """What became of the hints on one account's week."""
    setting = Setting(START, START + 7 * DAY, seed * 1009)
    world = build_world(account(setting, all_kinds()), setting)
    with reported(world) as (report, file):
        for hint in report.hints:
            if hint.patched is None:
                continue
            name = hint.machine_arn.rsplit(":", 1)[-1]
            asl = patched(file, "--hint", hint.id)
            if asl is None:
                yield Judged(hint.kind, name, applied=False)
            else:
                yield judged(hint, world, once_more(setting, name, asl))
                yield from later_step(hint, report, file, setting)
        for arn in dict.fromkeys(each.machine_arn for each in report.hints):
            name = arn.rsplit(":", 1)[-1]
            asl = patched(file, "--machine", name)
            if asl is not None:
                gains = gains_of(arn, world, once_more(setting, name, asl))
                yield Judged(BY_DEFAULT, name, True, gains[0], min(gains) < 0)  # noqa: FBT003


def later_step(hint: Hint, report: Report, file: Path, setting: Setting) -> Iterator[Judged]:
    """What became of a later step of a plan on the week as the steps before it leave it."""
    steps = [each for each in report.hints if each.plan == hint.plan and each.step < hint.step]
    if hint.plan is None or not steps or any(each.patched is None for each in steps):
        return
    name, ids = hint.machine_arn.rsplit(":", 1)[-1], [each.id for each in steps]
    before, after = patched(file, "--hint", *ids), patched(file, "--hint", *ids, hint.id)
    if before is not None and after is not None:
        left, again = (once_more(setting, name, asl) for asl in (before, after))
        told = replace(hint, recovered=left_after(steps, hint) or hint.recovered, cost=None)
        yield replace(judged(told, left, again), kind=f"{hint.kind}, {LATER}")


@contextmanager
def reported(world: World) -> Iterator[tuple[Report, Path]]:
    """The week's report, read back from its JSON, and the file with it, while AWS is there."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        served = stack.enter_context(serve(world, buckets=PLENTY))
        own = {**served.environment, "XDG_STATE_HOME": str(folder)}
        stack.enter_context(patch.dict(os.environ, own))
        run = Run(Request(WEEK), open_account(1.0, SilentProgress()), now=WEEK.end)
        file = folder / "week.json"
        file.write_text(to_json(make_report(run)))
        yield from_json(file.read_text(), file.name), file


def patched(file: Path, *words: str) -> Mapping[str, Any] | None:
    """The definition that `sfn-digest patch` writes; None where it has nothing to write."""
    out, said = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(said):
        status = cli.main(["patch", *words, "--report", str(file)])
    if status != 0:
        return None
    found: Mapping[str, Any] = json.loads(out.getvalue())
    return found


def once_more(setting: Setting, name: str, asl: Mapping[str, Any]) -> World:
    """The same week of a machine, and of those around it, with another definition."""
    family = name.removesuffix(CHILD)
    systems = [each for each in account(setting, all_kinds()) if each.name.startswith(family)]
    assert machine_arn(name) in {machine_arn(each.name) for each in systems}
    return build_world(systems, replace(setting, end=setting.end + 7 * DAY), override={name: asl})


CHECKS = ("bounds", "heals", "as said", "hold", "deadline", "wait", "slower", "attempts")
HEAD = ("hint", "given", "not applied", *CHECKS, "harm", "further successes")


def rows(found: Sequence[Judged]) -> Iterator[tuple[str, ...]]:
    """A row of the table for each kind of hint, and one for all."""
    by_kind: dict[str, list[Judged]] = defaultdict(list)
    for each in found:
        by_kind[each.kind].append(each)
    defaults = by_kind.pop(BY_DEFAULT, [])
    for kind, mine in sorted(by_kind.items()):
        yield _row(kind, mine)
    yield _row("**all**", [each for mine in by_kind.values() for each in mine])
    yield _row("what `patch` applies by default", defaults)


def _row(kind: str, mine: Sequence[Judged]) -> tuple[str, ...]:
    def share(check: str) -> str:
        known = [each.checks[check] for each in mine if check in each.checks]
        return f"{sum(known)}/{len(known)}" if known else "-"

    refused = sum(not each.applied for each in mine)
    harm, gained = sum(each.worse for each in mine), sum(each.gained for each in mine)
    return kind, f"{len(mine)}", f"{refused}", *map(share, CHECKS), f"{harm}", f"{gained:,}"


def main(given: Sequence[str] | None = None) -> int:
    """Print the table; gives the exit status. `given` are the words, by default the command's."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--worlds", type=int, default=20, help="accounts of three machines each")
    parser.add_argument("--seed", type=int, default=6000, help="the seed before the first")
    parser.add_argument("--verbose", action="store_true", help="a line for each hint")
    words = parser.parse_args(given)
    found: list[Judged] = []
    for seed in range(words.seed + 1, words.seed + 1 + words.worlds):
        for each in measure(seed):
            found.append(each)
            if words.verbose:
                sys.stdout.write(f"{seed} {each}\n")
                sys.stdout.flush()
    write_table(HEAD, rows(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Accounts that mix every kind of execution, read the whole way and held against the truth.

`python -m bench.kinds` prints its three tables; `--accounts` says how many accounts are read, and
`--first` the seed of the first.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from unittest.mock import patch

from sfn_digest.aws import open_account
from sfn_digest.aws.governor import Allowance
from sfn_digest.config.request import Request
from sfn_digest.model.executions import Window
from sfn_digest.model.report import Report
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.run import Run
from sfn_digest.progress import SilentProgress
from sfn_digest.report.statistics import Cell, Sample
from simulator.records import SimExecution, World
from simulator.server import UNLIMITED, serve
from simulator.server.account import Account
from simulator.worlds.kinds import (
    busy_express_world,
    chain,
    distributed_map,
    express,
    handled,
    logged,
)
from simulator.worlds.systems import DAY, Setting, System, build_world
from simulator.worlds.unnoticed import (
    approval,
    hung_worker,
    recovering,
    released,
    with_release,
)

END = datetime(2026, 3, 9, tzinfo=UTC)
SUCCESSES = 40
"""Histories of successes that are read of a machine, fewer than there are."""

QUICK = {
    "sfn_digest.aws.quotas.UNCONFIRMED": dict.fromkeys(
        ("StartQuery", "GetQueryResults", "FilterLogEvents"), Allowance(1e3, 1e3)
    ),
    "sfn_digest.aws.log_queries.FIRST_WAIT": 0.01,
    "sfn_digest.aws.log_queries.LONGEST_WAIT": 0.01,
}
"""No waiting for quotas that are not there."""


def mixed_world(seed: int) -> World:
    """An account with every kind: what fails and what no failure tells differ from seed to seed."""
    setting = Setting(END.timestamp() - 7 * DAY, END.timestamp(), seed)
    odds = 0.03 + 0.02 * (seed % 7)
    systems: tuple[System, ...] = (
        express(setting, "web", 60, logged("web"), odds=0.4),
        express(setting, "hooks", 40, logged("hooks", "ERROR", group="/shared"), odds=0.4),
        express(setting, "mail", 40, logged("mail", "FATAL", group="/shared"), odds=0.4),
        distributed_map(setting, "load", 2, 60, odds=0.25),
        distributed_map(setting, "import", 2, 60, odds=0.2, ToleratedFailurePercentage=70),
        *chain(setting, ["outer", "middle", "inner"], 4, 0.5),
        handled(setting, "cleanup", 3),
        recovering(setting, "orders", 240, odds=odds, lost=0.03, redriven=2),
        approval(setting, "approval", 20, stuck=2, limit=None),
        hung_worker(setting, "render", 12, stuck=1),
        released(setting, "pricing", 160, odds=(0.02, 0.3)),
    )
    return with_release(build_world(systems, setting), "pricing", setting)


@contextmanager
def reading(world: World, gigabytes: float = 5.0) -> Iterator[tuple[Report, Account]]:
    """The account's week as the digest reads it."""
    with ExitStack() as stack:
        served = stack.enter_context(serve(world, buckets=UNLIMITED))
        stack.enter_context(patch.dict(os.environ, served.environment))
        for name, value in QUICK.items():
            stack.enter_context(patch(name, value))
        week = Window(END - timedelta(days=7), END)
        request = Request(week, successes=SUCCESSES, express_scan_gb=gigabytes)
        account = open_account(1.0, SilentProgress())
        yield make_report(Run(request, account)), served


@dataclass
class Held:
    """What was held against the truth: how many of how many were right, by what it is."""

    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)

    def count(self, what: str, right: int, of: int = 1) -> None:
        """So many more were right, of so many."""
        self.right[what] += right
        self.of[what] += of

    def rows(self) -> list[tuple[str, str, str]]:
        """As they were first counted."""
        return [(what, f"{self.right[what]:,}", f"{self.of[what]:,}") for what in self.of]


def hold(world: World, report: Report, held: Held) -> None:
    """Hold a report against what is true of its world."""
    true = {e.arn: e for e in world.executions if e.map_run_arn is None}
    failed = {arn for arn, e in true.items() if e.status in ("FAILED", "TIMED_OUT", "ABORTED")}
    found = {each.execution_arn: each for each in report.failures}
    held.count("failures found", len(found.keys() & failed), len(failed))
    held.count("failures reported that were none", len(found.keys() - failed), 0)
    for arn in found.keys() & failed:
        truth, each = true[arn].truth, found[arn]
        if ":express:mail:" in arn and truth.fail_state:
            held.count("cause behind a Fail state reported, where FATAL logs no more than that", 0)
        else:
            held.count("cause at the leaf right", each.cause == truth.cause)
        if each.state is None:
            held.count("state not known, from logs at ERROR or FATAL", ":express:" in arn)
        elif each.state_implied:
            held.count("state right, where the definition implies it", each.state == truth.state)
        else:
            held.count("state right, where it is reported", each.state == truth.state)
    for machine in report.machines:
        mine = [e for e in true.values() if e.machine_arn == machine.arn]
        counted = sum(e.status in ("FAILED", "TIMED_OUT") for e in mine)
        held.count("failures of a machine counted right", machine.failures == counted)
    _hold_map_runs(world, report, held)
    _hold_unnoticed(list(true.values()), report, held)


def _hold_map_runs(world: World, report: Report, held: Held) -> None:
    children = [e for e in world.executions if e.map_run_arn and e.status == "FAILED"]
    runs = {run.arn for run in world.map_runs if any(e.map_run_arn == run.arn for e in children)}
    found = {each.map_run_arn: each for each in report.map_runs}
    held.count("Map runs with failed children found", len(found.keys() & runs), len(runs))
    for arn, each in found.items():
        true = Counter(e.truth.cause for e in children if e.map_run_arn == arn)
        for cause in each.causes:
            inside = cause.low <= true[cause.cause] <= cause.high
            held.count("children by cause within the bounds", inside)


def _hold_unnoticed(true: Sequence[SimExecution], report: Report, held: Held) -> None:
    found = report.recoveries
    if found is not None:
        mine = [e for e in true if e.status == "SUCCEEDED" and not e.redrive_count]
        standard = [e for e in mine if ":express:" not in e.arn]
        caught = [e for e in standard if _fell_back(e)]
        saved = [e for e in standard if e.truth.attempts and not _fell_back(e)]
        inside = found.saved.low <= len(saved) <= found.saved.high
        held.count("executions saved by retries within the bounds", inside)
        inside = found.caught.low <= len(caught) <= found.caught.high
        held.count("errors that a Catch took within the bounds", inside)
        redriven = sum(e.status == "SUCCEEDED" and e.redrive_count > 0 for e in true)
        held.count("redriven to success counted right", found.redriven == redriven)
    running = Counter(e.machine_arn for e in true if e.status == "RUNNING" and "lost" in e.name)
    counted = {each.machine_arn: each.executions for each in report.stuck}
    held.count(
        "machines with stuck executions counted right", _equal(counted, running), len(running)
    )
    bad = [each.bad.version for each in report.releases if each.bad]
    held.count("bad releases named", bad == ["14"])


def _equal(found: Mapping[str, int], true: Mapping[str, int]) -> int:
    return sum(found.get(arn) == number for arn, number in true.items())


def _fell_back(run: SimExecution) -> bool:
    return any(e.get("stateEnteredEventDetails", {}).get("name") == "FallBack" for e in run.events)


def express_week(level: str, gigabytes: float) -> tuple[str, ...]:
    """What a week of 1,000,000 Express executions costs of which 5,000 failed.

    Worked out: at level ALL each execution logs about 11 records of 650 bytes, 7.2 GB in all. Only
    hours with a failure are scanned, and here that is every hour.
    """
    world = busy_express_world(END.timestamp(), 1_000_000, 5_000, level=level)
    with reading(world, gigabytes) as (report, served):
        calls = Counter(call.api for call in served.calls)
        note = next((str(n) for n in report.coverage.notes if "scanned" in n), "")
        logs = sum(calls[api] for api in ("StartQuery", "GetQueryResults", "FilterLogEvents"))
        return (
            level,
            f"{gigabytes:g}",
            f"{len(report.failures):,}",
            f"{calls['DescribeStateMachine']} + {calls['GetMetricData']} + {logs}",
            note,
        )


def mixed(accounts: int, first: int = 1) -> list[tuple[str, str, str]]:
    """The rows of so many accounts."""
    held = Held()
    for seed in range(first, first + accounts):
        world = mixed_world(seed)
        with reading(world) as (report, _):
            hold(world, report, held)
    return held.rows()


def rows(accounts: int, first: int = 1) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The rows of a week of Express executions, and of so many accounts that mix all kinds."""
    ways = (("ALL", 5.0), ("ALL", 10.0), ("ERROR", 5.0), ("FATAL", 5.0))
    return [express_week(*way) for way in ways], list(mixed(accounts, first))


def recovery_bounds(reads: int, share: float) -> tuple[str, ...]:
    """What so many histories, evenly of 16 machines with 700 successes each, tell of retries that a
    share of them needed: the median of 40 samples' bounds.
    """
    each, number = reads // 16, round(700 * share)
    estimates = []
    for seed in range(40):
        luck, hits, cell_of = Random(seed), list[str](), dict[str, int]()
        for machine in range(16):
            drawn = luck.sample([at < number for at in range(700)], each)
            for at, retried in enumerate(drawn):
                cell_of[f"{machine}/{at}"] = machine
                hits += [f"{machine}/{at}"] if retried else []
        estimates.append(Sample(tuple(Cell(700, each) for _ in range(16)), cell_of).estimate(hits))
    low, high = (median(getattr(e, end) for e in estimates) for end in ("low", "high"))
    return f"{share:.0%}", f"{16 * number:,}", f"{reads}", f"{low:,.0f} to {high:,.0f}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--first", type=int, default=1)
    asked = parser.parse_args()
    bounds = [recovery_bounds(n, share) for share in (0.02, 0.1, 0.3) for n in (48, 96, 192)]
    for table in (*rows(asked.accounts, asked.first), bounds):
        for row in table:
            sys.stdout.write(f"| {' | '.join(row)} |\n")
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()

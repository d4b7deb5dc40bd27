"""Ten thousand tagged machines of which fifty fail: `python -m bench.tagged`.

The account answers by AWS's quotas, in a process of its own. The calls are counted, and the time is
held against the bound: what bucket, refill and share leave to so many calls. One bound is that of
the tightest quota alone; the other knows that machines are found before they are counted, and
counted before they are listed.

The same is measured where all ten thousand succeed every day, and the window's edges cut days.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bench.client import SHARE, peak_mib
from bench.large import FastClock
from bench.scan import LATENCY, least
from bench.table import write_table
from sfn_digest.aws import open_account
from sfn_digest.config.request import Request
from sfn_digest.model.executions import Window
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.run import Run
from sfn_digest.progress import SilentProgress
from simulator.engine.draws import draw
from simulator.records import Counted, World
from simulator.server import Account, published_buckets, serve
from simulator.server.buckets import DATAPOINTS
from simulator.worlds.fleet import fleet_world
from simulator.worlds.systems import DAY

SPEED = 1.0
MACHINES, FAILING, FAILURES = 10_000, 50, 500
HEADER = (f"{MACHINES:,} tagged machines, {FAILING} failing, {FAILURES} failures", "", "to reach")
BUSY = ("the same, where all succeed every day, to 07:07 UTC", *HEADER[1:])
FINDING = ("GetResources", "ListStateMachines")
COUNTING = ("GetMetricData", DATAPOINTS)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run took: `asked` are calls by API, and datapoints; `lists` those of failing machines.

    `seconds` are the clock's.
    """

    seconds: float
    failures: int
    peak_mib: float
    region: str
    asked: Mapping[str, int]
    lists: int
    throttled: int

    def bound(self) -> float:
        """The seconds that the tightest quota takes, if all else could be asked meanwhile."""
        return max(self._least(api) for api in self.asked)

    def bound_in_turn(self) -> float:
        """The same where finding, counting and reading wait for each other."""
        reading = [api for api in self.asked if api not in (*FINDING, *COUNTING)]
        parts = (FINDING, COUNTING, reading)
        return sum(max(map(self._least, part), default=0.0) for part in parts)

    def _least(self, api: str) -> float:
        rate = published_buckets(self.region).get(api)
        return least(self.asked.get(api, 0), rate) if rate else 0.0


def measure(
    machines: int = MACHINES,
    failing: int = FAILING,
    failures: int = FAILURES,
    speed: float = SPEED,
    *,
    busy: bool = False,
) -> Ran:
    """Read such an account once, in a process of its own; `busy`: all run every day."""
    end = _odd_end() if busy else time.time() // 3600 * 3600
    world = fleet_world(end, machines=machines, failing=failing, failures=failures, seed=4)
    world = _busy(world) if busy else world
    with serve(world, clock=FastClock(speed).now, latency=LATENCY / speed) as account:
        ran = subprocess.run(
            [sys.executable, "-m", "bench.tagged", str(end), str(speed)],
            env={**os.environ, **account.environment, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    return _ran(world, account, **json.loads(ran.stdout))


def _odd_end() -> float:
    """The last time that it was seven minutes past seven o'clock."""
    past = 7 * 3600 + 7 * 60
    return (time.time() - past) // DAY * DAY + past


def _busy(world: World) -> World:
    """The world, each of whose machines also succeeds once on each day of nine weeks."""
    hours = {each.arn: draw(4, each.arn) * DAY for each in world.machines}
    counted = (
        Counted(arn, "SUCCEEDED", world.end - (day + 1) * DAY + hour, 1)
        for arn, hour in hours.items()
        for day in range(63)
    )
    return replace(world, counted=tuple(counted))


def _ran(world: World, account: Account, *, seconds: float, failures: int, peak_mib: float) -> Ran:
    calls = [call for call in account.calls if call.status != "throttled"]
    failing = {each.machine_arn for each in world.executions if each.status != "SUCCEEDED"}
    return Ran(
        seconds,
        failures,
        peak_mib,
        world.region,
        {**Counter(call.api for call in calls), DATAPOINTS: account.datapoints},
        sum(call.api == "ListExecutions" and call.machine in failing for call in calls),
        len(account.calls) - len(calls),
    )


def rows(ran: Ran) -> Sequence[tuple[str, str, str]]:
    """The table of docs/measurements.md."""
    asked, in_turn = ran.asked, ran.bound_in_turn()
    rest = sum(asked.values()) - asked[DATAPOINTS]
    named = ("GetMetricData", "GetResources", "ListExecutions", "GetExecutionHistory")
    others = rest - sum(asked.get(api, 0) for api in named)
    return [
        ("failures read", f"{ran.failures}", f"{FAILURES}"),
        ("GetMetricData calls", f"{asked['GetMetricData']}", "≤ 330"),
        ("… datapoints", f"{asked[DATAPOINTS]:,}", ""),
        ("GetResources calls", f"{asked['GetResources']}", "100"),
        ("ListExecutions calls a failing machine", f"{ran.lists / FAILING:.2f}", "≤ 3"),
        ("… of machines in which none failed", f"{asked['ListExecutions'] - ran.lists}", ""),
        ("histories a failure", f"{asked['GetExecutionHistory'] / FAILURES:.2f}", "≤ 1.02"),
        ("all other calls", f"{others}", ""),
        ("calls throttled", f"{ran.throttled}", "0"),
        ("seconds", f"{ran.seconds:.0f}", ""),
        ("… ÷ the bound of finding, counting, reading", f"{ran.seconds / in_turn:.2f}", "≤ 1.15"),
        ("… ÷ the bound of the tightest quota alone", f"{ran.seconds / ran.bound():.2f}", ""),
        ("peak memory", f"{ran.peak_mib:.0f} MiB", ""),
    ]


def _report(end: float, speed: float) -> None:
    clock, until = FastClock(speed), datetime.fromtimestamp(end, UTC)
    began = clock.now()
    account = open_account(SHARE, SilentProgress(), clock=clock)
    request = Request(Window(until - timedelta(days=7), until), successes=0)
    report = make_report(Run(request, account))
    seconds = clock.now() - began
    measured = {"seconds": seconds, "failures": len(report.failures), "peak_mib": peak_mib()}
    sys.stdout.write(json.dumps(measured))


def main(arguments: Sequence[str]) -> None:
    """Print the table; with the end of the window, make the report and print what it took."""
    if arguments:
        _report(*map(float, arguments))
        return
    write_table(HEADER, rows(measure()))
    write_table(BUSY, rows(measure(busy=True)))


if __name__ == "__main__":
    main(sys.argv[1:])

"""A large account within 15 minutes, on a clock that runs faster: `python -m bench.large`.

A thousand machines fail a hundred thousand times. The account's quotas and the run's deadlines go
by the same fast clock, in two processes; what is measured is what the digest knows in the end.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.client import SHARE, peak_mib
from bench.table import write_table
from sfn_digest.aws import open_account
from sfn_digest.config.request import Request
from sfn_digest.model.executions import Window
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.run import Run, deadlines
from sfn_digest.progress import SilentProgress
from simulator.server import serve
from simulator.worlds.fleet import fleet_world

SPEED = 8.0
LIMIT_SECONDS = 900.0
MACHINES, FAILURES = 1_000, 100_000


@dataclass(frozen=True, slots=True)
class FastClock:
    """The machine's clock, so many times as fast; the same in each of its processes."""

    speed: float = SPEED

    def now(self) -> float:
        """Seconds."""
        return time.monotonic() * self.speed

    def sleep(self, seconds: float, given_up: threading.Event) -> None:
        """Wait so long, or until the work is given up."""
        given_up.wait(seconds / self.speed)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run came to; `seconds` are the fast clock's."""

    seconds: float
    machines: int
    touched: int
    found: int
    read: int
    estimated: int
    peak_mib: float


def _report(end: float) -> Ran:
    clock, until = FastClock(), datetime.fromtimestamp(end, UTC)
    began = clock.now()
    account = open_account(SHARE, SilentProgress(), clock=clock)
    request = Request(Window(until - timedelta(days=7), until), successes=0)
    run = Run(request, account, deadlines=deadlines(clock.now(), LIMIT_SECONDS))
    report = make_report(run)
    return Ran(
        seconds=clock.now() - began,
        machines=sum(each.unsuccessful > 0 for each in report.machines),
        touched=len({each.machine_arn for each in report.failures}),
        found=report.coverage.failures_found,
        read=len(report.failures),
        estimated=sum(each.machine_arn is None for each in report.estimated),
        peak_mib=peak_mib(),
    )


def measure() -> Ran:
    """Read the large account in a process of its own."""
    end = time.time() // 3600 * 3600
    world = fleet_world(end, machines=MACHINES, failing=MACHINES, failures=FAILURES, seed=3)
    with serve(world, clock=FastClock().now) as account:
        ran = subprocess.run(
            [sys.executable, "-m", "bench.large", str(end)],
            env={**os.environ, **account.environment},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    return Ran(**json.loads(ran.stdout))


def rows() -> Sequence[tuple[str, str]]:
    """The table of docs/sampling.md."""
    ran = measure()
    return [
        ("seconds of 900 when the report was made", f"{ran.seconds:.0f}"),
        ("state machines in the report, of 1,000 that failed", f"{ran.machines:,}"),
        ("… of which failures were read", f"{ran.touched:,}"),
        ("failures found", f"{ran.found:,}"),
        ("… read", f"{ran.read:,}"),
        ("causes estimated", f"{ran.estimated}"),
        ("peak memory", f"{ran.peak_mib:.0f} MiB"),
    ]


def main(arguments: Sequence[str]) -> None:
    """Print the table; with the end of the window, make the report and print what it came to."""
    if arguments:
        ran = _report(float(arguments[0]))
        sys.stdout.write(json.dumps({n: getattr(ran, n) for n in Ran.__dataclass_fields__}))
        return
    write_table(("a large account", ""), rows())


if __name__ == "__main__":
    main(sys.argv[1:])

"""One way of reading an account, run in a process of its own: `python -m bench.client WAY`.

`ours` is digest.make_report without a call for successes, `hinted` the same with those that
retries are evaluated on by default. `today` is what a script does that knows no better: list every
machine, every execution of each, and each failed history whole, one after another.
Prints one JSON object: seconds, failures, peak memory in MiB.
"""

import json
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from sfn_digest.aws import open_account
from sfn_digest.config.request import Request
from sfn_digest.model.executions import UNSUCCESSFUL, Window
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.run import Run
from sfn_digest.progress import SilentProgress

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

SHARE = 0.25
PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 10})
"""With boto3's default of three a throttled script may end before it has read the account."""


def ours(window: Window) -> int:
    """The failures in the window, read the digest's way."""
    return _reported(Request(window, successes=0))


def hinted(window: Window) -> int:
    """The same, and the successes that retries are evaluated on."""
    return _reported(Request(window))


def _reported(request: Request) -> int:
    report = make_report(Run(request, open_account(SHARE, SilentProgress())))
    return len(report.failures)


def today(window: Window) -> int:
    """The failures in the window, read by listing everything."""
    client = boto3.client("stepfunctions", config=PATIENT)
    pages = client.get_paginator("list_state_machines").paginate()
    machines = [machine for page in pages for machine in page["stateMachines"]]
    return sum(
        _read_machine(client, machine["stateMachineArn"], window)
        for machine in machines
        if machine["type"] == "STANDARD"
    )


def _read_machine(client: "SFNClient", arn: str, window: Window) -> int:
    failures = 0
    for page in client.get_paginator("list_executions").paginate(stateMachineArn=arn):
        for execution in page["executions"]:
            stopped = execution.get("stopDate")
            if execution["status"] in UNSUCCESSFUL and stopped is not None and stopped in window:
                histories = client.get_paginator("get_execution_history")
                failures += any(
                    page["events"]
                    for page in list(histories.paginate(executionArn=execution["executionArn"]))
                )
    return failures


def main(way: str, end: float) -> None:
    """Read the week before `end` (epoch seconds) and print what it took."""
    until = datetime.fromtimestamp(end, UTC)
    window = Window(until - timedelta(days=7), until)
    started = time.perf_counter()
    failures = {"ours": ours, "hinted": hinted, "today": today}[way](window)
    seconds = time.perf_counter() - started
    measured = {"seconds": seconds, "failures": failures, "peak_mib": peak_mib()}
    sys.stdout.write(json.dumps(measured))


def peak_mib() -> float:
    """This process's own high-water mark; ru_maxrss would count its parent's until exec."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text("utf-8").splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))

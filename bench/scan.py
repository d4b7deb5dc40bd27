"""A simulated account read the digest's way and the way it is done today."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bench.client import SHARE
from simulator.records import World
from simulator.server import Account, Buckets, Rate, published_buckets, serve

LATENCY = 0.02
"""Seconds that each AWS answer takes beside the loopback's own."""


@dataclass(frozen=True)
class Ran:
    """What one way of reading took; `calls` are those AWS answered, throttled ones apart."""

    seconds: float
    failures: int
    peak_mib: float
    calls: Mapping[str, int]
    throttled: int
    machines_listed: frozenset[str]


def read(world: World, way: str, buckets: Buckets | None = None, latency: float = LATENCY) -> Ran:
    """Serve the world and read it in a process of its own; `way` is bench.client's."""
    with serve(world, buckets=buckets, latency=latency) as account:
        environment = {**os.environ, **account.environment}
        ran = subprocess.run(
            [sys.executable, "-m", "bench.client", way, str(world.end)],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return _ran(account, **json.loads(ran.stdout))


def _ran(account: Account, *, seconds: float, failures: int, peak_mib: float) -> Ran:
    calls = account.calls
    return Ran(
        seconds=seconds,
        failures=failures,
        peak_mib=peak_mib,
        calls=Counter(call.api for call in calls if call.status != "throttled"),
        throttled=sum(call.status == "throttled" for call in calls),
        machines_listed=frozenset(
            call.machine for call in calls if call.api == "ListExecutions" and call.machine
        ),
    )


def bound(ran: Ran, region: str) -> float:
    """The seconds that bucket, refill and share allow no scan with these calls to undercut."""
    rates = published_buckets(region)
    return max(least(calls, rates[api]) for api, calls in ran.calls.items() if api in rates)


def least(calls: int, rate: Rate) -> float:
    """The seconds that so many calls take at least, at the share of their quota."""
    return max(0.0, (calls - rate.size * SHARE) / (rate.refill * SHARE))


def idle(world: World) -> Collection[str]:
    """The machines none of whose executions failed in the world's week."""
    failing = {
        execution.machine_arn
        for execution in world.executions
        if execution.status in ("FAILED", "TIMED_OUT", "ABORTED") or execution.earlier_ends
    }
    return {machine.arn for machine in world.machines} - failing

"""Run every measurement and print the README's tables: `python -m bench`."""

import os
import sys
import time

from bench import (
    accounts,
    applied,
    causes,
    changes,
    continuation,
    faults,
    hints,
    hub,
    imports,
    incidents,
    kinds,
    large,
    quota,
    reading,
    redaction,
    sampling,
    scan,
    stream,
    tagged,
)
from bench.table import write_table
from simulator.server import Rate
from simulator.worlds.fleet import fleet_world

WIDE = {
    api: Rate(100_000, 100_000)
    for api in ("GetExecutionHistory", "ListExecutions", "GetMetricData", "ListStateMachines")
}
"""Quotas that leave the memory measurement to the processor."""


def main() -> None:
    """Print the tables to standard output, and what goes on to standard error."""
    end = time.time() // 60 * 60
    _print_scan(end)
    _print_memory(end)
    _print_imports()
    _print_causes()
    _print_redaction()
    _print_changes()
    _print_samples()
    _print_faults()
    _print_kinds()
    _print_accounts()
    _print_stream()
    _print_weather()


def _print_weather() -> None:
    """How right the hints are, in fewer worlds than `python -m bench.hints` takes."""
    _say("living through weeks of simulated and real weather …")
    hints.main(["--worlds", "2"])
    _say("counting the incidents of simulated and real weeks …")
    incidents.main(["--worlds", "2"])
    _say("applying hints to machines of many shapes, and living through their week again …")
    applied.main(["--worlds", "10"])


def _print_scan(end: float) -> None:
    world = fleet_world(end, machines=120, failing=12, failures=500, seed=1, successes_each=700)
    _say("reading 120 machines, 84,000 executions, 500 failures the digest's way …")
    ours = scan.read(world, "ours")
    _say("reading them with the successes that retries are evaluated on …")
    hinted = scan.read(world, "hinted")
    _say("reading them the way it is done today …")
    today = scan.read(world, "today")
    bound = scan.bound(ours, world.region)
    listed_idle = len(ours.machines_listed & set(scan.idle(world)))
    rows = [
        ("seconds", f"{ours.seconds:.1f}", f"{today.seconds:.1f}"),
        ("failures read", f"{ours.failures}", f"{today.failures}"),
        ("calls in all", f"{sum(ours.calls.values())}", f"{sum(today.calls.values())}"),
        *(
            (f"… {api}", f"{ours.calls.get(api, 0)}", f"{today.calls.get(api, 0)}")
            for api in sorted({*ours.calls, *today.calls})
        ),
        ("calls throttled", f"{ours.throttled}", f"{today.throttled}"),
        (
            "machines listed without a failure",
            f"{listed_idle}",
            f"{len(today.machines_listed & set(scan.idle(world)))}",
        ),
        ("seconds ÷ the bound of quota and share", f"{ours.seconds / bound:.2f}", "-"),
    ]
    write_table(("", "sfn-digest", "list all, read all"), rows)
    _print_hints(ours, hinted)


def _print_hints(ours: scan.Ran, hinted: scan.Ran) -> None:
    """What evaluating retries costs on top of the scan."""
    more = {
        api: hinted.calls[api] - ours.calls.get(api, 0)
        for api in sorted(hinted.calls)
        if hinted.calls[api] > ours.calls.get(api, 0)
    }
    rows = [
        ("seconds", f"+ {hinted.seconds - ours.seconds:.1f}"),
        ("calls in all", f"+ {sum(more.values())}"),
        *((f"… {api}", f"+ {calls}") for api, calls in more.items()),
    ]
    write_table(("evaluating retries, beside the scan", ""), rows)


def _print_memory(end: float) -> None:
    for found in (20_000, 100_000):
        world = fleet_world(end, machines=400, failing=40, failures=found, seed=2)
        _say(f"reading {found:,} failures …")
        ran = scan.read(world, "ours", buckets=WIDE, latency=0.0)
        rows = [
            ("failures read", f"{ran.failures:,}"),
            ("peak memory", f"{ran.peak_mib:.0f} MiB"),
            ("seconds (no quota in the way)", f"{ran.seconds:.0f}"),
        ]
        write_table((f"{found:,} failures", ""), rows)


def _print_imports() -> None:
    _say("importing …")
    times = imports.measure()
    rows = [
        ("boto3, slack_sdk, aws_lambda_powertools", f"{times.needed * 1000:.0f} ms"),
        ("sfn_digest.handler", f"{times.handler * 1000:.0f} ms"),
        ("ratio", f"{times.ratio:.2f}"),
        ("… and all that the first report brings in", f"{times.rooms * 1000:.0f} ms"),
    ]
    write_table(("import", "median"), rows)


def _print_causes() -> None:
    _say("naming the causes of the corpora …")
    rows = causes.rows_of(os.environ.get("SFN_CORPUS"))
    if rows:
        write_table(("corpus", "failures", "named right", "natures flipped"), rows)


def _print_redaction() -> None:
    _say("planting secrets and redacting them …")
    rows = redaction.rows(os.environ.get("SFN_CORPUS"))
    write_table(("secrets planted in", "texts", "masked"), rows)


def _print_changes() -> None:
    _say("replaying changed definitions, and living through them …")
    rows = changes.table(changes.rows(changes=100, seed=4000))
    write_table(("backtest against what then really happened", ""), rows)


def _print_samples() -> None:
    _say("reading ten thousand machines of which fifty fail …")
    tagged.main([])
    _say("reading samples of what cannot be read whole …")
    write_table(("samples", ""), sampling.rows())
    write_table(
        (f"{large.MACHINES:,} state machines, {large.FAILURES:,} failures", ""), large.rows()
    )
    write_table(("reading and naming one failure", ""), reading.rows())
    _say("running production at nine tenths of a quota beside the digest …")
    write_table(quota.HEADER, quota.rows())


def _print_faults() -> None:
    _say("trying faults at every step of a run …")
    write_table(faults.HEADER, faults.rows(faults.campaign()))
    _say("killing runs of a reading that takes three …")
    write_table(continuation.HEADER, continuation.campaign(kills=60))


def _print_kinds() -> None:
    _say("reading 200 accounts that mix all kinds of executions …")
    weeks, mixed = kinds.rows(accounts=200)
    named = ("1,000,000 Express executions at level", "GB allowed", "of 5,000 failures found")
    write_table((*named, "calls: describe, metrics, logs", "scanned"), weeks)
    write_table(("200 accounts that mix all kinds", "right", "of"), mixed)


def _print_accounts() -> None:
    _say("reading 100 accounts, three of which do not answer …")
    write_table(accounts.HEADER, accounts.rows(accounts.run()))
    _say("posting what 97 of 100 deployed accounts sent …")
    write_table(hub.HEADER, hub.rows(hub.run()))


def _print_stream() -> None:
    _say("collecting a week of events in disorder …")
    write_table(("a week of events, 1:10", ""), stream.rows())


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()

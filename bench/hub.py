"""The hub of 100 deployed accounts, three of which do not report: `python -m bench.hub`.

Three worlds are read by the function itself, and each other account sends the report on one of
them under its own number. The hub fires twice.
"""

import gzip
import os
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast
from unittest.mock import patch

from bench.table import write_table
from sfn_digest.config.hub_reports import ReportKey, read_key
from sfn_digest.delivery import MemoryLedger
from simulator.demo import LAMBDA_ENVIRONMENT, DemoContext
from simulator.reports import MemoryReports
from simulator.served import TOKEN_PARAMETER
from simulator.server import serve
from simulator.worlds.fleet import fleet_world

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

FAILURES, SILENT, WORLDS = 20, 3, 3
CONTEXT = cast("LambdaContext", DemoContext())
TOKEN = {TOKEN_PARAMETER: "xoxb-simulated"}
HEADER = ("the hub of many deployed accounts, fired twice", "")


@dataclass(frozen=True)
class Ran:
    """What the hub came to."""

    accounts: int
    failures: int
    messages: int
    named: int
    kilobytes: float
    seconds: float


def run(accounts: int = 100) -> Ran:
    """Let so many accounts report, all but three, and the hub post to the simulated workspace."""
    end = datetime.fromtimestamp(time.time() // 60 * 60, UTC) - timedelta(minutes=100)
    ids = [f"{200_000_000_000 + number}" for number in range(accounts)]
    bucket = MemoryReports()
    made = [_sent(end, seed) for seed in range(WORLDS)]
    for number, account in enumerate(ids):
        key, content = made[number % WORLDS]
        week = timedelta(days=7) if number >= accounts - SILENT else timedelta()
        own = ReportKey(account, key.region, key.end - week)
        report = gzip.decompress(content).replace(key.account_id.encode(), account.encode())
        bucket.put(own.text, gzip.compress(report))
    return _fired(bucket, ids, end + timedelta(minutes=90))


def _sent(end: datetime, seed: int) -> tuple[ReportKey, bytes]:
    """The report that the function sends of one world."""
    world = fleet_world(end.timestamp(), machines=6, failing=3, failures=FAILURES, seed=seed)
    bucket = MemoryReports()
    with serve(world, parameters=TOKEN) as served, ExitStack() as set_up:
        _set_up(set_up, served.environment, bucket)
        from sfn_digest.handler import handler  # noqa: PLC0415 - its log reads the environment

        handler({"scheduled_time": end.isoformat()}, CONTEXT)
    ((text, content),) = bucket.kept.items()
    key = read_key(text)
    if key is None:
        raise RuntimeError(text)
    return key, content


def _fired(bucket: MemoryReports, ids: list[str], at: datetime) -> Ran:
    empty = fleet_world(at.timestamp(), machines=1, failing=0, failures=0)
    with serve(empty, parameters=TOKEN) as served, ExitStack() as set_up:
        _set_up(set_up, served.environment, bucket)
        from sfn_digest.handler import hub_handler  # noqa: PLC0415 - likewise

        began = time.perf_counter()
        for number in range(2):
            again = replace(DemoContext(), aws_request_id=str(number))
            answer = hub_handler({"scheduled_time": at.isoformat()}, cast("LambdaContext", again))
        seconds = (time.perf_counter() - began) / 2
        roots = [each for each in served.slack.messages if each.thread_ts is None]
    failures = answer["totals"]["failures"]
    right = roots[0].text.startswith(f"{failures:,} of ")
    return Ran(
        accounts=len(ids),
        failures=failures if right else 0,
        messages=len(roots),
        named=sum(each in roots[0].text for each in ids[-SILENT:]),
        kilobytes=sum(map(len, bucket.kept.values())) / len(bucket.kept) / 1000,
        seconds=seconds,
    )


def _set_up(stack: ExitStack, environment: Mapping[str, str], bucket: MemoryReports) -> None:
    from sfn_digest import hub, invocation  # noqa: PLC0415 - likewise
    from sfn_digest.pipeline import posting  # noqa: PLC0415 - likewise

    own = {
        **LAMBDA_ENVIRONMENT,
        "SFN_DIGEST_HUB_BUCKET": "hub",
        "SFN_DIGEST_TABLE": "ledger",
        "SFN_DIGEST_SUCCESSES": "0",
    }
    ledger = MemoryLedger()
    stack.enter_context(patch.dict(os.environ, {**environment, **own}))
    stack.enter_context(patch.object(invocation, "open_table", lambda *_: ledger))
    for module in (hub, posting):
        stack.enter_context(patch.object(module, "open_hub", lambda *_: bucket))


def rows(ran: Ran) -> list[tuple[str, str]]:
    """The rows of the table."""
    return [
        ("accounts", f"{ran.accounts}"),
        ("of which do not report", f"{SILENT}"),
        ("messages in the channel", f"{ran.messages}"),
        ("of the silent accounts named in it", f"{ran.named}"),
        ("failures of the others, counted right", f"{ran.failures:,}"),
        ("KB of a report, as it is sent", f"{ran.kilobytes:.1f}"),
        ("seconds of the hub", f"{ran.seconds:.1f}"),
    ]


def main() -> None:
    """Print the table."""
    write_table(HEADER, rows(run()))


if __name__ == "__main__":
    main()

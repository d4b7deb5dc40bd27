"""How often a digest is posted twice, lost or misplaced when everything fails.

`python -m bench.delivery [--weeks N] [--http N] [--seed S] [--slack URL TOKEN CHANNEL]` lives
through weeks in which any call may fail and any run be killed: first in virtual time, with
runs at once and clocks that are wrong; then over HTTP through a proxy that fails, before the
simulated workspace or another one (such as the emulator). Each week ends with runs that
nothing strikes, as Lambda's retries and the next firing would be.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from slack_sdk import WebClient

from bench.delivery_trial import ANSWER_SECONDS, Trial
from bench.fault_proxy import FaultProxy
from sfn_digest.delivery.editions import stored_edition
from simulator.server import SlackSink, Workspace
from simulator.server.transport import LoopbackServer
from tests.delivery.draws import drawn
from tests.delivery.weeks import (
    DELIVERY,
    FAILURES,
    PARTS,
    Week,
    editions_shown,
    faults_in_channel,
    report_that_read,
)

SKEW = 290.0
"""Seconds that a clock may be wrong before AWS refuses its requests."""

LIKELY = (0.1, 0.3, 0.5)


@dataclass
class Counts:
    """What came out."""

    weeks: int = 0
    runs: int = 0
    failed: int = 0
    duplicates: int = 0
    lost: int = 0
    misplaced: int = 0
    worse: int = 0
    """Weeks that end with a digest that read less than one before it, or with two mixed."""
    struck: Counter[str] = field(default_factory=Counter)

    def take(self, wrong: Sequence[str], roots: int, replies: int) -> None:
        """Count one week's channel."""
        self.weeks += 1
        self.duplicates += max(roots - 1, 0) + max(replies - len(PARTS[1:]), 0)
        self.lost += max(1 - roots, 0) + max(len(PARTS[1:]) - replies, 0)
        self.misplaced += "a reply in the wrong thread" in wrong


def main(arguments: Sequence[str] | None = None) -> None:
    """Live through the weeks and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m bench.delivery")
    parser.add_argument("--weeks", type=int, default=1_000)
    parser.add_argument("--http", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slack", nargs=3, metavar=("URL", "TOKEN", "CHANNEL"))
    words = parser.parse_args(arguments)
    virtual = in_virtual_time(words.weeks, words.seed)
    _print("in virtual time, runs at once, clocks wrong by up to 290 s", virtual)
    if words.slack:
        _print(f"over HTTP, {words.slack[0]}", over_http(words.http, words.seed, *words.slack))
        return
    with simulated() as (url, token, channel):
        _print(
            "over HTTP, simulated workspace",
            over_http(words.http, words.seed, url, token, channel),
        )


def in_virtual_time(weeks: int, seed: int) -> Counts:
    """Weeks of one to three firings of one to three runs at once, then two clean runs."""
    counts, random = Counts(), Random(seed)
    for number in range(weeks):
        week, likely = Week(seed * 1_000_003 + number, reports=READ), random.choice(LIKELY)
        most = 0
        for _ in range(random.randint(1, 3)):
            skews = [random.uniform(-SKEW, SKEW) for _ in range(random.randint(1, 3))]
            names = random.choices(list(READ), k=len(skews))
            struck = [drawn(random, likely, counts.struck) for _ in skews]
            runs = week.together(list(zip(struck, names, skews, strict=True)))
            most = max(most, _failures_read(week))
            counts.runs += len(runs)
            counts.failed += sum(run.outcome is None for run in runs)
            week.later(random.choice([0.0, 1.0, 60.0, 3_600.0]))
        for _ in range(2):
            week.later(60.0)
            week.run(edition="read 0")
        shown = editions_shown(week)
        counts.worse += len(shown) > 1 or _failures_read(week) < most
        wrong = faults_in_channel(week)
        counts.take(wrong, len(week.slack.roots()), len(week.slack.replies()))
    return counts


READ = {f"read {number}": report_that_read(number) for number in (0, 12, 24, 36, FAILURES)}
"""What runs were let read of the week, by the name of their edition."""


def _failures_read(week: Week) -> int:
    """How many failures the digest that is stored has read."""
    edition = stored_edition(DELIVERY, week.ledger)
    return int(edition.digest.report["coverage"]["failures_read"]) if edition else 0


@contextmanager
def simulated() -> Iterator[tuple[str, str, str]]:
    """The simulated workspace: URL, token, channel."""
    sink = SlackSink(Workspace(), time.time)
    server = LoopbackServer(lambda r: sink.respond(r, r.path.removeprefix("/api/")))
    try:
        yield f"{server.url}/api/", Workspace().token, Workspace().channels[0]
    finally:
        sink.close()
        server.close()


def over_http(weeks: int, seed: int, url: str, token: str, channel: str) -> Counts:
    """Weeks whose calls go through the proxy; runs are killed and the table fails by chance."""
    counts, random = Counts(), Random(seed)
    proxy = FaultProxy(url, Random(seed), 0.0, hold=ANSWER_SECONDS + 1)
    plain = WebClient(token, base_url=url, retry_handlers=[])
    try:
        for number in range(weeks):
            trial = Trial(f"trial-{seed}-{number}-{time.time_ns()}", token, channel, proxy)
            proxy.likely = random.choice(LIKELY)
            for _ in range(random.randint(1, 3)):
                counts.runs += 1
                counts.failed += not trial.run(Random(random.random()), proxy.likely, counts.struck)
            proxy.likely = 0.0
            trial.run(Random(0), 0.0, counts.struck)
            counts.take(*trial.channel_shows(plain))
    finally:
        proxy.close()
    counts.struck += Counter({f"Slack: {name}": n for name, n in proxy.struck.items()})
    return counts


def _print(title: str, counts: Counts) -> None:
    rows = [
        ("weeks", counts.weeks),
        ("runs under faults", counts.runs),
        ("… of which failed or were killed", counts.failed),
        ("faults that struck", counts.struck.total()),
        ("duplicates", counts.duplicates),
        ("lost", counts.lost),
        ("in a wrong thread", counts.misplaced),
        ("that read less than one before, or two mixed", counts.worse),
    ]
    write = sys.stdout.write
    write(f"| {title} | |\n| --- | ---: |\n")
    for name, number in rows:
        write(f"| {name} | {number:,} |\n")
    write("\n| struck | times |\n| --- | ---: |\n")
    for name, number in sorted(counts.struck.items()):
        write(f"| {name} | {number:,} |\n")
    write("\n")


if __name__ == "__main__":
    main()

"""`make demo`: the weekly digest on a simulated account, with no AWS, Slack or Docker.

Serves an account on loopback, invokes the Lambda's handler as Lambda would, for the week before
and for this one, takes what it posts to a stand-in for Slack, and shows the same report as
`sfn-digest report` does, in the terminal and as a page.
"""

import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

from sfn_digest.delivery import MemoryLedger
from sfn_digest.model.report import Report
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.progress import Progress
from sfn_digest.report.faces import show
from sfn_digest.terminal.progress import terminal_progress
from simulator.records import World
from simulator.server import Account, Buckets, Rate, published_buckets, serve
from simulator.worlds.demo import demo_world
from simulator.worlds.demo_kinds import with_kinds
from simulator.worlds.demo_past import with_past

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

PAGE = Path("build/demo/digest.html")
TOKEN_PARAMETER = "/sfn-digest/slack-token"
CHANNEL = "C0SFNDIGEST"
LIMIT_SECONDS = 900.0
LAMBDA_ENVIRONMENT = {
    "SLACK_TOKEN_PARAMETER": TOKEN_PARAMETER,
    "SFN_DIGEST_CHANNEL": CHANNEL,
    "SFN_DIGEST_SETTLE_SECONDS": "0",
    "POWERTOOLS_LOG_LEVEL": "ERROR",
    "POWERTOOLS_METRICS_DISABLED": "true",
}
"""What the stack would set on the function; its log is kept quiet here."""


@dataclass(frozen=True)
class DemoContext:
    """What Lambda would hand to the handler beside the event."""

    function_name: str = "sfn-digest"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:sfn-digest"
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"
    started: float = field(default_factory=time.monotonic)

    def get_remaining_time_in_millis(self) -> int:
        """The rest of Lambda's 15 minutes, in milliseconds."""
        return int((LIMIT_SECONDS - (time.monotonic() - self.started)) * 1000)


def main() -> int:
    """Run the demo; gives the exit status."""
    started = time.monotonic()
    say("Simulating a week of an AWS account …")
    end = datetime.now(UTC).replace(second=0, microsecond=0)
    world = with_kinds(with_past(demo_world(end.timestamp())))
    ledger = MemoryLedger()
    say("Invoking the Lambda for the week before …")
    invoke_lambda(world, end - timedelta(days=7), ledger, {"SFN_DIGEST_SUCCESSES": "0"})
    say("Invoking the Lambda …")
    posted = invoke_lambda(world, end, ledger)
    show(posted.report, "terminal", texts_in("en"), sys.stdout)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    with PAGE.open("w", encoding="utf-8") as page:
        show(posted.report, "html", texts_in("en"), page)
    say(
        f"The Lambda posted its digest to the stand-in for Slack: channel {posted.channel}, "
        f"ts {posted.ts}, with {posted.replies} replies in its thread."
    )
    say(f"The report as a page: {PAGE.resolve().as_uri()}")
    say(f"Done in {time.monotonic() - started:.1f} s.")
    return 0


@dataclass(frozen=True)
class Posted:
    """What the Lambda made of a week, and where its digest stands."""

    report: Report
    channel: str
    ts: str
    replies: int


def invoke_lambda(
    world: World, end: datetime, ledger: MemoryLedger, settings: Mapping[str, str] | None = None
) -> Posted:
    """Invoke the handler as Lambda would, while its AWS calls are told on standard error.

    `ledger` stands in for the table, `settings` for more of the function's variables.
    """
    event = {"since": "7d", "scheduled_time": end.isoformat()}
    own = {
        **LAMBDA_ENVIRONMENT,
        "SFN_DIGEST_TABLE": "simulated",
        **(settings or {}),
    }
    made: list[Report] = []

    def recorded(*words: Any, **options: Any) -> Report:
        made.append(make_report(*words, **options))
        return made[-1]

    parameters = {TOKEN_PARAMETER: "xoxb-simulated"}
    with serve(world, buckets=raised_quotas(world), parameters=parameters) as account:
        with patch.dict(os.environ, {**account.environment, **own}):
            # Its log reads the environment.
            from sfn_digest import invocation  # noqa: PLC0415
            from sfn_digest.handler import handler  # noqa: PLC0415

            with (
                patch.object(invocation, "open_table", lambda _: ledger),
                patch.object(invocation, "make_report", recorded),
                terminal_progress() as progress,
                told(account, progress),
            ):
                handler(event, cast("LambdaContext", DemoContext()))
        root, *replies = account.slack.messages
    return Posted(made[0], root.channel, root.ts, len(replies))


def raised_quotas(world: World) -> Buckets:
    """Twenty times the published quotas, so that nobody who tries it out waits for their share."""
    return {
        api: Rate(20 * rate.size, 20 * rate.refill)
        for api, rate in published_buckets(world.region).items()
    }


@contextmanager
def told(account: Account, progress: Progress) -> Iterator[None]:
    """Tell what the Lambda asks of AWS while it runs: it says nothing itself."""
    done = threading.Event()

    def tell() -> None:
        seen = 0
        while not done.wait(0.1):
            calls = account.calls
            for call in calls[seen:]:
                progress.read(int(call.api == "GetExecutionHistory"))
            seen = len(calls)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def say(text: str) -> None:
    """A line on standard error."""
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())

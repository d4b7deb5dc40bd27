"""`make demo`: the weekly digest on a simulated account, with no AWS, Slack or Docker.

Serves an account on loopback, invokes the Lambda's handler as Lambda would, for the week before
and for this one, takes what it posts to a stand-in for Slack, and shows the same report as
`sfn-digest report` does, in the terminal and as a page.
"""

import io
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

from sfn_digest.aws import account as aws_account
from sfn_digest.causes import Symptom, diagnose
from sfn_digest.delivery import MemoryLedger
from sfn_digest.doctor.sample_digest import sample_report
from sfn_digest.model.report import Report
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.progress import Progress
from sfn_digest.report.faces import show
from sfn_digest.terminal.progress_lines import terminal_progress
from simulator.remembering import remembering_botocore
from simulator.served import TOKEN_PARAMETER, ServedWeeks

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

PAGE = Path("build/demo/digest.html")
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
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: float = field(default_factory=time.monotonic)

    def get_remaining_time_in_millis(self) -> int:
        """The rest of Lambda's 15 minutes, in milliseconds."""
        return int((LIMIT_SECONDS - (time.monotonic() - self.started)) * 1000)


class SkippingClock:
    """Real time, ahead by the waits that were skipped.

    The simulated account has more than the published quotas, and answers its queries at once:
    what the digest holds back for the sake of others, nobody who tries it out waits for.
    """

    def __init__(self) -> None:
        self._skipped = 0.0

    def now(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic() + self._skipped

    def sleep(self, seconds: float, given_up: threading.Event) -> None:  # noqa: ARG002 - a Clock
        """Let the time pass at once."""
        self._skipped += seconds


def run(weeks: Callable[[], ServedWeeks], end: datetime, started: float) -> int:
    """Run the demo on an account that may still be in the making; gives the exit status."""
    # Its log reads the environment; both are loaded while the account is in the making.
    with patch.dict(os.environ, LAMBDA_ENVIRONMENT):
        import_module("sfn_digest.handler")
    get_ready()
    with remembering_botocore():
        return _run(weeks(), end, started)


def _run(account: ServedWeeks, end: datetime, started: float) -> int:
    ledger = MemoryLedger()
    say("Invoking the Lambda for the week before …")
    invoke_lambda(account, end - timedelta(days=7), ledger, {"SFN_DIGEST_SUCCESSES": "0"})
    say("Invoking the Lambda …")
    report = invoke_lambda(account, end, ledger)
    show(report, "terminal", texts_in("en"), sys.stdout)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    with PAGE.open("w", encoding="utf-8") as page:
        show(report, "html", texts_in("en"), page)
    posted = account.in_channel()
    files = f"{posted.files} file{'' if posted.files == 1 else 's'}"
    say(
        f"The Lambda posted its digest to the stand-in for Slack: channel {posted.channel}, "
        f"ts {posted.ts}, with {posted.replies} replies and {files} in its thread."
    )
    say(f"The report as a page: {PAGE.resolve().as_uri()}")
    say(f"Done in {time.monotonic() - started:.1f} s.")
    return 0


def get_ready() -> None:
    """Read what is read at first use: causes, words, templates."""
    diagnose(Symptom("Lambda.TooManyRequestsException", "Rate exceeded", "TaskFailed", "lambda"))
    texts = texts_in("en")
    for face in ("terminal", "html", "slack"):
        show(sample_report(), face, texts, io.StringIO())


def invoke_lambda(
    account: ServedWeeks,
    end: datetime,
    ledger: MemoryLedger,
    settings: Mapping[str, str] | None = None,
) -> Report:
    """Invoke the handler as Lambda would, while its AWS calls are shown on standard error.

    `ledger` stands in for the table, `settings` for more of the function's variables.
    """
    event = {"since": "7d", "scheduled_time": end.isoformat()}
    own = {**LAMBDA_ENVIRONMENT, "SFN_DIGEST_TABLE": "simulated", **(settings or {})}
    made: list[Report] = []

    def recorded(*words: Any, **options: Any) -> Report:
        made.append(make_report(*words, **options))
        return made[-1]

    with patch.dict(os.environ, {**account.environment(), **own}):
        from sfn_digest import invocation  # noqa: PLC0415
        from sfn_digest.handler import handler  # noqa: PLC0415

        with (
            patch.object(invocation, "open_table", lambda *_: ledger),
            patch.object(invocation, "make_report", recorded),
            patch.object(aws_account, "SystemClock", SkippingClock),
            terminal_progress() as progress,
            progress_shown(account, progress),
        ):
            handler(event, cast("LambdaContext", DemoContext()))
    return made[0]


@contextmanager
def progress_shown(account: ServedWeeks, progress: Progress) -> Iterator[None]:
    """Tell what the Lambda asks of AWS while it runs: it says nothing itself."""
    done = threading.Event()

    def tell() -> None:
        seen = account.asked()
        while not done.wait(0.3):
            asked = account.asked()
            for number in range(asked.calls - seen.calls):
                progress.read(int(number < asked.histories - seen.histories))
            seen = asked

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

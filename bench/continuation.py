"""Runs killed at every step of a reading that takes several: `python -m bench.continuation`.

The Lambda's handler is fired as the Scheduler fires it on an account whose failures one run has no
time to read. It goes on by invoking itself; the run is killed before or after one call of AWS, the
table, Lambda or Slack, and Lambda's retry comes with the same request. What is then posted is held
against what runs that nobody kills post.
"""

import argparse
import json
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

import boto3
from botocore.exceptions import ClientError, ReadTimeoutError
from slack_sdk import WebClient

from bench.fault_account import (
    FaultyAccount,
    KilledError,
    SetClock,
    Strike,
    answered,
    in_place_of_http,
)
from bench.set_clock import LIMIT_SECONDS, RunClock, channel_of, served_on, set_times
from bench.table import write_table
from sfn_digest.aws import scan
from sfn_digest.errors import SfnDigestError
from sfn_digest.pipeline import continuation, ledger_scan
from simulator.demo import LAMBDA_ENVIRONMENT
from simulator.engine.outcomes import Attempt, Outcome
from simulator.records import World
from simulator.server import Account
from simulator.server.transport import Response
from simulator.worlds.failures import lambda_unavailable
from simulator.worlds.hints.ground import LAMBDA, STATE, definition, regular, works
from simulator.worlds.systems import DAY, Setting, System, build_world

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

HISTORY_SECONDS = 45.0
"""What reading one failure takes: a run reads about thirteen."""

BATCH = 4
RETRY_AFTER = 60.0
ATTEMPTS = 3
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:sfn-digest"
HEADER = ("a reading of three runs, one killed", "")


@dataclass
class KilledAccount(FaultyAccount):
    """An account on which time passes, and whose caller is killed at one step."""

    kill_at: int | None = None
    steps: int = 0
    dead: bool = False
    invoked: deque[Mapping[str, Any]] = field(default_factory=deque)
    histories: Counter[str] = field(default_factory=Counter)
    _steps: threading.Lock = field(default_factory=threading.Lock)

    def step(self) -> None:
        """One more thing that the run does. Raises KilledError once it is dead."""
        with self._steps:
            self.steps += 1
            self.dead |= self.steps == self.kill_at
            if self.dead:
                raise KilledError

    def respond(self, request: "AWSPreparedRequest", **more: Any) -> "AWSResponse":
        """See FaultyAccount; a step before the call and one after it."""
        self.step()
        if request.url.endswith("/invocations"):
            self._invoke(request)
            headers = {"x-amzn-RequestId": "00000000-0000-4000-8000-000000000000"}
            answer = answered(request.url, Response(202, "application/json", b"", headers))
        else:
            answer = super().respond(request, **more)
            if self.calls and b"GetExecutionHistory" in _target(request):
                self._read(request)
        self.step()
        return answer

    def _invoke(self, request: "AWSPreparedRequest") -> None:
        fault = self.strike.fault if self.strike and self.strike.api == "Invoke" else None
        if fault == "slow":
            # What is not answered was taken all the same.
            self.invoked.append(json.loads(cast("bytes", request.body)))
            raise ReadTimeoutError(endpoint_url=request.url)
        if fault is not None:
            code = "AccessDeniedException" if fault == "denied" else "TooManyRequestsException"
            raise ClientError({"Error": {"Code": code, "Message": "as asked"}}, "Invoke")
        self.invoked.append(json.loads(cast("bytes", request.body)))

    def _read(self, request: "AWSPreparedRequest") -> None:
        with self._steps:
            self.histories[json.loads(cast("bytes", request.body))["executionArn"]] += 1
            self.clock.sleep(HISTORY_SECONDS)


def _target(request: "AWSPreparedRequest") -> bytes:
    target: str | bytes = cast("Mapping[str, Any]", request.headers).get("X-Amz-Target", b"")
    return target if isinstance(target, bytes) else target.encode()


@dataclass(frozen=True)
class Came:
    """What a reading came to."""

    digests: int
    read: tuple[str, ...]
    runs: int
    again: int
    """Histories that were read more than once, by a run that was killed before it kept them."""
    steps: int
    coverage: Mapping[str, Any]


class GoingOn:
    """The function on one account, fired for one channel after another."""

    def __init__(self, account: Account, end: datetime, clock: SetClock) -> None:
        self.aws = KilledAccount(account, clock, limit=LIMIT_SECONDS)
        self._slack, self._end, self._clock = account.slack, end, clock
        self._reports: list[Mapping[str, Any]] = []
        self._trial = 0

    def made(self, digest: Any) -> Any:
        """Remember what was made."""
        self._reports.append(digest.report)
        return digest

    def read(
        self,
        kill_at: int | None = None,
        *,
        strike: Strike | None = None,
        twice: bool = False,
        by_hand: bool = False,
        goes_on: bool = False,
    ) -> Came:
        """Fire once, and run whatever follows until nothing is left to run.

        `twice`: Lambda hands each event over a second time, which it may.
        """
        self._trial += 1
        aws = self.aws
        aws.begin(strike)
        aws.kill_at, aws.steps, aws.dead, aws.histories = kill_at, 0, False, Counter()
        aws.invoked.clear()
        channel, runs = channel_of(self._trial), 0
        first: dict[str, Any] = {"scheduled_time": self._end.isoformat()}
        if by_hand:
            first = {"until": self._end.isoformat(), "continue": goes_on}
        waiting = deque([({**first, "channel": channel}, "request-0", 0)])
        while waiting:
            event, request, attempt = waiting.popleft()
            runs += 1
            if not self._fire(event, request) and attempt + 1 < ATTEMPTS:
                self._clock.sleep(RETRY_AFTER)
                waiting.append((event, request, attempt + 1))
            for number, following in enumerate([*aws.invoked, *(aws.invoked if twice else ())]):
                waiting.append((dict(following), f"request-{runs}-{number}", 0))
            aws.invoked.clear()
        return self._came(channel, runs)

    def _fire(self, event: Mapping[str, Any], request: str) -> bool:
        """Whether the run came to its end."""
        from sfn_digest import handler as door  # noqa: PLC0415 - its log reads the environment

        self.aws.began, self.aws.dead = self._clock.now(), False
        context = _Context(self._clock, request)
        try:
            door.handler(event, cast("LambdaContext", context))
        except (KilledError, SfnDigestError):
            self.aws.kill_at = None
            return False
        return True

    def _came(self, channel: str, runs: int) -> Came:
        report = self._reports[-1]
        posted = [m for m in self._slack.messages if m.channel == channel and m.thread_ts is None]
        return Came(
            len(posted),
            tuple(each["execution_arn"] for each in report["failures"]),
            runs,
            sum(number - 1 for number in self.aws.histories.values()),
            self.aws.steps,
            report["coverage"],
        )


@dataclass(frozen=True)
class _Context:
    clock: SetClock
    aws_request_id: str
    function_name: str = "sfn-digest"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = FUNCTION
    began: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "began", self.clock.now())

    def get_remaining_time_in_millis(self) -> int:
        """The rest of Lambda's 15 minutes."""
        return int((LIMIT_SECONDS - (self.clock.now() - self.began)) * 1000)


def small_world(end: datetime, failures: int = 36) -> World:
    """Three machines: two that always fail, one that works."""
    setting = Setting(end.timestamp() - 7 * DAY, end.timestamp(), 7)

    def fails(attempt: Attempt) -> Outcome:
        return lambda_unavailable(attempt)

    def sound(attempt: Attempt) -> Outcome:
        return works(setting, attempt, 1, 3)

    asl, every = definition(LAMBDA, []), 7 * DAY / failures * 1.5
    systems = [
        System("payments", asl, regular("payments", setting, every), {STATE: fails}),
        System("orders", asl, regular("orders", setting, 2 * every), {STATE: fails}),
        System("mail", asl, regular("mail", setting, 7200), {STATE: sound}),
    ]
    return build_world(systems, setting)


@contextmanager
def going_on() -> Iterator[GoingOn]:
    """The function on a small account, while everything is on a clock that is set."""
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    world, clock = small_world(end), SetClock()
    with ExitStack() as stack:
        served = stack.enter_context(served_on(clock, world))
        made = GoingOn(served, end, clock)
        own = {**LAMBDA_ENVIRONMENT, "SFN_DIGEST_TABLE": "sfn-digest", "SFN_DIGEST_SUCCESSES": "0"}
        stack.enter_context(patch.dict("os.environ", {**served.environment, **own}))
        stack.enter_context(in_place_of_http(made.aws))
        set_times(stack, clock, made.made)
        on_clock = partial(RunClock, clock)
        stack.enter_context(patch.object(ledger_scan, "SystemRunClock", on_clock))
        stack.enter_context(patch.object(continuation, "BATCH_READINGS", BATCH))
        # What is being read when the time is up must not use up the rest of it, on this clock.
        stack.enter_context(patch.object(scan, "READERS", 2))
        # A client is dear to make, and the same in each run.
        stack.enter_context(patch.object(boto3.Session, "client", _made_once()))
        stack.enter_context(patch.object(WebClient, "api_call", _stepping(made.aws)))
        yield made


def _made_once() -> Any:
    real: Callable[..., Any] = boto3.Session.client
    made: dict[tuple[str, str], Any] = {}

    def client(self: boto3.Session, service: str, **more: Any) -> Any:
        given = {**more, "config": vars(more["config"])} if "config" in more else more
        key = (service, repr((self.region_name, given)))
        if key not in made:
            made[key] = real(self, service, **more)
        return made[key]

    return client


def _stepping(aws: KilledAccount) -> Any:
    real = WebClient.api_call

    def api_call(self: WebClient, *words: Any, **more: Any) -> Any:
        aws.step()
        answer = real(self, *words, **more)
        aws.step()
        return answer

    return api_call


def wrong(came: Came, whole: Came) -> Iterator[str]:
    """What a reading that was killed lacks of one that was not."""
    if came.digests != 1:
        yield f"{came.digests} digests"
    if len(set(came.read)) != len(came.read):
        yield "an execution counted twice"
    if set(came.read) != set(whole.read) or not came.coverage["complete"]:
        yield f"{len(came.read)} of {len(whole.read)} read"


GOLDEN = (5**0.5 - 1) / 2
"""Times whole numbers, its fractions are spread evenly however many there are."""


def steps_to_kill(steps: int, kills: int) -> Sequence[int]:
    """So many of the steps, spread over all; and so are those up to any of them."""
    order = sorted(range(kills), key=lambda number: number * GOLDEN % 1)
    return [1 + number * steps // kills for number in order]


def campaign(kills: int, seconds: float = inf) -> Sequence[tuple[str, ...]]:
    """The rows of the table: what so many kills, spread over all steps, came to.

    Fewer where they take longer than so many seconds.
    """
    over = time.monotonic() + seconds
    with going_on() as function:
        whole = function.read()
        trials: list[tuple[int, Came]] = []
        for number, step in enumerate(steps_to_kill(whole.steps, kills)):
            if time.monotonic() >= over:
                break
            trials.append((step, function.read(step)))
            if number % 25 == 24:
                _write_so_far(whole, trials)
    return _rows(whole, trials)


def _write_so_far(whole: Came, trials: Sequence[tuple[int, Came]]) -> None:
    clean = sum(not any(wrong(came, whole)) for _, came in trials)
    sys.stderr.write(f"{clean} of {len(trials)} kills came to what none comes to\n")
    sys.stderr.flush()


def _rows(whole: Came, trials: Sequence[tuple[int, Came]]) -> Sequence[tuple[str, ...]]:
    faults = [(step, list(wrong(came, whole))) for step, came in trials]
    for step, said in faults:
        if said:
            sys.stderr.write(f"killed at step {step}: {', '.join(said)}\n")
    kills, again = len(trials), sum(each.again for _, each in trials)
    return (
        ("runs that nobody kills read", f"{len(whole.read)} failures in {whole.runs} runs"),
        ("steps of theirs", f"{whole.steps}"),
        ("kills, spread over all steps", f"{kills}"),
        ("… with one digest", f"{sum(each.digests == 1 for _, each in trials)}"),
        ("… with an execution twice in the counts", f"{_with(faults, 'twice')}"),
        ("… with another set of failures than without", f"{_with(faults, 'read')}"),
        ("histories asked for again, since they were not kept yet", f"{again / kills:.2f} a kill"),
    )


def _with(faults: Sequence[tuple[int, Sequence[str]]], word: str) -> int:
    return sum(any(word in each for each in said) for _, said in faults)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.continuation", description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=inf, help="end with fewer kills")
    words = parser.parse_args(arguments)
    write_table(HEADER, campaign(words.kills, words.seconds))


if __name__ == "__main__":
    main()

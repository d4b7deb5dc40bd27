"""Faults tried, and what came out: `python -m bench.faults [--every N]`.

Each API that a digest asks is denied, throttled, failed, cut, slow, answered by what is no answer,
or answers of what was deleted, at its first, second or a later call, once or from then on; and the
time runs out at each call. Each time the Lambda's handler is fired as the Scheduler and Lambda's
retries would fire it, on a clock that is set, and what it posted and said is held against what is
true. Every sentence of the coverage is one that the fault bears out, or one that a run without
faults says too.
"""

import argparse
import logging
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

from bench.fault_account import (
    FAULTS,
    FaultyAccount,
    KilledError,
    SetClock,
    Strike,
    in_place_of_http,
)
from sfn_digest import invocation
from sfn_digest.aws import clients, open_account, secrets, table
from sfn_digest.aws import past as alias
from sfn_digest.aws.api import Api, DeploymentApi
from sfn_digest.aws.sessions import open_session
from sfn_digest.errors import InternalError, SfnDigestError
from sfn_digest.pipeline.posting import digest_of
from simulator.demo import LAMBDA_ENVIRONMENT
from simulator.engine.outcomes import Attempt, Outcome
from simulator.records import World
from simulator.served import TOKEN_PARAMETER
from simulator.server import Account, Rate, serve
from simulator.server.slack_workspace import Workspace
from simulator.worlds.conditions import Spell
from simulator.worlds.failures import lambda_unavailable
from simulator.worlds.hints.ground import LAMBDA, STATE, definition, regular, weather, works
from simulator.worlds.systems import DAY, Setting, System, build_world

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LIMIT_SECONDS = 900.0
ENDING = frozenset({"GetResources", "ListExecutions", "GetParameter", "GetItem", "PutItem"})
"""What a digest cannot do without: finding, listing, and to deliver once a token and the table."""

NEVER_DELETED = frozenset(
    {"GetResources", "ListStateMachines", "GetMetricData", "ListAccountAliases"}
)
"""What these ask for is always there."""

STEPS = 60
"""Calls of a run at which the time is let run out."""

_TABLE = r"(?:DynamoDB )?table sfn-digest"
REASONS: Mapping[str, str] = {
    "denied": r"denied (?:the )?(?:\S*:)?{api}: allow",
    "throttled": r"throttling (?:the )?{api}",
    "failed (5xx)": r"{api} (?:failed|refused a call) \(InternalServerError\)",
    "cut": r"{api} cannot be reached|{service} cannot be reached|lost before {api} responded",
    "slow": r"{api} cannot be reached|{service} cannot be reached|lost before {api} responded",
    "a page in place of an answer": r"{api} (?:did|was).* (?:not|no).* (?:from|of) AWS",
    "a proxy's refusal": r"{api} (?:did|was).* (?:not|no).* (?:from|of) AWS",
    "a missing member": r"{api} (?:did|was).* (?:not|no).* (?:from|of) AWS",
    "deleted": r"past its retention period: {api}|There is no (?:SSM|{api})",
    "done, and its answer lost": r"{api} cannot be reached",
    "late": r"[Tt]ime ran out|time for reading was over",
}
"""What a sentence may give as its reason under each fault."""
REASONS_OF_WAITING = frozenset({"slow", "throttled", "cut", "failed (5xx)"})
"""Faults that use up the time as well."""

REMARKS = r"To evaluate retries, [\d,]+ successes? of|What retries saved in [\d,]+ state machines?"
"""What a report says of itself, with numbers that differ."""


@dataclass
class Came:
    """What came of one kind of fault."""

    runs: int = 0
    at_once: int = 0
    retried: int = 0
    passed: int = 0
    lost: list[Strike] = field(default_factory=list)
    twice: list[Strike] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    broke: list[str] = field(default_factory=list)
    killed: list[Strike] = field(default_factory=list)


def strikes() -> Iterator[Strike]:
    """Every fault that is tried."""
    apis = [
        Api.GET_RESOURCES,
        Api.LIST_STATE_MACHINES,
        Api.GET_METRIC_DATA,
        Api.LIST_EXECUTIONS,
        Api.GET_EXECUTION_HISTORY,
        Api.DESCRIBE_STATE_MACHINE,
        Api.DESCRIBE_STATE_MACHINE_FOR_EXECUTION,
        DeploymentApi.LIST_ACCOUNT_ALIASES,
        DeploymentApi.GET_PARAMETER,
    ]
    for fault in FAULTS:
        # Only a write changes anything before its answer is lost.
        names = ["GetItem", "PutItem", *(api.value for api in apis)]
        for name in ["PutItem"] if fault == "done, and its answer lost" else names:
            for first in (1, 2, 4, 7):
                if (name == "GetParameter" and first > 1) or (
                    fault == "deleted" and name in NEVER_DELETED
                ):
                    continue
                yield Strike(name, fault, first)
                yield Strike(name, fault, first, times=1)
    for step in range(1, STEPS + 1):
        for part in (0.3, 0.75, 0.92):
            yield Strike("any", "late", step, late=part)


class Bench:
    """The function on a small account, fired again and again."""

    def __init__(self, account: Account, world: World, end: datetime, clock: SetClock) -> None:
        self._slack = account.slack
        self._world, self._end, self._clock = world, end, clock
        self.aws = FaultyAccount(account, clock, limit=LIMIT_SECONDS)
        self._reports: list[Mapping[str, Any]] = []
        self._plain: frozenset[str] = frozenset()
        self._trial = 0
        self._true = {
            each.arn
            for each in world.executions
            if each.status in ("FAILED", "TIMED_OUT", "ABORTED")
            and each.stopped_at is not None
            and 0 < end.timestamp() - each.stopped_at <= 7 * DAY
        }

    def learn(self) -> None:
        """What a run without faults says."""
        self.aws.begin(None)
        error, _ = self._fire()
        assert error is None, error
        self._plain = frozenset(self._reports[-1]["coverage"]["notes"])

    def try_out(self, strike: Strike, came: Came) -> None:
        """Fire until the digest is posted or nothing is left to hope for, and judge."""
        self.aws.begin(strike)
        # A channel of its own, in which no other trial's digest is found.
        self._trial += 1
        before = self._roots()
        came.runs += 1
        said: list[str] = []
        for attempt in range(3):
            if attempt == 2:
                self.aws.mend()
            try:
                error, report = self._fire()
            except KilledError:
                came.killed.append(strike)
                continue
            if isinstance(error, InternalError):
                came.broke.append(f"{strike}: {error.__context__!r}")
            if error is not None:
                said.append(str(error))
                continue
            came.at_once += attempt == 0
            came.retried += attempt == 1
            came.passed += attempt == 2
            if report is not None:
                came.false += [f"{strike}: {each}" for each in self._false(strike, report) if each]
            break
        persists = strike.times is None and strike.late is None
        posted = self._roots() - before
        in_time = attempt < 2 or (persists and strike.api in ENDING)
        if posted < 1 or not in_time:
            came.lost.append(strike)
        if posted > 1:
            came.twice.append(strike)
        came.false += [f"{strike}: {each}" for each in said if not self._is_true(strike, each)]

    def _fire(self) -> tuple[Exception | None, Mapping[str, Any] | None]:
        from sfn_digest import handler as door  # noqa: PLC0415 - its log reads the environment

        self.aws.began = self._clock.now()
        context = cast("LambdaContext", _Context(self._clock))
        made = len(self._reports)
        try:
            door.handler(
                {"scheduled_time": self._end.isoformat(), "channel": _channel(self._trial)}, context
            )
        except SfnDigestError as error:
            return error, None
        return None, self._reports[-1] if len(self._reports) > made else None

    def made(self, digest: Any) -> Any:
        """Remember what was made."""
        self._reports.append(digest.report)
        return digest

    def _roots(self) -> int:
        return sum(each.thread_ts is None for each in self._slack.messages)

    def _false(self, strike: Strike, report: Mapping[str, Any]) -> Iterator[str]:
        """The sentences and numbers of a report that are not so."""
        coverage, failures = report["coverage"], report["failures"]
        read = {each["execution_arn"] for each in failures}
        if not read <= self._true:
            yield "it reports what did not fail"
        if coverage["complete"] and read != self._true:
            yield "it calls itself complete and lacks failures"
        if coverage["failures_read"] != len(read):
            yield f"it read {coverage['failures_read']} of which {len(read)} are there"
        if coverage["failures_found"] < report["totals"]["failed"] + report["totals"]["timed_out"]:
            yield "it found less than it counts"
        if not coverage["complete"] and read == self._true and not self.aws.struck:
            yield "it calls itself incomplete for no reason"
        for note in coverage["notes"]:
            if note not in self._plain and not self._is_true(strike, note):
                yield note if not _untouched(note, report) else ""
        counted = re.compile(r"(\d+) (?:failures? found but not read|histor(?:y|ies) of)")
        numbers = [int(each[1]) for note in coverage["notes"] for each in counted.finditer(note)]
        if numbers and sum(numbers) > coverage["failures_found"] - coverage["failures_read"]:
            yield f"it says that {sum(numbers)} were not read"

    def _is_true(self, strike: Strike, sentence: str) -> bool:
        """Whether the fault bears a sentence out: its reason, of the API that it struck."""
        if re.match(REMARKS, sentence):
            return True
        if not self.aws.struck:
            return False
        fault = "late" if strike.late is not None else strike.fault
        of_table = strike.api in ("GetItem", "PutItem")
        api = _TABLE if of_table else strike.api
        reasons = [REASONS[fault].format(api=api, service=r"[\w ]+")]
        if fault in REASONS_OF_WAITING:
            reasons.append(REASONS["late"])
        return any(re.search(each, sentence) for each in reasons)


def _untouched(note: str, report: Mapping[str, Any]) -> bool:
    """Whether a note names only machines that failed and of which no failure was read.

    Those that could not be listed are told apart from these.
    """
    read = {each["machine_arn"] for each in report["failures"]}
    untouched = {
        each["name"]
        for each in report["machines"]
        if each["failed"] + each["timed_out"] + each["aborted"] and each["arn"] not in read
    }
    named = set(note.rpartition(": ")[2].removesuffix(".").split(", "))
    return note.startswith(f"No failure was read of {len(named)} ") and named <= untouched


MOST_TRIALS = 2_000


def _channel(trial: int) -> str:
    return f"C{trial:08}"


_MADE_AT, _BEGAN = datetime.now(UTC), time.monotonic()


@dataclass(frozen=True)
class _Context:
    """What Lambda hands to the handler, on the clock that is set."""

    clock: SetClock
    function_name: str = "sfn-digest"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:sfn-digest"
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"
    began: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "began", self.clock.now())

    def get_remaining_time_in_millis(self) -> int:
        """The rest of Lambda's 15 minutes."""
        return int((LIMIT_SECONDS - (self.clock.now() - self.began)) * 1000)


class _RunClock:
    """The delivery's time, on the clock that is set."""

    def __init__(self, clock: SetClock, left: Any) -> None:
        self.left = left
        self.now = clock.now
        self.sleep = clock.sleep

    def utc(self) -> datetime:
        """The time of day, which goes on with the clock."""
        return _MADE_AT + timedelta(seconds=self.now() - _BEGAN)


def small_world(end: datetime) -> World:
    """Three machines: one that outages strike, one that fails twice, one that works."""
    setting = Setting(end.timestamp() - 7 * DAY, end.timestamp(), 7)
    bad = weather(
        setting,
        "away",
        [Spell(setting.start + n * DAY, setting.start + n * DAY + 7200, 1.0) for n in (1, 3)],
    )

    def outcome(attempt: Attempt) -> Outcome:
        return (
            lambda_unavailable(attempt) if bad.strikes(attempt) else works(setting, attempt, 1, 3)
        )

    def sound(attempt: Attempt) -> Outcome:
        return works(setting, attempt, 1, 3)

    asl = definition(LAMBDA, [])
    systems = [
        System("payments", asl, regular("payments", setting, 3600), {STATE: outcome}),
        System("orders", asl, regular("orders", setting, 7200), {STATE: outcome}),
        System("mail", asl, regular("mail", setting, 43200), {STATE: sound}),
    ]
    return build_world(systems, setting)


@contextmanager
def bench() -> Iterator[Bench]:
    """The function on a small account, while everything is on a clock that is set."""
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    world, clock = small_world(end), SetClock()
    parameters = {TOKEN_PARAMETER: "xoxb-simulated"}
    wide = {api.value: Rate(100_000, 100_000) for api in Api}
    with ExitStack() as stack:
        served = stack.enter_context(
            serve(
                world,
                buckets=wide,
                parameters=parameters,
                clock=clock.now,
                workspace=Workspace(channels=tuple(map(_channel, range(MOST_TRIALS)))),
            )
        )
        made = Bench(served, world, end, clock)
        own = {**LAMBDA_ENVIRONMENT, "SFN_DIGEST_TABLE": "sfn-digest", "SFN_DIGEST_SUCCESSES": "3"}
        stack.enter_context(patch.dict("os.environ", {**served.environment, **own}))
        stack.enter_context(in_place_of_http(made.aws))
        _set_times(stack, made, clock)
        logging.getLogger("sfn-digest").setLevel(logging.CRITICAL)
        made.learn()
        yield made


def _set_times(stack: ExitStack, made: Bench, clock: SetClock) -> None:
    """Let all that waits wait on the clock that is set."""
    for name, stand_in in {
        "open_account": partial(open_account, clock=clock),
        "SystemRunClock": lambda left: _RunClock(clock, left),
        "digest_of": lambda *words, **more: made.made(digest_of(*words, **more)),
    }.items():
        stack.enter_context(patch.object(invocation, name, stand_in))
    stack.enter_context(patch("botocore.endpoint.time.sleep", clock.sleep))
    # What is the same in each run is set up once.
    once = cache(open_session)
    for module in (alias, clients, secrets, table):
        stack.enter_context(patch.object(module, "open_session", once))
    # A chart takes longer to draw than all the rest, and asks nobody.
    stack.enter_context(patch("sfn_digest.pipeline.posting._picture", lambda _: None))
    stack.enter_context(patch("sfn_digest.aws.ungoverned.time.sleep", clock.sleep))


def campaign(every: int = 1) -> Mapping[str, Came]:
    """What came of every so manieth fault, by its kind."""
    came: dict[str, Came] = defaultdict(Came)
    with bench() as made:
        for strike in list(strikes())[::every]:
            kind = strike.fault if strike.late is None else "the time runs out"
            made.try_out(strike, came[kind])
    return came


def rows(came: Mapping[str, Came]) -> Sequence[tuple[str, ...]]:
    """The table of the README, the sums last."""
    made = [
        (
            kind,
            f"{each.runs}",
            f"{each.at_once}",
            f"{each.retried}",
            f"{each.passed}",
            f"{len(each.lost)}",
            f"{len(each.twice)}",
            f"{len(each.false)}",
        )
        for kind, each in came.items()
    ]
    sums = [sum(int(row[column]) for row in made) for column in range(1, 8)]
    return [*made, ("**together**", *(f"**{each}**" for each in sums))]


HEADER = (
    "fault",
    "tried",
    "posted at once",
    "by Lambda's retry",
    "once it had passed",
    "lost",
    "posted twice",
    "false sentences",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Try the faults and print what came out, and each thing that should not have."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults")
    parser.add_argument("--every", type=int, default=1)
    came = campaign(parser.parse_args(arguments).every)
    write = sys.stdout.write
    for row in (HEADER, ("---",) * len(HEADER), *rows(came)):
        write(f"| {' | '.join(row)} |\n")
    for each in came.values():
        for what, found in vars(each).items():
            if isinstance(found, list):
                for line, times in Counter(map(str, found)).items():
                    sys.stderr.write(f"{what}: {times} x {line}\n")


if __name__ == "__main__":
    main()

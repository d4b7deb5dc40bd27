"""The function on a small account, fired again and again while a fault is made."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

from bench.fault_account import (
    FaultyAccount,
    KilledError,
    SetClock,
    Strike,
    in_place_of_http,
)
from bench.fault_judge import Seen, false_in, is_true
from bench.set_clock import LIMIT_SECONDS, channel_of, served_on, set_times
from sfn_digest.config import names
from sfn_digest.errors import InternalError, SfnDigestError
from simulator.demo import LAMBDA_ENVIRONMENT
from simulator.engine.outcomes import Attempt, Outcome
from simulator.records import World
from simulator.server import Account
from simulator.worlds.conditions import Spell
from simulator.worlds.failures import lambda_unavailable
from simulator.worlds.hints.ground import LAMBDA, STATE, definition, regular, weather, works
from simulator.worlds.systems import DAY, Setting, System, build_world

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

ENDING = frozenset({"GetResources", "ListExecutions", "GetParameter", "GetItem", "PutItem"})
"""What a digest cannot do without: finding, listing, and to deliver once a token and the table."""


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


class FiredFunction:
    """The function on a small account, fired again and again."""

    def __init__(self, account: Account, world: World, end: datetime, clock: SetClock) -> None:
        self._slack = account.slack
        self._world, self._end, self._clock = world, end, clock
        self.aws = FaultyAccount(account, clock, limit=LIMIT_SECONDS)
        self._reports: list[Mapping[str, Any]] = []
        self._plain: frozenset[str] = frozenset()
        self._trial = 0
        self._failed = frozenset(
            each.arn
            for each in world.executions
            if each.status in ("FAILED", "TIMED_OUT", "ABORTED")
            and each.stopped_at is not None
            and 0 < end.timestamp() - each.stopped_at <= 7 * DAY
        )

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
                seen = Seen(self._failed, self._plain, bool(self.aws.struck))
                came.false += [f"{strike}: {each}" for each in false_in(report, strike, seen)]
            break
        persists = strike.times is None and strike.late is None
        posted = self._roots() - before
        in_time = attempt < 2 or (persists and strike.api in ENDING)
        if posted < 1 or not in_time:
            came.lost.append(strike)
        if posted > 1:
            came.twice.append(strike)
        came.false += [
            f"{strike}: {each}"
            for each in said
            if not is_true(each, strike, struck=bool(self.aws.struck))
        ]

    def _fire(self) -> tuple[Exception | None, Mapping[str, Any] | None]:
        from sfn_digest import handler as door  # noqa: PLC0415 - its log reads the environment

        self.aws.began = self._clock.now()
        context = cast("LambdaContext", _Context(self._clock))
        made = len(self._reports)
        try:
            door.handler(
                {"scheduled_time": self._end.isoformat(), "channel": channel_of(self._trial)},
                context,
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
def fired_function() -> Iterator[FiredFunction]:
    """The function on a small account, while everything is on a clock that is set."""
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    world, clock = small_world(end), SetClock()
    with ExitStack() as stack:
        served = stack.enter_context(served_on(clock, world))
        made = FiredFunction(served, world, end, clock)
        # A reading that goes on in another run has a trial of its own: see bench/continuation.py.
        own = {**LAMBDA_ENVIRONMENT, names.TABLE: "sfn-digest", names.SUCCESSES: "3"}
        own[names.CONTINUATIONS] = "0"
        stack.enter_context(patch.dict("os.environ", {**served.environment, **own}))
        stack.enter_context(in_place_of_http(made.aws))
        set_times(stack, clock, made.made)
        log = logging.getLogger("sfn-digest")
        stack.callback(log.setLevel, log.level)
        log.setLevel(logging.CRITICAL)
        made.learn()
        yield made

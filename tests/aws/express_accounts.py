"""Accounts with Express machines, served and read the whole way."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from math import inf

import pytest

from sfn_digest.aws import Account, open_account
from sfn_digest.config.request import Request
from sfn_digest.model.executions import Tag, Window
from sfn_digest.pipeline.run import Deadlines, Run
from sfn_digest.pipeline.scope import Scope, in_scope
from sfn_digest.progress import SilentProgress
from simulator.records import World
from simulator.server import UNLIMITED, serve
from simulator.server.account import Account as Served
from simulator.worlds.systems import DAY, Setting, System, build_world

END = datetime(2026, 3, 9, tzinfo=UTC)
SETTING = Setting(END.timestamp() - 7 * DAY, END.timestamp(), 11)
WEEK = Window(datetime.fromtimestamp(SETTING.start, UTC), END)


def account_of(*systems: System) -> World:
    return build_world(systems, SETTING)


@contextmanager
def served(
    world: World, monkeypatch: pytest.MonkeyPatch, denied: Iterable[str] = ()
) -> Iterator[tuple[Account, Served]]:
    with serve(world, buckets=UNLIMITED, denied_actions=frozenset(denied)) as account:
        for name, value in account.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        # Nobody waits for the share of a quota that is not there.
        monkeypatch.setattr("sfn_digest.aws.log_queries.FIRST_WAIT", 0.01)
        monkeypatch.setattr("sfn_digest.aws.log_queries.LONGEST_WAIT", 0.01)
        free_logs(monkeypatch)
        yield open_account(1.0, SilentProgress()), account


def free_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let CloudWatch Logs be asked as often as one likes."""
    from sfn_digest.aws import quotas  # noqa: PLC0415
    from sfn_digest.aws.governor import Allowance  # noqa: PLC0415

    free = dict.fromkeys(quotas.UNCONFIRMED, Allowance(1000, 1000))
    monkeypatch.setattr(quotas, "UNCONFIRMED", free)


def run_of(account: Account, *, gigabytes: float = 5.0, seconds: float = inf) -> Run:
    request = Request(WEEK, tag=Tag("sfn-digest", "on"), express_scan_gb=gigabytes)
    limits = Deadlines(reading=account.now() + seconds)
    return Run(replace(request, successes=0), account, deadlines=limits)


def scope_of(run: Run) -> Scope:
    return in_scope(run)

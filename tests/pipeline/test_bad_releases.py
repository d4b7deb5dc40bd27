"""Failures by version: a release that made things worse is named, chance is not blamed on one."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.model.releases import MachineVersions, VersionCount
from sfn_digest.model.sample import Stratum
from sfn_digest.pipeline.bad_releases import CHANCE, by_chance, partly_read
from sfn_digest.pipeline.digest import make_report
from simulator.records import World
from simulator.worlds.unnoticed import released, with_release
from tests.aws.express_accounts import SETTING, WEEK, account_of, run_of, served

pytestmark = pytest.mark.slow


def releases(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[MachineVersions, ...]:
    with served(world, monkeypatch) as (account, _):
        run = run_of(account)
        return make_report(replace(run, request=replace(run.request, successes=0))).releases


def test_a_bad_release_is_named_with_its_numbers_its_time_and_its_alias(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(released(SETTING, "pricing", 200, odds=(0.0, 0.2)))
    (told,) = releases(with_release(world, "pricing", SETTING), monkeypatch)
    failed = sum(run.status == "FAILED" for run in world.executions)
    later = sum(run.started_at >= SETTING.at(5) for run in world.executions)
    assert told.bad == VersionCount("14", later, failed)
    assert told.before == VersionCount("13", 200 - later, 0)
    assert told.released_at is not None
    assert told.released_at.timestamp() == SETTING.at(5)
    (alias,) = told.aliases
    assert alias.name == "live"
    assert [(route.version, route.weight) for route in alias.routes] == [("14", 90), ("13", 10)]


def test_versions_that_fail_alike_are_counted_and_none_is_blamed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(released(SETTING, "quotes", 200, odds=(0.2, 0.2)))
    (told,) = releases(with_release(world, "quotes", SETTING), monkeypatch)
    assert told.bad is None
    assert sum(each.executions for each in told.versions) == 200
    failed = sum(run.status == "FAILED" for run in world.executions)
    assert sum(each.failures for each in told.versions) == failed


def test_machines_of_which_not_every_failure_was_read_are_named() -> None:
    def stratum(machine: str, found: int) -> Stratum:
        return Stratum(f"arn:{machine}", "FAILED", WEEK.start.date(), found, ("arn:1", "arn:2"))

    told = [MachineVersions(f"arn:{name}", (), WEEK.start) for name in ("some", "all", "none")]
    strata = [stratum("some", 3), stratum("all", 2), stratum("other", 9)]
    assert partly_read(told, strata) == ["some"]


def test_executions_of_no_version_cost_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    system = released(SETTING, "pricing", 60, odds=(0.2, 0.2))
    plain = tuple(replace(start, version=None, alias=None) for start in system.starts)
    world = account_of(replace(system, starts=plain))
    with served(world, monkeypatch) as (account, served_account):
        run = run_of(account)
        report = make_report(replace(run, request=replace(run.request, successes=0)))
        assert report.releases == ()
        assert "DescribeStateMachineAlias" not in {call.api for call in served_account.calls}


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 300), st.integers(0, 300))
def test_chance_is_a_probability(failed: int, more: int, before: int, other: int) -> None:
    mine, earlier = (
        VersionCount("2", failed + more, failed),
        VersionCount("1", before + other, before),
    )
    assert 0 <= by_chance(mine, earlier) <= 1 + 1e-9


def test_of_releases_that_changed_nothing_one_in_a_hundred_is_blamed_at_most() -> None:
    luck, blamed = Random(7), 0
    for _ in range(1000):
        mine = sum(luck.random() < 0.1 for _ in range(60))
        before = sum(luck.random() < 0.1 for _ in range(300))
        blamed += by_chance(VersionCount("2", 60, mine), VersionCount("1", 300, before)) <= CHANCE
    assert blamed <= 15

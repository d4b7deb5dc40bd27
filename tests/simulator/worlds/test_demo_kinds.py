"""The demo holds one machine of each kind, and its digest shows them all."""

from dataclasses import replace

import pytest

from sfn_digest.model.report import Report
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.slack import messages
from simulator.records import World
from simulator.worlds.demo_kinds import with_kinds
from tests.aws.express_accounts import END, SETTING, run_of, served

pytestmark = pytest.mark.slow


@pytest.fixture
def world() -> World:
    empty = World("123456789012", "us-east-1", SETTING.start, END.timestamp(), (), ())
    return with_kinds(empty)


@pytest.fixture
def report(world: World, monkeypatch: pytest.MonkeyPatch) -> Report:
    with served(world, monkeypatch) as (account, _):
        run = run_of(account)
        return make_report(replace(run, request=replace(run.request, successes=60)))


def test_every_kind_is_told(world: World, report: Report) -> None:
    names = {each.machine_arn.rpartition(":")[2] for each in report.failures}
    assert names == {"checkout-api", "invoice-batch", "nightly-cleanup", "price-quotes"}
    assert {each.handled is not None for each in report.failures} == {True, False}
    assert {each.tolerated for each in report.map_runs} == {True, False}
    (stuck,) = report.stuck
    assert stuck.executions == 2
    (versions,) = report.releases
    assert versions.bad is not None
    assert versions.bad.version == "14"
    assert report.recoveries is not None
    assert report.recoveries.redriven == 1
    assert any(each.rising for each in report.recoveries.machines)
    true = {run.arn: run.truth.cause for run in world.executions}
    assert all(each.cause == true[each.execution_arn] for each in report.failures)


def test_the_digest_shows_them_in_its_thread(report: Report) -> None:
    root, *replies = messages(report, texts_in("en"))
    thread = "\n".join(reply.text for reply in replies)
    for said in (
        "Distributed Maps with failed children",
        "children failed, but the Map run succeeded",
        "need a retry to succeed",
        "Version 14, released",
        "executions are stuck",
        "recovered by hand",
    ):
        assert said in thread
    assert len(root.blocks) <= 6

"""Executions that hang are told with where they wait, since when, and what had ended them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest

from sfn_digest.guard import Guard
from sfn_digest.model.report import Report
from sfn_digest.pipeline.digest import make_report
from simulator.records import World
from simulator.server.account import Account as Served
from simulator.worlds.unnoticed import approval, hung_worker, recovering
from tests.aws.express_accounts import SETTING, WEEK, account_of, run_of, served

pytestmark = pytest.mark.slow


def report_on(
    world: World, monkeypatch: pytest.MonkeyPatch, denied: Iterable[str] = ()
) -> tuple[Report, Served]:
    with served(world, monkeypatch, denied) as (account, served_account):
        run = run_of(account)
        return make_report(replace(run, request=replace(run.request, successes=0))), served_account


def test_callbacks_that_nobody_answers_are_stuck_and_none_that_succeed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(approval(SETTING, "approval", 30, stuck=2, limit=None))
    report, _ = report_on(world, monkeypatch)
    (machine,) = report.stuck
    assert (machine.executions, machine.complete, machine.successes) == (2, True, 30)
    oldest, younger = machine.longest
    assert oldest.execution_arn.endswith(":lost-0")
    assert oldest.running_seconds == pytest.approx(5 * 86400, abs=60)
    assert (oldest.state, oldest.integration) == ("Approve", "sqs:sendMessage.waitForTaskToken")
    assert (oldest.timeout_seconds, oldest.heartbeat_seconds) == (None, None)
    assert younger.running_seconds < oldest.running_seconds
    assert machine.usual_seconds is not None
    assert machine.timeout_seconds is not None
    assert machine.timeout_seconds > machine.usual_seconds


def test_where_histories_may_not_be_read_it_is_said_that_nobody_knows_where_they_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(approval(SETTING, "endless", 0, stuck=1, limit=None))
    report, _ = report_on(world, monkeypatch, ["states:GetExecutionHistory"])
    assert report.stuck == ()
    (note,) = (n for n in report.coverage.notes if "where running executions of endless wait" in n)
    assert "states:GetExecutionHistory" in note


def test_an_activity_without_a_heartbeat_is_stuck_where_its_worker_died(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report, _ = report_on(account_of(hung_worker(SETTING, "render", 20, stuck=1)), monkeypatch)
    (machine,) = report.stuck
    (one,) = machine.longest
    assert (one.state, one.integration, one.taken) == ("Render", "activity", True)


def test_with_too_few_successes_only_what_waits_without_a_limit_for_over_a_day_is_stuck(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    systems = (
        approval(SETTING, "endless", 0, stuck=3, limit=None),
        approval(SETTING, "patient", 0, stuck=3, limit=30 * 86400),
    )
    report, _ = report_on(account_of(*systems), monkeypatch)
    (machine,) = report.stuck
    assert machine.machine_arn.endswith(":endless")
    assert (machine.executions, machine.usual_seconds, machine.timeout_seconds) == (3, None, None)


def test_where_as_many_executions_closed_as_began_nothing_is_listed_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report, account = report_on(account_of(recovering(SETTING, "orders", 20, odds=0)), monkeypatch)
    assert report.stuck == ()
    assert not Counter(call.api for call in account.calls)["GetExecutionHistory"]


def test_where_the_time_is_over_that_is_said_and_is_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(approval(SETTING, "approval", 10, stuck=1, limit=None))
    with served(world, monkeypatch) as (account, _):
        run = run_of(account)
        faults: list[object] = []
        late = replace(run.deadlines, changes=account.now() - 1)
        report = make_report(replace(run, deadlines=late, guard=Guard(faults.append)))
    assert report.stuck == ()
    assert any("It is unknown whether executions are stuck" in n for n in report.coverage.notes)
    assert faults == []


def test_ends_other_than_successes_are_asked_only_of_machines_that_these_do_not_account_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    systems = (
        recovering(SETTING, "orders", 20, odds=0),
        approval(SETTING, "approval", 10, stuck=1, limit=None),
    )
    with served(account_of(*systems), monkeypatch) as (account, served_account):
        monkeypatch.setattr("sfn_digest.aws.execution_lists._IN_ONE_CALL", 0)
        machines = {each.name: each for each in account.all_machines()}
        asked = []
        for name in ("orders", "approval"):
            before = served_account.datapoints
            running = account.running.open([machines[name]], WEEK)
            asked.append(served_account.datapoints - before)
            assert running == ({machines[name].arn: 1} if name == "approval" else {})
    # Two metrics tell of a machine first, and four more of one that these do not account for.
    assert asked[1] == 3 * asked[0] > 0

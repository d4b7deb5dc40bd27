"""What was recovered silently: by retries, by a Catch, and by hand; exactly, or within bounds."""

from collections import Counter
from dataclasses import replace

import pytest

from sfn_digest.model.recoveries import Recoveries
from sfn_digest.model.report import Report
from sfn_digest.pipeline.digest import make_report
from simulator.records import SimExecution, World
from simulator.server.account import Account as Served
from simulator.worlds.systems import System
from simulator.worlds.unnoticed import recovering
from tests.aws.express_accounts import SETTING, account_of, run_of, served

pytestmark = pytest.mark.slow


def report_on(
    world: World, monkeypatch: pytest.MonkeyPatch, *, successes: int = 60
) -> tuple[Report, Served]:
    with served(world, monkeypatch) as (account, served_account):
        run = run_of(account)
        run = replace(run, request=replace(run.request, successes=successes))
        return make_report(run), served_account


def recoveries(world: World, monkeypatch: pytest.MonkeyPatch) -> Recoveries:
    found = report_on(world, monkeypatch)[0].recoveries
    assert found is not None
    return found


def fell_back(run: SimExecution) -> bool:
    return any(e.get("stateEnteredEventDetails", {}).get("name") == "FallBack" for e in run.events)


def truly_saved(world: World) -> int:
    return sum(
        run.status == "SUCCEEDED" and len(run.truth.attempts) > 0 and not fell_back(run)
        for run in world.executions
        if not run.redrive_count
    )


def test_where_all_that_may_have_retried_were_read_the_numbers_are_exact(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(recovering(SETTING, "orders", 50, odds=0.3, lost=0.1))
    found = recoveries(world, monkeypatch)
    saved, caught = truly_saved(world), sum(map(fell_back, world.executions))
    assert (found.saved.low, found.saved.high) == (saved, saved)
    assert (found.caught.low, found.caught.high) == (caught, caught)
    (machine,) = found.machines
    (cause,) = machine.causes
    assert (cause.state, cause.cause, cause.executions) == ("Work", "code_error", caught)
    assert found.hours * 3600 > 5 * saved
    assert found.attempts >= saved


def test_of_many_successes_a_sample_is_read_and_its_bounds_hold_the_truth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(recovering(SETTING, "orders", 900, odds=0.08))
    report, account = report_on(world, monkeypatch)
    found = report.recoveries
    assert found is not None
    assert found.saved.low <= truly_saved(world) <= found.saved.high
    assert found.read <= 60
    assert Counter(call.api for call in account.calls)["GetExecutionHistory"] == found.read


def test_successes_quicker_than_any_back_off_are_known_without_a_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    system = recovering(SETTING, "orders", 300, odds=0.01)
    states = dict(system.definition["States"])
    states["Work"] = {key: value for key, value in states["Work"].items() if key != "Catch"}
    world = account_of(replace(system, definition={**system.definition, "States": states}))
    found = recoveries(world, monkeypatch)
    assert found.saved.low == found.saved.high == truly_saved(world)
    assert found.read <= 30


def ending_badly(system: System, *, retry: bool) -> System:
    """The same with a handler that only tells of the error: the execution fails."""
    work = {k: v for k, v in system.definition["States"]["Work"].items() if retry or k != "Retry"}
    states = {**system.definition["States"], "Work": work, "FallBack": {"Type": "Fail"}}
    return replace(system, definition={**system.definition, "States": states})


def test_a_catch_that_leads_to_a_fail_state_hides_nothing_and_costs_no_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    retried = ending_badly(recovering(SETTING, "orders", 300, odds=0.01), retry=True)
    told = ending_badly(recovering(SETTING, "plain", 100, odds=0.0, redriven=1), retry=False)
    world = account_of(retried, told)
    found = recoveries(world, monkeypatch)
    assert found.saved.low == found.saved.high == truly_saved(world)
    assert (found.caught.high, found.redriven) == (0, 1)
    assert found.read <= 30


def test_an_execution_redriven_to_success_was_recovered_by_hand_and_took_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(recovering(SETTING, "orders", 20, odds=0.0, redriven=3))
    found = recoveries(world, monkeypatch)
    assert (found.redriven, found.saved.executions) == (3, 0)
    assert found.redriven_hours == pytest.approx(2.0, abs=0.01)


def test_retries_that_work_ever_harder_are_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    world = account_of(recovering(SETTING, "orders", 60, odds=0.02, later=0.5))
    (machine,) = recoveries(world, monkeypatch).machines
    assert machine.rising is not None
    rising = machine.rising
    assert rising.earlier.executions * 2 < rising.later.executions


def test_retries_that_work_as_hard_as_ever_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    world = account_of(recovering(SETTING, "orders", 60, odds=0.2))
    (machine,) = recoveries(world, monkeypatch).machines
    assert machine.rising is None


def test_where_no_successes_are_to_be_read_no_call_is_made_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(recovering(SETTING, "orders", 50, odds=0.3))
    report, account = report_on(world, monkeypatch, successes=0)
    assert report.recoveries is None
    assert not {"GetExecutionHistory", "DescribeStateMachine"} & {c.api for c in account.calls}


def test_machines_that_cannot_all_be_read_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sfn_digest.pipeline.silent_recoveries.MOST_MACHINES", 1)
    systems = (recovering(SETTING, "orders", 30), recovering(SETTING, "invoices", 20))
    report, _ = report_on(account_of(*systems), monkeypatch)
    assert any(
        "What retries saved in 1 state machine is unknown" in n for n in report.coverage.notes
    )

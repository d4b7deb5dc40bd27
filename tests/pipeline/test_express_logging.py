"""Express failures are found in logs, counted against CloudWatch, and their gaps are said."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sfn_digest.aws.account_errors import OutOfTimeError
from sfn_digest.aws.express_records import kept
from sfn_digest.aws.log_queries import LogQueries, Row
from sfn_digest.history.log_records import event_of_record
from sfn_digest.model.executions import Window
from sfn_digest.model.logs import MachineLogs
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.express_logging import ExpressRead, gaps, logging_hints, remarks
from sfn_digest.pipeline.failure_reading import read_express
from simulator.records import LogTraffic, SimExecution, World
from simulator.worlds.kinds import GROUPS, busy_express_world, express, logged
from tests.aws.express_accounts import (
    END,
    SETTING,
    account_of,
    run_of,
    scope_of,
    served,
)

pytestmark = pytest.mark.slow

FAR_TOO_MUCH = 80e9


def read(world: World, monkeypatch: pytest.MonkeyPatch, gigabytes: float = 5.0) -> ExpressRead:
    with served(world, monkeypatch) as (account, _):
        run = run_of(account, gigabytes=gigabytes)
        return read_express(run, scope_of(run))


def true_failures(world: World) -> dict[str, SimExecution]:
    return {run.arn: run for run in world.executions if run.status != "SUCCEEDED"}


def the(found: ExpressRead, name: str) -> MachineLogs:
    return next(each for each in found.logs if each.machine.name == name)


def test_every_failure_that_is_logged_whole_is_found_with_its_leaf_cause_and_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(
        express(SETTING, "alone", 120, logged("alone")),
        express(SETTING, "first", 90, logged("first", group="/shared")),
        express(SETTING, "second", 60, logged("second", group="/shared")),
    )
    found = read(world, monkeypatch)
    true = true_failures(world)
    assert {each.execution.arn for each in found.failures} == set(true)
    wrong = [
        (each.execution.name, each.state, each.diagnosis.cause)
        for each in found.failures
        if (each.state, each.fail_state)
        != (
            true[each.execution.arn].truth.state,
            true[each.execution.arn].truth.fail_state,
        )
        or each.diagnosis.cause != true[each.execution.arn].truth.cause
    ]
    assert wrong == []
    assert 0 < found.whole < len(true)
    assert found.whole + found.alike == len(true)
    assert all(each.not_logged == each.unread == 0 for each in found.logs)
    assert list(gaps(found, 5.0)) == []


def test_counts_are_cloudwatchs_and_equal_to_the_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    world = account_of(
        express(SETTING, "all", 60, logged("all")),
        express(SETTING, "off", 60, None),
        express(SETTING, "lossy", 60, logged("lossy", lost=0.5)),
        express(SETTING, "mute", 60, logged("mute", allowed=False)),
    )
    with served(world, monkeypatch) as (account, _):
        report = make_report(run_of(account))
    true = Counter(run.machine_arn for run in true_failures(world).values())
    assert {each.arn: each.unsuccessful for each in report.machines} == true
    assert {hint.kind: hint.machine_arn.rsplit(":", 1)[1] for hint in report.hints} == {
        "logging_off": "off",
        "logging_silent": "mute",
    }
    assert not report.coverage.complete
    notes = " ".join(report.coverage.left_out)
    assert "off logs nothing, so the causes of" in notes
    assert "that the logs do not hold (late, lost or not delivered): lossy, mute." in notes
    assert any("Logs Insights scanned" in note for note in report.coverage.notes)


@pytest.mark.parametrize("level", ["ERROR", "FATAL"])
def test_a_low_level_leaves_states_unknown_but_those_that_are_implied_and_says_which_would_tell(
    level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = account_of(express(SETTING, "quiet", 60, logged("quiet", level)))
    found = read(world, monkeypatch)
    true = true_failures(world)
    assert len(found.failures) == len(true)
    implied = [each for each in found.failures if each.state_implied]
    assert all(each.state == true[each.execution.arn].truth.state for each in implied)
    assert any(f"The states of {len(implied)} failures are implied" in n for n in remarks(found))
    # At FATAL what ends in the author's own words may come from anywhere.
    unknown = {each.diagnosis.cause for each in found.failures if each.state is None}
    assert unknown == ({"fail_state"} if level == "FATAL" else set())
    assert {each.diagnosis.cause for each in found.failures} >= {"code_error", "service_error"}
    assert not any(each.attempts_complete for each in found.failures)
    assert any(f"At log level {level}" in note for note in remarks(found))
    (hint,) = logging_hints(the(found, "quiet"))
    assert (hint.kind, hint.failures) == ("logging_level", len(found.failures))
    assert found.whole == (0 if level == "FATAL" else found.whole)


def test_records_that_come_late_are_counted_as_not_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    late = logged("late", late=3 * 86_400.0)
    world = account_of(express(SETTING, "late", 60, late, odds=0.9))
    found = read(world, monkeypatch)
    true = len(true_failures(world))
    assert 0 < len(found.failures) < true
    assert the(found, "late").not_logged == true - len(found.failures)


def test_a_scan_that_would_be_too_much_is_narrowed_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calm = account_of(express(SETTING, "busy", 200, logged("busy"), odds=0.9))
    traffic = LogTraffic(GROUPS + "busy", SETTING.start, END.timestamp(), FAR_TOO_MUCH)
    found = read(replace(calm, log_traffic=(traffic,)), monkeypatch, gigabytes=5.0)
    true = len(true_failures(calm))
    assert 0 < len(found.failures) < true
    assert found.bytes <= 5e9
    assert the(found, "busy").unread == true - len(found.failures)
    assert the(found, "busy").not_logged == 0
    assert any("To stay within 5 GB of logs" in note for note in gaps(found, 5.0))


def test_with_nothing_allowed_nothing_is_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    world = account_of(express(SETTING, "busy", 40, logged("busy")))
    found = read(world, monkeypatch, gigabytes=0.0)
    assert (found.failures, found.queries) == ((), 0)
    assert the(found, "busy").unread == len(true_failures(world))


def test_a_group_that_may_not_be_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    world = account_of(express(SETTING, "secret", 40, logged("secret")))
    with served(world, monkeypatch, denied=["logs:StartQuery"]) as (account, _):
        run = run_of(account)
        found = read_express(run, scope_of(run))
    assert found.failures == ()
    (note,) = gaps(found, 5.0)
    assert note.startswith("The logs of secret were not read: AWS denied logs:StartQuery")


@pytest.mark.parametrize("denied", [(), ("logs:FilterLogEvents",)])
def test_a_window_of_some_hours_is_searched_without_scanning_or_queried_where_that_is_denied(
    denied: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = account_of(
        express(SETTING, "web", 300, logged("web"), odds=0.9),
        express(SETTING, "hooks", 200, logged("hooks", "ERROR", group="/shared"), odds=0.9),
        express(SETTING, "mail", 200, logged("mail", "FATAL", group="/shared"), odds=0.9),
    )
    hours = Window(END - timedelta(hours=6), END)
    with served(world, monkeypatch, denied=denied) as (account, served_account):
        run = run_of(account)
        run = replace(run, request=replace(run.request, window=hours))
        found = read_express(run, scope_of(run))
        asked = {call.api for call in served_account.calls}
    mine = {arn for arn, e in true_failures(world).items() if ended_at(e) in hours}
    assert {each.execution.arn for each in found.failures} == mine
    assert ("StartQuery" in asked) == bool(denied)
    assert bool(found.bytes) == bool(denied)
    told = " ".join(str(each) for each in remarks(found))
    said = "AWS denied logs:FilterLogEvents" if denied else "not billed by the byte"
    assert said in told


def ended_at(run: SimExecution) -> datetime:
    return datetime.fromtimestamp(run.stopped_at or 0.0, UTC)


def test_input_and_output_are_dropped_where_a_search_sends_them() -> None:
    record = {
        "id": "7",
        "type": "TaskFailed",
        "event_timestamp": "1772445600000",
        "execution_arn": "arn",
        "details": {"error": "E", "input": "secret", "output": "secret", "resource": "r"},
    }
    event = event_of_record(kept(record))
    assert event is not None
    assert event.details == {"error": "E", "resource": "r"}


def test_without_cloudwatch_the_logs_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    world = account_of(express(SETTING, "blind", 40, logged("blind")))
    with served(world, monkeypatch, denied=["cloudwatch:GetMetricData"]) as (account, _):
        report = make_report(run_of(account))
    (machine,) = report.machines
    assert machine.unsuccessful == len(report.failures) == len(true_failures(world))


def test_without_cloudwatch_a_scan_stays_within_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    calm = account_of(express(SETTING, "busy", 200, logged("busy"), odds=0.9))
    traffic = LogTraffic(GROUPS + "busy", SETTING.start, END.timestamp(), FAR_TOO_MUCH)
    world = replace(calm, log_traffic=(traffic,))
    with served(world, monkeypatch, denied=["cloudwatch:GetMetricData"]) as (account, _):
        run = run_of(account)
        found = read_express(run, scope_of(run))
    assert 0 < len(found.failures) < len(true_failures(world))
    assert 0 < found.bytes < 6e9


def test_at_the_deadline_nothing_more_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    world = account_of(express(SETTING, "slow", 40, logged("slow")))
    with served(world, monkeypatch) as (account, served_account):
        scope = scope_of(run_of(account))
        found = read_express(run_of(account, seconds=-1.0), scope)
        asked = {call.api for call in served_account.calls}
    assert found.failures == ()
    assert not asked & {"StartQuery", "DescribeStateMachine"}
    (note,) = gaps(found, 5.0)
    assert note.startswith("The logs of slow were not read: Time ran out")


def test_where_the_time_runs_out_on_the_way_the_rest_is_counted_as_not_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(express(SETTING, "slow", 40, logged("slow")))
    with served(world, monkeypatch) as (account, _):
        monkeypatch.setattr(LogQueries, "rows", out_of_time)
        run = run_of(account)
        found = read_express(run, scope_of(run))
    assert the(found, "slow").unread == len(true_failures(world))
    assert the(found, "slow").refused is None


def out_of_time(*_: object) -> Iterator[Row]:
    raise OutOfTimeError("The time ran out.")


def test_machines_without_a_failure_are_not_asked_how_they_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(express(SETTING, "calm", 20, logged("calm"), odds=0.0))
    with served(world, monkeypatch) as (account, served_account):
        run = run_of(account)
        assert read_express(run, scope_of(run)) == ExpressRead()
        asked = {call.api for call in served_account.calls}
    assert asked == {"GetMetricData", "GetResources", "ListStateMachines"}


def test_a_week_of_a_million_executions_is_read_within_the_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = busy_express_world(END.timestamp(), 1_000_000, 1_000)
    with served(world, monkeypatch) as (account, served_account):
        run = run_of(account, gigabytes=10.0)
        found = read_express(run, scope_of(run))
        calls = Counter(call.api for call in served_account.calls)
    assert len(found.failures) == 1_000
    assert found.bytes < 10e9
    assert calls["StartQuery"] < 40

"""Map runs: the children's causes stand for "too many failed", tolerated failures are told too."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.model.map_runs import MapRunReport
from sfn_digest.model.report import Report
from sfn_digest.model.sample import bounds
from sfn_digest.pipeline.digest import make_report
from simulator.engine.outcomes import Attempt, Fails
from simulator.records import World
from simulator.server.account import Account as Served
from simulator.worlds.failures import dynamo_throttled
from simulator.worlds.kinds import chain, distributed_map, handled, starts
from simulator.worlds.systems import System, machine_arn
from tests.aws.express_accounts import SETTING, account_of, run_of, served

pytestmark = pytest.mark.slow

STATES = ("GetExecutionHistory", "DescribeMapRun", "ListExecutions", "DescribeExecution")


def report_on(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    denied: Iterable[str] = (),
    results: tuple[tuple[str, str], ...] = (),
) -> tuple[Report, Served]:
    with served(world, monkeypatch, denied) as (account, served_account):
        run = run_of(account)
        run = replace(run, request=replace(run.request, map_results=results))
        return make_report(run), served_account


def failing(name: str = "load", number: int = 2, **more: Any) -> System:
    settings: dict[str, Any] = {"odds": 0.2, **more}
    return distributed_map(SETTING, name, number, 40, **settings)


def true_causes(world: World, map_run: MapRunReport) -> Counter[str | None]:
    return Counter(
        run.truth.cause
        for run in world.executions
        if run.map_run_arn == map_run.map_run_arn and run.status in ("FAILED", "TIMED_OUT")
    )


def test_the_cause_of_a_failed_map_run_is_that_of_its_children(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(failing())
    report, _ = report_on(world, monkeypatch)
    true = {run.arn: run.truth for run in world.executions}
    assert len(report.failures) == 2
    for failure in report.failures:
        assert failure.cause == true[failure.execution_arn].cause == "invalid_input"
        assert failure.state == "LoadFiles"
        assert "Missing the key orderId" in failure.message
    assert [(each.status, each.tolerated, each.state) for each in report.map_runs] == [
        ("FAILED", False, "LoadFiles")
    ] * 2


def test_failures_under_the_threshold_are_told_of_map_runs_that_succeeded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(failing(ToleratedFailurePercentage=60, number=3))
    report, _ = report_on(world, monkeypatch)
    assert report.failures == ()
    assert len(report.map_runs) == 3
    for each in report.map_runs:
        true = true_causes(world, each)
        assert (each.tolerated, each.executions.failures) == (True, true.total())
        (cause,) = each.causes
        assert (cause.cause, cause.state) == ("invalid_input", "Load")
        assert cause.low <= true["invalid_input"] <= cause.high
    assert report.coverage.complete


def test_the_files_of_a_result_writer_tell_of_every_child_at_hardly_any_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(failing(bucket="results", ToleratedFailurePercentage=60, number=1))
    report, account = report_on(world, monkeypatch, results=(("results", "results/load"),))
    (each,) = report.map_runs
    true = true_causes(world, each)
    (cause,) = each.causes
    assert each.source == "result_files"
    assert (cause.low, cause.high, cause.children) == (true.total(),) * 3
    assert (cause.cause, cause.state) == ("invalid_input", "Load")
    calls = Counter(call.action for call in account.calls)
    assert calls["s3:GetObject"] == 2
    # The parent's, and two children's for the state that the files do not tell.
    assert calls["states:GetExecutionHistory"] == 3


@pytest.mark.parametrize("denied", [["s3:GetObject"], []])
def test_where_the_files_cannot_be_read_some_children_are_asked(
    denied: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = account_of(failing(bucket="results", ToleratedFailurePercentage=60, number=1))
    report, _ = report_on(world, monkeypatch, denied, results=(("results", "elsewhere"),))
    (each,) = report.map_runs
    assert (each.source, each.causes[0].cause) == ("sample", "invalid_input")
    (note,) = (n for n in report.coverage.notes if "could be opened under map-results" in n)
    assert ("AWS denied s3:GetObject" in note) == bool(denied)


def test_children_of_which_none_could_be_drawn_are_said_and_widen_the_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sfn_digest.aws.map_run_calls.A_PAGE", 5)
    monkeypatch.setattr("sfn_digest.pipeline.map_run_children.MOST_PAGES", 2)
    world = account_of(failing(ToleratedFailurePercentage=90, number=1, odds=0.6))
    report, account = report_on(world, monkeypatch)
    (each,) = report.map_runs
    true = true_causes(world, each).total()
    assert true > 10
    (cause,) = each.causes
    assert (cause.low, cause.high, each.read) == (10, true, 10)
    (gap,) = report.coverage.left_out
    assert gap.startswith(f"{true - 10} failed children of Distributed Maps could not be sampled")
    listed = [call for call in account.calls if call.api == "ListExecutions" and not call.machine]
    assert len(listed) == 2


def test_express_children_tell_their_causes_by_describe_execution(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(failing(express_children=True, number=1))
    report, account = report_on(world, monkeypatch)
    (failure,) = report.failures
    assert failure.cause == "invalid_input"
    assert any(call.api == "DescribeExecution" for call in account.calls)


def test_a_map_run_that_may_not_be_read_leaves_the_threshold_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report, _ = report_on(account_of(failing()), monkeypatch, ["states:DescribeMapRun"])
    assert {each.cause for each in report.failures} == {"map_failure_threshold"}
    (note,) = report.coverage.left_out[:1]
    assert note.startswith("Map runs of load could not be read: AWS denied states:DescribeMapRun")


def test_without_list_metrics_tolerated_failures_are_not_known_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(failing(ToleratedFailurePercentage=60))
    report, _ = report_on(world, monkeypatch, ["cloudwatch:ListMetrics"])
    assert report.map_runs == ()
    assert any("whether successful Map runs had failed" in n for n in report.coverage.notes)


def test_an_account_without_distributed_maps_costs_two_calls_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report, account = report_on(account_of(handled(SETTING, "one", 3)), monkeypatch)
    calls = Counter(call.api for call in account.calls)
    assert calls["ListMetrics"] == 2
    assert calls["GetExecutionHistory"] == len(report.failures) == 3
    assert "DescribeMapRun" not in calls


def test_children_that_crowd_each_other_out_lead_to_a_hint_on_max_concurrency(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(failing(failing=dynamo_throttled, ToleratedFailurePercentage=2))
    report, _ = report_on(world, monkeypatch)
    crowded = next(hint for hint in report.hints if hint.kind == "map_max_concurrency")
    assert "MaxConcurrency is not set" in crowded.text


def test_a_redrive_of_what_passes_leaves_the_children_that_succeeded_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    system = failing(failing=dynamo_throttled, odds=0.1, MaxConcurrency=2)
    report, _ = report_on(account_of(system), monkeypatch)
    again = next(hint for hint in report.hints if hint.kind == "map_redrive")
    assert again.text.startswith("LoadFiles failed due to throttled calls. Redriving its execution")
    assert " 0 that succeeded" not in again.text


def test_where_no_child_succeeded_a_redrive_is_not_said_to_leave_any_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report, _ = report_on(account_of(failing(failing=dynamo_throttled, odds=1.0)), monkeypatch)
    assert report.map_runs
    assert "map_redrive" not in {hint.kind for hint in report.hints}


def test_a_map_run_that_few_children_ended_leads_to_a_hint_on_the_threshold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    system = distributed_map(SETTING, "load", 3, 100, odds=0.015, MaxConcurrency=1)
    report, _ = report_on(account_of(system), monkeypatch)
    tolerated = [hint for hint in report.hints if hint.kind == "map_tolerated_failures"]
    assert len(tolerated) == 1
    assert "ToleratedFailurePercentage" in tolerated[0].text


def test_items_that_cannot_be_read_lead_to_a_hint_on_the_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreadable(_: Attempt) -> Fails:
        words = "CSV headers cannot contain duplicates."
        return Fails(0.1, "States.ItemReaderFailed", words, "invalid_input")

    reader: dict[str, Any] = {"ItemReader": {"Resource": "arn:aws:states:::s3:getObject"}}
    system = failing(**reader)
    system = replace(system, outcomes={**system.outcomes, "LoadFiles": unreadable})
    report, _ = report_on(account_of(system), monkeypatch)
    (hint,) = (hint for hint in report.hints if hint.kind == "map_item_reader")
    assert hint.failures == 2
    assert "CSV headers cannot contain duplicates" in hint.text


def test_a_distributed_map_within_a_child_is_followed_to_its_own_children(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outer, inner = failing(number=1), failing(number=1, odds=1.0)
    definition = dict(outer.definition)
    each = dict(definition["States"]["LoadFiles"])
    each["ItemSelector"] = {"files": [1, 2, 3]}
    states = {
        "LoadFiles": {
            **each,
            "ItemProcessor": {**each["ItemProcessor"], **inner.definition},
        }
    }
    nested = replace(inner, definition={**definition, "States": states})
    report, _ = report_on(account_of(nested), monkeypatch)
    (failure,) = report.failures
    assert failure.cause == "invalid_input"


def test_a_chain_of_children_is_followed_to_its_end_at_any_depth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [f"level-{number}" for number in range(9)]
    world = account_of(*chain(SETTING, names, 3, 1.0))
    report, _ = report_on(world, monkeypatch)
    assert len(report.failures) == 27
    assert {each.cause for each in report.failures} == {"dependency_http_5xx"}
    assert len({each.root for each in report.failures}) == 3


def test_parents_that_repeat_a_map_run_s_threshold_tell_what_its_children_failed_by(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = nested_in_map_run()
    report, _ = report_on(world, monkeypatch)
    assert {each.machine_arn.rpartition(":")[2] for each in report.failures} == {
        *("outer", "middle", "load")
    }
    assert {each.cause for each in report.failures} == {"invalid_input"}
    assert len(report.map_runs) == 2


def test_a_parent_of_a_machine_that_the_report_is_not_on_does_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with served(nested_in_map_run(), monkeypatch) as (account, _):
        run = run_of(account)
        report = make_report(replace(run, request=replace(run.request, machines=("outer",))))
    assert [each.cause for each in report.failures] == ["invalid_input"] * 2
    assert report.map_runs == ()


def nested_in_map_run() -> World:
    """Two executions that wait for one that waits for one whose Distributed Map fails."""
    given = {"files": list(range(20))}

    def waiting(name: str, child: str, number: int) -> System:
        call = {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": machine_arn(child), "Input": given},
            "End": True,
        }
        definition = {"StartAt": "Start", "States": {"Start": call}}
        return System(name, definition, starts(SETTING, name, number))

    load = failing(number=0, odds=0.9)
    return account_of(waiting("outer", "middle", 2), waiting("middle", "load", 0), load)


def test_a_handler_that_failed_says_what_it_hid(monkeypatch: pytest.MonkeyPatch) -> None:
    report, _ = report_on(account_of(handled(SETTING, "cleanup", 2)), monkeypatch)
    for each in report.failures:
        assert (each.state, each.cause) == ("Tell", "invalid_input")
        assert each.handled is not None
        assert (each.handled.state, each.handled.cause) == ("Work", "code_error")
        assert "'width'" in each.handled.message


@given(st.integers(1, 60), st.integers(1, 5000), st.data())
def test_bounds_hold_what_was_found_and_no_more_than_there_is(
    read: int, more: int, data: st.DataObject
) -> None:
    total = read + more - 1
    found = data.draw(st.integers(0, read))
    low, high = bounds(found, read, total)
    assert found <= low <= high <= total - (read - found)
    assert (low == high == found) or read < total


def test_bounds_hold_in_at_least_93_percent_of_samples() -> None:
    """Each draws 12 of 300 children, of which a quarter failed by the cause in question."""
    held = 0
    for seed in range(1000):
        luck = Random(seed)
        kinds = [number < 75 for number in range(300)]
        found = sum(luck.sample(kinds, 12))
        low, high = bounds(found, 12, 300)
        held += low <= 75 <= high
    assert held >= 930

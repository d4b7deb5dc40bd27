"""What is redriven is what time heals, while AWS allows it, and only once for each incident."""

import shlex
from dataclasses import replace
from datetime import timedelta

import pytest

from sfn_digest.model.executions import Failure
from sfn_digest.model.report import FailureReport, Report
from sfn_digest.model.since import CauseSince
from sfn_digest.report.redrive_candidates import command, redrives
from sfn_digest.report.redrive_lines import redrive_overview
from tests.report import made
from tests.report.hostile import Found


def report_of(*failures: Failure) -> Report:
    machines = [made.SCORES, made.BATCH]
    return Found(machines, {}, list(failures), made.coverage(2, len(failures))).report()


def names(report: Report) -> list[str]:
    return [
        failure.execution_arn.rpartition(":")[2]
        for machine in redrives(report).machines
        for failure in machine.executions
    ]


def changed(failure: FailureReport, **changes: object) -> Report:
    report = report_of(made.failure(made.SCORES, 1, made.SPOT))
    return replace(report, failures=(replace(failure, **changes),))  # type: ignore[arg-type]


ONE = report_of(made.failure(made.SCORES, 1, made.SPOT)).failures[0]


def test_failures_by_causes_that_pass_with_time_are_redriven_and_no_others() -> None:
    failures = [
        made.failure(made.SCORES, 1, made.SPOT),
        made.failure(made.SCORES, 2, made.DENIED),
        made.failure(made.SCORES, 3, made.BROKEN),
        made.failure(made.BATCH, 4, made.START),
    ]
    assert names(report_of(*failures)) == ["run-001", "run-004"]


def test_what_was_stopped_on_purpose_is_not_redriven_whatever_its_nature() -> None:
    assert names(changed(ONE)) == ["run-001"]
    assert names(changed(ONE, cause="aborted_by_user")) == []


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_every_status_without_success_can_be_redriven(status: str) -> None:
    assert names(changed(ONE, status=status)) == ["run-001"]


def test_the_deadline_is_fourteen_days_after_the_end_and_the_first_one_counts() -> None:
    failures = [made.failure(made.SCORES, n, made.SPOT) for n in (9, 3, 5)]
    (machine,) = redrives(report_of(*failures)).machines
    assert machine.until == made.WINDOW.start + timedelta(hours=9, days=14)
    assert names(report_of(*failures)) == ["run-003", "run-005", "run-009"]


@pytest.mark.parametrize(
    ("ended", "redriven"), [(timedelta(0), []), (timedelta(1e-5), ["run-001"])]
)
def test_what_ended_fourteen_days_ago_is_too_old(ended: timedelta, redriven: list[str]) -> None:
    stopped = made.WINDOW.end - timedelta(days=14) + ended
    assert names(changed(ONE, stopped_at=stopped)) == redriven


def test_an_execution_that_was_open_for_a_year_is_too_old() -> None:
    assert names(changed(ONE, started_at=made.WINDOW.end - timedelta(days=365))) == []


def test_what_a_catch_led_to_a_fail_state_is_counted_and_not_redriven() -> None:
    caught = changed(ONE, fail_state="Give up")
    assert names(caught) == []
    assert redrives(caught).caught == 1


def test_of_a_parent_and_its_child_the_parent_alone_is_redriven() -> None:
    child = made.failure(made.SCORES, 1, made.SPOT)
    later = made.failure(made.BATCH, 2, made.SPOT)
    started = child.execution.started_at - timedelta(minutes=1)
    parent = replace(
        later,
        execution=replace(later.execution, started_at=started),
        children=(child.execution.arn,),
    )
    assert names(report_of(child, parent)) == ["run-002"]


def test_the_child_of_a_map_run_goes_with_its_parent() -> None:
    arn = ONE.execution_arn.replace("calculate-scores:", "calculate-scores/Items:")
    assert names(changed(ONE, execution_arn=arn)) == []


@pytest.mark.parametrize("name", ["run\u202e1", "run;reboot", "run 1", "run$(x)", "run`x`", ""])
def test_a_name_that_cannot_be_one_of_aws_s_stands_in_no_command(name: str) -> None:
    arn = ONE.execution_arn.replace("run-001", name)
    assert names(changed(ONE, execution_arn=arn, incident=arn)) == []


def test_one_execution_is_one_command_and_several_are_a_loop() -> None:
    arns = [ONE.execution_arn, ONE.execution_arn.replace("run-001", "it's")]
    assert command(arns[:1]) == (
        "aws stepfunctions redrive-execution --region eu-west-1 --execution-arn " + arns[0]
    )
    loop = shlex.split(command(arns).replace("\\\n", ""))
    assert loop[:6] == ["for", "arn", "in", *arns, "do"]
    assert loop[-3:] == ["--execution-arn", "$arn", "done"]


def since(number: int) -> Report:
    report = report_of(made.failure(made.SCORES, 1, made.SPOT))
    (failure,) = report.failures
    told = CauseSince(failure.machine_arn, failure.state, failure.cause, number)
    return replace(report, since=(told,))


def test_a_cause_since_which_nothing_succeeded_may_stand_and_is_left_out() -> None:
    found = redrives(since(0))
    assert found.machines == ()
    assert found.standing == 1
    text = " ".join(redrive_overview(since(0), made.TEXTS))
    assert "1 more is left out: nothing has succeeded since it failed" in text


def test_how_many_have_succeeded_since_is_told_beside_the_executions() -> None:
    (machine,) = redrives(since(14)).machines
    assert machine.succeeded == 14
    text = " ".join(redrive_overview(since(14), made.TEXTS))
    assert "14 executions have succeeded since" in text
    assert "run-001  Spot interruption" in text

"""How many tasks Spot took away and how many never ran: the first question of a digest."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sfn_digest.model.executions import DiagnosedAttempt, Diagnosis, Failure
from sfn_digest.model.report import Report
from sfn_digest.report import csv_face, json_face, leading
from sfn_digest.report.build import build_report
from sfn_digest.report.faces import to_markdown
from sfn_digest.report.html.page import page
from sfn_digest.report.presenter import tasks_lost
from sfn_digest.report.slack import message
from sfn_digest.report.terminal.whole_report import render
from tests.report import made, made_japanese

SPOT = Diagnosis("spot_interruption", "transient", "States.TaskFailed", "Taken back.", "2:s")
NEVER_RAN = Diagnosis("network", "depends", "E", "No way out.", "2:n", stage="start")
NO_CAPACITY = replace(NEVER_RAN, cause="capacity_unavailable")
NO_REASON = replace(NEVER_RAN, cause="task_start_failure")
REFUSED = replace(NEVER_RAN, cause="concurrency_limit")
LOST_ON_ITS_WAY = replace(NEVER_RAN, stage="run")


def failed(number: int, *diagnoses: Diagnosis, children: tuple[str, ...] = ()) -> Failure:
    whole = made.failure(made.SCORES, number, made.SPOT)
    ended = whole.execution.stopped_at
    attempts = tuple(DiagnosedAttempt("Score", each, None, ended, None) for each in diagnoses)
    return replace(whole, diagnosis=diagnoses[-1], attempts=attempts, children=children)


def report(failures: Sequence[Failure]) -> Report:
    return build_report(
        account_id=made.ACCOUNT,
        region=made.REGION,
        window=made.WINDOW,
        machines=[made.SCORES],
        counts={},
        found=made.listed(failures),
        failures=failures,
        coverage=made.coverage(1, len(failures)),
        unlisted=(),
    )


MANY = report(
    [
        failed(1, SPOT, SPOT, NEVER_RAN, LOST_ON_ITS_WAY),
        failed(2, SPOT, NO_CAPACITY, NO_CAPACITY),
        failed(3, NO_REASON),
    ]
)
SAID = (
    "3 Spot interruptions \N{MIDDLE DOT} 4 start failures: 2 capacity shortages, 1 network "
    "failure, 1 for another reason"
)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_spot_and_start_failures_are_counted_with_their_reasons_wherever_people_read() -> None:
    assert SAID in flat(render(MANY, made.TEXTS, 100))
    assert SAID in message(MANY, made.TEXTS).text
    assert SAID in str(message(MANY, made.TEXTS).blocks)
    assert SAID in flat(page(MANY, made.TEXTS))
    assert SAID in to_markdown(MANY, made.TEXTS)


def test_start_failures_for_other_reasons_come_after_those_that_have_a_name() -> None:
    week = report([failed(1, NO_REASON, NO_REASON, NEVER_RAN)])
    assert list(tasks_lost(week).not_started) == ["network", "task_start_failure"]


def test_an_execution_s_start_failures_are_counted_together_with_their_reasons() -> None:
    never_ran = replace(NEVER_RAN, cause="image_pull")
    (failure,) = report(
        [failed(1, SPOT, SPOT, NEVER_RAN, never_ran, never_ran, LOST_ON_ITS_WAY)]
    ).failures
    assert made.TEXTS.attempts_of(failure) == (
        "6 failed attempts: 3 start failures (2 image pull failures, 1 network failure), "
        "2 Spot interruptions, 1 network failure"
    )
    (failure,) = report([failed(1, NEVER_RAN, NEVER_RAN)]).failures
    assert made.TEXTS.attempts_of(failure) == (
        "2 failed attempts, all start failures (2 network failures)"
    )
    (failure,) = report([failed(1, NO_REASON, NO_REASON)]).failures
    assert made.TEXTS.attempts_of(failure) == "2 failed attempts, all start failures"


def test_in_the_message_their_reasons_give_way_to_machines_that_failed() -> None:
    executions = made.week().machines
    more = [
        replace(executions[0], arn=f"{executions[0].arn}-{n}", name=f"machine {n} of many words")
        for n in range(8)
    ]
    posted = message(replace(MANY, machines=(*MANY.machines, *more)), made.TEXTS).text
    assert "4 start failures: " not in posted
    assert posted.count("\N{BULLET} machine") == 2


def test_they_are_counted_in_japanese() -> None:
    said = "スポット中断 3回 \N{MIDDLE DOT} 起動失敗 4回 (キャパシティ不足 2回、"
    assert said in message(MANY, made_japanese.JAPANESE).text


@pytest.mark.parametrize(
    ("diagnoses", "said"),
    [
        ((SPOT,), ["1 Spot interruption"]),
        ((NEVER_RAN,), ["1 start failure: 1 network failure"]),
        ((NO_REASON, NO_REASON), ["2 start failures"]),
        ((LOST_ON_ITS_WAY,), []),
        ((REFUSED,) * 9, []),
    ],
)
def test_only_what_happened_is_told(diagnoses: tuple[Diagnosis, ...], said: list[str]) -> None:
    assert leading.tasks_lost(report([failed(1, *diagnoses)]), made.TEXTS) == said


def test_a_parent_that_repeats_its_childs_failure_counts_once_with_it() -> None:
    child = failed(1, NEVER_RAN)
    parent = failed(2, NEVER_RAN, children=(child.execution.arn,))
    assert tasks_lost(report([child, parent])).not_started == {"network": 1}


def test_a_failure_and_a_cause_tell_their_stage_in_json_and_csv() -> None:
    told = json_face.to_dict(MANY)
    stages = {(row["cause"], row["stage"]) for row in told["machines"][0]["causes"]}
    assert {("network", "start"), ("network", "run"), ("task_start_failure", "start")} <= stages
    by_run = {each["execution_arn"][-3:]: each for each in told["failures"]}
    assert by_run["001"]["stage"] == "run"
    assert by_run["001"]["start_failures"] == {"network": 1}
    assert by_run["002"]["stage"] == "start"
    assert by_run["002"]["start_failures"] == {"capacity_unavailable": 2}
    header, *rows = csv_face.to_csv(told).splitlines()
    at = header.split(",").index("stage")
    assert sorted(row.split(",")[at] for row in rows) == ["run", "start", "start"]


def test_reports_of_before_stages_are_read_as_runs() -> None:
    told = json_face.to_dict(MANY)
    for failure in told["failures"]:
        del failure["stage"], failure["start_failures"]
    again = json_face.from_dict(told, "kept")
    assert {each.stage for each in again.failures} == {"run"}

"""The sentences that every face begins with: what failed, against what, and what is new."""

from dataclasses import replace

from sfn_digest.model.executions import ExecutionCounts
from sfn_digest.report import presenter as view
from sfn_digest.report.slack import fallback_text as slack_text
from sfn_digest.report.slack import root as slack_blocks
from sfn_digest.report.terminal import report as terminal
from sfn_digest.report.wording import findings
from tests.report import made, made_past


def test_where_successes_are_unknown_no_number_of_executions_is_told() -> None:
    report = made.week(executions_counted=False)
    failed = report.totals.unsuccessful
    assert made.TEXTS.finding(report) == f"{failed} executions failed"
    for shown in (
        slack_blocks.message(report, made.TEXTS).text,
        terminal.render(report, made.TEXTS, 100),
    ):
        assert f"of {failed} executions" not in shown
    first = view.failing_machines(report)[0]
    counted = slack_text.machine_counted(first, report, made.TEXTS)
    assert counted == f"{first.unsuccessful} failed"


def test_the_only_cause_of_all_failures_is_not_called_the_main_one() -> None:
    assert findings.finding(1, 9, "timeout", wholly=True) == "1 of 9 executions failed, by timeout"
    assert findings.finding(2, 9, "x", wholly=True) == "2 of 9 executions failed, all by x"
    assert findings.finding(2, 9, "x") == "2 of 9 executions failed, mostly by x"


def test_the_finding_tells_how_it_moved_and_the_lead_what_is_new() -> None:
    report = made_past.compared_week()
    assert made.TEXTS.finding(report).endswith("failed, 8 fewer than last week")
    assert made.TEXTS.lead(report).endswith(" New: code errors in daily-batch.")


def test_a_machine_that_was_not_counted_before_is_not_called_new() -> None:
    report = made_past.compared_week()
    assert report.before is not None
    first = view.failing_machines(report)[0]
    unknown = replace(report, before=replace(report.before, machines={}))
    assert slack_text.machine_counted(first, unknown, made.TEXTS) == "11 of 401 failed"
    before = replace(report.before, machines={first.arn: ExecutionCounts()})
    assert "new" in slack_text.machine_counted(first, replace(report, before=before), made.TEXTS)


def test_what_to_do_is_about_a_cause_that_no_hint_above_is_about() -> None:
    report = made_past.compared_week()
    first = view.cause_totals(report)[0].cause
    assert report.hints[0].cause == first
    told = view.unhinted(report, made.TABLE, hints=1)
    assert told is not None
    assert told.cause != first
    assert view.unhinted(report, made.TABLE, hints=0) == view.cause_totals(report)[0]

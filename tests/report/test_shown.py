"""The sentences that every face begins with: what failed, against what, and what is new."""

from sfn_digest.report import slack as slack_blocks
from sfn_digest.report.terminal import whole_report as terminal
from tests.report import made


def test_where_successes_are_unknown_no_number_of_executions_is_told() -> None:
    report = made.week(executions_counted=False)
    failed = report.totals.unsuccessful
    for shown in (
        slack_blocks.message(report, made.TEXTS).text,
        terminal.render(report, made.TEXTS, 100),
    ):
        assert f"of {failed} executions" not in shown
        assert f"{report.totals.failures} executions failed" in shown

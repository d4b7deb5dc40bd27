"""Numbers by cause where only a sample was read: estimates with bounds, in every face."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from sfn_digest.comparison import compared_with_report
from sfn_digest.i18n.translator import translator
from sfn_digest.model.executions import ExecutionCounts, Failure, Window
from sfn_digest.model.report import Report
from sfn_digest.model.sample import Estimate, Stratum
from sfn_digest.report import presenter
from sfn_digest.report.build import build_report
from sfn_digest.report.html.page import page
from sfn_digest.report.json_face import from_json, to_dict, to_json
from sfn_digest.report.leading import tasks_lost
from sfn_digest.report.refined import with_estimates
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack import messages
from sfn_digest.report.terminal.whole_report import render
from tests.report import made

FOUND = 2_000
READ = [
    *(made.failure(made.BATCH, n, made.BROKEN, state="Load", error="KeyError") for n in range(30)),
    *(made.failure(made.BATCH, 30 + n, made.SPOT, (made.SPOT,)) for n in range(20)),
]
WHOLE = made.failure(made.IMPORTS, 20, made.DENIED, state="Copy", error="S3.AccessDenied")


def strata(failures: list[Failure], found: int) -> list[Stratum]:
    """All of these as one day, of which so many were found."""
    arns = tuple(sorted(each.execution.arn for each in failures))
    execution = failures[0].execution
    return [Stratum(execution.machine_arn, "FAILED", execution.stopped_at.date(), found, arns)]


@cache
def sampled() -> Report:
    """A week with 2,000 failures of one machine, of which 50 were read, and one of another."""
    failures = [*READ, WHOLE]
    report = build_report(
        account_id=made.ACCOUNT,
        region=made.REGION,
        window=made.WINDOW,
        machines=[made.BATCH, made.IMPORTS],
        counts={m.arn: ExecutionCounts(succeeded=500) for m in (made.BATCH, made.IMPORTS)},
        found={
            made.BATCH.arn: ExecutionCounts(failed=FOUND),
            made.IMPORTS.arn: ExecutionCounts(failed=1),
        },
        failures=failures,
        coverage=made.coverage(2, FOUND + 1, complete=False, failures_read=51),
        unlisted=(),
    )
    return with_estimates(report, [*strata(READ, FOUND), *strata([WHOLE], 1)])


def estimate_of(report: Report, cause: str) -> Estimate:
    found = report.estimated_of(None)[cause]
    assert found.low < found.executions < found.high
    return found


def test_each_cause_of_a_sample_is_estimated_with_bounds() -> None:
    report = sampled()
    broken, spot = report.machines[0].causes
    assert (broken.executions, broken.likely) == (30, 1_200)
    assert (spot.executions, spot.likely) == (20, 800)
    assert broken.estimated is not None
    assert 850 < broken.estimated.low < 1_200 < broken.estimated.high < 1_500
    assert report.totals.failed == FOUND + 1


def test_what_was_read_whole_is_exact() -> None:
    report = sampled()
    (denied,) = report.machines[1].causes
    assert (denied.executions, denied.estimated) == (1, None)
    assert report.estimated_of(report.machines[1]) == {}


def test_where_all_was_read_nothing_is_estimated() -> None:
    week = made.week()
    assert with_estimates(week, ()) is week
    assert week.estimated == ()


def about(found: Estimate) -> str:
    return f"{found.executions:,} ({found.low:,}\N{EN DASH}{found.high:,})"


@pytest.mark.parametrize("face", ["terminal", "html", "slack"])
def test_every_face_says_about_how_many(face: str) -> None:
    report = sampled()
    shown = {
        "terminal": lambda: render(report, made.TEXTS, 160),
        "html": lambda: page(report, made.TEXTS),
        "slack": lambda: json.dumps(
            [each.blocks for each in messages(report, made.TEXTS)], ensure_ascii=False
        ),
    }[face]()
    row = report.machines[0].causes[0].estimated
    assert row is not None
    executions = f"about {row.executions:,} executions ({row.low:,}\N{EN DASH}{row.high:,})"
    assert (executions if face == "slack" else f"about {about(row)}") in shown
    assert f"about {about(row)} due to" in shown or face == "html"


def test_the_japanese_digest_says_about_how_many() -> None:
    first = messages(sampled(), Shown(made.TABLE, translator("ja")))[0].text
    assert "約1,200 (" in first


def test_the_json_report_keeps_the_estimates() -> None:
    report = sampled()
    assert from_json(to_json(report), "kept") == report
    row = to_dict(report)["machines"][0]["causes"][0]
    assert row["estimated"].keys() == {"executions", "low", "high"}
    of_all = [each for each in to_dict(report)["estimated"] if each["machine_arn"] is None]
    assert [each["cause"] for each in of_all] == [made.BROKEN, made.SPOT, made.DENIED]


def test_the_totals_by_cause_are_ranked_by_what_is_likely() -> None:
    totals = presenter.cause_totals(sampled())
    assert [each.cause for each in totals] == [made.BROKEN, made.SPOT, made.DENIED]
    assert totals[0].likely == estimate_of(sampled(), made.BROKEN).executions
    assert totals[2].likely == 1


def test_of_two_causes_the_more_likely_one_is_named_though_fewer_of_it_were_read() -> None:
    small, large = READ[:30], READ[30:]
    days = [
        *strata(small, 30),
        replace(strata(large, 1_970)[0], day=made.WINDOW.start.date() + timedelta(days=6)),
    ]
    report = with_estimates(replace(sampled(), estimated=()), days)
    main = presenter.main_cause(report, report.machines[0])
    assert main is not None
    assert (main.cause, main.executions) == (made.SPOT, 20)
    assert main.estimated is not None
    assert main.estimated.executions == 1_970


def test_two_periods_are_compared_by_what_is_likely() -> None:
    report = sampled()
    before = replace(
        report,
        window=Window(made.WINDOW.start - timedelta(days=7), made.WINDOW.start),
        machines=tuple(
            replace(each, causes=tuple(replace(row, estimated=None) for row in each.causes))
            for each in report.machines
        ),
    )
    changes = {each.cause: each for each in compared_with_report(before, report, None).causes}
    assert (changes[made.BROKEN].before, changes[made.BROKEN].executions) == (30, 1_200)
    assert changes[made.BROKEN].estimated == report.machines[0].causes[0].estimated
    assert changes[made.BROKEN].before_estimated is None


def test_what_was_expected_is_not_taken_for_what_was_not() -> None:
    expected = Counter(each.cause for each in sampled().failures if each.cause == made.SPOT)
    failures = tuple(replace(each, expected=each.cause == made.SPOT) for each in sampled().failures)
    marked = replace(sampled(), failures=failures, estimated=())
    report = with_estimates(marked, [*strata(READ, FOUND), *strata([WHOLE], 1)])
    assert expected[made.SPOT]
    assert report.estimated_of(report.machines[0]).keys() == {made.BROKEN}


def test_what_was_counted_of_the_failures_read_alone_is_said_to_be_of_these() -> None:
    english = Shown(made.TABLE, translator("en"))
    assert tasks_lost(sampled(), english) == ["20 Spot interruptions in the executions read"]
    assert tasks_lost(replace(sampled(), estimated=()), english) == ["20 Spot interruptions"]

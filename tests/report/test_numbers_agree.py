"""Message, thread, terminal, picker, page, Markdown, CSV and JSON say the same numbers and rates,
of both weeks.
"""

import csv
import html
import re
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from sfn_digest.model.executions import ExecutionCounts, StateMachine, UnsuccessfulStatus
from sfn_digest.model.report import Report
from sfn_digest.model.sample import Stratum
from sfn_digest.report import compared, leading
from sfn_digest.report.attention import attention
from sfn_digest.report.csv_face import to_csv
from sfn_digest.report.faces import to_markdown
from sfn_digest.report.html.page import page
from sfn_digest.report.json_face import to_dict
from sfn_digest.report.refined import mark_expected, with_estimates
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack import messages
from sfn_digest.report.terminal.whole_report import render
from sfn_digest.report.wording import findings
from sfn_digest.terminal.picker import _titles
from tests.report import made, made_past
from tests.report.hostile import Author, by_any_author
from tests.report.hostile_past import with_past

if TYPE_CHECKING:
    from datetime import date

pytestmark = pytest.mark.slow

_MARKDOWN_ROW = r"^\| \*\*.*\*\* \| ([\d,]+) \| ([\d,]*) \| [\d,]+ \|$"
_PAGE_ROW = (
    r'<tr class="machine">.*?<td class="n"[^>]*>([\d,]*)</td>'
    r'<td class="n"[^>]*>([\d,]*)</td>'
)


def flat(text: str) -> str:
    """Words with one space between them: lines are broken as a face has room."""
    return " ".join(text.split())


def said_alike(report: Report, texts: Shown) -> None:
    plain = to_dict(report)
    totals = plain["totals"]
    failures = sum(each["failed"] + each["timed_out"] for each in plain["machines"])
    assert failures == totals["failed"] + totals["timed_out"] == report.totals.failures
    if not failures:
        return
    head = flat(leading.headline(report, texts))
    root = messages(report, texts)[0]
    assert flat(html.unescape(root.text)).startswith(head)
    assert flat(root.blocks[0]["text"]["text"]) == head
    assert flat(render(report, texts, 400)).startswith(head)
    assert f"<h1>{head}</h1>" in flat(html.unescape(page(report, texts)))
    shown = page(report, texts)
    for number in compared.numbers(report, texts):
        assert f"<dd>{texts.number(number.value)}</dd>" in shown
        row = re.escape(number.label) + r"\s+" + re.escape(texts.number(number.value))
        assert re.search(row, render(report, texts, 400))


@pytest.mark.parametrize("name", [*made.REPORTS, "compared_week"])
def test_every_face_tells_a_week_s_numbers_alike(name: str) -> None:
    week = made_past.compared_week() if name == "compared_week" else made.REPORTS[name]
    said_alike(week, made.TEXTS)


@pytest.mark.slow
@by_any_author
def test_every_face_tells_any_report_s_numbers_alike(author: Author) -> None:
    said_alike(with_past(author, author.found(max_machines=5).report()), author.texts())


@by_any_author
def test_every_face_tells_each_machine_s_failures_and_executions_alike(author: Author) -> None:
    report, texts = author.found(max_machines=5).report(), author.texts()
    plain, counted = to_dict(report), report.coverage.executions_counted
    rows = [
        (failed, each["succeeded"] + failed + each["aborted"] if counted else None)
        for each in plain["machines"]
        if (failed := each["failed"] + each["timed_out"])
    ]
    numbers = [(texts.number(n), "" if of is None else texts.number(of)) for n, of in rows]
    markdown = re.findall(_MARKDOWN_ROW, to_markdown(report, texts), re.MULTILINE)
    assert markdown == numbers
    assert re.findall(_PAGE_ROW, page(report, texts), re.DOTALL) == numbers
    narrow = flat(render(report, texts, 59))
    for row in rows:
        assert flat(texts.translate(findings.machine_failures(*row))) in narrow
    listed = list(csv.DictReader(StringIO(to_csv(plain), newline="")))
    assert len(listed) == len(plain["failures"]) == len(report.failures)


def test_last_week_is_counted_as_this_week_is_without_what_people_stopped() -> None:
    week = made_past.compared_week()
    assert week.before is not None
    rate = f"{100 * week.before.period.failures / week.before.period.executions:.2f}%"
    assert rate in leading.headline(week, made.TEXTS)
    assert week.before.period.failures == week.before.period.failed + week.before.period.timed_out


def any_week(author: Author) -> Report:
    """A week with all that may make numbers differ: some are expected, some are of a sample."""
    report = with_past(author, author.found(max_machines=5).report())
    if author.upto(1):
        expected = tuple(author.random.sample(["aborted", author.cause(), author.text()], 2))
        report = replace(
            report, machines=tuple(replace(each, expected=expected) for each in report.machines)
        )
        report = mark_expected(report)
    if author.upto(1):
        report = with_estimates(report, strata(author, report))
    return report


def strata(author: Author, report: Report) -> list[Stratum]:
    """What was read, as a sample of more."""
    found: dict[tuple[str, UnsuccessfulStatus, date], set[str]] = {}
    for each in report.failures:
        key = each.machine_arn, each.status, each.stopped_at.date()
        found.setdefault(key, set()).add(each.execution_arn)
    return [
        Stratum(key[0], key[1], key[2], len(arns) + author.upto(40), tuple(sorted(arns)))
        for key, arns in found.items()
    ]


def is_rate(said: str, part: int, whole: int) -> bool:
    """Whether a rate was said of these, as exactly as its digits tell."""
    told = float(said.strip("<%"))
    if said.startswith("<"):
        return 0 < 100 * part / whole < told
    digits = len(said.strip("%").partition(".")[2])
    return abs(told - 100 * part / whole) <= float(0.5 / 10**digits) + 1e-9


@by_any_author
def test_the_headline_s_rates_are_those_of_the_numbers_in_json(author: Author) -> None:
    report = any_week(author)
    plain = to_dict(report)
    totals, was = plain["totals"], (plain["before"] or {}).get("period")
    failed = totals["failed"] + totals["timed_out"]
    head = leading.headline(report, made.TEXTS)
    said = re.fullmatch(
        r"([\d,]+)(?: of ([\d,]+))? executions? failed(?: \((\S+%)(?:, (\S+%) last week)?\))?", head
    )
    assert said, head
    assert int(said[1].replace(",", "")) == failed
    if said[3]:
        assert int(said[2].replace(",", "")) == totals["executions"]
        assert is_rate(said[3], failed, totals["executions"])
    if said[4]:
        assert was
        assert is_rate(said[4], was["failed"] + was["timed_out"], was["executions"])
    assert bool(said[4]) == bool(said[3] and was and was["executions"])


@by_any_author
def test_every_machine_s_line_has_its_numbers_and_rate_in_json(author: Author) -> None:
    report = any_week(author)
    plain = {each["arn"]: each for each in to_dict(report)["machines"]}
    before = report.before.machines if report.before else {}
    told = leading.lines(report, made.TEXTS, 99)
    for line in told.others:
        own = plain[line.machine.arn]
        failed = own["failed"] + own["timed_out"]
        said = re.fullmatch(
            r"([\d,]+) failed(?: \((\S+%)(?:, ([\d,]+|none) last week)?\))?", line.said
        )
        assert said, line.said
        assert int(said[1].replace(",", "")) == failed
        if said[2]:
            assert is_rate(said[2], failed, own["succeeded"] + failed + own["aborted"])
        if said[3]:
            earlier = 0 if said[3] == "none" else int(said[3].replace(",", ""))
            assert earlier == before[line.machine.arn].failures
    for line, found in zip(told.needs, attention(report), strict=True):
        own = plain[line.machine.arn]
        executions = own["succeeded"] + own["failed"] + own["timed_out"] + own["aborted"]
        if report.coverage.executions_counted:
            assert f" of {executions:,} failed" in line.said
        if jump := re.match(r"Failure rate up from (\S+%) to (\S+%): ([\d,]+) of", line.said):
            was = before[line.machine.arn]
            assert is_rate(jump[1], was.failures, was.executions)
            assert is_rate(jump[2], int(jump[3].replace(",", "")), executions)
        if found.why in ("jump", "unresolved"):
            assert found.failures <= own["failed"] + own["timed_out"]
    named = {each.machine.arn for each in (*told.needs, *told.others)}
    assert named == {each.arn for each in report.machines if each.unexpected_failures}


@by_any_author
def test_the_trend_s_rates_are_those_of_its_numbers_in_thread_and_page(author: Author) -> None:
    report = any_week(author)
    thread = str([each.blocks for each in messages(report, made.TEXTS)[1:]])
    if len(report.trend) < 2 or not any(each.failures for each in report.trend):
        return
    for each in report.trend:
        row = re.search(
            f"'{each.failures:,}'.*?'{each.executions:,} executions?'.*?'(\\S+?%|-)'", thread
        )
        assert row, each
        if each.executions:
            assert is_rate(row[1], each.failures, each.executions)
            assert f">{row[1]}<" in page(report, made.TEXTS)


@by_any_author
def test_the_picker_shows_each_machine_s_failures_and_executions_as_the_report_does(
    author: Author,
) -> None:
    report = any_week(author)
    machines = [StateMachine(each.arn, each.name, each.type) for each in report.machines]
    counts = {
        each.arn: ExecutionCounts(each.succeeded, each.failed, each.timed_out, each.aborted)
        for each in report.machines
    }
    plain = {each["arn"]: each for each in to_dict(report)["machines"]}
    if not machines:
        return
    for machine, title in zip(
        machines, _titles(machines, counts, made.TEXTS.translator), strict=True
    ):
        own = plain[machine.arn]
        failed = own["failed"] + own["timed_out"]
        executions = own["succeeded"] + failed + own["aborted"]
        assert flat(title).startswith(f"{failed:,} of {executions:,} failed")

"""Message, terminal, page, Markdown, CSV and JSON say the same numbers, of both weeks."""

import csv
import html
import re
from io import StringIO

import pytest

from sfn_digest.model.report import Report
from sfn_digest.report import compared, leading
from sfn_digest.report.csv_face import to_csv
from sfn_digest.report.faces import to_markdown
from sfn_digest.report.html.page import page
from sfn_digest.report.json_face import to_dict
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack import messages
from sfn_digest.report.terminal.whole_report import render
from sfn_digest.report.wording import findings
from tests.report import made, made_past
from tests.report.hostile import Author, by_any_author
from tests.report.hostile_past import with_past

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
        assert flat(texts.tell(findings.machine_failures(*row))) in narrow
    listed = list(csv.DictReader(StringIO(to_csv(plain), newline="")))
    assert len(listed) == len(plain["failures"]) == len(report.failures)


def test_last_week_is_counted_as_this_week_is_without_what_people_stopped() -> None:
    week = made_past.compared_week()
    assert week.before is not None
    rate = f"{100 * week.before.period.failures / week.before.period.executions:.2f}%"
    assert rate in leading.headline(week, made.TEXTS)
    assert week.before.period.failures == week.before.period.failed + week.before.period.timed_out

"""The report as Markdown: what stands in it, and that text stays text."""

from dataclasses import replace

from sfn_digest.model.report import Report
from sfn_digest.report.faces import to_markdown
from tests.report import made


def told(report: Report) -> str:
    return to_markdown(report, made.TEXTS)


def test_machines_causes_hints_and_coverage_have_their_sections() -> None:
    text = told(made.week())
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads[0] == "## State machines with failures"
    assert "## Coverage" in heads
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {row.count(" | ") for row in rows} == {3}
    assert any("Spot interruption" in row for row in rows)


def test_a_quiet_week_is_a_sentence_and_no_table() -> None:
    text = told(made.quiet_week())
    assert "|" not in text
    assert "## Coverage" in text


def test_a_machines_name_makes_no_link_and_no_cell() -> None:
    report = made.week()
    (first, *rest) = report.machines
    hostile = replace(first, name="a|b](http://evil) <b>@all")
    text = told(replace(report, machines=(hostile, *rest)))
    row = next(line for line in text.splitlines() if "evil" in line and line.startswith("|"))
    assert row.count(" | ") == 3
    assert "http://evil" not in row
    assert "b\\](" in row
    assert "@all" not in row
    assert "\\<b\\>" in row

"""The CSV holds every failure once, and nothing a spreadsheet would run."""

import csv
from io import StringIO

import pytest

from sfn_digest.model.report import Report
from sfn_digest.report.csv_face import COLUMNS, to_csv
from sfn_digest.report.json_face import to_dict
from tests.report import made
from tests.report.hostile import Author, by_any_author


def rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(to_csv(to_dict(report)), newline="")))


def test_every_failure_is_a_row_with_its_cause_and_attempts() -> None:
    report = made.week()
    found = rows(report)
    assert [row["execution_arn"] for row in found] == [f.execution_arn for f in report.failures]
    assert [row["cause"] for row in found] == [f.cause for f in report.failures]
    assert [int(row["failed_attempts"]) for row in found] == [
        sum(f.failed_attempts.values()) for f in report.failures
    ]


def test_attempts_are_told_by_cause() -> None:
    report = made.week()
    counted = max(report.failures, key=lambda failure: len(failure.failed_attempts))
    row = next(row for row in rows(report) if row["execution_arn"] == counted.execution_arn)
    assert row["attempts_by_cause"] == "; ".join(
        f"{cause} {n}" for cause, n in counted.failed_attempts.items()
    )


def test_a_quiet_week_is_a_header() -> None:
    assert to_csv(to_dict(made.quiet_week())) == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_cell_can_be_taken_for_a_formula(start: str) -> None:
    plain = to_dict(made.week())
    plain["failures"][0]["message"] = f"{start}HYPERLINK()"
    cell = next(csv.DictReader(StringIO(to_csv(plain), newline="")))["message"]
    assert cell == f"'{start}HYPERLINK()"


@by_any_author
def test_hostile_text_breaks_no_row(author: Author) -> None:
    report = author.found().report()
    found = rows(report)
    assert len(found) == len(report.failures)
    assert all(None not in row for row in found)
    assert not any(
        value.startswith(("=", "+", "-", "@")) for row in found for value in row.values()
    )

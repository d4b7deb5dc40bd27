"""The CSV holds every failure once, and nothing a spreadsheet would run."""

import csv
import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.model.report import Report
from sfn_digest.report.csv_face import COLUMNS, to_csv
from sfn_digest.report.json_face import to_dict
from tests.report import made
from tests.report.hostile import Author, by_any_author

pytestmark = pytest.mark.slow


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


SIGNS = "=+-@" + "".join(map(chr, (0xFF1D, 0xFF0B, 0xFF0D, 0xFF20, 0xFE66, 0x2212)))


def cell(message: str) -> str:
    """The cell that a message comes to, as a reader of CSV reads it."""
    plain = to_dict(made.week())
    plain["failures"][0]["message"] = message
    return next(csv.DictReader(StringIO(to_csv(plain), newline="")))["message"]


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet, whatever it parts lines at, sees a formula in a cell."""
    return any(
        part.strip(' "\u3000\u00a0').startswith((*SIGNS, "\t", "\r"))
        for part in re.split("[;\uff1b\t\r\n]", text)
    )


@pytest.mark.parametrize("start", [*SIGNS, "\t", "\r", "\t=", " =", "\u3000\uff1d"])
def test_no_cell_can_be_taken_for_a_formula(start: str) -> None:
    assert cell(f"{start}HYPERLINK()") == f"'{start}HYPERLINK()".replace("'\t=", "'\t'=")


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("between", [";", "; ", "\uff1b", ';"', "\t", "\n"])
def test_nor_can_what_follows_a_sign_at_which_spreadsheets_part_lines(
    sign: str, between: str
) -> None:
    told = cell(f"failed{between}{sign}cmd|' /C calc'!A0")
    assert not begins_formula(told)
    assert told.replace("'", "") == f"failed{between}{sign}cmd| /C calc!A0"


@pytest.mark.parametrize("text", ["a - b", "x=1; y=2", "throttling 3; network 1", "a@b", "1-2"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


@given(st.text(alphabet=[*SIGNS, *";,\t \"'\u3000a1\r\n"], max_size=12))
def test_no_text_at_all_can_be_taken_for_a_formula(text: str) -> None:
    assert not begins_formula(cell(text))
    assert cell(text).replace("'", "") == text.replace("'", "")


@by_any_author
def test_hostile_text_breaks_no_row(author: Author) -> None:
    report = author.found().report()
    found = rows(report)
    assert len(found) == len(report.failures)
    assert all(None not in row for row in found)
    assert not any(begins_formula(value) for row in found for value in row.values())

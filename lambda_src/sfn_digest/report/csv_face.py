"""The failures as CSV, for a spreadsheet: one row an execution, in the JSON contract's words."""

import csv
import re
from collections.abc import Mapping
from io import StringIO
from typing import Any

COLUMNS = (
    "stopped_at",
    "machine",
    "execution",
    "status",
    "state",
    "cause",
    "nature",
    "stage",
    "error",
    "message",
    "failed_attempts",
    "attempts_by_cause",
    "redrive_count",
    "started_at",
    "execution_arn",
)

# What a spreadsheet takes for the beginning of a formula, also as Japanese keyboards write it and
# as Unicode folds it. Some part lines at semicolons or tabs, so that a cell may begin there too.
_SIGNS = "=+@\\-" + "".join(
    map(
        chr,
        (
            *(0xFF1D, 0xFE66, 0x207C, 0x208C, 0xFF0B, 0xFE62, 0x207A, 0x208A, 0xFB29),
            *(0xFF0D, 0xFE63, 0x207B, 0x208B, 0x2212, 0xFF20, 0xFE6B),
        ),
    )
)
_UNSEEN = "\\s\ufeff\u200b-\u200f\u2060\"'"
_BEGINS_FORMULA = re.compile(
    rf"(?:^|(?<=[;\uff1b\t\r\n]))(?=[{_UNSEEN}]*[{_SIGNS}]|(?<![\s\S])[\t\r\n])"
)


def to_csv(report: Mapping[str, Any]) -> str:
    """Give the failures of a report as docs/report.schema.json describes it.

    `attempts_by_cause` reads like ("throttling 3; network 1"). No cell can be taken for a formula,
    not even one that a spreadsheet makes of what follows a semicolon.
    """
    names = {machine["arn"]: machine["name"] for machine in report["machines"]}
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for failure in report["failures"]:
        row = _row(failure, names[failure["machine_arn"]])
        writer.writerow([_cell(row[column]) for column in COLUMNS])
    return out.getvalue()


def _row(failure: Mapping[str, Any], machine: str) -> Mapping[str, Any]:
    attempts: Mapping[str, int] = failure["failed_attempts"]
    return {
        **failure,
        "machine": machine,
        "execution": failure["execution_arn"].rpartition(":")[2],
        "failed_attempts": sum(attempts.values()),
        "attempts_by_cause": "; ".join(f"{cause} {count}" for cause, count in attempts.items()),
    }


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # A leading quote is how spreadsheets mark plain text; numbers of ours are never negative.
    return _BEGINS_FORMULA.sub("'", text)

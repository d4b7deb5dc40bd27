"""The failures as CSV, for a spreadsheet: one row an execution, in the JSON contract's words."""

import csv
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
    "error",
    "message",
    "failed_attempts",
    "attempts_by_cause",
    "redrive_count",
    "started_at",
    "execution_arn",
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters by which a spreadsheet takes a cell for a formula."""


def to_csv(report: Mapping[str, Any]) -> str:
    """Give the failures of a report as docs/report.schema.json describes it.

    `attempts_by_cause` reads like ("throttling 3; network 1"). No cell can be taken for a formula.
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
    return f"'{text}" if text.startswith(_FORMULA) else text

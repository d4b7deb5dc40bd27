"""What lies in the hub's bucket was written by others: all that is no sound report is refused."""

import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.accounts import AccountSummary, Place, accounts_json
from sfn_digest.accounts.accounts_json import opened, packed, summary_of
from sfn_digest.config.hub_reports import ReportKey
from sfn_digest.errors import BadReportError
from sfn_digest.model.report import Report
from sfn_digest.report.json_face import to_dict
from tests.report import made

REPORT = made.week()
KEY = ReportKey(REPORT.account_id, REPORT.region, REPORT.window.end)
PLACE = Place(REPORT.account_id, REPORT.region)


def plain(report: Report = REPORT) -> dict[str, Any]:
    return to_dict(report)


def read(content: bytes) -> AccountSummary:
    return summary_of(KEY, PLACE, opened(content))


def test_a_report_is_read_back_and_summarized() -> None:
    summary = read(packed(plain(), dict))
    assert summary.row.failures == 21
    assert summary.incidents
    named = summary_of(replace(KEY, team="payments"), replace(PLACE, name="orders"), plain())
    assert named.row.name == "orders, payments"


def test_a_report_that_is_too_large_is_sent_without_its_failures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(accounts_json, "MOST_BYTES", 10_000)
    content = packed(plain(), lambda: {**plain(), "failures": []})
    assert json.loads(gzip.decompress(content))["failures"] == []
    with pytest.raises(BadReportError, match="it is larger than 10,000 bytes"):
        opened(gzip.compress(b"[" + b"1," * 20_000))


@given(st.binary(max_size=200) | st.binary(max_size=200).map(gzip.compress))
def test_no_bytes_at_all_raise_anything_else(content: bytes) -> None:
    with suppress(BadReportError):
        read(content)


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda told: told.update(schema_version="9.9"), "it has the schema version “9.9”"),
        (lambda told: told.pop("schema_version"), "it has the schema version “None”"),
        (
            lambda told: told.update(account_id="999999999999"),
            "its account, Region or period is not",
        ),
        (lambda told: told.update(region="us-east-1"), "its account, Region or period is not"),
        (
            lambda told: told["window"].update(end="2026-11-23T00:00:00.000Z"),
            "its account, Region or period is not",
        ),
        (lambda told: told["totals"].update(failed=-1), "impossible numbers or times"),
        (lambda told: told["totals"].update(failed=10**15), "impossible numbers or times"),
        (lambda told: told["totals"].update(failed="many"), "is not as docs/report.schema.json"),
        (
            lambda told: told["window"].update(start="2026-12-01T00:00:00.000Z"),
            "impossible numbers or times",
        ),
        (
            lambda told: told["window"].update(start="0001-01-01T00:00:00.000Z"),
            "impossible numbers or times",
        ),
        (
            lambda told: told["failures"][0].update(stopped_at="1999-01-01T00:00:00.000Z"),
            "impossible numbers or times",
        ),
        (lambda told: told.update(machines=None), "is not as docs/report.schema.json says"),
    ],
)
def test_what_no_account_can_have_is_refused_with_the_reason(change: Change, says: str) -> None:
    told = json.loads(json.dumps(plain()))
    change(told)
    with pytest.raises(BadReportError, match=says):
        read(packed(told, dict))


def test_more_causes_than_any_table_has_are_refused() -> None:
    (machine, *others) = REPORT.machines
    rows = tuple(replace(machine.causes[0], cause=f"c{n}") for n in range(1_001))
    many = replace(REPORT, machines=(replace(machine, causes=rows), *others))
    with pytest.raises(BadReportError, match="impossible numbers"):
        read(packed(plain(many), dict))


def test_a_report_of_any_age_is_told_by_its_own_period() -> None:
    older = replace(KEY, end=KEY.end - timedelta(days=7))
    with pytest.raises(BadReportError, match="period"):
        summary_of(older, PLACE, plain())

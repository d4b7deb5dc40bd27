"""Reports as JSON between accounts: the one on many accounts, and those sent to the hub.

The first is the published contract of docs/accounts.schema.json. What the hub finds was written by
others: what is too large, no report, or on another account than its key says raises BadReportError.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import astuple, replace
from datetime import datetime, timedelta
from typing import Any

from sfn_digest.accounts.records import AccountsReport, AccountSummary, Place
from sfn_digest.accounts.summaries import summarize
from sfn_digest.comparison.kept_report import LONGEST_WINDOW, MOST_COUNTED
from sfn_digest.config import hub_reports
from sfn_digest.config.hub_reports import MOST_BYTES, ReportKey
from sfn_digest.errors import BadReportError
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.model.older_reports import upgraded
from sfn_digest.model.plain import to_plain
from sfn_digest.model.report import SCHEMA_VERSION, Report
from sfn_digest.report.json_face import from_dict

MOST_COMPRESSED = 8_000_000
"""Bytes of an object that are read."""


def packed(report: Mapping[str, Any], smaller: Callable[[], Mapping[str, Any]]) -> bytes:
    """A report as an account hands it over; `smaller` gives it where it is too large whole."""
    text = json.dumps(report, separators=(",", ":")).encode()
    if len(text) > MOST_BYTES:
        text = json.dumps(smaller(), separators=(",", ":")).encode()
    return gzip.compress(text, 6, mtime=0)


def opened(content: bytes) -> object:
    """JSON's own types in what `packed` made. Raises BadReportError."""
    inflate = zlib.decompressobj(wbits=31)
    try:
        text = inflate.decompress(content, MOST_BYTES + 1)
        if len(text) > MOST_BYTES or not inflate.eof:
            raise BadReportError(
                Message("it is larger than {n} bytes, or is cut off.", n=MOST_BYTES)
            )
        return json.loads(text)
    except (RecursionError, ValueError, zlib.error):
        raise BadReportError(Message("it is not compressed JSON.")) from None


def summary_of(key: ReportKey, place: Place, plain: object) -> AccountSummary:
    known = upgraded(plain) if isinstance(plain, Mapping) else {}
    version = known.get("schema_version")
    if version != SCHEMA_VERSION:
        raise BadReportError(
            Message(
                "it has the schema version {theirs} and not {ours}: deploy the same release of "
                "sfn-digest in all accounts.",
                theirs=quoted(str(version)),
                ours=SCHEMA_VERSION,
            )
        )
    report = from_dict(known, "it")
    if (report.account_id, report.region) != (key.account_id, key.region) or not _is_on(
        report, key.end
    ):
        raise BadReportError(Message("its account, Region or period is not that of its key."))
    _refuse_what_cannot_be(report)
    name = place.name or report.account_alias or ""
    return summarize(replace(place, name=", ".join(filter(None, (name, key.team)))), report)


MOST_CAUSES = 1_000


def _refuse_what_cannot_be(report: Report) -> None:
    """Raise BadReportError where a report of the right form holds what no account can have."""
    totals, read, window = report.totals, report.coverage, report.window
    rows = [row for machine in report.machines for row in machine.causes]
    counts = [
        *astuple(totals),
        *(read.machines_tagged, read.machines_scanned, read.failures_found, read.failures_read),
        *(each for row in rows for each in (row.executions, row.expected_executions)),
        *(each.estimated.low for each in report.estimated),
        *(each.estimated.high for each in report.estimated),
    ]
    sound = (
        all(0 <= each <= MOST_COUNTED for each in counts)
        and timedelta() < window.end - window.start <= LONGEST_WINDOW
        and len({row.cause for row in rows}) <= MOST_CAUSES
        and all(each.stopped_at in window for each in report.failures)
    )
    if not sound:
        raise BadReportError(Message("it contains impossible numbers or times."))


def _is_on(report: Report, end: datetime) -> bool:
    return hub_reports.moment(report.window.end) == hub_reports.moment(end)


def to_dict(report: AccountsReport) -> dict[str, Any]:
    """Give the report as JSON's own types; times are ISO 8601 in UTC, ending in Z."""
    plain: dict[str, Any] = to_plain(report)
    # A reader decides by the version how to read the rest, so it comes first.
    return {"schema_version": plain.pop("schema_version"), **plain}


def to_json(report: AccountsReport) -> str:
    """Give the report as JSON text, in ASCII so that no terminal or pipe trips over it."""
    return json.dumps(to_dict(report), indent=2, allow_nan=False)

"""The report on many accounts as JSON, the published contract of docs/accounts.schema.json."""

import json
from typing import Any

from sfn_digest.accounts.records import AccountsReport
from sfn_digest.model.plain import to_plain


def to_dict(report: AccountsReport) -> dict[str, Any]:
    """Give the report as JSON's own types; times are ISO 8601 in UTC, ending in Z."""
    plain: dict[str, Any] = to_plain(report)
    # A reader decides by the version how to read the rest, so it comes first.
    return {"schema_version": plain.pop("schema_version"), **plain}


def to_json(report: AccountsReport) -> str:
    """Give the report as JSON text, in ASCII so that no terminal or pipe trips over it."""
    return json.dumps(to_dict(report), indent=2, allow_nan=False)

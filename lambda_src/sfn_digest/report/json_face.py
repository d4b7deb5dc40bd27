"""The report as JSON, the published contract of docs/report.schema.json."""

import json
from collections.abc import Mapping
from typing import Any

from sfn_digest.errors import BadReportError
from sfn_digest.model.older_reports import upgraded
from sfn_digest.model.plain import PlainError, from_plain, to_plain
from sfn_digest.model.report import SCHEMA_VERSION, Report


def to_dict(report: Report) -> dict[str, Any]:
    """Give the report as JSON's own types; times are ISO 8601 in UTC, ending in Z."""
    plain: dict[str, Any] = to_plain(report)
    # A reader decides by the version how to read the rest, so it comes first.
    return {"schema_version": plain.pop("schema_version"), **plain}


def to_json(report: Report) -> str:
    """Give the report as JSON text, in ASCII so that no terminal or pipe trips over it."""
    return json.dumps(to_dict(report), indent=2, allow_nan=False)


def from_json(text: str, name: str) -> Report:
    """Read a report back from its JSON text. Raises BadReportError, which calls it `name`."""
    try:
        plain = json.loads(text)
    except (RecursionError, ValueError):
        raise BadReportError(
            f"{name} holds no JSON: give a file that sfn-digest report --format json wrote."
        ) from None
    return from_dict(plain, name)


def from_dict(plain: object, name: str) -> Report:
    """Read a report back from JSON's own types, also one of the version before.

    Raises BadReportError, which calls it `name`.
    """
    plain = upgraded(plain) if isinstance(plain, Mapping) else {}
    if plain.get("schema_version") != SCHEMA_VERSION:
        raise BadReportError(
            f"{name} holds no report of schema_version {SCHEMA_VERSION}: make it again with "
            "sfn-digest report --format json."
        )
    try:
        return from_plain(Report, plain)
    except PlainError as error:
        raise BadReportError(
            f"{name} is not as docs/report.schema.json says ({error}): make it again with "
            "sfn-digest report --format json."
        ) from None

"""The report as JSON, the published contract of docs/report.schema.json."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from sfn_digest.model.report import Report


def to_dict(report: Report) -> dict[str, Any]:
    """Give the report as JSON's own types; times are ISO 8601 in UTC, ending in Z."""
    plain: dict[str, Any] = _plain(report)
    # A reader decides by the version how to read the rest, so it comes first.
    return {"schema_version": plain.pop("schema_version"), **plain}


def to_json(report: Report) -> str:
    """Give the report as JSON text, in ASCII so that no terminal or pipe trips over it."""
    return json.dumps(to_dict(report), indent=2, allow_nan=False)


def _plain(value: object) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value

"""Reports of the version before, as JSON's own types, brought to what this one reads.

The digest compares with the report that an earlier release kept, a hub combines accounts that are
deployed one after the other, and people keep files: none of them is lost to an update.
"""

from collections.abc import Mapping
from typing import Any

from sfn_digest.model.report import SCHEMA_VERSION

BEFORE = "2.0"
"""Its `incident` is `root` today, and its `totals.incidents` left out what `repeated` counts."""


def upgraded(plain: Mapping[str, Any]) -> Mapping[str, Any]:
    """The report as this version has it; one of another version, or not as its own says, as it is.

    How failures belong to incidents was not counted before: each root counts as one.
    """
    totals, failures = plain.get("totals"), plain.get("failures")
    if plain.get("schema_version") != BEFORE:
        return plain
    if not isinstance(totals, Mapping) or not isinstance(failures, list):
        return plain
    try:
        unsuccessful = totals["failed"] + totals["timed_out"] + totals["aborted"]
        repeated = unsuccessful - totals["incidents"]
        return {
            **plain,
            "schema_version": SCHEMA_VERSION,
            "totals": {**totals, "repeated": repeated},
            "failures": [{**each, "root": each["incident"]} for each in failures],
        }
    except (KeyError, TypeError):
        return plain

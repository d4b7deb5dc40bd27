"""Reports of the version before are read as well as those of today."""

from typing import Any

import pytest

from sfn_digest.comparison.kept_report import read_previous_report
from sfn_digest.model.older_reports import BEFORE, upgraded
from sfn_digest.report.json_face import from_dict, to_dict
from tests.report import made


def older() -> dict[str, Any]:
    """The made report as the version before had it."""
    plain = to_dict(made.week())
    totals = dict(plain["totals"])
    unsuccessful = totals["failed"] + totals["timed_out"] + totals["aborted"]
    totals["incidents"] = unsuccessful - totals.pop("repeated")
    failures = [{**each, "incident": each["root"]} for each in plain["failures"]]
    for each in failures:
        del each["root"]
    return {**plain, "schema_version": BEFORE, "totals": totals, "failures": failures}


def test_a_report_of_the_version_before_is_read_with_each_root_for_an_incident() -> None:
    report, today = from_dict(older(), "it"), made.week()
    assert report.totals.repeated == today.totals.repeated
    assert [each.root for each in report.failures] == [each.root for each in today.failures]
    assert [each.incident for each in report.failures] == [each.root for each in today.failures]
    assert report.machines == today.machines
    assert read_previous_report(older()) == report


@pytest.mark.parametrize(
    "damage",
    [
        {"totals": None},
        {"totals": {}},
        {"failures": {}},
        {"failures": [None]},
        {"failures": [{}]},
        {"schema_version": "1.0"},
    ],
)
def test_one_that_is_not_as_its_version_says_stays_as_it_is(damage: dict[str, Any]) -> None:
    plain = {**older(), **damage}
    assert upgraded(plain) is plain
    assert read_previous_report(plain) is None

"""Records survive the way to JSON and back, and nothing else passes for one."""

import json
from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.errors import BadReportError
from sfn_digest.model.comparison import Period
from sfn_digest.model.plain import PlainError, from_plain, to_plain
from sfn_digest.model.report import Report
from sfn_digest.report.json_face import from_dict, from_json, to_dict, to_json
from tests.report import made, made_past

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
WEEK = to_dict(made_past.compared_week())


@pytest.mark.parametrize("week", [made.week(), made_past.compared_week()])
def test_a_report_that_is_read_back_is_the_report(week: Report) -> None:
    back = from_json(to_json(week), "report.json")
    assert to_dict(back) == to_dict(week)
    assert back.window == week.window


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("totals", "failed"), True, "totals.failed is not of type int"),
        (("window", "start"), "2026-11-16T09:00:00", "window.start is a time without a zone"),
        (("window", "end"), 7, "window.end is no time"),
        (("machines", 0, "type"), "FAST", "machines[0].type is none of STANDARD, EXPRESS"),
        (("failures",), {}, "failures is no array"),
        (("failures", 0), 3, "failures[0] is no object"),
        (("coverage", "api_calls"), [], "coverage.api_calls is no object"),
    ],
)
def test_a_member_of_the_wrong_type_is_named(place: Any, value: object, said: str) -> None:
    report = deepcopy(WEEK)
    *way, last = place
    target: Any = report
    for step in way:
        target = target[step]
    target[last] = value
    with pytest.raises(BadReportError) as raised:
        from_dict(report, "week.json")
    assert said in str(raised.value)
    assert str(raised.value).startswith("week.json is not as docs/report.schema.json says")


def test_a_missing_member_is_named_and_one_with_a_default_is_not_missed() -> None:
    plain = to_plain(made_past.compared_week().trend[0])
    del plain["failed"]
    with pytest.raises(PlainError, match="failed is missing"):
        from_plain(Period, plain)
    assert from_dict({k: v for k, v in WEEK.items() if k != "trend"}, "r").trend == ()


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "[" * 100_000, '{"schema_version": "1.0"}'])
def test_what_is_no_report_is_refused_with_one_sentence(text: str) -> None:
    with pytest.raises(BadReportError) as raised:
        from_json(text, "week.json")
    assert "sfn-digest report --format json" in str(raised.value)
    assert "\n" not in str(raised.value)


@given(st.dictionaries(st.sampled_from(sorted(WEEK)), JSON, max_size=3))
def test_any_report_is_read_or_refused_but_raises_nothing_else(changed: Mapping[str, Any]) -> None:
    with suppress(BadReportError):
        from_json(json.dumps({**WEEK, **changed}), "any.json")


def test_a_number_that_no_float_holds_is_none() -> None:
    with pytest.raises(PlainError):
        from_plain(float, 10**400)

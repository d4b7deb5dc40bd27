"""A kept report is read back as what it says, or not at all."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.comparison import read_previous_report
from sfn_digest.comparison.machine_groups import MachineGroups, groups_by_machine
from sfn_digest.model.executions import ExecutionCounts
from sfn_digest.report.json_face import to_dict
from tests.comparison.reports import WEEK_BEFORE, cause, machine, report

pytestmark = pytest.mark.slow

ORDERS = machine("orders", cause("a", 2), cause("b", 1), cause("b", 3, state="Pay"), attempts=9)
KEPT: dict[str, Any] = to_dict(report(ORDERS, machine("quiet"), window=WEEK_BEFORE))


def changed(*path: str | int, to: object) -> dict[str, Any]:
    """The kept report with one value replaced."""
    kept: dict[str, Any] = json.loads(json.dumps(KEPT))
    inner: Any = kept
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return kept


def groups(kept: dict[str, Any], arn: str = ORDERS.arn) -> MachineGroups:
    found = read_previous_report(kept)
    assert found is not None
    return groups_by_machine(found)[arn]


def test_what_was_kept_is_what_is_read() -> None:
    found = read_previous_report(json.loads(json.dumps(KEPT)))
    assert found is not None
    assert found.window == WEEK_BEFORE
    assert {each.arn for each in found.machines} == {ORDERS.arn, machine("quiet").arn}
    assert len(found.failures) == 6
    orders = groups(KEPT)
    assert orders.counts == ExecutionCounts(succeeded=100, failed=6)
    assert {
        key: (each.cause, each.state, each.executions) for key, each in orders.groups.items()
    } == {
        "1:a": ("a", "Work", 2),
        "1:b": ("b", "Pay", 4),
    }
    assert orders.attempts == 9
    assert orders.whole


def test_a_report_kept_without_its_list_of_failures_is_read_all_the_same() -> None:
    orders = groups(changed("failures", to=[]))
    assert [each.first for each in orders.groups.values()] == [None, None]


def test_a_cause_that_only_cost_attempts_is_no_cause_that_ended_executions() -> None:
    kept = to_dict(
        report(machine("orders", cause("a", 1), replace(cause("b", 0), failed_attempts=3)))
    )
    assert set(groups(kept).groups) == {"1:a"}
    assert groups(kept).attempts == 3


@pytest.mark.parametrize(
    ("succeeded", "failed", "complete", "counted", "skipped", "whole"),
    [
        (100, 6, False, False, "", True),
        (100, 7, False, True, "", False),
        (100, 7, True, True, "", False),
        (0, 0, True, True, "", True),
        # What another machine lacks is nothing to one that was counted, and never ran.
        (0, 0, False, True, "busy", True),
        (0, 0, False, True, "orders", False),
        (0, 0, False, False, "", False),
    ],
)
def test_a_machine_is_whole_where_all_its_failures_are_known(
    succeeded: int, failed: int, complete: bool, counted: bool, skipped: str, whole: bool
) -> None:
    rows = (cause("a", 6),) if failed else ()
    told = replace(machine("orders", *rows), succeeded=succeeded, failed=failed)
    made = report(told, machine("busy"), complete=complete)
    left = tuple(each.arn for each in made.machines if each.name == skipped)
    read = replace(made.coverage, executions_counted=counted, skipped=left)
    assert groups(to_dict(replace(made, coverage=read)), told.arn).whole is whole


def test_a_report_made_without_cloudwatch_has_no_numbers_to_compare_with() -> None:
    blind = replace(ORDERS, succeeded=0)
    assert read_previous_report(to_dict(report(blind, complete=False))) is None
    assert read_previous_report(to_dict(report(blind, complete=True))) is not None


@pytest.mark.parametrize(
    "kept",
    [
        {},
        changed("schema_version", to="0.9"),
        changed("schema_version", to=None),
        changed("window", "start", to="2026-03-02T00:00:00"),
        changed("window", "start", to=KEPT["window"]["end"]),
        changed("window", to=[]),
        changed("machines", to={}),
        changed("machines", 0, to=None),
        changed("machines", 0, "failed", to=True),
        changed("machines", 0, "failed", to=-1),
        changed("machines", 0, "failed", to=10**400),
        changed("window", "start", to="0001-01-01T00:00:00Z"),
        changed("machines", 0, "causes", 0, "group", to=7),
        changed("machines", 0, "causes", 0, "state", to=[]),
        changed("failures", to=None),
        changed("failures", 0, to="text"),
        changed("coverage", "complete", to="no"),
        changed("window", "end", to="9999-12-31T23:59:59-23:59"),
    ],
)
def test_what_is_not_as_the_schema_says_makes_the_whole_unreadable(kept: dict[str, Any]) -> None:
    assert read_previous_report(kept) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def _paths(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path for step, each in inner for path in [(*at, step), *_paths(each, (*at, step))]]


def _never_more(kept: dict[str, Any]) -> None:
    found = read_previous_report(kept)
    for each in groups_by_machine(found).values() if found else ():
        assert min(each.counts.succeeded, each.counts.unsuccessful, each.attempts) >= 0
        assert all(type(group.cause) is str for group in each.groups.values())
        assert all(group.executions > 0 for group in each.groups.values())


@given(path=st.sampled_from(_paths(KEPT)), value=JSON)
def test_any_value_in_any_place_is_read_or_refused_but_never_raises(
    path: tuple[str | int, ...], value: object
) -> None:
    _never_more(changed(*path, to=value))


@given(kept=st.dictionaries(st.sampled_from(sorted(KEPT)) | st.text(max_size=5), JSON))
def test_any_object_is_read_or_refused_but_never_raises(kept: dict[str, Any]) -> None:
    _never_more({"schema_version": KEPT["schema_version"], **kept})

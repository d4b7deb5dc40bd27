"""The hints in worlds that can be lived through again; `python -m bench.hints` runs many."""

import pytest

from bench.hint_changes import changes
from bench.hint_table import Row, short
from bench.hint_worlds import (
    as_asl,
    courses,
    failures_of,
    live,
    live_week,
    really,
    relive,
    shortcut,
)
from bench.hints import measure
from sfn_digest.aws.success_histories import BATCH
from sfn_digest.retry.backtest.policies import RHYTHMS
from simulator.worlds.hints.kinds import KINDS
from simulator.worlds.hints.traces import real_kinds

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", ["long outages", "Spot storms"])
def test_a_hint_s_bounds_hold_what_would_really_have_recovered(kind: str) -> None:
    row = measure(kind, 3)
    assert row.hints == row.held == 1
    assert row.net > 0.8 * row.best > 0


def test_where_nothing_heals_nothing_is_hinted() -> None:
    row = measure("never heals", 3)
    assert (row.hints, row.learn) == (0, 1)
    assert row.read == BATCH


def test_the_totals_in_short_name_the_kind_whose_bounds_held_least() -> None:
    good = Row(worlds=2, failures=90, hints=3, held=3, widths=[0.1], net=9.0, best=10.0)
    bad = Row(worlds=1, failures=10, hints=2, held=1, widths=[0.3], net=-1.0, best=2.0)
    total = Row(helpable=4, helped=3, successes=1000, read=30, pages=3)
    total.constants[RHYTHMS[0], 2] = 6.0
    total.add(good)
    total.add(bad)
    lines = short({"calm": good, "wild": bad}, total, 12.4, {"calm": 2}, 12).splitlines()
    assert lines[0] == "| 3 worlds of 2 kinds, 100 failures |  |"
    assert "| … in the kind where fewest did | 0.50 (wild) |" in lines
    assert "| net benefit ÷ that of the best in hindsight | 0.667 |" in lines
    assert "| kinds in which hints did harm | 1 |" in lines
    assert "| changes of a hint in 12 similar weeks, at most | 2 |" in lines
    assert "| calls for it ÷ calls for the failures | 0.30 |" in lines
    assert "| seconds to evaluate 20,000 failures, one core | 12 |" in lines


def test_the_shortcut_comes_to_what_the_simulator_comes_to() -> None:
    lived = live("heavy tails", 3)
    (machine,) = lived.world.machines
    names = frozenset(really(lived, machine.arn))
    retrier = as_asl(RHYTHMS[-1].retrier(("Lambda.ServiceException",), 5))
    found = shortcut(lived, machine.name, retrier, names)
    again = courses(relive(lived, machine.name, retrier, names))
    assert {name: course.recovers for name, course in found.items()} == {
        name: course.recovers for name, course in again.items()
    }
    for name, course in found.items():
        assert course.starts == pytest.approx(again[name].starts, abs=2)


TRACES = {
    "spot": {
        "zone-1": {"length": 900_000, "down": [[0, 4000], [300_000, 300_700]]},
        "zone-2": {"length": 900_000, "down": [[10_000, 90_000]]},
    },
    "service": {"one": {"length": 5_000_000.0, "down": [[2_000_000, 2_009_000]]}},
    "site": {"one": {"length": 5_000_000, "down": [[2_000_000, 2_003_000]]}},
}


@pytest.mark.parametrize("kind", ["real: Spot capacity", "real: services", "real: sites"])
def test_what_was_really_down_fails_in_a_world_for_as_long(kind: str) -> None:
    lived = live(kind, 5, real_kinds(TRACES, "judged on"))
    failures = failures_of(lived)
    assert 0 < len(failures) < 0.2 * len(lived.world.executions)
    began = [each.execution.started_at.timestamp() for each in failures]
    assert max(began) - min(began) < 90_000


def test_over_twelve_weeks_of_like_weather_a_hint_changes_three_times_at_most() -> None:
    """A few executions meet each outage, and in one week it has not ended when the week does."""
    assert changes("long outages", 5, KINDS) <= 3


def test_another_week_of_a_world_has_like_weather_but_not_the_same() -> None:
    one, other = (live_week("outages", 4, week) for week in (0, 1))
    assert len(one.world.executions) == pytest.approx(len(other.world.executions), rel=0.02)
    failed = [
        {e.started_at - lived.setting.start for e in lived.world.executions if e.status == "FAILED"}
        for lived in (one, other)
    ]
    assert failed[0] != failed[1]

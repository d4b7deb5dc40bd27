"""The hints in worlds that can be lived through again; `python -m bench.hints` runs many."""

import pytest

from bench.hint_table import Row, short
from bench.hints import measure
from sfn_digest.aws.successes import BATCH
from sfn_digest.retry.backtest.policies import RHYTHMS


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
    lines = short({"calm": good, "wild": bad}, total, 12.4).splitlines()
    assert lines[0] == "| 3 simulated worlds of 2 kinds, 100 failures |  |"
    assert "| … in the kind where fewest did | 0.50 (wild) |" in lines
    assert "| net benefit ÷ that of the best in hindsight | 0.667 |" in lines
    assert "| kinds in which hints did harm | 1 |" in lines
    assert "| calls for it ÷ calls for the failures | 0.30 |" in lines
    assert "| seconds to weigh 20,000 failures, one core | 12 |" in lines

"""The hints in worlds that can be lived through again; `python -m bench.hints` runs many."""

import pytest

from bench.hints import measure


@pytest.mark.parametrize("kind", ["long outages", "Spot storms"])
def test_a_hint_s_bounds_hold_what_would_really_have_recovered(kind: str) -> None:
    row = measure(kind, 3)
    assert row.hints == row.held == 1
    assert row.net > 0.8 * row.best > 0


def test_where_nothing_heals_nothing_is_hinted() -> None:
    row = measure("never heals", 3)
    assert (row.hints, row.learn) == (0, 1)

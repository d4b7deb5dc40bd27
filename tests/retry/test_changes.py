"""Backtests of changed definitions hold in worlds that can be lived through again."""

import pytest

from bench.changes import measured
from bench.hint_worlds import live

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("kind", "way", "better"),
    [("blips, no Retry", "first", True), ("brownouts", "none", False)],
)
def test_the_truth_lies_within_the_bounds_and_the_sign_is_right(
    kind: str, way: str, better: bool
) -> None:
    lived = live(kind, 4005 if better else 4007)
    found = measured(lived, lived.world.machines[0], way, lived.setting.seed)
    assert found is not None
    bounds, truth, _ = found
    assert bounds.low <= truth <= bounds.high
    assert truth * bounds.likely > 0
    assert (truth > 0) is better

"""Incidents counted in simulated weeks, held against those that there were."""

import pytest

from bench.incidents import MORE, Count, measure
from simulator.worlds.hints.kinds import KINDS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "kind",
    [
        "outages",
        "long outages",
        "noise and outages",
        "never heals",
        "Spot",
        "daily job",
        "herd",
        "shared outage",
        "two hours, every ten minutes",
        "hours, hourly job",
        "shared by twelve machines",
    ],
)
def test_about_as_many_incidents_are_counted_as_there_were(kind: str) -> None:
    total = sum((measure(kind, seed, {**KINDS, **MORE}) for seed in range(61, 65)), Count(0, 0, 0))
    assert total.true > 0
    assert 0.85 <= total.counted / total.true <= 1.2

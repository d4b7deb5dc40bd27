"""Parameters and evidence, written down by hand for the tests of the outage model."""

from collections.abc import Sequence

import numpy as np
from numpy.random import PCG64, Generator

from sfn_digest.retry.observations.thinning import Pass, Probe, thinned
from sfn_digest.retry.outages.beliefs import LENGTHS, PROBABILITIES
from sfn_digest.retry.outages.likelihood import Seen, arranged
from sfn_digest.retry.outages.phases import Setting

VALUES = (86_400.0, 900.0, 60.0, 7_200.0, 0.3, 0.4, 0.02, 0.9, 0.05)
"""Four mean lengths in seconds and five probabilities, in a Setting's order."""


def setting(*values: float, draws: int = 1) -> Setting:
    """The same parameters in so many draws."""
    given = values or VALUES
    assert len(given) == LENGTHS + PROBABILITIES
    return Setting(*(np.full(draws, value) for value in given))


def random(seed: int) -> Generator:
    """Random numbers that are the same each time."""
    return Generator(PCG64(seed))


def week(failed: Sequence[tuple[float, int]], extra: Sequence[float] = ()) -> Seen:
    """Passes every ten minutes for a week save in the third day's first two hours.

    `failed` are moments of attempts that failed, with the number of their visit, which never
    recovered; `extra` are moments of further passes.
    """
    passes = [n * 600.0 + 7 for n in range(1008) if not 172_800 <= n * 600 < 180_000]
    probes: list[Probe] = []
    earlier: dict[int, int] = {}
    for at, visit in sorted(failed):
        probes.append(Probe(at, failed=True, visit=visit, earlier=earlier.get(visit, 0)))
        earlier[visit] = earlier.get(visit, 0) + 1
    found = thinned(probes, [Pass(at) for at in [*passes, *extra]])
    return arranged(found, len(passes) + len(extra), set(earlier))


OUTAGE = [(172_800 + 600.0 * n, n) for n in range(12)]
"""Twelve visits that failed ten minutes apart while nothing passed."""

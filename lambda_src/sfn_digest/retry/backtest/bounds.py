"""Bounds on a number of failures, from what they came to in each draw."""

from collections.abc import Sequence
from math import ceil, floor

from sfn_digest.model.report import Recovered

_UNFORESEEN = 0.02
"""The share of failures that bounds are widened by, at least one, for what no draw thought of."""


def recovered_of(counts: Sequence[int], often: Sequence[int], number: int) -> Recovered:
    """The bounds, from the count in each of `number` draws and each failure's recoveries."""
    low, high = quantile(counts, 0.02), quantile(counts, 0.98)
    likely = sum(counts) / number
    margin = max(1, round(_UNFORESEEN * len(often)))
    return Recovered(
        surely=sum(each >= 0.975 * number for each in often),
        likely=likely,
        possibly=sum(each >= 0.025 * number for each in often),
        low=max(0, floor(min(low, likely)) - margin),
        high=min(len(often), ceil(max(high, likely)) + margin),
    )


def quantile(values: Sequence[float], share: float) -> float:
    """The value at a share of the way through them in order."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])

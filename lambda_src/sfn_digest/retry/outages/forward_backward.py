"""The arithmetic of a two-state Markov chain in continuous time: 0 is up, 1 is down.

Moments are irregular: between two of them the chain relaxes towards its long-run share of
down time. All probabilities are of being down.
"""

from collections.abc import Sequence
from math import exp, log
from random import Random

Emission = tuple[float, float]
"""The likelihood of what was seen at a moment, were the chain up, and were it down."""


def transitions(gaps: Sequence[float], up: float, down: float) -> list[tuple[float, float]]:
    """For each gap in seconds, the chance of being down after it from up, and from down.

    `up` and `down` are the mean lengths in seconds of a time up and a time down.
    """
    share = down / (up + down)
    rate = 1 / up + 1 / down
    kept = [exp(-gap * rate) for gap in gaps]
    return [(share * (1 - k), share + (1 - share) * k) for k in kept]


def filtered(
    steps: Sequence[tuple[float, float]], seen: Sequence[Emission], before: float
) -> tuple[list[float], float]:
    """The chance of down at each moment given all up to it, and the log likelihood of all.

    `before` is the chance before the first step; a step leads to each moment.
    """
    result = []
    likelihood, product = 0.0, 1.0
    chance = before
    for (rise, stay), (calm, storm) in zip(steps, seen, strict=True):
        ahead = rise + (stay - rise) * chance
        bad = ahead * storm
        total = bad + (1 - ahead) * calm
        chance = bad / total
        result.append(chance)
        product *= total
        if product < _TINY:
            likelihood += log(product)
            product = 1.0
    return result, likelihood + log(product)


_TINY = 1e-200


def backward(
    steps: Sequence[tuple[float, float]], seen: Sequence[Emission]
) -> list[tuple[float, float]]:
    """How likely all later moments are, from up and from down, up to a common factor."""
    result = [(1.0, 1.0)] * len(seen)
    calm_ahead, storm_ahead = 1.0, 1.0
    for place in range(len(seen) - 1, 0, -1):
        rise, stay = steps[place]
        calm, storm = seen[place]
        up, down = calm * calm_ahead, storm * storm_ahead
        calm_ahead, storm_ahead = up + rise * (down - up), up + stay * (down - up)
        total = calm_ahead + storm_ahead
        calm_ahead /= total
        storm_ahead /= total
        result[place - 1] = (calm_ahead, storm_ahead)
    return result


def sampled(
    steps: Sequence[tuple[float, float]], chances: Sequence[float], random: Random
) -> list[bool]:
    """One course of the chain at the moments, given everything that was seen at them."""
    course = [False] * len(chances)
    after = random.random() < chances[-1]
    course[-1] = after
    for place in range(len(chances) - 2, -1, -1):
        rise, stay = steps[place + 1]
        if not after:
            rise, stay = 1 - rise, 1 - stay
        chance = chances[place]
        bad = chance * stay
        after = random.random() * (bad + (1 - chance) * rise) < bad
        course[place] = after
    return course

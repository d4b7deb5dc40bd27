"""States that share what was down: those that one cause struck at the same times."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, islice
from math import comb
from operator import attrgetter
from statistics import mean

from sfn_digest.retry.observations.observed_states import StateEvidence, signs_of_work
from sfn_digest.retry.observations.visits import Visit

Spell = tuple[float, float]


class Company:
    """The states that one cause struck at the same times, so often that it is no chance.

    What they share was down, and each tells of its weather.
    """

    def __init__(self, evidence: Iterable[StateEvidence] = ()) -> None:
        """`evidence` is all that may be compared."""
        self._every = tuple(evidence)
        self._struck: dict[str, list[tuple[StateEvidence, list[Spell]]]] = {}

    def together(self, cause: str, evidence: StateEvidence) -> StateEvidence:
        """The evidence with that of its company; the visits of the state itself come first."""
        struck = self._struck_by(cause)
        own = next((found for each, found in struck if each is evidence), [])
        others = [(each, found) for each, found in struck if each is not evidence]
        chances = sorted((_chance(own, found), n) for n, (_, found) in enumerate(others))
        alike = (others[n][0] for chance, n in chances if chance * len(others) <= _BY_CHANCE)
        company = (each for each in alike if not _are_apart(evidence, each, cause))
        found = [evidence, *islice(company, _MOST_TOGETHER)]
        if len(found) == 1:
            return evidence
        passes = chain.from_iterable(each.passes for each in found)
        return replace(
            evidence,
            visits=tuple(chain.from_iterable(each.visits for each in found)),
            passes=tuple(sorted(passes, key=attrgetter("at"))),
        )

    def _struck_by(self, cause: str) -> Sequence[tuple[StateEvidence, list[Spell]]]:
        if cause not in self._struck:
            visits = [[v for v in e.visits if v.first.cause == cause] for e in self._every]
            self._struck[cause] = [
                (each, spells(each, mine))
                for each, mine in zip(self._every, visits, strict=True)
                if mine
            ]
        return self._struck[cause]


_BY_CHANCE = 0.02
"""How likely at most it is that spells fall together by chance, over all that are compared."""
_MOST_TOGETHER = 3
"""The most states that tell of the weather of another one."""


def spells(evidence: StateEvidence, visits: Iterable[Visit]) -> list[Spell]:
    """The spells in which visits failed: from the last good sign before to the first one after.

    Within one nothing succeeded between two of them: an outage that few executions meet is one
    spell, however far apart these are.
    """
    good = sorted(signs_of_work(evidence))
    found: dict[int, Spell] = {}
    for visit in visits:
        at, place = visit.first.at, bisect_left(good, visit.first.at)
        began, ended = found.get(place, (at, at))
        found[place] = min(began, at), max(ended, at)
    return [
        (good[place - 1] if place else began, good[place] if place < len(good) else ended)
        for place, (began, ended) in sorted(found.items())
    ]


def _are_apart(one: StateEvidence, other: StateEvidence, cause: str) -> bool:
    """Whether one state mostly worked while nothing of the other succeeded.

    Then it is not the same thing that was down, though both were struck at the same times.
    """
    return _worked(one, other, cause) or _worked(other, one, cause)


def _worked(one: StateEvidence, down: StateEvidence, cause: str) -> bool:
    good = sorted(signs_of_work(one))
    bad = sorted(visit.first.at for visit in one.visits if visit.first.cause == cause)
    rows = _rows(down, cause)
    worked, failed = (
        sum(bisect_left(times, end) - bisect_right(times, begin) for begin, end in rows)
        for times in (good, bad)
    )
    return worked >= _MANY and worked > failed


def _rows(evidence: StateEvidence, cause: str) -> list[Spell]:
    """From the first to the last of failures in a row with no success between them."""
    good = sorted(signs_of_work(evidence))
    rows: dict[int, list[float]] = {}
    for visit in evidence.visits:
        if visit.first.cause == cause:
            rows.setdefault(bisect_left(good, visit.first.at), []).append(visit.first.at)
    return [(min(row), max(row)) for row in rows.values() if len(row) >= _IN_A_ROW]


_IN_A_ROW = 3
"""Failures with no success between them that show how long a state was down."""
_MANY = 6
"""Successes of another state meanwhile that are no chance."""


def _chance(own: Sequence[Spell], other: Sequence[Spell]) -> float:
    """How likely it is that as many spells meet one of the others, were there no tie."""
    if not own or not other:
        return 1.0
    met = sum(any(begin < until and since < end for since, until in other) for begin, end in own)
    whole = max(own[-1][1], other[-1][1]) - min(own[0][0], other[0][0])
    length = mean(end - begin for begin, end in own)
    reach = sum(until - since + length for since, until in other)
    one = min(1.0, reach / whole) if whole > 0 else 1.0
    times = range(met, len(own) + 1)
    return sum(comb(len(own), k) * one**k * (1 - one) ** (len(own) - k) for k in times)

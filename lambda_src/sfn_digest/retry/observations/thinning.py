"""Probes: moments at which a state was tried, and whether the cause in question struck.

Long runs of passes are thinned, and so are long runs of failures: those next to one of the
other kind stay, those far from any stand for their neighbours by weight.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log2
from operator import attrgetter
from typing import NamedTuple

FIRST_ATTEMPT = (1, 0.0)
"""The attempts of what succeeded at once, and their spread."""


class Pass(NamedTuple):
    """A visit at `at` (epoch seconds) that succeeded, with any of its first `attempts` attempts.

    `spread` is the seconds from the first of these attempts to the last. A history that was
    read leaves one attempt; an execution that was only listed may have taken several. `sure` holds
    when attempts were made that it cannot have done without, in seconds after `at`: all but the
    last of these failed. There are as many as successes, so they are tuples.
    """

    at: float
    attempts: int = 1
    spread: float = 0.0
    sure: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """An attempt at `at` (epoch seconds); `visit` numbers the visit of a failed one, else -1.

    `weight` is how many probes it stands for, itself among them, `spacing` seconds apart from
    each other. `within` holds `attempts` and `spread` of a Pass. `earlier` is how many attempts
    of its visit failed before a failed one, where the execution may be one that never succeeds,
    and `since` the seconds from the last of them, about.
    """

    at: float
    failed: bool
    visit: int = -1
    weight: int = 1
    spacing: float = 0.0
    within: tuple[int, float] = FIRST_ATTEMPT
    earlier: int | None = None
    since: float = 0.0

    @property
    def alike(self) -> Hashable:
        """What it has in common with other probes that are as likely in the same weather."""
        return self.failed, self.weight, self.spacing, self.within, self.earlier, self.since

    def standing_for(self, weight: int, spacing: float) -> "Probe":
        """The probe with a weight and a spacing."""
        if (weight, spacing) == (self.weight, self.spacing):
            return self
        known = (self.at, self.failed, self.visit)
        return Probe(*known, weight, spacing, self.within, self.earlier, self.since)


def thinned(failed: Iterable[Probe], passes: Iterable[Pass]) -> list[Probe]:
    """The probes in order of time, with long runs of passes thinned."""
    passed = sorted(passes, key=attrgetter("at"))
    at = [each.at for each in passed]
    result: list[Probe] = []
    begin = 0
    for probe in sorted(failed, key=lambda probe: (probe.at, probe.visit)):
        end = bisect_right(at, probe.at, begin)
        result += [*_thin_passes(passed, begin, end), probe]
        begin = end
    return [*result, *_thin_passes(passed, begin, len(passed))]


def _thin_passes(passed: Sequence[Pass], begin: int, end: int) -> Iterator[Probe]:
    for index, weight, spacing in _thin([each.at for each in passed[begin:end]]):
        one = passed[begin + index]
        within = (one.attempts, one.spread)
        yield Probe(one.at, False, -1, weight, spacing, within)  # noqa: FBT003


def thinned_failures(probes: Sequence[Probe]) -> list[Probe]:
    """The same with long runs of visits that failed, and none passed between them, thinned.

    The visits next to a pass stay, those far from any stand for their neighbours by weight.
    """
    result: list[Probe] = []
    run: list[Probe] = []
    for probe in probes:
        if probe.failed:
            run.append(probe)
        else:
            result += [*_thin_visits(run), probe]
            run = []
    return result + _thin_visits(run)


def _thin_visits(run: Sequence[Probe]) -> list[Probe]:
    firsts: dict[int, Probe] = {}
    for probe in run:
        firsts.setdefault(probe.visit, probe)
    visits = list(firsts)
    kept = {
        visits[index]: (weight, spacing)
        for index, weight, spacing in _thin([probe.at for probe in firsts.values()])
    }
    return [
        probe.standing_for(weight, spacing if firsts[probe.visit] is probe else 0.0)
        for probe in run
        if probe.visit in kept
        for weight, spacing in [kept[probe.visit]]
    ]


def _thin(run: Sequence[float]) -> Iterator[tuple[int, int, float]]:
    """Of a run of moments the places that stay, how many each stands for, and their spacing."""
    kept = sorted(_kept(len(run)))
    for place, index in enumerate(kept):
        since = (kept[place - 1] + index) // 2 + 1 if place else 0
        until = (kept[place + 1] + index) // 2 + 1 if place + 1 < len(kept) else len(run)
        weight = until - since
        yield index, weight, rounded((run[until - 1] - run[since]) / max(1, weight - 1))


def rounded(spacing: float) -> float:
    """A few lengths stand for all, so that many probes are alike."""
    return float(2.0 ** round(log2(spacing))) if spacing > 0 else 0.0


def _kept(length: int) -> set[int]:
    """Places ever farther apart, counted from both ends."""
    places: set[int] = set()
    place, step = 0, 1
    while place < length:
        places |= {place, length - 1 - place}
        place += step
        if place > _DENSE:
            step *= _COARSER
    return places


_DENSE, _COARSER = 1, 4
"""Up to which place next to the other kind all are kept, and how fast they thin out then."""

"""Probes: moments at which a state was tried, and whether the cause in question struck.

Long runs of passes are thinned: those next to a failure stay, those far from any stand for
their neighbours by weight.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

FIRST_ATTEMPT = (1, 0.0)
"""The attempts of what succeeded at once, and their spread."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A visit at `at` (epoch seconds) that succeeded, with any of its first `attempts` attempts.

    `spread` is the seconds from the first of these attempts to the last. A history that was
    read leaves one attempt; an execution that was only listed may have taken several.
    """

    at: float
    attempts: int = 1
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class Probe:
    """An attempt at `at` (epoch seconds); `visit` numbers the visit of a failed one, else -1.

    `weight` is how many passes a pass stands for, `spacing` seconds apart from each other; a
    failure stands for itself. `within` holds `attempts` and `spread` of a Pass.
    """

    at: float
    failed: bool
    visit: int = -1
    weight: int = 1
    spacing: float = 0.0
    within: tuple[int, float] = FIRST_ATTEMPT


def thinned(probes: Iterable[Probe]) -> list[Probe]:
    """The probes in order of time, with long runs of passes thinned."""
    result: list[Probe] = []
    run: list[Probe] = []
    for probe in sorted(probes, key=lambda probe: (probe.at, probe.visit)):
        if probe.failed:
            result += _thin(run)
            result.append(probe)
            run = []
        else:
            run.append(probe)
    return result + _thin(run)


def _thin(run: Sequence[Probe]) -> list[Probe]:
    kept = sorted(_kept(len(run)))
    result = []
    for place, index in enumerate(kept):
        since = (kept[place - 1] + index) // 2 + 1 if place else 0
        until = (kept[place + 1] + index) // 2 + 1 if place + 1 < len(kept) else len(run)
        spacing = (run[until - 1].at - run[since].at) / max(1, until - since - 1)
        result.append(replace(run[index], weight=until - since, spacing=spacing))
    return result


def _kept(length: int) -> set[int]:
    """Places ever farther apart, counted from both ends."""
    places: set[int] = set()
    place, step = 0, 1
    while place < length:
        places |= {place, length - 1 - place}
        place += step
        if place > _DENSE:
            step *= 2
    return places


_DENSE = 4
"""How many passes next to a failure are all kept."""

"""How many incidents are counted in simulated and real weeks, beside how many there were.

`python -m bench.incidents [--worlds N] [--seed S]` prints a row for each kind of world. Every
outage, storm or burst that failures fell into is one incident, and so is each failure that chance
alone brought.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from unittest.mock import patch

from bench.hint_worlds import Kinds, Lived, all_kinds, failures_of, live, successes_of
from sfn_digest.asl.definition import read_definition
from sfn_digest.retry.observations.incidents import Incidents
from sfn_digest.retry.observations.observed_states import gather
from sfn_digest.retry.observations.visits import Visit
from simulator.engine.draws import between
from simulator.worlds.conditions import Spell, Weather
from simulator.worlds.hints import ground, kinds, traces
from simulator.worlds.hints.ground import exponential, log_uniform, spells
from simulator.worlds.hints.kinds import container, service
from simulator.worlds.systems import DAY, HOUR, Setting, System

_PAUSE = 0.1
"""Seconds within which an attempt that is scheduled meets the weather."""
_MACHINES = 30


def two_hours(setting: Setting) -> list[System]:
    """Six outages of two hours, met every ten minutes."""
    found = spells(setting, "outage", 6, lambda _: 2 * HOUR)
    return [service(setting, ground.weather(setting, "outage", found), every=600)]


def hourly(setting: Setting) -> list[System]:
    """Outages of two to six hours, met by a job that runs once an hour."""
    found = spells(setting, "outage", 4, lambda luck: HOUR * (2 + 4 * luck))
    return [service(setting, ground.weather(setting, "outage", found), every=HOUR)]


def three_days(setting: Setting) -> list[System]:
    """One outage of three days, met by a job that runs once a day."""
    begin = setting.start + between(0.5, 3, setting.seed, "begin") * DAY
    bad = ground.weather(setting, "outage", [Spell(begin, begin + 3 * DAY, 1.0)])
    return [service(setting, bad, every=DAY)]


def busy_noise(setting: Setting) -> list[System]:
    """Each run, one a minute, fails by chance in one case of five."""
    return [service(setting, ground.weather(setting, "noise", [], 0.2), every=60, retries=False)]


def spot_fleet(setting: Setting) -> list[System]:
    """Thirty machines whose tasks on Spot are reclaimed by chance."""
    none, found = ground.weather(setting, "none", []), []
    for number in range(_MACHINES):
        name = f"work-{number}"
        calm = ground.weather(setting, f"spot-{number}", [], 0.2)
        every = log_uniform(1800, 7200, setting.seed, name, "every")
        (one,) = [container(setting, calm, none, 0.0, every)]
        starts = tuple(replace(s, machine=name, name=f"{name}-{s.name}") for s in one.starts)
        found.append(replace(one, name=name, starts=starts))
    return found


def shared_by_twelve(setting: Setting) -> list[System]:
    """Outages of one dependency that twelve machines meet."""
    bad = ground.weather(setting, "shared", spells(setting, "shared", 5, exponential(2400)))
    names = [f"work-{number}" for number in range(12)]
    everies = [log_uniform(600, 7200, setting.seed, name, "every") for name in names]
    return [
        service(setting, bad, every=every, name=name)
        for name, every in zip(names, everies, strict=True)
    ]


MORE: Kinds = {
    "two hours, every ten minutes": two_hours,
    "hours, hourly job": hourly,
    "three days, daily job": three_days,
    "busy noise": busy_noise,
    "Spot, thirty machines": spot_fleet,
    "shared by twelve machines": shared_by_twelve,
}


def happened(lived: Lived, visits: Sequence[Visit]) -> int:
    """How many incidents failed visits belong to in truth."""
    if lived.kind == "herd":
        return len({int((each.first.at - lived.setting.start) // (12 * HOUR)) for each in visits})
    down = list(_times_down(lived))
    return len({_incident(each, down) for each in visits})


def _times_down(lived: Lived) -> Iterator[tuple[float, float]]:
    """The times at which something is worse than usual, as the kind's weather has them."""
    met: list[Weather] = []

    def noted(setting: Setting, name: str, found: list[Spell], calm: float = 0.0) -> Weather:
        met.append(Weather(name, setting.seed, found, calm))
        return met[-1]

    with ExitStack() as stack:
        for place in (ground, kinds, traces):
            stack.enter_context(patch.object(place, "weather", noted))
        lived.make(lived.setting)
    for weather in met:
        yield from _apart(weather.spells)


def _apart(found: Sequence[Spell]) -> list[tuple[float, float]]:
    """The same times without overlaps."""
    apart: list[tuple[float, float]] = []
    for each in sorted(found, key=lambda spell: spell.begin):
        if apart and each.begin <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], each.end))
        else:
            apart.append((each.begin, each.end))
    return apart


def _incident(visit: Visit, down: Sequence[tuple[float, float]]) -> object:
    """The time down that a visit fell into, or the visit itself where chance brought it."""
    at = visit.first.at + _PAUSE
    return next((each for each in down if each[0] <= at < each[1]), id(visit))


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted in a world: failed executions, incidents, and those there were."""

    failures: int
    counted: int
    true: int

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.failures + other.failures,
            self.counted + other.counted,
            self.true + other.true,
        )


def measure(kind: str, seed: int, known: Mapping[str, kinds.Kind]) -> Count:
    """Count the incidents of one world's failures."""
    lived = live(kind, seed, known)
    machines = lived.world.machines
    evidence = gather(
        {each.arn: read_definition(each.definition) for each in machines},
        failures_of(lived),
        {each.arn: successes_of(lived, each.name) for each in machines},
    )
    fatal = [visit for each in evidence for visit in each.visits if visit.fatal]
    return Count(len(fatal), Incidents(evidence).count(fatal), happened(lived, fatal))


def main(given: Sequence[str] | None = None) -> int:
    """Print the table; gives the exit status. `given` are the words, by default the command's."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--worlds", type=int, default=8, help="worlds of each kind")
    parser.add_argument("--seed", type=int, default=5000, help="the seed before the first")
    parser.add_argument("--kind", action="append", help="only this kind")
    words = parser.parse_args(given)
    known = {**all_kinds(), **MORE}
    sys.stdout.write("| kind of world | failures | incidents | counted | counted / true |\n")
    sys.stdout.write("|---|--:|--:|--:|--:|\n")
    for kind in words.kind or known:
        total = Count(0, 0, 0)
        for seed in range(words.seed + 1, words.seed + 1 + words.worlds):
            total += measure(kind, seed, known)
        share = f"{total.counted / total.true:.2f}" if total.true else "-"
        figures = f"{total.failures} | {total.true} | {total.counted} | {share}"
        sys.stdout.write(f"| {kind} | {figures} |\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())

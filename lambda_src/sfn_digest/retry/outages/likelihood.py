"""What was seen of one cause, as arrays, and how likely that is in each phase."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from sfn_digest.retry.observations.observed_states import StateEvidence
from sfn_digest.retry.observations.slow_successes import without_sure
from sfn_digest.retry.observations.thinning import (
    Pass,
    Probe,
    rounded,
    thinned,
    thinned_failures,
)
from sfn_digest.retry.outages.phases import Array, Chain, Setting, keeping

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of probes: those of one kind are equally likely.

    `single` is which of the kinds of single probes one repeats, `weight` times, `spacing`
    seconds apart. Those that failed come first, by how many attempts had failed before
    (`earlier`, -1 where the execution is known not to be lost), the last of them so many seconds
    before (`since`); then those that passed, with one of so many `attempts` that lie in a
    `spread` of seconds.
    """

    earlier: Array
    since: Array
    attempts: Array
    spread: Array
    single: Integers
    weight: Array
    spacing: Array


@dataclass(frozen=True, slots=True)
class Seen:
    """The probes of one cause in one state, in order of time, `kind` a place in `kinds`.

    `sound` is the number of executions that are known not to fail at every attempt, and
    `open_visits` are those that may.
    """

    at: Array
    kind: Integers
    kinds: Kinds
    sound: int
    open_visits: frozenset[int]


def seen_of(cause: str, evidence: StateEvidence, most: int) -> tuple[Seen, Seen]:
    """What was seen of a cause: in short, to learn from, and all of it.

    In short long runs of failures are thinned, and of more than `most` probes only the stretch
    with most failures is left. That tells how the weather is, but not what it was.
    """
    failed, passes = _listed(cause, evidence)
    open_visits: set[int] = set()
    doubted: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for number, visit in enumerate(evidence.visits):
        again = visit.recovered_at or visit.redriven_at
        made = [each.at for each in visit.attempts if each.cause == cause]
        if again is not None:
            passes.append(Pass(again))
        if again is not None or visit.last.cause != cause:
            failed += [Probe(at, failed=True, visit=number) for at in made]
            continue
        doubted[visit.execution] += [(at, number) for at in made]
        if not visit.unclear:
            open_visits.add(number)
    failed += [probe for tries in doubted.values() for probe in _doubted(sorted(tries))]
    every, sound = thinned(failed, passes), len(passes)
    few = _fullest(thinned_failures(every), most)
    left = sum(probe.weight for probe in few if not probe.failed)
    doubtful = open_visits & {probe.visit for probe in few}
    return arranged(few, min(left, sound), doubtful), arranged(every, sound, open_visits)


def _listed(cause: str, evidence: StateEvidence) -> tuple[list[Probe], list[Pass]]:
    """What executions that were only listed tell of a cause: attempts that failed, and passes.

    An attempt that is sure to have failed is laid to the cause only where nearly all were its.
    """
    causes = [each.cause for visit in evidence.visits for each in visit.attempts]
    if causes.count(cause) < _NEARLY_ALL * len(causes):
        return [], [each._replace(sure=()) if each.sure else each for each in evidence.passes]
    failed, passes = [], []
    for number, each in enumerate(evidence.passes, len(evidence.visits)):
        passes.append(without_sure(each) if each.sure else each)
        failed += [Probe(each.at + after, failed=True, visit=number) for after in each.sure[:-1]]
    return failed, passes


_NEARLY_ALL = 0.95
"""The share of failed attempts known that a cause must have, to be laid those that are not."""


def _doubted(tries: Sequence[tuple[float, int]]) -> Iterator[Probe]:
    """The attempts of an execution that may be lost, in order of time, each with its visit: what
    one item of a Map cannot do, the others cannot do either.
    """
    for place, (at, number) in enumerate(tries):
        since = rounded(at - tries[place - 1][0]) if place else 0.0
        yield Probe(at, failed=True, visit=number, earlier=place, since=since)


def _fullest(probes: Sequence[Probe], most: int) -> Sequence[Probe]:
    """So many probes after each other, those among which most failed."""
    failed = list(accumulate((probe.weight * probe.failed for probe in probes), initial=0))
    begins = range(max(1, len(probes) - most + 1))
    begin = max(begins, key=lambda place: failed[min(len(probes), place + most)] - failed[place])
    return probes[begin : begin + most]


def arranged(probes: Sequence[Probe], sound: int, open_visits: Iterable[int]) -> Seen:
    """The probes, which are in order of time, as arrays."""
    numbers: dict[Hashable, int] = {}
    kind = [numbers.setdefault(probe.alike, len(numbers)) for probe in probes]
    kinds = {probe.alike: probe for probe in probes}
    at = np.array([probe.at for probe in probes])
    # Probes of one moment come after each other, so that all moments differ.
    at = np.maximum.accumulate(at) + np.arange(len(at)) * _NEXT
    return Seen(
        at,
        np.array(kind, np.int64),
        _kinds([kinds[each] for each in numbers]),
        sound,
        frozenset(open_visits),
    )


_NEXT = 1e-4


def _kinds(found: Sequence[Probe]) -> Kinds:
    earlier = sorted({(_earlier(each), each.since) for each in found if each.failed})
    within = sorted({each.within for each in found if not each.failed})
    return Kinds(
        earlier=np.array([each for each, _ in earlier], np.float64),
        since=np.array([each for _, each in earlier], np.float64),
        attempts=np.array([each for each, _ in within], np.float64),
        spread=np.array([each for _, each in within], np.float64),
        single=np.array(
            [
                earlier.index((_earlier(each), each.since))
                if each.failed
                else len(earlier) + within.index(each.within)
                for each in found
            ],
            np.int64,
        ),
        weight=np.array([each.weight for each in found], np.float64),
        spacing=np.array([each.spacing for each in found], np.float64),
    )


def _earlier(probe: Probe) -> int:
    return -1 if probe.earlier is None else probe.earlier


def likelihoods(kinds: Kinds, setting: Setting, chain: Chain) -> Array:
    """How likely each kind of probe is in each phase: (kind, phase, draw)."""
    passed = _passed(kinds.attempts, kinds.spread, setting)
    failed = _failed(kinds.earlier, kinds.since, setting, chain)
    result: Array = np.concatenate([failed, passed])[kinds.single]
    many = kinds.weight > 1
    if many.any():
        weight = kinds.weight[many][:, None, None]
        kept = np.log(keeping(chain, kinds.spacing[many]))
        result[many] = np.exp(np.log(result[many]) * weight + kept * (weight - 1))
    return np.maximum(result, _LEAST)


_LEAST = 1e-250


def _failed(earlier: Array, since: Array, setting: Setting, chain: Chain) -> Array:
    """An attempt that failed, after so many others of an execution that may be lost.

    The more of them failed the less the next one tells: it may be the execution. Those before may
    have met other weather, the less likely the less time has passed: what was down and failed
    them is no sign that the execution is lost.
    """
    chances = np.array([setting.calm, setting.calm, setting.storm, setting.storm])
    others = chances[::-1]
    lost, sound = setting.lost, 1 - setting.lost
    number = np.maximum(earlier, 0.0)[:, None, None]
    kept = keeping(chain, since)
    before = kept * chances**number + (1 - kept) * others**number
    open_to_doubt = (lost + sound * before * chances) / (lost + sound * before)
    return np.where(earlier[:, None, None] < 0, chances, open_to_doubt)


def _passed(attempts: Array, spread: Array, setting: Setting) -> Array:
    """One of so many attempts succeeded, the last of them so much later than the first.

    In a time down all of them may fail only while it lasts.
    """
    tries, spread = attempts[:, None], spread[:, None]
    up = 1 - setting.calm**tries
    failed = setting.storm**tries
    short = 1 - np.exp(-spread / setting.down_short) * failed
    long = 1 - np.exp(-spread / setting.down_long) * failed
    return np.stack([up, up, short, long], axis=1)

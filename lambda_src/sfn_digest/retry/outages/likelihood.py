"""What was seen of one cause, as arrays, and how likely that is in each phase."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sfn_digest.retry.observations.evidence import StateEvidence
from sfn_digest.retry.observations.thinning import Probe, thinned, thinned_failures
from sfn_digest.retry.outages.phases import PHASES, Array, Chain, Setting, keeping

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of probes: those of one kind are equally likely. See `Probe` for the fields.

    `earlier` is -1 where the execution is known not to be lost.
    """

    failed: Flags
    earlier: Array
    attempts: Array
    spread: Array
    weight: Array
    spacing: Array

    @property
    def one(self) -> Array:
        """What tells how likely one probe of a kind is."""
        return np.array([self.earlier, self.attempts, self.spread])


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


def seen_of(cause: str, evidence: StateEvidence) -> tuple[Seen, Seen]:
    """What was seen of a cause: with long runs of failures thinned, and with all of them.

    The thinned ones tell how likely everything is, but leave times open that all would not.
    """
    probes = [Probe(p.at, failed=False, within=(p.attempts, p.spread)) for p in evidence.passes]
    open_visits, sound = set(), len(evidence.passes)
    for number, visit in enumerate(evidence.visits):
        again = visit.recovered_at or visit.redriven_at
        may_be_lost = again is None and visit.last.cause == cause and not visit.unclear
        made = [each.at for each in visit.attempts if each.cause == cause]
        probes += [
            Probe(at, failed=True, visit=number, earlier=place if may_be_lost else None)
            for place, at in enumerate(made)
        ]
        if again is not None:
            probes.append(Probe(again, failed=False))
            sound += 1
        if may_be_lost:
            open_visits.add(number)
    every = thinned(probes)
    few = thinned_failures(every)
    return arranged(few, sound, open_visits), arranged(every, sound, open_visits)


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
    return Kinds(
        failed=np.array([each.failed for each in found], np.bool_),
        earlier=np.array([-1.0 if each.earlier is None else each.earlier for each in found]),
        attempts=np.array([float(each.within[0]) for each in found]),
        spread=np.array([each.within[1] for each in found]),
        weight=np.array([float(each.weight) for each in found]),
        spacing=np.array([each.spacing for each in found]),
    )


def likelihoods(kinds: Kinds, setting: Setting, chain: Chain) -> Array:
    """How likely each kind of probe is in each phase: (kind, phase, draw)."""
    result = np.empty((len(kinds.failed), PHASES, len(setting.calm)))
    for failed in (True, False):
        found, back = np.unique(kinds.one[:, kinds.failed == failed], axis=1, return_inverse=True)
        one = _failed(found[0], setting) if failed else _passed(found[1], found[2], setting)
        result[kinds.failed == failed] = one[back.ravel()]
    many = kinds.weight > 1
    if many.any():
        weight = kinds.weight[many][:, None, None]
        kept = np.log(keeping(chain, kinds.spacing[many]))
        result[many] = np.exp(np.log(result[many]) * weight + kept * (weight - 1))
    return np.maximum(result, _LEAST)


_LEAST = 1e-250


def _failed(earlier: Array, setting: Setting) -> Array:
    """An attempt that failed, after so many others of an execution that may be lost.

    The more of them failed the less the next one tells: it may be the execution.
    """
    chances = np.array([setting.calm, setting.calm, setting.storm, setting.storm])
    lost, sound = setting.lost, 1 - setting.lost
    before = chances ** np.maximum(earlier, 0.0)[:, None, None]
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

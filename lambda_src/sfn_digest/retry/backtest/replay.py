"""Replays the visits of a state under candidate retriers, in many possible truths at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sfn_digest.retry.backtest.policies import MOST_ATTEMPTS, Repeated, Rhythm
from sfn_digest.retry.observations.visits import Visit
from sfn_digest.retry.outages.likelihood import Flags, Integers
from sfn_digest.retry.outages.phases import Array
from sfn_digest.retry.outages.posterior import MOST_MADE, Truths

_TINY = 1e-12
Short = NDArray[np.float32]
"""Half as long as an Array: seconds and chances here need seven digits, and there are many."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A cause in all possible truths, and the seconds an attempt takes that fails by it.

    `retried`: the candidate retrier names the error that the cause comes with.
    """

    cause: str
    truths: Truths
    seconds: float
    retried: bool


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What becomes of each visit in each truth under each rhythm: (rhythm, draw, visit).

    `recovers`: whether a retry succeeds; `retries`: how many are made; `seconds`: from the
    first failure to the start of the one that succeeds, or until the last has failed.
    """

    recovers: Flags
    retries: Integers
    seconds: Short


@dataclass(frozen=True, slots=True)
class Courses:
    """The course of each visit in each truth under each rhythm: (rhythm, draw, visit).

    `recovers` is the number of the retry that succeeds, 0 where none does, and `waited` the
    seconds from the first failure to its start. `ends` is the number of retries after which
    no retrier takes the error. `failed` holds the seconds from the first failure until the
    last of so many retries has failed, with the number of retries as its first axis.
    """

    recovers: Integers
    waited: Short
    ends: Integers
    failed: Short

    def at_most(self, attempts: int) -> Outcomes:
        """What becomes of the visits with at most so many retries."""
        good = (self.recovers > 0) & (self.recovers <= attempts)
        made = np.where(good, self.recovers, np.minimum(attempts, self.ends))
        return Outcomes(good, made, np.where(good, self.waited, self.failed[attempts]))


class Scene:
    """Some visits of a state in some possible truths, ready to be replayed."""

    def __init__(
        self,
        visits: Sequence[Visit],
        risks: Sequence[Risk],
        offsets: Array,
        *,
        chosen: Integers,
        draws: Integers,
        random: Generator,
        moved: Integers | None = None,
        attempts: int = MOST_ATTEMPTS,
    ) -> None:
        """`chosen` and `moved` are places in `visits`; the moved ones begin in another week.

        There they meet a like spell, of which nothing is known, and no retry was made. Up to
        `attempts` retries of a visit can be replayed.
        """
        again = np.array([], np.int64) if moved is None else moved
        every = np.concatenate([chosen, again])
        self.shape, self.here = (len(draws), len(every)), len(chosen)
        self._between = ((offsets[1:] + offsets[:-1]) / 2).astype(np.float32)
        self._row = len(offsets) * np.arange(len(draws) * len(every)).reshape(self.shape)
        self._later = [
            _later(risk.truths, offsets, chosen, again, draws, random).ravel().astype(np.float32)
            for risk in risks
        ]
        self._made = [_made([visits[n] for n in chosen], risk, draws, chosen) for risk in risks]
        self.seconds = np.array([*(risk.seconds for risk in risks), 0.0], np.float32)
        self.retried = np.array([*(risk.retried for risk in risks), False])
        self.jitter = random.random((attempts, *self.shape), np.float32)
        self._fate = random.random((attempts, *self.shape), np.float32)

    def struck(self, number: int, now: Short, many: Integers | None = None) -> Integers:
        """Which risk fails each retry of this number, started so long after the first failure.

        One number decides over all risks in turn: what it leaves after one is anew uniform.
        The place after the last risk's means that it succeeds. Where a retry is `many` attempts at
        once, as of a Map's items, the risk is that any of them fails.
        """
        at = self._row + np.searchsorted(self._between, now)
        fate = np.broadcast_to(self._fate[number - 1], at.shape)
        hit = np.full(at.shape, len(self._later))
        for place in range(len(self._later)):
            chance = self._chance(place, number, at)
            if many is not None:
                chance = 1 - (1 - chance) ** many
            hit[(hit == len(self._later)) & (fate < chance)] = place
            if place + 1 < len(self._later):
                fate = (fate - chance) / np.maximum(1 - chance, _TINY)
        return hit

    def failing(self, number: int, now: Short, many: Integers, random: Generator) -> Integers:
        """How many of so many attempts at once fail by any risk, where at least one does."""
        if np.all(many == 1):
            return many
        at = self._row + np.searchsorted(self._between, now)
        passes = np.ones(at.shape)
        for place in range(len(self._later)):
            passes *= 1 - self._chance(place, number, at)
        result: Integers = 1 + random.binomial(many - 1, np.clip(1 - passes, 0.0, 1.0))
        return result

    def _chance(self, place: int, number: int, at: Integers) -> Short:
        """The chance that a risk fails this retry.

        A retry that was really made has its luck behind it: one that failed fails again unless
        the weather is better now, and one that succeeded fails only where it is worse.
        """
        chance: Short = self._later[place][at]
        failed, recovered, then = self._made[place]
        if number >= MOST_MADE or not (failed[:, number].any() or recovered[:, number].any()):
            return chance
        known, before = chance[..., : self.here], then[..., number]
        again = np.where(failed[:, number], np.minimum(1.0, known / before), known)
        worse = np.maximum(0.0, (known - before) / (1 - before))
        chance[..., : self.here] = np.where(recovered[:, number], worse, again)
        return chance


def _later(
    truths: Truths,
    offsets: Array,
    chosen: Integers,
    moved: Integers,
    draws: Integers,
    random: Generator,
) -> Array:
    """The chance of failing at each offset: (draw, visit, offset), the moved visits last."""
    parts = [truths.later[np.ix_(draws, chosen)]]
    if len(moved):
        parts.append(truths.elsewhere(draws, moved, offsets, random))
    later = np.concatenate(parts, axis=1)
    later[truths.lost[np.ix_(draws, np.concatenate([chosen, moved]))]] = 1.0
    return later


def _made(
    visits: Sequence[Visit], risk: Risk, draws: Integers, chosen: Integers
) -> tuple[Flags, Flags, Array]:
    """Which retries of each visit really failed by the risk, which recovered, and how likely
    the risk was to fail them.
    """
    failed = np.zeros((len(visits), MOST_MADE), np.bool_)
    recovered = np.zeros((len(visits), MOST_MADE), np.bool_)
    for row, visit in enumerate(visits):
        for number, attempt in enumerate(visit.attempts[:MOST_MADE]):
            failed[row, number] = attempt.cause == risk.cause
        if visit.recovered_at is not None and len(visit.attempts) < MOST_MADE:
            recovered[row, len(visit.attempts)] = True
    return failed, recovered, risk.truths.made[np.ix_(draws, chosen)]


def replay(scene: Scene, rhythms: Sequence[Rhythm | Repeated], attempts: int) -> Courses:
    """What becomes of each visit under a retrier of each rhythm with so many retries."""
    shape = (len(rhythms), *scene.shape)
    recovers, waited = np.zeros(shape, np.int64), np.zeros(shape, np.float32)
    ends, unsettled = np.full(shape, attempts), np.ones(shape, np.bool_)
    failed = np.zeros((attempts + 1, *shape), np.float32)
    jitters = np.array([rhythm.full_jitter for rhythm in rhythms])
    now = np.zeros(shape, np.float32)
    for number in range(1, attempts + 1):
        delays = np.array([rhythm.delay(number - 1) for rhythm in rhythms], np.float32)
        now += delays[:, None, None]
        if jitters.any():
            now[jitters] -= delays[jitters, None, None] * (1 - scene.jitter[number - 1])
        hit = scene.struck(number, now)
        good = unsettled & (hit == len(scene.retried) - 1)
        recovers[good] = number
        waited[good] = now[good]
        unsettled &= ~good
        now += scene.seconds[hit]
        failed[number] = np.where(unsettled, now, failed[number - 1])
        over = unsettled & ~scene.retried[hit]
        ends[over] = number
        unsettled &= ~over
    return Courses(recovers, waited, ends, failed)

"""Visits of a state under all its retriers and those of the states around it, each counting.

Where an outer retrier takes an error, all that its state holds runs anew: every item of a Map makes
its attempt again, and the other branches must succeed again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from sfn_digest.retry.backtest.replay import Scene
from sfn_digest.retry.change.holders import Ladder, Level
from sfn_digest.retry.outages.likelihood import Flags, Integers
from sfn_digest.retry.outages.phases import Array

MOST_RETRIES = 64
"""Retries of a visit that are replayed."""


@dataclass(frozen=True, slots=True)
class Course:
    """What becomes of each visit in each truth: (draw, visit).

    `retries` are made; `seconds` are from the first failure to the start of the retry that
    succeeds, or until the last has failed. `risk` is the place of the risk that failed the last
    attempt, the one after the last for another state in the holder, -1 where no retry was made.
    `level` is the outermost that was run anew, and `others` the attempts of all else in it.
    `unfinished`: there were retries left to replay.
    """

    recovers: Flags
    retries: Integers
    seconds: Array
    risk: Integers
    level: Integers
    others: Integers
    unfinished: bool


@dataclass(frozen=True, slots=True)
class Takers:
    """Which retriers of a ladder take what, level by level; the place after the last means none.

    `first` takes each visit's first failure, (visit, level), and `later` one by each risk, the
    last of them another state's in the holder: (visit, risk, level).
    """

    first: Integers
    later: Integers


@dataclass(frozen=True, slots=True)
class Anew:
    """What a holder's further attempt meets.

    `many` are the visits of the state that each visit stands for until a holder runs anew.
    `fails` is the chance that something else in the holder fails: (level, draw).
    """

    levels: Sequence[Level]
    many: Integers
    fails: Array
    random: Generator


def replay(scene: Scene, ladder: Ladder, takers: Takers, anew: Anew) -> Course:
    """Replay the visits under all the retriers of a ladder."""
    climb = _Climb(scene, ladder, takers, anew)
    for number in range(1, MOST_RETRIES + 1):
        if not climb.goes_on():
            break
        climb.retry(number)
    return climb.course()


class _Climb:
    """The visits under way, all at their so many-th retry at once: (draw, visit)."""

    def __init__(self, scene: Scene, ladder: Ladder, takers: Takers, anew: Anew) -> None:
        self._scene, self._takers, self._anew, self._held = scene, takers, anew, ladder.height > 1
        shape = scene.shape
        self._attempts = np.array([*(min(e.attempts, MOST_RETRIES) for e in ladder.retriers), 0])
        self._delays = np.array(
            [[each.delay(used) for used in range(MOST_RETRIES)] for each in ladder.retriers]
            + [[0.0] * MOST_RETRIES]
        )
        self._jitters = np.array([*(each.full_jitter for each in ladder.retriers), False])
        self._level_of = np.array([*ladder.levels, 0])
        self._leads = np.array([each.lead for each in anew.levels])
        self._sizes = np.array([each.visits for each in anew.levels])
        self._besides = np.array([each.attempts - 1 for each in anew.levels])
        self._rows, self._visits = np.indices(shape)
        self._used = np.zeros((*shape, len(self._attempts)), np.int64)
        self._places = np.broadcast_to(takers.first, (*shape, ladder.height)).copy()
        self._many = np.broadcast_to(anew.many, shape).copy()
        self._now, self._made = np.zeros(shape), np.zeros(shape, np.int64)
        self._level, self._others = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self._begun = np.zeros(shape, np.int64)
        self._risk, self._recovers = np.full(shape, -1), np.zeros(shape, np.bool_)
        self._active = np.ones(shape, np.bool_)

    def goes_on(self) -> bool:
        """Whether any visit has a retry left."""
        left = np.take_along_axis(self._used, self._places, axis=-1) < self._attempts[self._places]
        self._active &= left.any(axis=-1)
        self._at = left.argmax(axis=-1)
        return bool(self._active.any())

    def retry(self, number: int) -> None:
        """Make the retry of this number for each visit that has one left."""
        at, active, scene = self._at, self._active, self._scene
        taker = np.take_along_axis(self._places, at[..., None], axis=-1)[..., 0]
        count = self._used[self._rows, self._visits, taker]
        delay = self._delays[taker, np.minimum(count, MOST_RETRIES - 1)]
        delay = np.where(self._jitters[taker], delay * scene.jitter[number - 1], delay)
        then = self._now + delay + self._leads[at]
        self._used[self._rows, self._visits, taker] += active
        self._begin_anew()
        at_once = self._many if np.any(self._many > 1) else None
        hit = scene.struck(number, then, at_once)
        good = active & (hit == len(scene.seconds) - 1) & ~self._fails_elsewhere(hit)
        if at_once is not None:
            self._many = scene.failing(number, then, at_once, self._anew.random)
        self._recovers |= good
        self._made += active
        self._now = np.where(active, then + np.where(good, 0.0, scene.seconds[hit]), self._now)
        self._risk = np.where(active & ~good, hit, self._risk)
        self._active = active & ~good
        following = self._takers.later[self._visits, hit]
        self._places = np.where(self._active[..., None], following, self._places)

    def _begin_anew(self) -> None:
        """Let the holders begin anew whose Retry took the failure, and all in them count anew."""
        if not self._held:
            return
        at, active = np.where(self._active, self._at, 0), self._active
        self._used[(self._level_of < at[..., None]) & active[..., None]] = 0
        self._others += self._besides[at]
        self._many = np.where(at > 0, self._sizes[at], self._many)
        self._begun = np.maximum(self._begun, at)
        self._level = np.maximum(self._level, at)

    def _fails_elsewhere(self, hit: Integers) -> Flags:
        """Where the state succeeds, but another in the holder that began anew does not."""
        if not self._held:
            return np.zeros(hit.shape, np.bool_)
        luck = self._anew.random.random(hit.shape)
        fails = luck < self._anew.fails[self._begun, self._rows]
        result: Flags = self._active & (hit == len(self._scene.seconds) - 1) & fails
        self._begun[result] = 0
        return result

    def course(self) -> Course:
        """What became of the visits."""
        return Course(
            self._recovers,
            self._made,
            self._now,
            self._risk,
            self._level,
            self._others,
            bool(self._active.any()),
        )

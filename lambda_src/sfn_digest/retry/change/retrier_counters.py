"""Replays visits of a state under all its retriers, each with its own counter."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sfn_digest.asl.definition import Retrier
from sfn_digest.retry.backtest.replay import Scene
from sfn_digest.retry.outages.likelihood import Flags, Integers
from sfn_digest.retry.outages.phases import Array

MOST_RETRIES = 64
"""Retries of a visit that are replayed."""


@dataclass(frozen=True, slots=True)
class Course:
    """What becomes of each visit in each truth: (draw, visit).

    `retries` are made; `seconds` are from the first failure to the start of the retry that
    succeeds, or until the last has failed. `risk` is the place of the risk that failed the last
    attempt, -1 where no retry was made. `unfinished`: there were retries left to replay.
    """

    recovers: Flags
    retries: Integers
    seconds: Array
    risk: Integers
    unfinished: bool


def replay(scene: Scene, retriers: Sequence[Retrier], first: Integers, takers: Integers) -> Course:
    """Replay the visits: `first` is the place of the retrier that takes each visit's first
    failure, and `takers` that for each visit and risk; the place after the last means none.
    """
    attempts = np.array([*(min(each.attempts, MOST_RETRIES) for each in retriers), 0])
    delays = np.array(
        [[each.delay(used) for used in range(MOST_RETRIES)] for each in retriers]
        + [[0.0] * MOST_RETRIES]
    )
    jitters = np.array([*(each.full_jitter for each in retriers), False])
    rows, visits = np.indices(scene.shape)
    used = np.zeros((*scene.shape, len(attempts)), np.int64)
    taker = np.broadcast_to(first, scene.shape).copy()
    now, made = np.zeros(scene.shape), np.zeros(scene.shape, np.int64)
    risk, recovers = np.full(scene.shape, -1), np.zeros(scene.shape, np.bool_)
    active = np.ones(scene.shape, np.bool_)
    for number in range(1, MOST_RETRIES + 1):
        count = used[rows, visits, taker]
        active &= count < attempts[taker]
        if not active.any():
            break
        delay = delays[taker, np.minimum(count, MOST_RETRIES - 1)]
        delay = np.where(jitters[taker], delay * scene.jitter[number - 1], delay)
        hit = scene.struck(number, now + delay)
        good = active & (hit == len(scene.seconds) - 1)
        recovers |= good
        used[rows, visits, taker] += active
        made += active
        now = np.where(active, now + delay + np.where(good, 0.0, scene.seconds[hit]), now)
        risk = np.where(active & ~good, hit, risk)
        active &= ~good
        taker = np.where(active, takers[visits, np.minimum(hit, takers.shape[1] - 1)], taker)
    return Course(recovers, made, now, risk, bool(active.any()))

"""Timeouts that change: who would have been cut off, and who would have been let finish."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from sfn_digest.asl.definition import Seconds
from sfn_digest.asl.matching import TIMEOUT
from sfn_digest.model.successes import Successes, SuccessfulAttempt
from sfn_digest.retry.observations.visits import Visit
from sfn_digest.retry.outages.likelihood import Flags, Integers
from sfn_digest.retry.outages.phases import Array

_NEAR = 0.5
"""Successes that took over this part of a limit speak for tasks that only needed more time."""


def limit_of(seconds: Seconds) -> float:
    """A timeout in seconds; infinite where it is unset, or only known while it runs."""
    return seconds if isinstance(seconds, float) else np.inf


def let_finish(
    visits: Sequence[Visit],
    before: float,
    after: float,
    durations: Sequence[float],
    draws: int,
    random: Generator,
) -> Flags:
    """Which visits that timed out at every attempt would have succeeded with a longer timeout.

    Nobody saw how long they would have taken: any share is as likely as any other where successes
    came near the limit, and a small one where none did, since those that hang end by no limit.
    """
    timed_out = np.array([all(each.error == TIMEOUT for each in v.attempts) for v in visits])
    if after <= before or not timed_out.any():
        return np.zeros((draws, len(visits)), np.bool_)
    near = any(each > _NEAR * before for each in durations)
    share = random.beta(1.0, 1.0 if near else 4.0, draws)
    result: Flags = (random.random((draws, len(visits))) < share[:, None]) & timed_out
    return result


@dataclass(frozen=True, slots=True)
class CutOff:
    """Successes that a shorter timeout of a state would have cut off.

    `surely` were read; `doubtful` only listed, and each was cut off in `share` of the draws.
    """

    surely: int
    doubtful: int
    share: Array

    def lost(self, random: Generator) -> Integers:
        """How many of them, in each draw."""
        return self.surely + random.binomial(self.doubtful, self.share)


def cut_off(
    state: str, before: float, after: float, found: Successes, draws: int, random: Generator
) -> CutOff:
    """The successes that took longer in a state than its new timeout allows."""
    if after >= before:
        return CutOff(0, 0, np.zeros(draws))
    read = {each.execution.arn: _longest(state, each.succeeded) for each in found.read}
    surely = sum(each > after for each in read.values())
    slow = [
        each for each in found.listed if (each.stopped_at - each.started_at).total_seconds() > after
    ]
    known = sum(each.arn in read for each in slow)
    share = random.beta(surely + 0.5, known - min(surely, known) + 0.5, draws)
    return CutOff(surely, len(slow) - known, share)


def still_late(
    lost: Integers, durations: Sequence[float], limit: float, retries: int, random: Generator
) -> Integers:
    """How many of the executions that are cut off are so at each retry of the timeout too.

    Whether a retry takes as long again, since the work is that long, or as long as any other does,
    nobody saw: each draw holds some share of the one.
    """
    if not retries or not durations:
        return lost
    late = sum(each > limit for each in durations) / len(durations)
    alike = random.beta(0.5, 0.5, len(lost))
    result: Integers = random.binomial(lost, alike + (1 - alike) * late**retries)
    return result


def _longest(state: str, attempts: Iterable[SuccessfulAttempt]) -> float:
    took = [
        (each.succeeded_at - each.scheduled_at).total_seconds()
        for each in attempts
        if each.state == state and each.scheduled_at is not None
    ]
    return max(took, default=0.0)

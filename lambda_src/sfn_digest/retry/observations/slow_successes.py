"""Successes that took so long that they must have retried, though no history of theirs was read.

Reading a history is a call, and a busy machine recovers more often than is read. In quiet times
its successes show how long they take without a retry. If those that were read and took longer had
all retried in one state, then so had the others that took longer, at the times at which the
state's retrier makes its attempts.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain
from statistics import median

from sfn_digest.asl.definition import Retrier
from sfn_digest.model.executions import DiagnosedAttempt, Failure
from sfn_digest.model.successes import Success, Successes
from sfn_digest.retry.observations.thinning import Pass

SureRetries = Callable[[float], tuple[float, ...]]
"""From the seconds that a success took: when its attempts were made that are sure, in seconds
after the first; all but the last of them failed. Empty where none is sure to have failed."""

AROUND = 7200.0
"""Seconds before and after a failed attempt that are no quiet time."""
LEAST_QUIET = 300
"""Successes in quiet times from which on the slowest of them shows what is usual."""
LEAST_READ = 8
"""Slower successes that must have been read, all of them retried, to speak for the others."""
SLACK, LEAST_SLACK = 0.05, 1.0
"""How much longer than usual is still usual, as a share, and at least in seconds."""


def sure_retries(
    state: str, retriers: Sequence[Retrier], failures: Sequence[Failure], found: Successes
) -> SureRetries:
    """What the seconds of a machine's success show of its attempts in a state.

    `retriers` are those of the state that take an error it failed with. Nothing is sure where
    several do, where jitter hides the times, where an execution visits the state more than once,
    or where too little is known.
    """
    if len(retriers) != 1 or retriers[0].full_jitter or _visited_again(state, found):
        return _nothing
    retried = [each for each in found.read if any(own.state == state for own in each.failed)]
    usual = _usual(failures, found) if len(retried) >= LEAST_READ else None
    if usual is None:
        return _nothing
    most = usual + max(SLACK * usual, LEAST_SLACK)
    if not _all_retried(state, most, found):
        return _nothing
    took = [_lasted(each) for each in _failed(failures, found) if each.state == state]
    retrier = retriers[0]
    waits = list(accumulate((retrier.delay(n) for n in range(retrier.attempts)), initial=0.0))
    limits = [most + wait + n * max(took) for n, wait in enumerate(waits)]
    times = [wait + n * median(took) for n, wait in enumerate(waits)]

    def sure(seconds: float) -> tuple[float, ...]:
        retries = bisect_left(limits, seconds)
        return tuple(times[: retries + 1]) if 0 < retries < len(limits) else ()

    return sure


def without_sure(one: Pass) -> Pass:
    """The pass of such a success without the attempts that are sure to have failed."""
    after, left = one.sure[-1], one.attempts - len(one.sure) + 1
    return Pass(one.at + after, max(1, left), max(0.0, one.spread - after) if left > 1 else 0.0)


def _visited_again(state: str, found: Successes) -> bool:
    return any(sum(own.state == state for own in each.succeeded) > 1 for each in found.read)


def _nothing(_: float) -> tuple[float, ...]:
    return ()


def _failed(failures: Sequence[Failure], found: Successes) -> Iterator[DiagnosedAttempt]:
    yield from chain.from_iterable(each.attempts for each in failures)
    yield from chain.from_iterable(each.failed for each in found.read)


def _usual(failures: Sequence[Failure], found: Successes) -> float | None:
    """Seconds that a success takes at most in quiet times; None where too few were quiet."""
    trouble = [each.failed_at.timestamp() for each in _failed(failures, found)]
    trouble += [each.execution.stopped_at.timestamp() for each in failures]
    trouble.sort()
    quiet = [
        _seconds(each)
        for each in found.listed
        if not each.redrive_count and _is_quiet(each, trouble)
    ]
    return max(quiet) if len(quiet) >= LEAST_QUIET else None


def _is_quiet(success: Success, trouble: Sequence[float]) -> bool:
    place = bisect_left(trouble, success.started_at.timestamp() - AROUND)
    return place == len(trouble) or trouble[place] > success.stopped_at.timestamp() + AROUND


def _all_retried(state: str, most: float, found: Successes) -> bool:
    slower = [
        each
        for each in found.read
        if not each.execution.redrive_count and _seconds(each.execution) > most
    ]
    return len(slower) >= LEAST_READ and all(
        any(attempt.state == state for attempt in each.failed) for each in slower
    )


def _seconds(success: Success) -> float:
    return (success.stopped_at - success.started_at).total_seconds()


def _lasted(attempt: DiagnosedAttempt) -> float:
    return (attempt.failed_at - (attempt.scheduled_at or attempt.failed_at)).total_seconds()


def came_close(
    sampled: Sequence[float], within: Sequence[float], least: float, most: float
) -> float:
    """How many successes took between so many seconds in a state: by those `sampled` to stand for
    all, and by the seconds `within` which each did its work, where nearly all of them go into the
    state. What took longer had retried.
    """
    if not sampled:
        return 0.0
    close = sum(each >= least for each in sampled) / len(sampled) * len(within)
    if median(within) > _NEARLY_ALL * median(sampled):
        return close
    return max(close, sum(least <= each <= most for each in within))


_NEARLY_ALL = 1.1
"""How much longer than the state an execution takes at most that spends nearly all of it there."""

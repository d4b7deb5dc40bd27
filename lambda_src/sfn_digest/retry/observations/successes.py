"""Visits of a state in which no attempt is known to have failed: when, and how sure that is."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from statistics import median
from typing import overload

from sfn_digest.asl.definition import Retrier
from sfn_digest.model.executions import Failure
from sfn_digest.model.successes import ReadSuccess, Success, Successes
from sfn_digest.retry.observations.thinning import FIRST_ATTEMPT, Pass

_USUAL = 0.8
"""The share of read successes that must have visited a state for others to count as visits."""
_MOST_RETRIES = 8
"""Retries from which on it no longer matters how many more a success may have taken."""


class Passes(Sequence[Pass]):
    """The passes of a state in order of time, found when they are first asked for.

    There are as many as successes, and only the states that are weighed are asked for them.
    """

    def __init__(self, find: Callable[[], Sequence[Pass]]) -> None:
        """`find` is called once at most."""
        self._find = find

    @cached_property
    def _found(self) -> Sequence[Pass]:
        return self._find()

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Pass]:
        return iter(self._found)

    @overload
    def __getitem__(self, place: int) -> Pass: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Pass]: ...
    def __getitem__(self, place: int | slice) -> Pass | Sequence[Pass]:
        return self._found[place]


def passes_of(
    state: str, retriers: Sequence[Retrier], failures: Sequence[Failure], found: Successes
) -> tuple[Pass, ...]:
    """The passes of a state in one machine's executions, in order of time.

    `retriers` are those of the state that take an error it failed with; `failures` are the
    machine's, of which those that failed in another state, later, passed this one.
    """
    passes = list(_read(state, found.read))
    offset = usual_offset(state, found.read)
    if offset is not None:
        passes += [*_listed(offset, retriers, found), *_failed_later(state, offset, failures)]
    return tuple(sorted(passes, key=lambda each: each.at))


def _read(state: str, read: Sequence[ReadSuccess]) -> Iterator[Pass]:
    """Attempts that succeeded at once; where the state failed at first, its visits tell of it."""
    for success in read:
        if not any(failed.state == state for failed in success.failed):
            for each in success.succeeded:
                if each.state == state and each.scheduled_at is not None:
                    yield Pass(each.scheduled_at.timestamp())


def _listed(offset: float, retriers: Sequence[Retrier], found: Successes) -> Iterator[Pass]:
    known = {each.execution.arn for each in found.read}
    spreads = [_spreads(each) for each in retriers]
    fastest = min(map(_seconds, found.listed), default=0.0) if spreads else 0.0
    for each in found.listed:
        if each.arn not in known:
            within = _within(_seconds(each) - fastest, spreads) if spreads else FIRST_ATTEMPT
            yield Pass(each.started_at.timestamp() + offset, *within)


def _failed_later(state: str, offset: float, failures: Sequence[Failure]) -> Iterator[Pass]:
    for failure in failures:
        elsewhere = failure.state not in (None, state) and failure.attempts_complete
        at = failure.execution.started_at.timestamp() + offset
        if (
            elsewhere
            and not any(each.state == state for each in failure.attempts)
            and all(at < each.failed_at.timestamp() for each in failure.attempts)
        ):
            yield Pass(at)


def _seconds(success: Success) -> float:
    return (success.stopped_at - success.started_at).total_seconds()


def _within(slack: float, spreads: Iterable[Sequence[float]]) -> tuple[int, float]:
    """The most attempts that a visit may have taken in so many seconds more, and their spread."""
    fitting = [(bisect_right(each, slack), each) for each in spreads]
    return max((attempts, each[attempts - 1]) for attempts, each in fitting)


def _spreads(retrier: Retrier) -> Sequence[float]:
    """Seconds from the first attempt to each later one, jitter taken to halve a delay."""
    part = 0.5 if retrier.full_jitter else 1.0
    delays = (part * retrier.delay(used) for used in range(min(retrier.attempts, _MOST_RETRIES)))
    return tuple(accumulate(delays, initial=0.0))


def usual_offset(state: str, read: Sequence[ReadSuccess]) -> float | None:
    """Seconds from an execution's start to the state, as is usual; None where that is not known.

    It is not where few executions reach the state, or where no success was read.
    """
    reached: list[float] = []
    for success in read:
        times = [
            each.scheduled_at
            for each in success.succeeded
            if each.state == state and each.scheduled_at is not None
        ]
        if times:
            failed = [f.scheduled_at for f in success.failed if f.state == state and f.scheduled_at]
            began = min([*times, *failed])
            reached.append((began - success.execution.started_at).total_seconds())
    return median(reached) if reached and len(reached) >= _USUAL * len(read) else None

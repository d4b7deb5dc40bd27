"""Visits of a state in which no attempt is known to have failed: when, and how sure that is."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from itertools import accumulate
from operator import attrgetter
from statistics import median
from typing import TypeVar, overload

from sfn_digest.asl.definition import Retrier
from sfn_digest.model.executions import Failure
from sfn_digest.model.successes import ReadSuccess, Success, Successes
from sfn_digest.retry.observations.slow_successes import SureRetries, sure_retries
from sfn_digest.retry.observations.thinning import Pass

Item = TypeVar("Item")
USUAL = 0.8
"""The share of read successes that must have visited a state for others to count as visits."""
_MOST_RETRIES = 8
"""Retries from which on it no longer matters how many more a success may have taken."""


class WhenAsked(Sequence[Item]):
    """A sequence that is made when it is first asked for.

    What is known of successes is as long as they are many, and few states are asked for it.
    """

    def __init__(self, find: Callable[[], Sequence[Item]]) -> None:
        """`find` is called once at most."""
        self._find = find

    @cached_property
    def _found(self) -> Sequence[Item]:
        return self._find()

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._found)

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | Sequence[Item]:
        return self._found[place]


class PassesWhenAsked(WhenAsked[Pass]):
    """The passes of a state; their times alone are found in a fraction of the time."""

    def __init__(
        self,
        state: str,
        retriers: Sequence[Retrier],
        failures: Sequence[Failure],
        found: Successes,
        *,
        certain: bool,
    ) -> None:
        """`retriers` are those of the state that take an error it failed with; `failures` are the
        machine's, of which those that failed in another state, later, passed this one. `certain`:
        every success visited the state.
        """
        if not certain:
            failures, found = (), _visited(state, found)
        super().__init__(lambda: _passes_of(state, retriers, failures, found))
        self._times = partial(_times_of, state, failures, found)

    @cached_property
    def times(self) -> Sequence[float]:
        """When each of them was, in order of time."""
        return self._times()


def times_of(passes: Sequence[Pass]) -> Sequence[float]:
    """When each of the passes was, in the fastest way."""
    return passes.times if isinstance(passes, PassesWhenAsked) else [each.at for each in passes]


def _visited(state: str, found: Successes) -> Successes:
    """The successes that visited a state: one that was not read is taken to have done what the one
    did that was read and began next to it.
    """
    read = sorted(found.read, key=lambda each: each.execution.started_at)
    began = [each.execution.started_at for each in read]
    visits = [
        any(each.state == state for each in one.succeeded)
        or any(each.state == state for each in one.failed)
        for one in read
    ]

    def next_to(at: datetime) -> bool:
        place = bisect_left(began, at)
        near = range(max(0, place - 1), min(len(began), place + 1))
        return visits[min(near, key=lambda each: abs(began[each] - at))] if near else False

    return replace(
        found,
        listed=tuple(each for each in found.listed if next_to(each.started_at)),
        read=tuple(each for each, visited in zip(read, visits, strict=True) if visited),
    )


def _passes_of(
    state: str, retriers: Sequence[Retrier], failures: Sequence[Failure], found: Successes
) -> tuple[Pass, ...]:
    """The passes of a state in one machine's executions, in order of time."""
    passes = list(_read(state, found.read))
    offset = usual_offset(state, found.read)
    if offset is not None:
        sure = sure_retries(state, retriers, failures, found)
        passes += [
            *_listed(offset, retriers, found, sure),
            *_failed_later(state, offset, failures),
        ]
    return tuple(sorted(passes, key=attrgetter("at")))


def _times_of(state: str, failures: Sequence[Failure], found: Successes) -> list[float]:
    """When each of `_passes_of` was."""
    times = [each.at for each in _read(state, found.read)]
    offset = usual_offset(state, found.read)
    if offset is not None:
        times += [each.started_at.timestamp() + offset for each in _unread(found)]
        times += [each.at for each in _failed_later(state, offset, failures)]
    return sorted(times)


def _read(state: str, read: Sequence[ReadSuccess]) -> Iterator[Pass]:
    """Attempts that succeeded at once; where the state failed at first, its visits tell of it."""
    for success in read:
        if not any(failed.state == state for failed in success.failed):
            for each in success.succeeded:
                if each.state == state and each.scheduled_at is not None:
                    yield Pass(each.scheduled_at.timestamp())


def _listed(
    offset: float, retriers: Sequence[Retrier], found: Successes, sure: SureRetries
) -> Iterator[Pass]:
    unread = _unread(found)
    if not retriers:
        return (Pass(each.started_at.timestamp() + offset) for each in unread)
    within = _steps([_spreads(each) for each in retriers])
    slacks, taken = [slack for slack, _ in within], [each for _, each in within]
    fastest = min(map(_seconds, found.listed), default=0.0)
    return (
        Pass(
            each.started_at.timestamp() + offset,
            *taken[bisect_right(slacks, took - fastest) - 1],
            sure(took),
        )
        for each, took in ((each, _seconds(each)) for each in unread)
    )


def _unread(found: Successes) -> list[Success]:
    """The successes that were only listed; what a redriven one failed in at first is not known."""
    known = {each.execution.arn for each in found.read}
    return [each for each in found.listed if each.arn not in known and not each.redrive_count]


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


def _steps(spreads: Sequence[Sequence[float]]) -> list[tuple[float, tuple[int, float]]]:
    """From so many seconds more on, the most attempts a visit may have taken, and their spread."""
    slacks = sorted({slack for each in spreads for slack in each})
    return [
        (slack, max((n := bisect_right(each, slack), each[n - 1]) for each in spreads))
        for slack in slacks
    ]


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
    return median(reached) if reached and len(reached) >= USUAL * len(read) else None

"""Failures that began in several places at the same time, told from what chance brings together.

Failures of a place by one cause are joined into episodes. Where episodes of several places begin
within a quarter of an hour, that is an incident if so many places would hardly have begun
together by chance, were each place's episodes spread over the window at random.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import expm1

from sfn_digest.accounts.records import (
    AccountSummary,
    Episode,
    Place,
    PlaceCount,
    SharedIncident,
)
from sfn_digest.model.executions import Window

QUIET = timedelta(minutes=30)
"""Without a failure for so long, an episode is over."""

TOGETHER = timedelta(minutes=15)
"""How far apart places may begin, and how long apart a look at the window is."""

BY_CHANCE = 0.05
"""How many such incidents a window may be expected to show by chance alone, for each cause."""

_Begun = tuple[Place, Episode]


def episodes_of(moments: Mapping[str, Sequence[datetime]]) -> Iterator[Episode]:
    """The episodes in the times of a place's failures, by cause."""
    for cause, times in sorted(moments.items()):
        run: list[datetime] = []
        for moment in sorted(times):
            if run and moment - run[-1] > QUIET:
                yield Episode(cause, run[0], run[-1], len(run))
                run = []
            run.append(moment)
        if run:
            yield Episode(cause, run[0], run[-1], len(run))


def shared_incidents(
    summaries: Iterable[AccountSummary], window: Window
) -> tuple[SharedIncident, ...]:
    """The incidents of all causes; those of most places first, then the latest."""
    begun: defaultdict[str, list[_Begun]] = defaultdict(list)
    for summary in summaries:
        for episode in summary.episodes:
            begun[episode.cause].append((summary.row.place, episode))
    found = [incident for each in begun.values() for incident in _of_cause(each, window)]
    return tuple(
        sorted(
            found, key=lambda each: (-len(each.accounts), -each.began_at.timestamp(), each.cause)
        )
    )


def _of_cause(begun: Sequence[_Begun], window: Window) -> Iterator[SharedIncident]:
    """Each episode is in one incident at most: the earliest that it can begin with."""
    waiting = sorted(begun, key=lambda each: (each[1].began_at, each[0].account_id, each[0].region))
    tail = _tail(begun, window)
    at = 0
    while at < len(waiting):
        until = waiting[at][1].began_at + TOGETHER
        end = bisect_right(waiting, until, at, key=lambda each: each[1].began_at)
        together = waiting[at:end]
        places = len({place for place, _ in together})
        if places > 1 and tail[places] <= BY_CHANCE:
            yield _incident(together)
            at = end
        else:
            at += 1


def _tail(begun: Sequence[_Begun], window: Window) -> Sequence[float]:
    """How many times in the window at least so many places begin together by chance, expected."""
    counts: defaultdict[Place, int] = defaultdict(int)
    for place, _ in begun:
        counts[place] += 1
    looks = max((window.end - window.start) / TOGETHER, 1.0)
    exactly = [1.0]
    for number in counts.values():
        chance = -expm1(-number / looks)
        exactly = [
            stays * (1 - chance) + comes * chance
            for stays, comes in zip([*exactly, 0.0], [0.0, *exactly], strict=True)
        ]
    return [looks * sum(exactly[places:]) for places in range(len(exactly))]


def _incident(together: Sequence[_Begun]) -> SharedIncident:
    counts: defaultdict[Place, int] = defaultdict(int)
    for place, episode in together:
        counts[place] += episode.failures
    accounts = [
        PlaceCount(place.account_id, place.region, place.name, number)
        for place, number in counts.items()
    ]
    return SharedIncident(
        cause=together[0][1].cause,
        began_at=min(episode.began_at for _, episode in together),
        ended_at=max(episode.ended_at for _, episode in together),
        executions=sum(each.executions for each in accounts),
        accounts=tuple(
            sorted(accounts, key=lambda each: (-each.executions, each.account_id, each.region))
        ),
    )

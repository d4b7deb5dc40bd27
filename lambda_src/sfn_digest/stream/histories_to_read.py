"""Which failures of a batch are read, and for how long: the order is fair, the time depends on
how far the queue has fallen behind.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from sfn_digest.stream.status_change import StatusChange

Group = tuple[str, str]
"""A machine's ARN and the group of its failures."""

COLLECTORS = 2
"""How many collect at once, at most; the least that an event source mapping takes as its most."""
BATCH = 1000
"""The most messages of a batch."""
GATHERING = 20
"""Seconds that a batch is gathered for."""

AT_EASE = 40.0
"""Seconds that a batch may be read for while the queue keeps up."""
AT_LEAST = 1.0
"""Seconds that it may be read for however far behind the queue is: what the bucket has saved up is
used, and a new group is seen."""
BEHIND = 120.0
"""Seconds of delay from which on a batch gets no more than the least: its failures are counted."""


def reading_seconds(delay: float) -> float:
    """How long a batch may be read for, whose oldest message waited so many seconds."""
    part = 1.0 - min(1.0, max(0.0, delay) / BEHIND)
    return max(AT_LEAST, AT_EASE * part)


class Turns:
    """How often each group was read lately, so that a new one's first comes before an old one's
    hundredth; it begins afresh each hour. Not for several threads.
    """

    def __init__(self) -> None:
        self._hour: datetime | None = None
        self._read: Counter[Group] = Counter()

    def order(self, changes: Sequence[StatusChange], now: datetime) -> list[StatusChange]:
        """The changes in the order to read them in: groups take turns, and within one it is
        decided by a hash of the execution, which knows nothing of its cause.
        """
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._hour, self._read = hour, Counter()
        groups: dict[Group, list[tuple[int, StatusChange]]] = defaultdict(list)
        for change in changes:
            groups[group(change)].append((chance(change.execution_arn), change))
        places = [
            (self._read[each] + place, number, change)
            for each, drawn in groups.items()
            for place, (number, change) in enumerate(sorted(drawn, key=lambda one: one[0]))
        ]
        return [change for *_, change in sorted(places, key=lambda one: one[:2])]

    def read(self, change: StatusChange) -> None:
        """One was read."""
        self._read[group(change)] += 1


def group(change: StatusChange) -> Group:
    """The group of a change, of its machine alone."""
    return change.machine_arn, change.group


def chance(text: str) -> int:
    """A number that is as good as drawn, and the same for the same text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big")

"""Hints as they are kept from one report to the next, and what they are judged by."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sfn_digest.adoption.change_records import StoredChange
from sfn_digest.model.executions import Failure, Tag, Window
from sfn_digest.model.report import Hint
from sfn_digest.model.retry_cost import HintStanding
from sfn_digest.model.successes import Successes
from sfn_digest.retry import Definition
from sfn_digest.retry.observations.incidents import Incidents


@dataclass(frozen=True, slots=True)
class HintScope:
    """What one memory is of: reports on one account and Region, and one tag or all machines."""

    account_id: str
    region: str
    tag: Tag | None


@dataclass(frozen=True, slots=True)
class HintOutcome:
    """What came of a hint since it was adopted.

    Of `failures` in so many separate `incidents`, `recovered` did by a retry. `unread` further
    successes took long enough for a retry and were not read; `unlisted`: there are successes
    that were not even listed. `windows` are the times that were counted, apart from each other
    and oldest first, so that nothing is counted twice.
    """

    failures: int = 0
    recovered: int = 0
    incidents: int = 0
    unread: int = 0
    unlisted: bool = False
    windows: tuple[Window, ...] = ()

    @property
    def at_least(self) -> bool:
        """Whether more may have recovered than is known."""
        return self.unlisted or self.unread > 0


@dataclass(frozen=True, slots=True)
class StoredHint:
    """A hint to retry, as it was given.

    `retrier` is the hinted one in Amazon States Language. `predicted_low` and
    `predicted_high` are shares (0 to 1) of `failures`: those of the hint, and those that a
    retry already recovered when it was given. `standing` is how it has stood since it was first
    given, beside the best of each report. `adopted_at` is None until a definition was
    seen to carry it.
    """

    kind: str
    machine_arn: str
    state: str
    cause: str
    errors: tuple[str, ...]
    retrier: Mapping[str, Any]
    hinted_at: datetime
    last_hinted_at: datetime
    predicted_low: float
    predicted_high: float
    failures: int
    standing: HintStanding = field(default_factory=HintStanding)
    adopted_at: datetime | None = None
    observed: HintOutcome = field(default_factory=HintOutcome)

    @property
    def group(self) -> tuple[str, str, str]:
        """What the hint is about: machine, state and cause."""
        return (self.machine_arn, self.state, self.cause)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two hints the same one: what they are about, and what they say to set."""
        return (*self.group, json.dumps(self.retrier, sort_keys=True))

    @property
    def windows(self) -> tuple[Window, ...]:
        """The times that were counted since it was adopted."""
        return self.observed.windows


Kept = StoredHint | StoredChange
"""A hint that is kept to say what came of it."""


@dataclass(frozen=True, slots=True)
class GivenHint:
    """A hint of any kind, whole, and when a report gave it last."""

    given_at: datetime
    hint: Hint


@dataclass(frozen=True, slots=True)
class Findings:
    """What a report has found, by which kept hints are judged; mappings are by machine ARN.

    `changed` is when the definition that a machine's newest execution ran was last changed,
    where that is known.
    `partly_read` are the machines of which some failures could not be read. `incidents` are those
    of all failures.
    """

    definitions: Mapping[str, Definition]
    failures: Sequence[Failure]
    successes: Mapping[str, Successes]
    window: Window
    changed: Mapping[str, datetime] = field(default_factory=dict)
    partly_read: frozenset[str] = frozenset()
    incidents: Incidents = field(default_factory=lambda: Incidents(()))


class HintMemory(Protocol):
    """Where hints are kept between reports; what cannot be read or kept costs no report."""

    def load(self, place: HintScope) -> tuple[Kept, ...]:
        """What was kept last; nothing where it cannot be read."""

    def save(self, place: HintScope, kept: Sequence[Kept]) -> None:
        """Keep these in place of what was loaded; what another run kept meanwhile stays."""

    def given(self, place: HintScope) -> tuple[GivenHint, ...]:
        """The hints that reports gave lately, whole; nothing where they cannot be read."""

    def give(self, place: HintScope, hints: Sequence[Hint], now: datetime) -> None:
        """Keep the hints that a report gives, beside those of earlier ones."""


class _Forgetful:
    """Remembers nothing."""

    def load(self, place: HintScope) -> tuple[Kept, ...]:  # noqa: ARG002 - as HintMemory has it
        """Nothing."""
        return ()

    def save(self, place: HintScope, kept: Sequence[Kept]) -> None:
        """Nothing is kept."""

    def given(self, place: HintScope) -> tuple[GivenHint, ...]:  # noqa: ARG002 - as HintMemory has it
        """Nothing."""
        return ()

    def give(self, place: HintScope, hints: Sequence[Hint], now: datetime) -> None:
        """Nothing is kept."""


NO_HINT_MEMORY: HintMemory = _Forgetful()


class ReadOnlyMemory:
    """Another memory, with nothing written to it: for a run that must leave no trace."""

    def __init__(self, memory: HintMemory) -> None:
        self._memory = memory

    def load(self, place: HintScope) -> tuple[Kept, ...]:
        """See HintMemory."""
        return self._memory.load(place)

    def save(self, place: HintScope, kept: Sequence[Kept]) -> None:
        """Nothing is kept."""

    def given(self, place: HintScope) -> tuple[GivenHint, ...]:
        """See HintMemory."""
        return self._memory.given(place)

    def give(self, place: HintScope, hints: Sequence[Hint], now: datetime) -> None:
        """Nothing is kept."""


MOST_WINDOWS = 40
"""Windows that are remembered; beyond them the gaps between the oldest count as counted."""


def merged_windows(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The same times in windows that neither overlap nor touch, oldest first."""
    apart: list[Window] = []
    for each in sorted(windows, key=lambda window: window.start):
        if apart and each.start <= apart[-1].end:
            apart[-1] = Window(apart[-1].start, max(apart[-1].end, each.end))
        else:
            apart.append(each)
    surplus = len(apart) - MOST_WINDOWS
    if surplus > 0:
        apart[: surplus + 1] = [Window(apart[0].start, apart[surplus].end)]
    return tuple(apart)

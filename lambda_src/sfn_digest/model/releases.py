"""Failures by version of a state machine, and the version that made things worse."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class VersionCount:
    """The executions of one version that closed: so many, of which so many failed."""

    version: str
    executions: int
    failures: int


@dataclass(frozen=True, slots=True)
class Route:
    """The share in per cent of what is started through an alias that goes to a version."""

    version: str
    weight: int


@dataclass(frozen=True, slots=True)
class Alias:
    """An alias and the versions that it leads to now."""

    name: str
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class MachineVersions:
    """The versions of one machine that ran, oldest first.

    `bad` is the version whose executions failed more often, beyond chance, than those `before` it,
    and `released_at` when it was published. What closed before `counted_since` was not counted: the
    window's start, unless more succeeded than were listed.
    """

    machine_arn: str
    versions: tuple[VersionCount, ...]
    counted_since: datetime
    bad: VersionCount | None = None
    before: VersionCount | None = None
    released_at: datetime | None = None
    aliases: tuple[Alias, ...] = ()

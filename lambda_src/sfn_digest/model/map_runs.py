"""Map runs of Distributed Maps: as Step Functions describes them, and as a report tells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sfn_digest.model.executions import Failure, Nature

MapRunStatus = Literal["RUNNING", "SUCCEEDED", "FAILED", "ABORTED"]

MapRunSource = Literal["result_files", "sample", "none"]
"""Where the children's causes come from: files of a ResultWriter, some children, or nowhere."""


@dataclass(frozen=True, slots=True)
class MapRunCounts:
    """Child executions of a Map run, or its items, by status."""

    pending: int
    running: int
    succeeded: int
    failed: int
    timed_out: int
    aborted: int
    total: int

    @property
    def failures(self) -> int:
        """Those that failed or timed out by themselves; a Map run that fails stops the others."""
        return self.failed + self.timed_out


@dataclass(frozen=True, slots=True)
class MapRun:
    """A Map run as DescribeMapRun shows it; thresholds that are not set are 0."""

    arn: str
    execution_arn: str
    status: MapRunStatus
    started_at: datetime
    stopped_at: datetime | None
    max_concurrency: int
    tolerated_failure_count: int
    tolerated_failure_percentage: float
    redrive_count: int
    executions: MapRunCounts
    items: MapRunCounts


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A child that did not succeed, as a ResultWriter's file shows it."""

    execution_arn: str
    status: str
    error: str | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class ResultRows:
    """The rows that were read of a Map run's files, and whether those are all."""

    rows: tuple[ResultRow, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class MapRunCause:
    """One cause of a Map run's failed children.

    `children` were read; `low` and `high` bound at 95 % how many of all it is.
    """

    cause: str
    nature: Nature
    state: str | None
    error: str
    group: str
    message: str
    children: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class MapRunReport:
    """One Map run in which children failed: how many, why, and how many of them were read.

    `state` is the Map state, where it is known. `tolerated`: the Map run succeeded all the same.
    """

    map_run_arn: str
    execution_arn: str
    machine_arn: str
    state: str | None
    status: MapRunStatus
    tolerated: bool
    started_at: datetime
    stopped_at: datetime | None
    executions: MapRunCounts
    max_concurrency: int
    tolerated_failure_count: int
    tolerated_failure_percentage: float
    redrive_count: int
    source: MapRunSource
    read: int
    causes: tuple[MapRunCause, ...]


ChildCounts = Mapping[str, Mapping[datetime, float]]
"""Failed children of Distributed Maps by the ARN they run under and by hour."""


def label_of_run(map_run_arn: str) -> str:
    """A Map run's ARN without its own id: what all runs of one Distributed Map share."""
    return map_run_arn.rpartition(":")[0]


def label_of_machine(machine_arn: str) -> str:
    """The same, from the ARN that its children run under."""
    return machine_arn.replace(":stateMachine:", ":mapRun:")


@dataclass(frozen=True, slots=True)
class SeenMapRun:
    """A Map run of a state in which children failed, and those of them that were read."""

    run: MapRun
    state: str
    children: tuple[Failure, ...]

"""What a simulated world is made of, and what is true of it.

Times are epoch seconds (UTC). Events have the shape of boto3's GetExecutionHistory answer,
except that `timestamp` is epoch seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
LogLevel = Literal["OFF", "FATAL", "ERROR", "ALL"]
RawEvent = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TrueAttempt:
    """One failed attempt as the world knows it: its event, state, cause id and error name."""

    event_id: int
    state: str
    cause: str
    error: str


@dataclass(frozen=True, slots=True)
class Truth:
    """Why an execution failed: the state and cause at its root, and all failed attempts.

    `fail_state` names the author's Fail state where one ended the execution.
    """

    state: str | None
    cause: str | None
    attempts: tuple[TrueAttempt, ...] = ()
    fail_state: str | None = None


@dataclass(frozen=True, slots=True)
class SimLogging:
    """What a state machine logs, and to which log group; how well that arrives.

    `lost` is the share of its records that never arrive, `late` the most seconds that one takes.
    `allowed`: whether its role may log at all. With `data` inputs and outputs are logged too.
    """

    level: LogLevel
    group: str
    data: bool = False
    lost: float = 0.0
    late: float = 0.0
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class SimMachine:
    """A state machine of the world; `definition` is its ASL as an object.

    `updated_at` are the times, oldest first, at which its definition was changed since it was
    created; what it was before is not known. `logging` is None where none is configured.
    """

    arn: str
    name: str
    type: Literal["STANDARD", "EXPRESS"]
    definition: Mapping[str, Any]
    tags: Mapping[str, str]
    created_at: float
    updated_at: tuple[float, ...] = ()
    logging: SimLogging | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """Executions of a machine that CloudWatch alone remembers: so many closed at this time."""

    machine_arn: str
    status: Status
    at: float
    number: int


@dataclass(frozen=True, slots=True)
class SimExecution:
    """One execution of the world, with its whole history and its truth.

    `stopped_at` is None while it runs. A redriven execution has one history for all its
    runs and `earlier_ends`: the (status, time) each earlier run closed with, which
    CloudWatch counted at that time.
    """

    arn: str
    machine_arn: str
    name: str
    status: Status
    started_at: float
    stopped_at: float | None
    events: Sequence[RawEvent]
    truth: Truth
    redrive_count: int = 0
    redriven_at: float | None = None
    earlier_ends: tuple[tuple[Status, float], ...] = ()
    map_run_arn: str | None = None
    """The Map run that dispatched it, of a Distributed Map."""
    item_count: int | None = None
    """How many items its Map run gave it."""


@dataclass(frozen=True, slots=True)
class SimMapRun:
    """One run of a Distributed Map; its counts are those of its children.

    `machine_arn` is the ARN under which its children run, `stateMachine:NAME/LABEL`.
    `pending` are children that never began, since the run failed before.
    """

    arn: str
    execution_arn: str
    machine_arn: str
    state: str
    status: Status
    started_at: float
    stopped_at: float | None
    max_concurrency: int
    tolerated_count: int
    tolerated_percentage: float
    pending: int = 0


@dataclass(frozen=True, slots=True)
class SimVersion:
    """A published version of a state machine."""

    arn: str
    created_at: float


@dataclass(frozen=True, slots=True)
class SimAlias:
    """An alias, and the share in per cent that it sends to each version's ARN."""

    arn: str
    routes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class LogTraffic:
    """What a log group took in beside the records of the world's executions, spread evenly."""

    group: str
    start: float
    end: float
    bytes: float


@dataclass(frozen=True, slots=True)
class World:
    """An account in one Region over a span of time."""

    account_id: str
    region: str
    start: float
    end: float
    machines: tuple[SimMachine, ...]
    executions: tuple[SimExecution, ...]
    denied: frozenset[str] = field(default_factory=frozenset)
    """ARNs of machines on which Step Functions answers AccessDeniedException."""
    counted: tuple[Counted, ...] = ()
    """Executions known by count alone: neither listed nor described."""
    alias: str | None = None
    """The account's alias."""
    map_runs: tuple[SimMapRun, ...] = ()
    objects: Mapping[tuple[str, str], bytes] = field(default_factory=dict)
    """What lies in S3, by bucket and key."""
    log_traffic: tuple[LogTraffic, ...] = ()
    versions: tuple[SimVersion, ...] = ()
    aliases: tuple[SimAlias, ...] = ()

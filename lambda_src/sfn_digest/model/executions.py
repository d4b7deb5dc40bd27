"""The facts that travel between the rooms: frozen, typed, named as AWS names them.

Times are aware datetimes in UTC; durations are seconds; ARNs are plain strings.
`error` and `cause` are raw text from executions wherever they appear here, and so
hostile: only a `Diagnosis` holds text that may be shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sfn_digest.i18n.message import Message
from sfn_digest.model.machine_tags import NO_TAGS, MachineTags

Nature = Literal["transient", "permanent", "depends"]
"""Whether time heals a cause, nothing but a change heals it, or it depends on the case."""

Stage = Literal["start", "run"]
"""Whether a task or job never ran, or failed while it did."""

MachineType = Literal["STANDARD", "EXPRESS"]

UnsuccessfulStatus = Literal["FAILED", "TIMED_OUT", "ABORTED"]
"""The statuses of an execution that closed without success."""

UNSUCCESSFUL: tuple[UnsuccessfulStatus, ...] = ("FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True, slots=True)
class Window:
    """The time the report covers: executions that ended at `start` or later, before `end`."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that marks the state machines to report on."""

    key: str
    value: str

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


@dataclass(frozen=True, slots=True)
class StateMachine:
    """A state machine; `type` is None where ListStateMachines could not be asked."""

    arn: str
    name: str
    type: MachineType | None
    tags: MachineTags = NO_TAGS


@dataclass(frozen=True, slots=True)
class ExecutionCounts:
    """Executions of one machine that closed in the window, by status (CloudWatch's Sum)."""

    succeeded: int = 0
    failed: int = 0
    timed_out: int = 0
    aborted: int = 0

    @property
    def unsuccessful(self) -> int:
        """Executions that closed without success."""
        return self.failed + self.timed_out + self.aborted

    @property
    def failures(self) -> int:
        """Executions that failed or timed out; stops by people are none."""
        return self.failed + self.timed_out

    @property
    def executions(self) -> int:
        """Executions that closed, by whatever status."""
        return self.succeeded + self.unsuccessful


@dataclass(frozen=True, slots=True)
class CountedPeriod:
    """Executions that closed in an earlier period, by machine ARN: none of one that did not exist.

    One that could not be counted is absent; of `redriven` ones, ends that did not stand are off.
    """

    window: Window
    machines: Mapping[str, ExecutionCounts]
    redriven: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Execution:
    """One closed, unsuccessful execution as ListExecutions shows it."""

    arn: str
    machine_arn: str
    name: str
    status: UnsuccessfulStatus
    started_at: datetime
    stopped_at: datetime
    redrive_count: int = 0
    machine_version_arn: str | None = None
    machine_alias_arn: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One event of GetExecutionHistory; `details` is its one `…EventDetails` object, or empty.

    `previous_event_id` is 0 where AWS gives no predecessor.
    """

    id: int
    previous_event_id: int
    type: str
    timestamp: datetime
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """One attempt of a state that failed, timed out, or could not be submitted or started.

    `state` is None only where the chain of events leaves what was read.
    `integration` is `resourceType:resource` as history spells them (`ecs:runTask.sync`,
    `aws-sdk:s3:getObject`), `lambda` for a function called by its ARN, or `activity`.
    `back_off` is the time in seconds from this failure to the next attempt of the same visit
    of the state; None where no attempt followed.
    """

    event_id: int
    event_type: str
    state: str | None
    integration: str | None
    error: str | None
    cause: str | None
    scheduled_at: datetime | None
    failed_at: datetime
    back_off: float | None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A named cause, safe to show: redacted, without control characters, capped.

    `cause` is an id of the table of causes; `error` the error name at the leaf ("" where
    AWS gives none); `message` one redacted line of at most 300 characters for people;
    `group` a stable, versioned key under which equal failures are counted together;
    `child_arn` the child execution whose own history would say more, if any; `stage` is
    `start` where a task or job never ran; `integration` the service that failed, such as
    `ecs` or `lambda`, "" where none was called.
    """

    cause: str
    nature: Nature
    error: str
    message: str
    group: str
    child_arn: str | None = None
    stage: Stage = "run"
    integration: str = ""


@dataclass(frozen=True, slots=True)
class FargateTask:
    """What AWS bills a task on Fargate by: its size, its processor, and whether it is on Spot."""

    vcpu: float
    gigabytes: float
    arm: bool = False
    spot: bool = False


@dataclass(frozen=True, slots=True)
class DiagnosedAttempt:
    """A failed attempt with its cause named and its raw text dropped. Times as in FailedAttempt.

    `error` is the error name that the state's own Retry and Catch were matched against, as it
    was written unless it holds a secret; the diagnosis names the one at the leaf, such as a
    child execution's.
    """

    state: str | None
    diagnosis: Diagnosis
    scheduled_at: datetime | None
    failed_at: datetime
    back_off: float | None
    error: str | None = None
    fargate: FargateTask | None = None


@dataclass(frozen=True, slots=True)
class HandledError:
    """An error whose handler failed too, diagnosed: the cause that the end of it hid."""

    state: str | None
    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True)
class Failure:
    """One unsuccessful execution. `state_implied`: by the definition, as no log names `state`."""

    execution: Execution
    state: str | None
    fail_state: str | None
    diagnosis: Diagnosis
    attempts: tuple[DiagnosedAttempt, ...]
    attempts_complete: bool
    children: tuple[str, ...] = ()
    """ARNs of the failed child executions whose failure this one repeats, outermost first."""
    handled: HandledError | None = None
    map_run_arn: str | None = None
    state_implied: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was read and what was not; `notes` are whole sentences a person can act on.

    `api_calls` counts answered and throttled calls by API name; `throttled` counts
    ThrottlingException answers. `complete` is False where anything was left out.
    `left_out` are the notes that say what the report lacks; the others say how it was made.
    `all_machines`: `machines_tagged` counts all machines of the Region, tagged or not.
    `executions_counted` is False where CloudWatch could not tell how many executions closed, so
    that of some machines only failures are known. `skipped` are the ARNs of machines that could
    not be read at all. `continuations` is how often another run went on with the reading.
    """

    machines_tagged: int
    machines_scanned: int
    failures_found: int
    failures_read: int
    api_calls: Mapping[str, int]
    throttled: int
    complete: bool
    notes: tuple[Message, ...]
    all_machines: bool = False
    left_out: tuple[Message, ...] = ()
    executions_counted: bool = True
    skipped: tuple[str, ...] = ()
    continuations: int = 0

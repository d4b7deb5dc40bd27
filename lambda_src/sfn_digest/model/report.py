"""The report: the JSON contract as frozen records (docs/report.schema.json).

Field names are the contract's; ARNs are as AWS writes them. Text of executions is redacted, capped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sfn_digest.i18n.message import NO_MESSAGE, Message
from sfn_digest.model.comparison import Adopted, AdoptedChange, Before, Period
from sfn_digest.model.executions import (
    Coverage,
    MachineType,
    Nature,
    Stage,
    UnsuccessfulStatus,
    Window,
)
from sfn_digest.model.machine_tags import ExpectedFailures
from sfn_digest.model.map_runs import MapRunReport
from sfn_digest.model.recoveries import HandledReport, Recoveries
from sfn_digest.model.releases import MachineVersions
from sfn_digest.model.retry_cost import RetryCost
from sfn_digest.model.sample import CauseEstimate, Estimate
from sfn_digest.model.since import CauseSince
from sfn_digest.model.stuck import StuckMachine

SCHEMA_VERSION = "3.0"


@dataclass(frozen=True, slots=True)
class Totals:
    """Executions that closed in the window; `repeated`: parents with their child's failure here."""

    executions: int
    succeeded: int
    failed: int
    timed_out: int
    aborted: int
    repeated: int
    incidents: int
    expected: int = 0
    """Of the unsuccessful ones, those that are no news."""

    @property
    def unsuccessful(self) -> int:
        """Executions that closed without success: failed, timed out or aborted."""
        return self.failed + self.timed_out + self.aborted

    @property
    def failures(self) -> int:
        """Executions that failed or timed out; stops by people are none."""
        return self.failed + self.timed_out


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One cause of one machine's failures.

    `executions` counts those that ended by it, perhaps none; `failed_attempts` what it cost in all
    failed executions. `message` is the latest example's redacted line; `stage` is `start` where
    its tasks or jobs never ran; `integration` the service that failed, as `ecs`; "" where none.
    """

    cause: str
    nature: Nature
    state: str | None
    error: str
    group: str
    message: str
    executions: int
    failed_attempts: int
    stage: Stage = "run"
    expected_executions: int = 0
    """Of `executions`, those that are no news."""
    estimated: Estimate | None = None
    """Of all that failed, where the other numbers are of a sample."""
    integration: str = ""

    @property
    def likely(self) -> int:
        """The best guess of how many executions ended by it."""
        return self.estimated.executions if self.estimated else self.executions


@dataclass(frozen=True, slots=True)
class MachineReport:
    """One state machine: counts by status and its causes, most executions first.

    `owner` to `expected` are what its own tags say. Of the executions that failed or timed out
    `expected_failures` are no news, and of the aborted `expected_stops`.
    """

    arn: str
    name: str
    type: MachineType | None
    succeeded: int
    failed: int
    timed_out: int
    aborted: int
    causes: tuple[CauseRow, ...]
    owner: str | None = None
    channel: str | None = None
    runbook: str | None = None
    environment: str | None = None
    deadline_seconds: float | None = None
    expected: tuple[str, ...] = ()
    expected_failures: int = 0
    expected_stops: int = 0

    @property
    def unexpected_failures(self) -> int:
        """Executions that failed or timed out and were not expected to."""
        return self.failures - self.expected_failures

    @property
    def unexpected(self) -> int:
        """Executions that closed without success and were not expected to."""
        return self.unexpected_failures + self.aborted - self.expected_stops

    @property
    def unsuccessful(self) -> int:
        """Executions that closed without success: failed, timed out or aborted."""
        return self.failed + self.timed_out + self.aborted

    @property
    def failures(self) -> int:
        """Executions that failed or timed out; stops by people are none."""
        return self.failed + self.timed_out


@dataclass(frozen=True, slots=True)
class FailureReport:
    """One failed execution: the state, its root cause, and failed attempts by cause.

    `root` is the execution here that it began with, a failed child or itself, and `incident` the
    one whose failure came first in its incident. `fail_state` is the author's Fail state that ended
    it; `attempts_complete` is False where only the last page of a long history was read. In
    `start_failures` of the `failed_attempts` a task or job never ran; `stage` is `start` where one
    of these ended it. `handled`: what its handler was to handle. `state_implied`: by no log.
    """

    execution_arn: str
    machine_arn: str
    root: str
    incident: str
    status: UnsuccessfulStatus
    state: str | None
    fail_state: str | None
    cause: str
    error: str
    message: str
    group: str
    nature: Nature
    started_at: datetime
    stopped_at: datetime
    redrive_count: int
    failed_attempts: Mapping[str, int]
    attempts_complete: bool
    start_failures: Mapping[str, int] = field(default_factory=dict)
    stage: Stage = "run"
    expected: bool = False
    handled: HandledReport | None = None
    state_implied: bool = False


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many failures a hint would have recovered; `low` and `high` bound it at 95 %."""

    surely: int
    likely: float
    possibly: int
    low: int
    high: int


Sureness = Literal["sure", "likely", "learn"]
"""Read off the definition or the histories; estimated with bounds; or data cannot decide yet."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One counted hint; see docs/report.schema.json for each field.

    `retrier` and `patched`, the fields of the state that change, are None where a change cannot be
    written down. `id` stays the same in every report; a `plan`'s steps are for the same failures.
    """

    kind: str
    machine_arn: str
    state: str | None
    cause: str
    errors: tuple[str, ...]
    retrier: Mapping[str, object] | None
    failures: int
    incidents: int
    recovered: Recovered
    added_wait_seconds: float
    title: Message = NO_MESSAGE
    text: Message = NO_MESSAGE
    sure: Sureness = "sure"
    added_attempts: float = 0.0
    failed_attempts: int = 0
    hours: float = 0.0
    dollars: float = 0.0
    patched: Mapping[str, object] | None = None
    cost: RetryCost | None = None
    id: str = ""
    plan: str | None = None
    step: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the faces show; machines with most failures first.

    `before` is the period before, of equal length; `trend` the periods up to and with this one,
    oldest first; both are missing where they could not be counted, and `account_alias` where it is
    not known. `estimated`: by cause, where a sample was read.
    """

    account_id: str
    region: str
    window: Window
    totals: Totals
    machines: tuple[MachineReport, ...]
    failures: tuple[FailureReport, ...]
    hints: tuple[Hint, ...]
    coverage: Coverage
    before: Before | None = None
    trend: tuple[Period, ...] = ()
    adopted: tuple[Adopted, ...] = ()
    adopted_changes: tuple[AdoptedChange, ...] = ()
    account_alias: str | None = None
    expected: tuple[ExpectedFailures, ...] = ()
    map_runs: tuple[MapRunReport, ...] = ()
    recoveries: Recoveries | None = None
    stuck: tuple[StuckMachine, ...] = ()
    releases: tuple[MachineVersions, ...] = ()
    estimated: tuple[CauseEstimate, ...] = ()
    since: tuple[CauseSince, ...] = ()
    schema_version: str = SCHEMA_VERSION

    def estimated_of(self, machine: MachineReport | None) -> Mapping[str, Estimate]:
        """What is estimated of one machine's causes, or of those of all."""
        of = machine and machine.arn
        return {each.cause: each.estimated for each in self.estimated if each.machine_arn == of}

"""The report on many accounts as frozen records (docs/accounts.schema.json).

An account in one Region is a place: each place reports, or is missing, by itself. Nothing of
an execution's own text is in here: causes are ids of the table of causes.
"""

from dataclasses import dataclass
from datetime import datetime

from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import Window
from sfn_digest.model.sample import Estimate

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Place:
    """An account in one Region; `name` is for people and may be empty."""

    account_id: str
    region: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class CauseCount:
    """How many executions of a place ended by a cause; estimated where a sample was read."""

    cause: str
    executions: int
    estimated: Estimate | None = None


@dataclass(frozen=True, slots=True)
class PlaceIncident:
    """An incident of a place: when its first and its last execution failed, and how many did."""

    cause: str
    began_at: datetime
    ended_at: datetime
    failures: int


@dataclass(frozen=True, slots=True)
class PlaceCoverage:
    """What was read of a place; `left_out` are sentences on what its report lacks."""

    machines_tagged: int
    machines_scanned: int
    failures_found: int
    failures_read: int
    executions_counted: bool
    complete: bool
    left_out: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One place: its executions that closed in its window, and its causes, most first.

    `failures` failed or timed out; `failure_rate` is their share of all that closed, None where
    CloudWatch could not tell how many that were.
    """

    account_id: str
    region: str
    name: str
    window: Window
    executions: int
    failures: int
    aborted: int
    failure_rate: float | None
    causes: tuple[CauseCount, ...]
    coverage: PlaceCoverage

    @property
    def place(self) -> Place:
        """Which place it is."""
        return Place(self.account_id, self.region, self.name)


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """All that the report on many accounts takes from one place's own report."""

    row: AccountRow
    incidents: tuple[PlaceIncident, ...]


@dataclass(frozen=True, slots=True)
class MissingAccount:
    """A place that did not report, and why."""

    account_id: str
    region: str
    name: str
    why: Message

    @property
    def place(self) -> Place:
        """Which place it is."""
        return Place(self.account_id, self.region, self.name)


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """So many executions of a place."""

    account_id: str
    region: str
    name: str
    executions: int

    @property
    def place(self) -> Place:
        """Which place it is."""
        return Place(self.account_id, self.region, self.name)


@dataclass(frozen=True, slots=True)
class SharedCause:
    """A cause that executions of several places ended by; those with most come first."""

    cause: str
    executions: int
    estimated: Estimate | None
    accounts: tuple[PlaceCount, ...]


@dataclass(frozen=True, slots=True)
class SharedIncident:
    """Incidents of one cause that began in several places at the same time, hardly by chance."""

    cause: str
    began_at: datetime
    ended_at: datetime
    executions: int
    accounts: tuple[PlaceCount, ...]


@dataclass(frozen=True, slots=True)
class AccountsTotals:
    """Executions that closed, of all places that reported."""

    executions: int
    failures: int
    aborted: int


@dataclass(frozen=True, slots=True)
class AccountsCoverage:
    """What was read of all places together; `complete` is False where one is missing or partial.

    `expected` and `reported` count places.
    """

    expected: int
    reported: int
    machines_tagged: int
    machines_scanned: int
    failures_found: int
    failures_read: int
    executions_counted: bool
    complete: bool
    notes: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class AccountsReport:
    """Everything the faces show; places with most failures first."""

    window: Window
    totals: AccountsTotals
    accounts: tuple[AccountRow, ...]
    missing: tuple[MissingAccount, ...]
    causes: tuple[SharedCause, ...]
    incidents: tuple[SharedIncident, ...]
    coverage: AccountsCoverage
    schema_version: str = SCHEMA_VERSION

"""What came before this report: frozen records, a part of the JSON contract like model.py.

Everything textual that came from an execution is already redacted and capped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sfn_digest.model.executions import ExecutionCounts, Window
from sfn_digest.model.sample import Estimate

Source = Literal["kept_report", "cloudwatch"]
"""Whether last period's numbers were kept by its own digest, or counted from CloudWatch now."""

Change = Literal["new", "returned", "repeated", "resolved"]
"""A cause that struck in this period for the first time, in this one and in an earlier one but not
in the one before, in both, or in the one before only."""

Verdict = Literal["as_predicted", "better", "worse", "too_few"]
"""How what was observed compares with a hint's bounds; too few failures decide nothing."""

ChangeVerdict = Literal["fewer", "more", "same", "too_few", "counted", "otherwise"]
"""What came of a change that is no retrier: fewer or more of what it is about than before, no
difference that is sure, too few to tell; `counted`: what it did is known without a comparison;
`otherwise`: the definition was changed in another way at the same time."""


@dataclass(frozen=True, slots=True)
class Period:
    """Executions that closed in one period, all machines of the report."""

    window: Window
    executions: int
    succeeded: int
    failed: int
    timed_out: int
    aborted: int

    @property
    def unsuccessful(self) -> int:
        """Executions that closed without success: failed, timed out or aborted."""
        return self.failed + self.timed_out + self.aborted

    @property
    def failures(self) -> int:
        """Executions that failed or timed out; stops by people are none."""
        return self.failed + self.timed_out


@dataclass(frozen=True, slots=True)
class DefinitionChange:
    """When a state machine's definition last changed; `version` is the ARN of the version that
    ran where there is one.
    """

    at: datetime
    version: str | None


@dataclass(frozen=True, slots=True)
class CauseChange:
    """One group of equal failures in one machine, in this period and the one before.

    `executions` and `before` count the executions that ended by it in each; `first_at` is when
    the first of this period ended (None where resolved). `definition` is the change of the
    definition shortly before a new cause first appeared, where there was one.

    It struck in so many `periods` in a row, of which the first execution ended at `since`; they
    are known as far back as kept reports tell. `last_at` is when one ended last by a cause that
    came back or is resolved. `expected`: all of its executions are no news.
    """

    machine_arn: str
    state: str | None
    cause: str
    group: str
    change: Change
    executions: int
    before: int
    first_at: datetime | None = None
    definition: DefinitionChange | None = None
    since: datetime | None = None
    periods: int = 1
    last_at: datetime | None = None
    expected: bool = False
    estimated: Estimate | None = None
    """Where only a sample was read: what `executions`, the best guess, is between."""
    before_estimated: Estimate | None = None


@dataclass(frozen=True, slots=True)
class GoneCause:
    """A cause that struck last at `last_at`, and not in this period: should it come back."""

    machine_arn: str
    group: str
    cause: str
    state: str | None
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Before:
    """The period before, of equal length, held against this one.

    `machines` counts each machine's executions by ARN; one that is not named could not be
    counted. `causes` lack what is unknown: a cause is new, or resolved, only where the
    other period's failures of its machine were all read. From CloudWatch only numbers are
    known: `failed_attempts` is None, `carried_over` is empty, and `causes` are those of
    machines that had no failure in it or in the periods before it, all of them new.
    `carried_over` are ARNs of executions that had failed in the period before, and failed again
    in this one. `gone` are causes of earlier periods that are remembered.
    """

    source: Source
    period: Period
    failed_attempts: int | None
    machines: Mapping[str, ExecutionCounts]
    causes: tuple[CauseChange, ...] = ()
    carried_over: tuple[str, ...] = ()
    gone: tuple[GoneCause, ...] = ()


@dataclass(frozen=True, slots=True)
class Adopted:
    """A hint of an earlier report that the definition now carries, and what came of it.

    `predicted_low` and `predicted_high` are shares (0 to 1) of the failures that would recover;
    of `failures` by this cause since `adopted_at`, `recovered` did by a retry. `at_least`: not
    every success was read, so that more may have recovered.
    """

    kind: str
    machine_arn: str
    state: str
    cause: str
    errors: tuple[str, ...]
    retrier: Mapping[str, object]
    hinted_at: datetime
    adopted_at: datetime
    predicted_low: float
    predicted_high: float
    failures: int
    recovered: int
    verdict: Verdict
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class ChangeTally:
    """What was counted of a change's errors in a state machine's executions.

    `executions` closed meanwhile, 0 where that is not known; `ended` of them ended by these
    errors. The state `failed` so many times at first, in so many `attempts`, and made `retries`
    that took `waited_seconds`; of these visits `recovered` did by a retry, and `caught` executions
    succeeded after a Catch. `passing` failed by another cause under the same errors, one that may
    pass. `incidents` are separate ones of what the change is judged by. `seconds` is what a
    successful execution took, the median; None where none is known. `at_least`: not every success
    was read.
    """

    executions: int = 0
    ended: int = 0
    failed: int = 0
    attempts: int = 0
    retries: int = 0
    waited_seconds: float = 0.0
    recovered: int = 0
    caught: int = 0
    passing: int = 0
    incidents: int = 0
    seconds: float | None = None
    at_least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HintedChange:
    """A hint of an earlier report that sets no retrier to retry by, and what was counted of it.

    `patched` are the fields as it was hinted to set them, and `was` those of them that are numbers
    as they were. `before` is what was counted in the window when it was given last, `since` what
    was counted since it was adopted. `together`: another hint on the same errors was adopted too.
    """

    kind: str
    machine_arn: str
    state: str
    cause: str
    errors: tuple[str, ...]
    patched: Mapping[str, object]
    was: Mapping[str, object]
    hinted_at: datetime
    before: ChangeTally
    since: ChangeTally = field(default_factory=ChangeTally)
    together: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedChange(HintedChange):
    """Such a hint whose change the definition carries by now, and how it did."""

    adopted_at: datetime
    verdict: ChangeVerdict

    @property
    def saved_retries(self) -> float:
        """Retries that as many failures made before the change, less those made since."""
        return max(0.0, self._as_before(self.before.retries) - self.since.retries)

    @property
    def saved_seconds(self) -> float:
        """The same of the time that these retries took."""
        return max(0.0, self._as_before(self.before.waited_seconds) - self.since.waited_seconds)

    def _as_before(self, amount: float) -> float:
        return amount / self.before.failed * self.since.failed if self.before.failed else 0.0

"""Reports made for tests: a week that a person can read, a quiet one, and very large ones."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from sfn_digest.causes import Guide
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.translator import translator
from sfn_digest.model.executions import (
    Coverage,
    DiagnosedAttempt,
    Diagnosis,
    Execution,
    ExecutionCounts,
    Failure,
    Nature,
    Stage,
    StateMachine,
    UnsuccessfulStatus,
    Window,
)
from sfn_digest.model.report import Report
from sfn_digest.report.build import build_report
from sfn_digest.report.shown import Shown

ACCOUNT, REGION = "123456789012", "eu-west-1"
WINDOW = Window(datetime(2026, 11, 9, tzinfo=UTC), datetime(2026, 11, 16, tzinfo=UTC))

SPOT, START, BROKEN, DENIED = "spot_interruption", "task_start_failure", "code_error", "permission"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table of causes."""

    title: str
    meaning: str
    nature: Nature
    advice: str
    docs: str
    integrations: Mapping[str, Guide] = field(default_factory=dict)


TABLE: Mapping[str, Row] = {
    SPOT: Row(
        "Spot interruption",
        "AWS took back the Spot capacity that the task ran on.",
        "transient",
        "Retry on Spot first and keep the last attempt for on-demand capacity.",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html",
    ),
    START: Row(
        "Task did not start",
        "The platform could not start the container.",
        "transient",
        "Retry over some minutes; if it comes back, read the stopped reason.",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html",
    ),
    BROKEN: Row(
        "Error in the code",
        "The code raised an error of its own.",
        "depends",
        "Read the log of the function at that time and mend the code.",
        "",
    ),
    DENIED: Row(
        "Access denied",
        "A role may not do what the state asks for.",
        "permanent",
        "Grant the named action to the named role; a retry does not help.",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
    ),
}

TEXTS = Shown(TABLE, translator("en"))

MESSAGES: Mapping[str, str] = {
    SPOT: "Your Spot Task was interrupted. (container score, stop code SpotInterruption)",
    START: "Timeout waiting for network interface provisioning to complete.",
    BROKEN: "KeyError: 'customer_id' in handler.py, line 41",
    DENIED: "User is not authorized to perform s3:PutObject on the resource.",
    "aborted_by_user": "",
    "timeout_execution": "",
}


def machine(name: str, *, express: bool = False) -> StateMachine:
    """Make a state machine of this name."""
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"
    return StateMachine(arn=arn, name=name, type="EXPRESS" if express else "STANDARD")


def diagnosis(cause: str, error: str = "States.TaskFailed") -> Diagnosis:
    """Make a diagnosis that names this cause."""
    nature = TABLE[cause].nature if cause in TABLE else "depends"
    stage: Stage = "start" if cause == START else "run"
    return Diagnosis(cause, nature, error, MESSAGES[cause], f"v1:{cause}:{error}", stage=stage)


def failure(
    of: StateMachine,
    number: int,
    cause: str,
    attempts: tuple[str, ...] = (),
    *,
    state: str | None = "Score",
    status: UnsuccessfulStatus = "FAILED",
    error: str = "States.TaskFailed",
    complete: bool = True,
) -> Failure:
    """Make a failure of a machine, `number` times three hours into the window."""
    stopped = WINDOW.start + timedelta(hours=3 * number)
    name = f"run-{number:03}"
    execution = Execution(
        arn=f"{of.arn.replace(':stateMachine:', ':execution:')}:{name}",
        machine_arn=of.arn,
        name=name,
        status=status,
        started_at=stopped - timedelta(minutes=20),
        stopped_at=stopped,
    )
    failed = [
        DiagnosedAttempt(
            state, diagnosis(each, error), None, stopped - timedelta(minutes=9 - i), None
        )
        for i, each in enumerate(attempts)
    ]
    return Failure(execution, state, None, diagnosis(cause, error), tuple(failed), complete)


def coverage(machines: int, failures: int, **changes: object) -> Coverage:
    """Make the coverage of a week in which everything was read; with `complete` False, the
    notes say what was not.
    """
    if not changes.get("complete", True):
        changes = {"left_out": changes.get("notes", ()), **changes}
    calls = {"GetResources": 1, "GetMetricData": 1, "GetExecutionHistory": failures}
    whole = Coverage(machines, machines, failures, failures, calls, 0, complete=True, notes=())
    return replace(whole, **changes)  # type: ignore[arg-type]


SCORES, BATCH = machine("calculate-scores"), machine("daily-batch")
IMPORTS, QUIET = machine("nightly-import"), machine("map-objects")
WEB = machine("checkout", express=True)


def week_failures() -> list[Failure]:
    """Make the failures of the week: Spot, start failures, a bug, a missing permission."""
    mixed = (SPOT, SPOT, START, SPOT, SPOT, SPOT)
    return [
        failure(SCORES, 2, SPOT, mixed),
        *(failure(SCORES, 5 + 4 * n, SPOT, (SPOT, SPOT)) for n in range(9)),
        failure(SCORES, 34, START, (SPOT, START, START), complete=False),
        *(
            failure(BATCH, 7 + 8 * n, BROKEN, (BROKEN,), state="Load", error="KeyError")
            for n in range(4)
        ),
        failure(BATCH, 50, "timeout_execution", state="Wait", status="TIMED_OUT", error=""),
        failure(IMPORTS, 20, DENIED, (DENIED,), state="Copy", error="S3.AccessDenied"),
        failure(IMPORTS, 21, "aborted_by_user", state=None, status="ABORTED", error=""),
    ]


def week(**coverage_changes: object) -> Report:
    """Make the report of a whole week, with an Express machine that could not be listed."""
    machines = [SCORES, BATCH, IMPORTS, QUIET, WEB]
    succeeded = {SCORES: 390, BATCH: 62, IMPORTS: 5, QUIET: 700, WEB: 12_480}
    counts = {m.arn: ExecutionCounts(succeeded=n) for m, n in succeeded.items()}
    counts[WEB.arn] = ExecutionCounts(succeeded=12_480, failed=3, timed_out=1)
    failures = week_failures()
    return build_report(
        account_id=ACCOUNT,
        region=REGION,
        window=WINDOW,
        machines=machines,
        counts=counts,
        found=listed(failures),
        failures=failures,
        coverage=coverage(5, len(failures), **coverage_changes),
        unlisted=(),
    )


def listed(failures: Sequence[Failure]) -> dict[str, ExecutionCounts]:
    """Count failures as a listing of their machines would."""
    ended = Counter((f.execution.machine_arn, f.execution.status) for f in failures)
    return {
        arn: ExecutionCounts(
            failed=ended[arn, "FAILED"],
            timed_out=ended[arn, "TIMED_OUT"],
            aborted=ended[arn, "ABORTED"],
        )
        for arn, _ in ended
    }


def quiet_week(**coverage_changes: object) -> Report:
    """Make the report of a week without failures."""
    return build_report(
        account_id=ACCOUNT,
        region=REGION,
        window=WINDOW,
        machines=[SCORES, BATCH],
        counts={SCORES.arn: ExecutionCounts(succeeded=1_200), BATCH.arn: ExecutionCounts(4)},
        found={},
        failures=[],
        coverage=coverage(2, 0, **coverage_changes),
        unlisted=(),
    )


@cache
def large(machines: int, failures: int) -> Report:
    """Make a report of many machines with the longest names, failing in turn."""
    all_machines = [machine(f"{n:04}-{'m' * 75}") for n in range(machines)]
    one_round = [
        failure(each, n % 55, SPOT, (SPOT, START), state="s" * 80)
        for n, each in enumerate(all_machines)
    ]
    found = [one_round[n % machines] for n in range(failures)]
    return build_report(
        account_id=ACCOUNT,
        region=REGION,
        window=WINDOW,
        machines=all_machines,
        counts={m.arn: ExecutionCounts(succeeded=1_000) for m in all_machines},
        found=listed(found),
        failures=found,
        coverage=coverage(machines, failures),
        unlisted=(),
    )


NOTES = (Message("Access to checkout was denied: grant states:ListExecutions on it."),)
REPORTS: Mapping[str, Report] = {
    "week": week(),
    "quiet_week": quiet_week(),
    "partial_week": week(complete=False, machines_scanned=4, failures_read=15, notes=NOTES),
}
"""What the golden files show."""

"""The whole way in one page.

Find the tagged machines, count, read the failures, name the causes, write the report.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sfn_digest.adoption import FORGETFUL, HintMemory, Place, judge, keep
from sfn_digest.aws import Account, ApiUsage
from sfn_digest.causes import UserRules
from sfn_digest.comparison import read_earlier
from sfn_digest.config.request import Request
from sfn_digest.model.comparison import Adopted
from sfn_digest.model.executions import Coverage, Execution, Failure, StateMachine
from sfn_digest.model.report import Hint, Report
from sfn_digest.pipeline.failures import Pages, read_failure
from sfn_digest.pipeline.findings import findings
from sfn_digest.pipeline.hints import hints_on, read_evidence
from sfn_digest.pipeline.look_back import look_back
from sfn_digest.pipeline.scope import Pick, Scope, in_scope
from sfn_digest.report.build import build_report, latest_first


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was found: the machines that were looked at, and their failures."""

    scope: Scope
    failures: tuple[Failure, ...]

    @property
    def machines(self) -> tuple[StateMachine, ...]:
        """The machines that were asked for."""
        return self.scope.machines


def scan(
    request: Request,
    account: Account,
    rules: UserRules | None = None,
    *,
    deadline: float | None = None,
    pick: Pick | None = None,
) -> Scanned:
    """Find the machines, count, and read the failures; see make_report for what it raises."""
    scope = in_scope(request, account, pick)
    machines, counts = scope.machines, scope.counts

    def read(execution: Execution, pages: Pages) -> Failure:
        return read_failure(execution, pages, child_history=account.history, rules=rules)

    failures = account.read_failures(machines, counts, request.window, read, deadline=deadline)
    return Scanned(scope, latest_first(failures))


def make_report(
    request: Request,
    account: Account,
    rules: UserRules | None = None,
    *,
    deadline: float | None = None,
    earlier: Mapping[str, Any] | None = None,
    pick: Pick | None = None,
    memory: HintMemory = FORGETFUL,
    now: datetime | None = None,
) -> Report:
    """The report on what a request asks for; a user's `rules` go before the product's own.

    At `deadline` (seconds of time.monotonic) reading ends; coverage tells what is missing.
    `earlier` is the report of the period before as it was kept, in JSON's own types; without
    it that period's numbers are CloudWatch's. `pick` chooses among the machines; see `in_scope`.
    `memory` holds hints of earlier reports, which are judged, and is given this one's; `now` is
    the time that those count from.

    Raises UnknownMachineError or NothingTaggedError where there is nothing to report on, and
    AccountError where AWS refuses what the report cannot do without. What is refused for one
    machine alone is told under coverage.
    """
    found = scan(request, account, rules, deadline=deadline, pick=pick)
    kept = None if earlier is None else read_earlier(earlier)
    counted = account.past.periods(
        found.machines, request.window, exactly=kept is None, deadline=deadline
    )
    weighed = _weigh(found, request, account, rules, deadline, memory, now or datetime.now(UTC))
    report = _report(found, request, account, weighed.notes)
    report = replace(report, hints=weighed.hints, adopted=weighed.adopted)
    report, unseen = look_back(report, account, found.failures, counted, kept, deadline)
    coverage = _coverage(account.usage(), found.scope, (*weighed.notes, *unseen))
    return replace(report, coverage=coverage)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """The hints, what came of earlier ones, and what was left out of both."""

    hints: tuple[Hint, ...]
    adopted: tuple[Adopted, ...]
    notes: tuple[str, ...]


def _weigh(
    found: Scanned,
    request: Request,
    account: Account,
    rules: UserRules | None,
    deadline: float | None,
    memory: HintMemory,
    now: datetime,
) -> _Weighed:
    place = _place(found.scope, request, account.region)
    kept = memory.load(place)
    evidence = read_evidence(
        account, found.machines, found.failures, request, rules, deadline=deadline, kept=kept
    )
    hints = hints_on(evidence, found.failures, request.window)
    seen = findings(account, kept, found.failures, evidence, request.window, deadline=deadline)
    adopted, judged = judge(kept, seen, now)
    memory.save(place, keep(judged, hints, seen, now))
    return _Weighed(hints, adopted, evidence.notes)


def _report(found: Scanned, request: Request, account: Account, notes: tuple[str, ...]) -> Report:
    usage = account.usage()
    return build_report(
        account_id=_account_id(found.scope),
        region=account.region,
        window=request.window,
        machines=found.machines,
        counts=found.scope.counts,
        found=usage.found,
        failures=found.failures,
        coverage=_coverage(usage, found.scope, notes),
        unlisted=usage.skipped,
    )


def _coverage(usage: ApiUsage, scope: Scope, remarks: tuple[str, ...]) -> Coverage:
    return Coverage(
        machines_tagged=scope.among,
        machines_scanned=len(scope.machines) - len(usage.skipped),
        failures_found=usage.failures_found,
        failures_read=usage.failures_read,
        api_calls=usage.api_calls,
        throttled=usage.throttled,
        complete=usage.complete,
        notes=(*usage.notes, *remarks),
        left_out=usage.left_out,
        all_machines=scope.all_machines,
        executions_counted=all(machine.arn in scope.counts for machine in scope.machines),
    )


def _place(scope: Scope, request: Request, region: str) -> Place:
    """What is reported on, for which hints are kept."""
    return Place(_account_id(scope), region, None if scope.all_machines else request.tag)


def _account_id(scope: Scope) -> str:
    """The account is the fifth part of any of its ARNs."""
    return scope.machines[0].arn.split(":")[4]

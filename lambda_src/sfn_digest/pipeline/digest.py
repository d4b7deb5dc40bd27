"""The whole way in one page.

Find the tagged machines, count, read the failures, name the causes, write the report.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sfn_digest.adoption import NO_HINT_MEMORY, HintMemory, HintScope, hints_to_store, judge
from sfn_digest.aws import ApiUsage
from sfn_digest.comparison import read_previous_report
from sfn_digest.i18n.message import Message
from sfn_digest.model.comparison import Adopted
from sfn_digest.model.executions import Coverage, Execution, Failure
from sfn_digest.model.report import Hint, Report
from sfn_digest.pipeline.evidence import hints_on, read_evidence
from sfn_digest.pipeline.express import read_express
from sfn_digest.pipeline.express_notes import tell
from sfn_digest.pipeline.failures import Pages, read_failure
from sfn_digest.pipeline.findings import findings
from sfn_digest.pipeline.logging_hints import logging_hints
from sfn_digest.pipeline.look_back import look_back
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Pick, Scanned, Scope, in_scope
from sfn_digest.report.build import build_report, latest_first
from sfn_digest.retry.hints.ranking import best_first

LOOKED_AT = 10
"""Lists that are read in turn of those in which CloudWatch counts no failure: a fifth of the burst
at the default share."""


def scan(run: Run, pick: Pick | None = None) -> Scanned:
    """Find the machines, count, and read the failures; see make_report for what it raises."""
    return read_failures(run, in_scope(run, pick))


def read_failures(run: Run, scope: Scope) -> Scanned:
    """Read the failures of the machines in scope."""
    account = run.account.until(run.deadlines.reading)

    def read(execution: Execution, pages: Pages) -> Failure:
        return read_failure(execution, pages, child_history=account.history, rules=run.rules)

    logged = read_express(run, scope)
    found = account.read_failures(
        scope.machines,
        scope.counts,
        run.request.window,
        read,
        kind=lambda failure: failure.diagnosis.group,
        in_rotation=LOOKED_AT,
    )
    failures = latest_first([*logged.failures, *found])
    tell(run, logged)
    return Scanned(scope, failures, logged.logs)


def make_report(
    run: Run,
    *,
    earlier: Mapping[str, Any] | None = None,
    pick: Pick | None = None,
    memory: HintMemory = NO_HINT_MEMORY,
) -> Report:
    """The report on what a run asks for.

    `earlier` is the report of the period before as it was kept, in JSON's own types; without
    it that period's numbers are CloudWatch's. `pick` chooses among the machines; see `in_scope`.
    `memory` holds hints of earlier reports, which are judged, and is given this one's.

    Raises UnknownMachineError or NothingTaggedError where there is nothing to report on, and
    AccountError where AWS refuses what the report cannot do without. What is refused for one
    machine alone is told under coverage.
    """
    scope = in_scope(run, pick)
    kept = None if earlier is None else read_previous_report(earlier)
    # Two calls, made before the reading of failures can use up the time.
    counted = run.account.until(run.deadlines.counting).past.periods(
        scope.machines, run.request.window, exactly=kept is None
    )
    found = read_failures(run, scope)
    weighed = _weigh(run, found, memory)
    basis = _basis(run, found)
    past, unseen = look_back(run, basis, found.failures, counted, kept)
    alias = run.account.past.alias()
    return replace(
        basis,
        coverage=_coverage(run.account.usage(), scope, (*weighed.notes, *unseen)),
        hints=weighed.hints,
        adopted=weighed.adopted,
        before=past.before,
        trend=past.trend,
        account_alias=alias,
    )


@dataclass(frozen=True, slots=True)
class _Weighed:
    """The hints, what came of earlier ones, and what was left out of both."""

    hints: tuple[Hint, ...]
    adopted: tuple[Adopted, ...]
    notes: tuple[Message, ...]


def _weigh(run: Run, found: Scanned, memory: HintMemory) -> _Weighed:
    place = _place(run, found.scope)
    kept = memory.load(place)
    evidence = read_evidence(run, found, kept)
    hints = hints_on(evidence, found.failures, run.request.window)
    seen = findings(run, kept, found.failures, evidence)
    adopted, judged = judge(kept, seen, run.now)
    memory.save(place, hints_to_store(judged, hints, seen, run.now))
    logging = (hint for logs in found.logs for hint in logging_hints(logs))
    return _Weighed(best_first((*hints, *logging)), adopted, evidence.notes)


def _basis(run: Run, found: Scanned) -> Report:
    """What failed and why: the report as far as the failures alone make it, which the past is
    held against.
    """
    usage = run.account.usage()
    return build_report(
        account_id=_account_id(found.scope),
        region=run.account.region,
        window=run.request.window,
        machines=found.scope.machines,
        counts=found.scope.counts,
        found=usage.found,
        failures=found.failures,
        coverage=_coverage(usage, found.scope, ()),
        unlisted=usage.skipped,
    )


def _coverage(usage: ApiUsage, scope: Scope, remarks: tuple[Message, ...]) -> Coverage:
    return Coverage(
        machines_tagged=scope.among,
        machines_scanned=len(scope.machines) - len(usage.skipped.keys() - usage.found.keys()),
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


def _place(run: Run, scope: Scope) -> HintScope:
    """What is reported on, for which hints are kept."""
    tag = None if scope.all_machines else run.request.tag
    return HintScope(_account_id(scope), run.account.region, tag)


def _account_id(scope: Scope) -> str:
    """The account is the fifth part of any of its ARNs."""
    return scope.machines[0].arn.split(":")[4]

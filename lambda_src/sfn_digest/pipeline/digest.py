"""The whole way in one page.

Find the tagged machines, count, read the failures, name the causes, write the report.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sfn_digest import guard
from sfn_digest.adoption import (
    NO_HINT_MEMORY,
    HintMemory,
)
from sfn_digest.comparison import read_previous_report
from sfn_digest.errors import AccountError
from sfn_digest.guard import Part
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import (
    CountedPeriod,
    Coverage,
    StateMachine,
)
from sfn_digest.model.report import Report
from sfn_digest.pipeline.bad_releases import read_releases
from sfn_digest.pipeline.evaluation import Evaluated, evaluate
from sfn_digest.pipeline.evidence import Evidence
from sfn_digest.pipeline.failure_reading import read_failures
from sfn_digest.pipeline.look_back import causes_since, look_back
from sfn_digest.pipeline.map_run_children import map_run_report
from sfn_digest.pipeline.map_run_failures import with_map_runs
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import (
    Pick,
    Scanned,
    Scope,
    count_executions,
    find_machines,
    has_settled,
    in_scope,
)
from sfn_digest.pipeline.silent_recoveries import read_recoveries
from sfn_digest.pipeline.stuck_executions import find_stuck
from sfn_digest.report.build import build_report
from sfn_digest.report.refined import ended, mark_expected, news, with_estimates

T = TypeVar("T")
U = TypeVar("U")

_TOGETHER = 0.7
"""The part of the time for counting in which the window is counted with the periods before it."""


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
    `memory` holds hints of earlier reports, which are judged, and is given this one's. Raises
    UnknownMachineError or NothingTaggedError where there is nothing to report on, and AccountError
    where AWS refuses what it cannot do without; the rest is reported under coverage.
    """
    kept = run.guard.result_of(
        guard.PREVIOUS_REPORT, lambda: read_previous_report(earlier) if earlier else None, None
    )
    scope, counted = _scope_and_past(run, pick, exactly=kept is None)
    found = with_map_runs(run, read_failures(run, scope, kept))
    evaluated = evaluate(run, found, memory)
    basis = _basis(run, found, evaluated.incidents.first)
    past, unseen = look_back(run, basis, found.failures, counted, kept)
    report = with_unnoticed(run, found, evaluated.evidence, basis)
    alias = run.guard.result_of(guard.ALIAS, run.account.past.alias, None)
    marked = _marked(run, found, evaluated, basis)
    over = run.guard.result_of(guard.EXPECTED, lambda: _expectations_ended(run), ())
    notes = (*run.continued, *evaluated.notes, *unseen, *run.guard.notes, *over)
    return replace(
        report,
        coverage=_coverage(run, scope, notes, basis.totals.unsuccessful),
        hints=marked.hints,
        adopted=evaluated.adopted,
        adopted_changes=evaluated.changes,
        before=past.before,
        trend=past.trend,
        account_alias=alias,
        map_runs=marked.map_runs,
        since=marked.since,
    )


def _marked(run: Run, found: Scanned, evaluated: Evaluated, basis: Report) -> Report:
    """The basis with the hints that are news, the Map runs, and since when causes are there."""
    behind, successes = run.guard.result_of, evaluated.evidence.successes
    return replace(
        basis,
        hints=behind(guard.EXPECTED, lambda: news(evaluated.hints, basis), evaluated.hints),
        map_runs=behind(guard.MAP_RUNS, lambda: tuple(map(map_run_report, found.map_runs)), ()),
        since=behind(guard.SINCE, lambda: causes_since(found.failures, successes), ()),
    )


def _scope_and_past(
    run: Run, pick: Pick | None, *, exactly: bool
) -> tuple[Scope, tuple[CountedPeriod, ...]]:
    """The machines with their executions, and the periods before, both counted before the reading
    of failures can use up the time.
    """
    if pick is not None:
        scope = in_scope(run, pick)
        return scope, _counted(run, scope.machines, exactly=exactly)
    if has_settled(run):
        return _found_and_counted(run, exactly=exactly)
    machines = find_machines(run)
    # The figures of the window's last minutes are on their way meanwhile.
    counted = _counted(run, machines.machines, exactly=exactly)
    return count_executions(run, machines), counted


def _counted(
    run: Run, machines: Sequence[StateMachine], *, exactly: bool
) -> tuple[CountedPeriod, ...]:
    past, window = run.account.until(run.deadlines.counting).past, run.request.window
    return run.guard.result_of(
        guard.PERIODS, lambda: past.periods(machines, window, exactly=exactly), ()
    )


def _found_and_counted(run: Run, *, exactly: bool) -> tuple[Scope, tuple[CountedPeriod, ...]]:
    """The same where CloudWatch's figures have come: machines are counted while others are found,
    the window with the periods before it.
    """
    now = run.account.now()
    nothing: tuple[tuple[CountedPeriod, ...], CountedPeriod | None] = ((), None)
    # What is left is enough to count the window alone.
    past = run.account.until(now + _TOGETHER * (run.deadlines.counting - now)).past
    with past.ahead(run.request.window, exactly=exactly) as ahead:
        machines = find_machines(run, met=ahead.found)
        counted, own = run.guard.result_of(
            guard.PERIODS, lambda: past.with_window(machines.machines, ahead), nothing
        )
    return machines.counted(own.machines) if own else count_executions(run, machines), counted


def _basis(run: Run, found: Scanned, incidents: Mapping[str, str]) -> Report:
    """What failed and why: the report as far as the failures alone make it, which the past is
    held against.
    """
    usage = run.account.usage()
    report = build_report(
        account_id=found.scope.account_id,
        region=run.account.region,
        window=run.request.window,
        machines=found.scope.machines,
        counts=found.scope.counts,
        found=usage.found,
        failures=found.failures,
        coverage=_coverage(run, found.scope, ()),
        unlisted=usage.skipped,
        incidents=incidents,
    )
    expected, behind = run.rules.expected if run.rules else (), run.guard.result_of
    marked = behind(guard.EXPECTED, lambda: mark_expected(report, expected), report)
    return behind(guard.ESTIMATES, lambda: with_estimates(marked, usage.strata), marked)


def _expectations_ended(run: Run) -> tuple[Message, ...]:
    return ended(run.rules.expected if run.rules else (), run.request.window)


def _coverage(run: Run, scope: Scope, remarks: tuple[Message, ...], reported: int = 0) -> Coverage:
    """What was read of the failures `reported`: those of machines that could not be listed, which
    CloudWatch counted, are among them.
    """
    usage = run.account.usage()
    skipped = usage.skipped.keys() - usage.found.keys()
    return Coverage(
        machines_tagged=scope.among,
        machines_scanned=len(scope.machines) - len(skipped),
        failures_found=max(usage.failures_found, reported),
        failures_read=usage.failures_read,
        api_calls=usage.api_calls,
        throttled=usage.throttled,
        complete=usage.complete,
        notes=(*usage.notes, *remarks),
        left_out=usage.left_out,
        all_machines=scope.all_machines,
        executions_counted=all(machine.arn in scope.counts for machine in scope.machines),
        skipped=tuple(sorted(skipped)),
        continuations=run.kept.continuations if run.kept else 0,
    )


def with_unnoticed(run: Run, found: Scanned, evidence: Evidence, report: Report) -> Report:
    """The report with what a release broke, what hangs, and what was recovered silently.

    What is not known is noted under coverage.
    """
    scope = found.scope
    return replace(
        report,
        releases=_or_noted(run, guard.RELEASES, lambda: read_releases(run, found, evidence), ()),
        stuck=_or_noted(run, guard.STUCK, lambda: find_stuck(run, scope, evidence), ()),
        recoveries=_or_noted(
            run, guard.RECOVERIES, lambda: read_recoveries(run, scope, evidence), None
        ),
    )


def _or_noted(run: Run, part: Part, work: Callable[[], T], otherwise: U) -> T | U:
    """What the work gives; what AWS refuses, or there is no time for, is a note and no fault."""

    def tried() -> T | U:
        try:
            return work()
        except AccountError as error:
            run.account.note(Message(part.missing, error=error.sentence), left_out=False)
            return otherwise

    return run.guard.result_of(part, tried, otherwise)

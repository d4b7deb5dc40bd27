"""The whole way in one page.

Find the tagged machines, count, read the failures, name the causes, write the report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sfn_digest import guard
from sfn_digest.adoption import (
    NO_HINT_MEMORY,
    HintMemory,
)
from sfn_digest.aws.late_failures import REACH, LateFailures
from sfn_digest.causes import file_phrases
from sfn_digest.comparison import read_previous_report, untold_by
from sfn_digest.errors import AccountError
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import (
    CountedPeriod,
    Coverage,
    Execution,
    Failure,
    StateMachine,
    Window,
)
from sfn_digest.model.report import Report
from sfn_digest.pipeline.causes_since import causes_since
from sfn_digest.pipeline.collected import read_collected, tell_missing
from sfn_digest.pipeline.express import ExpressRead, read_express, tell
from sfn_digest.pipeline.failures import Pages, read_failure
from sfn_digest.pipeline.look_back import look_back
from sfn_digest.pipeline.map_run_causes import map_run_report
from sfn_digest.pipeline.map_runs import with_map_runs
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import (
    Pick,
    Scanned,
    Scope,
    count_executions,
    find_machines,
    in_scope,
)
from sfn_digest.pipeline.unnoticed import with_unnoticed
from sfn_digest.pipeline.weighing import Weighed, weigh
from sfn_digest.report.build import build_report, latest_first
from sfn_digest.report.refined import ended, mark_expected, news, with_estimates

LOOKED_AT = 10
"""Lists that are read in turn of those in which CloudWatch counts no failure: a fifth of the burst
at the default share."""


def scan(run: Run, pick: Pick | None = None) -> Scanned:
    """Find the machines, count, and read the failures; see make_report for what it raises."""
    return read_failures(run, in_scope(run, pick))


def read_failures(run: Run, scope: Scope, kept: Report | None = None) -> Scanned:
    """Read the failures of the machines in scope, and those of the minutes before the window that
    the `kept` report of the period before lacks.
    """
    account = run.account.until(run.deadlines.reading)
    file_phrases()

    def read(execution: Execution, pages: Pages) -> Failure:
        try:
            history = partial(account.history, parent_arn=execution.arn)
            return read_failure(execution, pages, child_history=history, rules=run.rules)
        except AccountError:
            raise
        except Exception as error:
            # One history that cannot be understood costs that one: the account tells of it.
            raise AccountError(run.guard.caught(guard.HISTORY, error)) from error

    logged = _logged(run, scope)
    late = _late(run.request.window, kept)
    told = read_collected(run, scope, late.window if late else None)
    found = account.read_failures(
        scope.machines,
        told.collected.missing(scope.counts),
        run.request.window,
        read,
        kind=lambda failure: failure.diagnosis.group,
        in_rotation=LOOKED_AT,
        late=late,
        collected=told.collected,
    )
    failures = latest_first([*logged.failures, *told.failures, *found])
    tell_missing(run, scope, told)
    return Scanned(scope, failures, logged.logs)


def _late(window: Window, kept: Report | None) -> LateFailures | None:
    if kept is None or kept.window.end != window.start:
        return None
    since = max(kept.window.start, window.start - REACH)
    return LateFailures(Window(since, window.start), untold_by(kept))


def _logged(run: Run, scope: Scope) -> ExpressRead:
    """What the logs of Express machines tell; nothing where they cannot be understood."""
    try:
        logged = read_express(run, scope)
        tell(run, logged)
    except Exception as error:  # noqa: BLE001 - told by the guard; the report lacks by it
        why = run.guard.caught(guard.EXPRESS, error)
        run.account.note(Message(guard.EXPRESS.missing, error=why), left_out=True)
        return ExpressRead()
    return logged


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
    AccountError where AWS refuses what it cannot do without; the rest is told under coverage.
    """
    kept = run.guard.result_of(
        guard.PREVIOUS_REPORT, lambda: read_previous_report(earlier) if earlier else None, None
    )
    scope, counted = _scope_and_past(run, pick, exactly=kept is None)
    found = with_map_runs(run, read_failures(run, scope, kept))
    weighed = weigh(run, found, memory)
    basis = _basis(run, found)
    past, unseen = look_back(run, basis, found.failures, counted, kept)
    report = with_unnoticed(run, found, weighed.evidence, basis)
    alias = run.guard.result_of(guard.ALIAS, run.account.past.alias, None)
    told = _marked(run, found, weighed, basis)
    over = run.guard.result_of(guard.EXPECTED, lambda: _expectations_ended(run), ())
    notes = (*weighed.notes, *unseen, *run.guard.notes, *over)
    return replace(
        report,
        coverage=_coverage(run, scope, notes, basis.totals.unsuccessful),
        hints=told.hints,
        adopted=weighed.adopted,
        before=past.before,
        trend=past.trend,
        account_alias=alias,
        map_runs=told.map_runs,
        since=told.since,
    )


def _marked(run: Run, found: Scanned, weighed: Weighed, basis: Report) -> Report:
    """The basis with the hints that are news, the Map runs, and since when causes are there."""
    behind, successes = run.guard.result_of, weighed.evidence.successes
    return replace(
        basis,
        hints=behind(guard.EXPECTED, lambda: news(weighed.hints, basis), weighed.hints),
        map_runs=behind(guard.MAP_RUNS, lambda: tuple(map(map_run_report, found.map_runs)), ()),
        since=behind(guard.SINCE, lambda: causes_since(found.failures, successes), ()),
    )


def _scope_and_past(
    run: Run, pick: Pick | None, *, exactly: bool
) -> tuple[Scope, tuple[CountedPeriod, ...]]:
    """The machines with their executions, and the periods before, both counted before the reading
    of failures can use up the time.
    """
    machines = find_machines(run, pick)
    if pick is not None:
        scope = count_executions(run, machines, pick)
        return scope, _counted(run, scope.machines, exactly=exactly)
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


def _basis(run: Run, found: Scanned) -> Report:
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
    )

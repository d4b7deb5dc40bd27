"""Reading the failures of a window: from lists and histories, collected events, and logs.

The end of each Express execution tells its error and cause in the logs. For a sample of those that
ended alike every event is read; where the sample agrees on the state and the cause at the root, the
others are taken to be like it, and the report says so.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial

from sfn_digest import guard
from sfn_digest.aws import Account
from sfn_digest.aws.express_logs import ExpressLogs
from sfn_digest.aws.express_records import ended_execution
from sfn_digest.aws.late_failures import REACH, LateFailures
from sfn_digest.causes import file_phrases
from sfn_digest.comparison import unreported_by
from sfn_digest.errors import AccountError
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.executions import Execution, Failure, HistoryEvent, Window
from sfn_digest.model.report import Report
from sfn_digest.pipeline.collecting import ReadCollected, read_collected
from sfn_digest.pipeline.continuation import as_collected
from sfn_digest.pipeline.express_logging import ExpressRead, note_logs
from sfn_digest.pipeline.failures import Pages, read_failure, with_implied_states
from sfn_digest.pipeline.representatives import Groups, alike, largest_first, spread, taken_after
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Pick, Scanned, Scope, in_scope
from sfn_digest.report.build import latest_first

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
            # One history that cannot be understood costs that one: the account notes it.
            raise AccountError(run.guard.caught(guard.HISTORY, error)) from error

    logged = _logged_or_kept(run, scope)
    late = _late(run.request.window, kept)
    from_events = read_collected(run, scope, late.window if late else None)
    found = account.read_failures(
        scope.machines,
        from_events.collected.missing(scope.counts),
        run.request.window,
        read,
        kind=lambda failure: failure.diagnosis.group,
        in_rotation=LOOKED_AT,
        late=late,
        collected=from_events.collected,
        recall=run.kept.recall if run.kept else lambda _: None,
    )
    failures = latest_first([*logged.failures, *from_events.failures, *_kept(run, scope, found)])
    note_missing(run, scope, from_events)
    return Scanned(scope, failures, logged.logs)


def _kept(run: Run, scope: Scope, found: Generator[Failure, None, None]) -> Iterator[Failure]:
    """What is found and what was kept before; what is read is kept for who goes on.

    Raises AnotherRunError where another run goes on.
    """
    if run.kept is None:
        yield from found
    else:
        with closing(found), run.kept:
            for each in found:
                run.kept.add(each)
                yield each
        unlisted = run.kept.unlisted({machine.arn for machine in scope.machines})
        run.account.add_collected(as_collected(unlisted, drawn=True), read=len(unlisted))
        yield from unlisted
    if run.account.usage().ran_out:
        if run.kept is not None:
            run.kept.unfinished()
        if run.to_go_on is not None:
            run.account.note(run.to_go_on, left_out=False)


def _logged_or_kept(run: Run, scope: Scope) -> ExpressRead:
    """What the logs gave an earlier run, since each query of them costs; else what they tell."""
    kept = run.kept.part("logs", ExpressRead) if run.kept else None
    if kept is None:
        logged = _logged(run, scope)
        if run.kept is not None and logged.queries:
            run.kept.keep_part("logs", logged)
        return logged
    collected = as_collected(kept.failures, drawn=False)
    run.account.add_collected(collected, read=len(kept.failures))
    note_logs(run, kept)
    return kept


def _late(window: Window, kept: Report | None) -> LateFailures | None:
    if kept is None or kept.window.end != window.start:
        return None
    since = max(kept.window.start, window.start - REACH)
    return LateFailures(Window(since, window.start), unreported_by(kept))


def _logged(run: Run, scope: Scope) -> ExpressRead:
    """What the logs of Express machines hold; nothing where they cannot be understood."""
    try:
        logged = read_express(run, scope)
        note_logs(run, logged)
    except Exception as error:  # noqa: BLE001 - reported by the guard; the report lacks by it
        why = run.guard.caught(guard.EXPRESS, error)
        run.account.note(Message(guard.EXPRESS.missing, error=why), left_out=True)
        return ExpressRead()
    return logged


def note_missing(run: Run, scope: Scope, from_events: ReadCollected) -> None:
    """Note how many failures no event reported, and how many of them the lists did; after these
    have been read.
    """
    collected = from_events.collected
    if not collected.ends:
        return
    standard = {each.arn for each in scope.machines if each.type != "EXPRESS"}
    counts = {arn: each for arn, each in scope.counts.items() if arn in standard}
    listed = run.account.usage().failures_found - from_events.found
    uncounted = sum(each.unsuccessful for each in collected.missing(counts).values())
    missing = max(listed, uncounted)
    if missing > 0:
        total = missing + collected.executions
        note = Message(
            "{missing} of {failures} ({share:.1%}) were not among the collected events, for "
            "example because they came before collection began. Found by listing executions: "
            "{listed}.",
            missing=missing,
            failures=ngettext("{n} failure", "{n} failures", total),
            share=missing / total,
            listed=listed,
        )
        run.account.note(note, left_out=False)


TIME_PART = 0.25
"""The part of a run's time after which no further query is started."""

MOST_CHAINS = 60
EACH = 3
"""Executions of which every event is read, in all and of those that ended alike."""

EACH_HIDDEN = 15
"""The same of those that a Fail state ended: what it hides may differ from one to the next."""


def read_express(run: Run, scope: Scope) -> ExpressRead:
    """The failures of the Express machines in scope, as far as their logs show them."""
    now = run.account.now()
    account = run.account.until(now + (run.deadlines.reading - now) * TIME_PART)
    express, request = account.express, run.request
    known: dict[str, Failure] = {}
    found = express.failures(scope.machines, scope.counts, request.window, request.express_scan_gb)
    logged: dict[str, Sequence[HistoryEvent]] = {}
    for each in found:
        logged[each.execution.arn] = each.events
        known[each.execution.arn] = _failure(run, account, each.execution, each.events)
    groups = alike(known.values())
    whole: dict[str, Failure] = {}
    for sample in (_first_sample, _second_sample):
        chosen = [known[arn] for arn in sample(express, groups, whole) if arn not in whole]
        executions = [each.execution for each in chosen[: MOST_CHAINS - len(whole)]]
        for arn, events in express.chains(executions):
            logged[arn], whole[arn] = events, _whole(run, account, known[arn], events)
    taken = dict(taken_after(groups, whole))
    counted = {**known, **taken, **whole}.values()
    failures = with_implied_states(counted, logged, express.machines.definition, run.guard)
    return ExpressRead(
        failures=tuple(failures),
        logs=express.machines.all,
        whole=len(whole),
        alike=len(taken),
        queries=express.records.queries.number,
        bytes=express.records.queries.scanned,
        filtered=express.records.filters.number,
        refused=express.records.filters.refused,
    )


def _failure(
    run: Run, account: Account, execution: Execution, events: Sequence[HistoryEvent]
) -> Failure:
    history = partial(account.history, parent_arn=execution.arn)
    return read_failure(execution, iter([events]), child_history=history, rules=run.rules)


def _whole(run: Run, account: Account, end: Failure, events: Sequence[HistoryEvent]) -> Failure:
    """The failure as all events of its execution show it."""
    return _failure(
        run, account, ended_execution(end.execution.arn, events) or end.execution, events
    )


def _first_sample(
    express: ExpressLogs, groups: Groups, _whole: Mapping[str, Failure]
) -> Iterator[str]:
    """A few of each group, the largest groups first."""
    telling = [each for each in largest_first(groups) if _logs_more(express, each)]
    for place in range(EACH):
        for mine in telling:
            sample = spread(mine, EACH)
            if place < len(sample):
                yield sample[place].execution.arn


def _second_sample(
    _express: ExpressLogs, groups: Groups, whole: Mapping[str, Failure]
) -> Iterator[str]:
    """More of the groups that a Fail state ended: it may hide one cause here, another there."""
    for mine in largest_first(groups):
        read = [whole[each.execution.arn] for each in mine if each.execution.arn in whole]
        if any(each.fail_state is not None for each in read):
            yield from (each.execution.arn for each in spread(mine, EACH_HIDDEN))


def _logs_more(express: ExpressLogs, mine: Sequence[Failure]) -> bool:
    """Whether the machine logs more of an execution than its end."""
    logging = express.machines.logging(mine[0].execution.machine_arn)
    return logging is not None and logging.level in ("ALL", "ERROR")

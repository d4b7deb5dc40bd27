"""Reading the failures of a window: from lists and histories, collected events, and logs."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from sfn_digest import guard
from sfn_digest.aws.late_failures import REACH, LateFailures
from sfn_digest.causes import file_phrases
from sfn_digest.comparison import untold_by
from sfn_digest.errors import AccountError
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.executions import Execution, Failure, Window
from sfn_digest.model.report import Report
from sfn_digest.pipeline.collecting import unpack
from sfn_digest.pipeline.continuation import as_collected
from sfn_digest.pipeline.express import ExpressRead, read_express, tell
from sfn_digest.pipeline.failures import Pages, read_failure
from sfn_digest.pipeline.run import Run, Stream
from sfn_digest.pipeline.scope import Pick, Scanned, Scope, in_scope
from sfn_digest.report.build import latest_first
from sfn_digest.stream.collected_window import NOTHING_COLLECTED, Collected, Collection

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

    logged = _logged_or_kept(run, scope)
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
        recall=run.kept.recall if run.kept else lambda _: None,
    )
    failures = latest_first([*logged.failures, *told.failures, *_kept(run, scope, found)])
    tell_missing(run, scope, told)
    return Scanned(scope, failures, logged.logs)


def _kept(run: Run, scope: Scope, found: Generator[Failure, None, None]) -> Iterator[Failure]:
    """What is found and what was kept before; what is read is kept for who goes on.

    Raises HandedOverError where another run goes on.
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
    """What the logs told an earlier run, since each query of them costs; else what they tell."""
    kept = run.kept.part("logs", ExpressRead) if run.kept else None
    if kept is None:
        logged = _logged(run, scope)
        if run.kept is not None and logged.queries:
            run.kept.keep_part("logs", logged)
        return logged
    told = as_collected(kept.failures, drawn=False)
    run.account.add_collected(told, read=len(kept.failures))
    tell(run, kept)
    return kept


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


@dataclass(frozen=True, slots=True)
class ReadCollected:
    """What events told, and the failures whose histories were read as they came."""

    collected: Collected = NOTHING_COLLECTED
    failures: tuple[Failure, ...] = ()
    found: int = 0
    """What `usage` counted as found with these, before anything was listed."""


def read_collected(run: Run, scope: Scope, late: Window | None) -> ReadCollected:
    """What was collected of the machines in scope; nothing where it cannot be read, and a note
    says so: then all is listed. The `late` time before the window is left to the lists.
    """
    if run.stream is None:
        return ReadCollected()
    stream = run.stream
    try:
        collected = _collected(run, stream, scope, late)
    except AccountError as error:
        why = run.guard.caught(guard.STREAM, error)
        run.account.note(Message(guard.STREAM.missing, error=why), left_out=False)
        return ReadCollected()
    if stream.unreadable:
        note = ngettext(
            "{n} collected event could not be read and was left out.",
            "{n} collected events could not be read and were left out.",
            stream.unreadable,
        )
        run.account.note(note, left_out=False)
    failures = [unpack(each) for each in collected.readings]
    read = tuple(each for each in failures if each is not None)
    run.account.add_collected(collected, read=len(read))
    return ReadCollected(collected, read, run.account.usage().failures_found)


def _collected(run: Run, stream: Stream, scope: Scope, late: Window | None) -> Collected:
    window, counted = run.request.window, run.account.counted(run.request.window)
    found = Collection(window, counted, late)
    arns = {machine.arn for machine in scope.machines}
    days = list(_days(counted))
    by_machine: dict[str, list[date]] = {}
    for day in days:
        for arn in stream.machines(day):
            by_machine.setdefault(arn, []).append(day)
    for arn in sorted(arns & by_machine.keys()):
        _take_up(stream, arn, by_machine[arn], found)
    return found.collected()


def _take_up(stream: Stream, arn: str, days: Sequence[date], found: Collection) -> None:
    redriven = [each for day in days for each in stream.redriven(arn, day)]
    found.superseding(redriven)
    found.add(redriven)
    for day in days:
        found.add(stream.first(arn, day))


def _days(counted: Window) -> Iterator[date]:
    day = counted.start.date()
    while day <= counted.end.date():
        yield day
        day += timedelta(days=1)


def tell_missing(run: Run, scope: Scope, told: ReadCollected) -> None:
    """Tell how many failures no event told of, and how many of them the lists did; after these
    have been read.
    """
    collected = told.collected
    if not collected.ends:
        return
    standard = {each.arn for each in scope.machines if each.type != "EXPRESS"}
    counts = {arn: each for arn, each in scope.counts.items() if arn in standard}
    listed = run.account.usage().failures_found - told.found
    uncounted = sum(each.unsuccessful for each in collected.missing(counts).values())
    missing = max(listed, uncounted)
    if missing > 0:
        total = missing + collected.executions
        note = Message(
            "{missing} of {failures} ({share:.1%}) were not among the collected events, such as "
            "those from before events were collected. Found in lists: {listed}.",
            missing=missing,
            failures=ngettext("{n} failure", "{n} failures", total),
            share=missing / total,
            listed=listed,
        )
        run.account.note(note, left_out=False)

"""The failures of a window that events told of, and how many were missing among them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sfn_digest import guard
from sfn_digest.errors import AccountError
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.executions import Failure, Window
from sfn_digest.pipeline.collecting import unpack
from sfn_digest.pipeline.run import Run, Stream
from sfn_digest.pipeline.scope import Scope
from sfn_digest.stream.window import NOTHING_COLLECTED, Collected, Collection


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

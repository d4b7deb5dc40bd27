"""From a batch of events to what is kept: each end once, and of as many as the time allows why;
and from what was kept to what a report takes of it.

An end is kept before its history is read, so that a batch that is delivered again, as SQS may do
at any time, counts nothing twice.
"""

import json
import zlib
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from sfn_digest import guard
from sfn_digest.aws.account_errors import OutOfTimeError
from sfn_digest.causes import UserRules
from sfn_digest.errors import AccountError, BadEventError
from sfn_digest.guard import Guard
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.executions import Failure, Window
from sfn_digest.model.plain import PlainError, from_plain, to_plain
from sfn_digest.pipeline.run import Run, Stream
from sfn_digest.pipeline.scope import Scope
from sfn_digest.stream.collected_window import NOTHING_COLLECTED, Collected, Collection
from sfn_digest.stream.histories_to_read import Turns, reading_seconds
from sfn_digest.stream.status_change import StatusChange, group_of, read_status_change

Read = Callable[[StatusChange], Failure]
"""Reads the history of a failure. Raises AccountError; OutOfTimeError where time is up."""

Fate = Literal["kept", "duplicate", "untagged", "read", "unread", "refused", "unreadable"]
"""What became of a message. Those that are kept, and no success, are then read or unread."""

LARGEST_READING = 350_000
"""Bytes: DynamoDB takes 400 KB an item."""

WORKERS = 8
"""Threads that write and read, which wait for AWS most of their time."""


class Keeper(Protocol):
    """Where ends are kept; calls raise AccountError where it cannot be reached."""

    def keep(self, change: StatusChange) -> bool:
        """Keep an end; False where it is kept already."""

    def keep_reading(self, change: StatusChange, reading: bytes) -> None:
        """Keep an end with what was read of its history."""


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A message of the queue: its id, its event, and when it was sent."""

    id: str
    body: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Collector:
    """What a batch is worked through with; the same from batch to batch.

    `read_within` gives what reads a history in so many seconds from now.
    """

    keeper: Keeper
    tagged: Container[str]
    read_within: Callable[[float], Read]
    turns: Turns
    rules: UserRules | None = None
    guard: Guard = field(default_factory=Guard)


@dataclass(frozen=True, slots=True)
class BatchDone:
    """How many messages came to which end, and the ids of those to be delivered again."""

    fates: Counter[Fate]
    failed: tuple[str, ...]


def collect(messages: Sequence[QueuedMessage], collector: Collector, now: datetime) -> BatchDone:
    """Keep what is new, and read of it what the time allows: little while the queue is behind."""
    fates: Counter[Fate] = Counter()
    wanted, failed = _understood(messages, collector, fates)
    with ThreadPoolExecutor(WORKERS) as pool:
        kept = list(pool.map(lambda each: _keep(each[1], collector), wanted))
        fates.update(fate for fate in kept)
        failed += [m.id for (m, _), fate in zip(wanted, kept, strict=True) if fate == "refused"]
        new = [c for (_, c), fate in zip(wanted, kept, strict=True) if fate == "kept" and c.failed]
        delay = max(((now - each.sent_at).total_seconds() for each in messages), default=0.0)
        read = collector.read_within(reading_seconds(delay))
        order = collector.turns.order(new, now)
        results = list(pool.map(lambda each: _read(each, read, collector), order))
    fates.update(results)
    for change, fate in zip(order, results, strict=True):
        if fate == "read":
            collector.turns.read(change)
    return BatchDone(fates, tuple(failed))


def _understood(
    messages: Iterable[QueuedMessage], collector: Collector, fates: Counter[Fate]
) -> tuple[list[tuple[QueuedMessage, StatusChange]], list[str]]:
    """The changes of tagged machines, with their groups, and the ids of what is none."""
    wanted, failed = [], []
    for message in messages:
        try:
            change = read_status_change(message.body)
        except BadEventError:
            fates["unreadable"] += 1
            failed.append(message.id)
            continue
        if change.machine_arn in collector.tagged:
            wanted.append((message, _grouped(message, change, collector)))
        else:
            fates["untagged"] += 1
    return wanted, failed


def _grouped(message: QueuedMessage, change: StatusChange, collector: Collector) -> StatusChange:
    return replace(change, group=group_of(message.body, change, collector.rules))


def _keep(change: StatusChange, collector: Collector) -> Fate:
    try:
        return "kept" if collector.keeper.keep(change) else "duplicate"
    except AccountError as error:
        collector.guard.caught(guard.STREAM, error)
        return "refused"


def _read(change: StatusChange, read: Read, collector: Collector) -> Fate:
    """What is not read is counted all the same: its group stands for it."""
    try:
        reading = pack(read(change))
        if len(reading) > LARGEST_READING:
            return "unread"
        collector.keeper.keep_reading(change, reading)
    except OutOfTimeError:
        return "unread"
    except Exception as error:  # noqa: BLE001 - one history costs that one: the guard reports it
        collector.guard.caught(guard.HISTORY, error)
        return "unread"
    return "read"


def pack(failure: Failure) -> bytes:
    """A failure as it is kept: diagnosed and redacted, as reports are."""
    return zlib.compress(json.dumps(to_plain(failure), separators=(",", ":")).encode())


def unpack(reading: bytes) -> Failure | None:
    """The failure; None where another release kept it in a form that is no longer understood."""
    try:
        return from_plain(Failure, json.loads(zlib.decompress(reading)))
    except (PlainError, RecursionError, ValueError, zlib.error):
        return None


@dataclass(frozen=True, slots=True)
class ReadCollected:
    """What events reported, and the failures whose histories were read as they came."""

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

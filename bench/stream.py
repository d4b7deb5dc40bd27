"""A week of events in disorder, some twice and some lost, collected and held against the truth:
`python -m bench.stream 1`.

Time is simulated, the collector's own code is not: two collectors take batches from a queue, each
with its bucket. The number, 10 unless it is given, is by how much events and quotas are fewer than
a week of a million and AWS's.
"""

import gc
import json
import random
import sys
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import heapify, heapreplace
from typing import Any, Self
from unittest.mock import patch

from bench.table import write_table
from sfn_digest.aws.account_errors import OutOfTimeError
from sfn_digest.aws.governor import Bucket, Limit
from sfn_digest.aws.quotas import Quota, allowance
from sfn_digest.model.executions import (
    Diagnosis,
    ExecutionCounts,
    Failure,
    UnsuccessfulStatus,
    Window,
)
from sfn_digest.pipeline import collecting
from sfn_digest.pipeline.collecting import Collector, QueuedMessage, Read, collect, unpack
from sfn_digest.report.statistics import samples, together
from sfn_digest.stream.collected_window import Collected, Collection
from sfn_digest.stream.histories_to_read import BATCH, COLLECTORS, GATHERING, Turns
from sfn_digest.stream.status_change import StatusChange, read_status_change
from simulator.events import MemoryStream

SCALE = 10
"""Each event of the simulation stands for so many, and so does each call of the quota."""
EVENTS, IN_ONE_HOUR = 1_000_000, 100_000
TWICE, LOST, LATE = 0.01, 0.001, 0.01
SHARE = 0.25
MACHINES = 40
START = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = Window(START, START + timedelta(days=7))
CAUSES = ("rate_limit", "timeout_task", "bad_input", "access_denied", "out_of_memory")
PREFIX = "arn:aws:states:eu-west-1:123456789012:"

Row = tuple[str, str]


class _Clock:
    """A collector's time, which passes by waiting alone."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float, given_up: object) -> None:  # noqa: ARG002 - a Clock's own
        self.time += seconds


class _OneThread:
    """In place of the collector's threads, which wait for AWS: here nothing is waited for."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left to be done."""

    def map(self, work: Callable[[Any], Any], each: Iterable[Any]) -> Iterator[Any]:
        return map(work, each)


@dataclass(frozen=True, slots=True)
class _Sent:
    """An event as it reaches the queue: seconds after START, and the message's text."""

    at: float
    body: str


@dataclass(slots=True)
class _Ran:
    """What the collectors did."""

    fates: Counter[str] = field(default_factory=Counter)
    batches: int = 0
    busy: float = 0.0
    delay: float = 0.0


def _truth(chance: random.Random, scale: int) -> Iterator[tuple[StatusChange, str, str]]:
    """Every end, with its error as events tell it and the cause that its history alone tells."""
    for number in range(EVENTS // scale):
        crowded = number < IN_ONE_HOUR // scale
        at = 50 * 3600 + chance.random() * 3600 if crowded else chance.random() * 7 * 86_400
        machine = f"m{chance.randrange(MACHINES)}"
        statuses: tuple[UnsuccessfulStatus, ...] = ("FAILED", "TIMED_OUT", "ABORTED")
        (status,) = chance.choices(statuses, (90, 8, 2))
        # The causes behind an error differ in the crowded hour from those of the week.
        weights = (8, 4, 2, 1, 1) if crowded else (1, 1, 2, 4, 8)
        (cause,) = chance.choices(CAUSES, weights)
        stopped = START + timedelta(seconds=at)
        yield (
            StatusChange(
                f"{PREFIX}execution:{machine}:run-{number}",
                f"{PREFIX}stateMachine:{machine}",
                status,
                stopped - timedelta(minutes=1),
                stopped,
            ),
            f"App.Error{CAUSES.index(cause) // 3}",
            cause,
        )


def _body(change: StatusChange, error: str) -> str:
    detail = {
        "executionArn": change.execution_arn,
        "stateMachineArn": change.machine_arn,
        "name": change.name,
        "status": change.status,
        "startDate": round(change.started_at.timestamp() * 1000),
        "stopDate": round(change.stopped_at.timestamp() * 1000),
        "redriveCount": 0,
        "error": error,
        "cause": "the task failed",
    }
    return json.dumps({"source": "aws.states", "detail": detail})


def _sent(ends: Sequence[tuple[StatusChange, str, str]], chance: random.Random) -> list[_Sent]:
    """The events as they come: late by seconds, some by hours, some twice, some never."""
    sent = []
    for change, error, _ in ends:
        if chance.random() < LOST:
            continue
        at, body = (change.stopped_at - START).total_seconds(), _body(change, error)
        for _ in range(2 if chance.random() < TWICE else 1):
            slow = chance.expovariate(1 / (7200 if chance.random() < LATE else 5))
            sent.append(_Sent(at + slow, body))
    return sorted(sent, key=lambda each: each.at)


def _collect(
    sent: Sequence[_Sent], causes: dict[str, str], scale: int
) -> tuple[MemoryStream, _Ran]:
    """Let two collectors take what has come, a batch each time that one is free."""
    stream, ran = MemoryStream(), _Ran()
    tagged = {f"{PREFIX}stateMachine:m{number}" for number in range(MACHINES)}
    quota = allowance(Quota(400 / scale, 20 / scale), SHARE / 2 / COLLECTORS)
    workers = []
    for number in range(COLLECTORS):
        clock = _Clock()
        bucket = Bucket(quota, clock, lambda _: None)
        workers.append((0.0, number, clock, bucket, Turns()))
    heapify(workers)
    place = 0
    while place < len(sent):
        free, number, clock, bucket, turns = workers[0]
        begin = max(free, sent[place].at + GATHERING)
        end = bisect_right(
            sent, begin, place, min(len(sent), place + BATCH), key=lambda each: each.at
        )
        batch, place = sent[place:end], end
        clock.time = begin
        now = START + timedelta(seconds=begin)
        messages = [
            QueuedMessage(str(n), each.body, START + timedelta(seconds=each.at))
            for n, each in enumerate(batch)
        ]
        within = partial(_read_within, clock, bucket, causes)
        ran.fates.update(collect(messages, Collector(stream, tagged, within, turns), now).fates)
        ran.batches += 1
        ran.delay = max(ran.delay, begin - batch[0].at)
        # A write takes some 10 ms in each of eight threads, and a run half a second around them.
        clock.time += 0.5 + len(batch) * 2 * 0.01 / 8
        ran.busy += clock.time - begin
        heapreplace(workers, (clock.time, number, clock, bucket, turns))
    return stream, ran


def _read_within(clock: _Clock, bucket: Bucket, causes: dict[str, str], seconds: float) -> Read:
    limit = Limit(clock.now() + seconds)

    def read(change: StatusChange) -> Failure:
        if bucket.acquire(limit) is None:
            raise OutOfTimeError("late")
        execution = change.failed
        if execution is None:
            raise ValueError(change.status)
        cause = causes[change.execution_arn]
        why = Diagnosis(cause, "depends", "App.Error", "The task failed.", f"v1:{cause}")
        return Failure(execution, "Load", None, why, (), attempts_complete=True)

    return read


def _week(stream: MemoryStream) -> Collected:
    collection = Collection(WEEK, WEEK)
    for arn, day in sorted(stream.kept):
        collection.superseding(stream.redriven(arn, day))
    for arn, day in sorted(stream.kept):
        collection.add(stream.first(arn, day))
    return collection.collected()


def _counts(ends: Sequence[tuple[StatusChange, str, str]]) -> dict[str, ExecutionCounts]:
    numbers = Counter((change.machine_arn, change.status) for change, *_ in ends)
    return {
        arn: ExecutionCounts(
            0,
            *(numbers[arn, status] for status in ("FAILED", "TIMED_OUT", "ABORTED")),
        )
        for arn in {arn for arn, _ in numbers}
    }


def rows(seed: int = 7, scale: int = SCALE) -> list[Row]:
    """What the collection of a week came to, beside the truth."""
    chance = random.Random(seed)
    ends = list(_truth(chance, scale))
    causes = {change.execution_arn: cause for change, _, cause in ends}
    sent = _sent(ends, chance)
    lost = len(ends) - len({read_status_change(each.body).key for each in sent})
    began = time.process_time()
    with patch.object(collecting, "ThreadPoolExecutor", _OneThread):
        stream, ran = _collect(sent, causes, scale)
    cpu = time.process_time() - began
    collected = _week(stream)
    truth = _counts(ends)
    missing = sum(each.unsuccessful for each in collected.missing(truth).values())
    failed = [execution for change, *_ in ends if (execution := change.failed) is not None]
    unknown = [execution for execution in failed if execution not in collected]
    unheard = Counter(each.machine_arn for each in unknown)
    exact = sum(
        counted.unsuccessful == collected.found[arn].unsuccessful + unheard[arn]
        for arn, counted in truth.items()
    )
    held, asked = _held(collected, causes, {each.arn for each in unknown})
    kilobytes = len(stream_bytes(stream)) / max(1, ran.fates["read"]) / 1000
    return [
        ("events, one in a hundred of them twice", f"{len(sent):,}"),
        ("kept", f"{ran.fates['kept']:,}"),
        ("duplicates dropped", f"{ran.fates['duplicate']:,}"),
        ("counted twice", f"{collected.executions + len(unknown) - len(ends):,}"),
        ("lost; reported missing; found by the lists", f"{lost:,}; {missing:,}; {len(unknown):,}"),
        ("state machines whose number is exact with those", f"{exact} of {len(truth)}"),
        ("histories read as they came", f"{ran.fates['read'] / ran.fates['kept']:.1%}"),
        ("longest that an event waited, in the crowded hour", f"{ran.delay:.0f} s"),
        ("95% bounds that hold the true number of a cause", f"{held} of {asked}"),
        ("CPU an event", f"{cpu / len(sent) * 1e6:.0f} µs"),
        ("a reading, as it is kept", f"{kilobytes:.2f} KB"),
        *_prices(ran, len(sent), scale),
    ]


def _prices(ran: _Ran, events: int, scale: int) -> list[Row]:
    """US dollars a million events, at us-east-1's list prices of 2026."""
    # Fewer events meet smaller quotas, so a million take as many seconds in a week as these do.
    computing = ran.busy * (EVENTS / scale / events) * 0.5 * 0.0000133334
    # Sent one by one, received and deleted ten by ten.
    queue = 1.2 * 0.40
    # An end is a write of up to 1 KB, a reading one or two more.
    writes = (1 + 2 * ran.fates["read"] / ran.fates["kept"]) * 0.625
    kept = 1.0 * 0.25 * 100 / 30 + 0.25 * 0.5 * 0.125
    return [
        ("Lambda, 512 MB: seconds a million events; $", f"{ran.busy:,.0f}; {computing:.2f}"),
        ("SQS, 1.2 requests an event: $", f"{queue:.2f}"),
        ("DynamoDB, writes of 1 KB: $", f"{writes:.2f}"),
        ("DynamoDB, 1 KB an event for 100 days, read once: $", f"{kept:.2f}"),
        ("EventBridge, AWS's own events; Step Functions, reads: $", "0.00"),
        ("a million events: $", f"{computing + queue + writes + kept:.2f}"),
    ]


def stream_bytes(stream: MemoryStream) -> bytes:
    """All readings that are kept."""
    return b"".join(each.reading or b"" for ends in stream.kept.values() for each in ends.values())


def _held(collected: Collected, causes: dict[str, str], unknown: set[str]) -> tuple[int, int]:
    """How many of the causes' true numbers lie in the bounds of their estimates."""
    read = {
        failure.execution.arn: failure.diagnosis.cause
        for each in collected.readings
        if (failure := unpack(each)) is not None
    }
    whole = together(list(samples(collected.strata, read).values()))
    truth = Counter(cause for arn, cause in causes.items() if arn not in unknown)
    held = 0
    for cause, number in truth.items():
        estimate = whole.estimate([arn for arn, named in read.items() if named == cause])
        held += estimate.low <= number <= estimate.high
    return held, len(truth)


def main() -> None:
    """Print the table; a number says at which scale."""
    scale = int(sys.argv[1]) if len(sys.argv) > 1 else SCALE
    # All is kept to the end: looking for what is not takes as long as the rest.
    gc.disable()
    write_table((f"a week of events, 1:{scale}", ""), rows(scale=scale))


if __name__ == "__main__":
    main()

"""Pure: executions that were read for others: failures that ended alike, and a machine's successes.

The successes show what all of a machine's executions recovered from.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TypeVar

from sfn_digest.model.executions import DiagnosedAttempt, Failure
from sfn_digest.model.recoveries import (
    NONE,
    CaughtCause,
    MachineRecoveries,
    Recoveries,
    RisingRetries,
)
from sfn_digest.model.sample import Estimate
from sfn_digest.model.successes import ReadSuccess
from sfn_digest.pipeline.recovery_sample import StrataPlan, sample_of
from sfn_digest.report.statistics import Sample, together
from sfn_digest.retry.hints.machine import DOLLARS_PER_TRANSITION

T = TypeVar("T")

Groups = Mapping[tuple[str, str], Sequence[Failure]]
"""Failures by machine and group of the cause that their end tells, in the order of time."""


def alike(failures: Iterable[Failure]) -> Groups:
    """The failures in groups of those that ended alike."""
    groups: defaultdict[tuple[str, str], list[Failure]] = defaultdict(list)
    for each in sorted(failures, key=lambda each: (each.execution.stopped_at, each.execution.arn)):
        groups[each.execution.machine_arn, each.diagnosis.group].append(each)
    return groups


def largest_first(groups: Groups) -> Sequence[Sequence[Failure]]:
    """The groups by how many they are."""
    return sorted(groups.values(), key=lambda mine: (-len(mine), mine[0].execution.arn))


def spread(items: Sequence[T], most: int) -> Sequence[T]:
    """At most so many of them, evenly from all over the list.

    >>> spread(range(10), 3)
    [0, 3, 6]
    """
    count = min(len(items), most)
    return [items[index * len(items) // count] for index in range(count)]


def taken_after(groups: Groups, whole: Mapping[str, Failure]) -> Iterator[tuple[str, Failure]]:
    """The executions of which the end alone was read, by ARN, as those like them that were read
    whole. Only where all of these agree on the state and the cause at the root.
    """
    for mine in groups.values():
        read = [whole[each.execution.arn] for each in mine if each.execution.arn in whole]
        if len({(each.state, each.fail_state, each.diagnosis.group) for each in read}) != 1:
            continue
        model = read[0]
        for each in mine:
            if each.execution.arn not in whole and model.state is not None:
                yield (
                    each.execution.arn,
                    replace(
                        each,
                        state=model.state,
                        fail_state=model.fail_state,
                        diagnosis=model.diagnosis,
                        handled=model.handled,
                    ),
                )


RISES = 2.0
"""How many times as often retries must have been needed to be a warning."""

_MOST_CAUSES = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one machine, with the sample that it was worked out from."""

    recoveries: MachineRecoveries
    sample: Sample | None
    saved: frozenset[str]
    caught: frozenset[str]
    redriven_hours: tuple[float, ...]


def counted(mine: StrataPlan, drawn: Sequence[ReadSuccess]) -> Counted:
    """What a machine recovered from, by those read before and those that were `drawn`."""
    by_hand = {each.arn for each in mine.found.listed if each.redrive_count}
    read = {each.execution.arn: each for each in (*mine.known, *drawn)}
    usual = {arn: each for arn, each in read.items() if arn not in by_hand}
    sample = sample_of(mine, usual.keys())
    saved = frozenset(arn for arn, each in usual.items() if _was_saved(each))
    caught = frozenset(arn for arn, each in usual.items() if each.caught)
    weight = sample.weights if sample else {}
    hours = [_by_hand(read[arn]) for arn in sorted(by_hand & read.keys())]
    took = tuple(each for each in hours if each is not None)
    attempts = sum(len(_retried(usual[arn])) * weight[arn] for arn in sorted(saved))
    saved_here = MachineRecoveries(
        machine_arn=mine.found.machine_arn,
        successes=len(mine.found.listed),
        read=len(read),
        complete=mine.found.complete,
        saved=_estimate(sample, saved),
        attempts=round(attempts, 1),
        hours=round(sum(_lost(usual[arn]) * weight[arn] for arn in sorted(saved)) / 3600, 4),
        dollars=round(attempts * DOLLARS_PER_TRANSITION, 6),
        caught=_estimate(sample, caught),
        causes=_causes(usual[arn] for arn in sorted(caught)),
        redriven=len(by_hand),
        redriven_hours=round(median(took), 2) if took else None,
        rising=_rising(mine, usual, saved),
    )
    return Counted(saved_here, sample, saved, caught, took)


def altogether(machines: Sequence[Counted]) -> Recoveries:
    """All machines together; those with most saved executions first."""
    parts = [each for each in machines if each.sample is not None]
    sample = together([each.sample for each in parts if each.sample]) if parts else None
    rows = sorted((each.recoveries for each in machines), key=_most_first)
    took = [hours for each in machines for hours in each.redriven_hours]
    return Recoveries(
        saved=_estimate(sample, frozenset().union(*(each.saved for each in parts))),
        attempts=round(sum(each.attempts for each in rows), 1),
        hours=round(sum(each.hours for each in rows), 4),
        dollars=round(sum(each.dollars for each in rows), 6),
        caught=_estimate(sample, frozenset().union(*(each.caught for each in parts))),
        redriven=sum(each.redriven for each in rows),
        redriven_hours=round(median(took), 2) if took else None,
        successes=sum(each.successes for each in rows),
        read=sum(each.read for each in rows),
        machines=tuple(each for each in rows if _is_informative(each)),
    )


def _most_first(each: MachineRecoveries) -> tuple[int, int, str]:
    return -each.saved.executions - each.caught.executions, -each.redriven, each.machine_arn


def _is_informative(each: MachineRecoveries) -> bool:
    return bool(each.saved.executions or each.caught.executions or each.redriven)


def _estimate(sample: Sample | None, those: Collection[str]) -> Estimate:
    return sample.estimate(those) if sample else NONE


def _rising(
    mine: StrataPlan, read: Mapping[str, ReadSuccess], saved: Collection[str]
) -> RisingRetries | None:
    """Whether retries were needed more often in the second half of the window, beyond chance."""
    shares: list[tuple[Estimate, int]] = []
    for late in (False, True):
        part = mine.half(late=late)
        ours = {each.arn for stratum in part.strata for each in stratum}
        ours |= {each.execution.arn for each in part.known}
        sample = sample_of(part, ours & read.keys())
        of = sum((e.stopped_at >= mine.middle) == late for e in mine.found.listed)
        if sample is None or not of:
            return None
        shares.append((sample.estimate(frozenset(saved) & ours), of))
    (earlier, earlier_of), (later, later_of) = shares
    beyond = later.low / later_of > earlier.high / earlier_of
    often = later.executions / later_of >= RISES * earlier.executions / earlier_of
    if not (mine.found.complete and beyond and often):
        return None
    return RisingRetries(mine.middle, earlier, earlier_of, later, later_of)


def _was_saved(read: ReadSuccess) -> bool:
    """Whether a retry worked: a state was retried whose error no Catch took in the end."""
    lost = Counter(each.state for each in read.caught)
    ended = Counter(each.state for each in read.failed if each.back_off is None)
    return any(not lost[each.state] or not ended[each.state] for each in _retried(read))


def _retried(read: ReadSuccess) -> Sequence[DiagnosedAttempt]:
    return [each for each in read.failed if each.back_off is not None]


def _lost(read: ReadSuccess) -> float:
    """Seconds that failed attempts and the waits after them took."""
    return sum(
        (each.back_off or 0.0)
        + ((each.failed_at - each.scheduled_at).total_seconds() if each.scheduled_at else 0.0)
        for each in _retried(read)
    )


def _by_hand(read: ReadSuccess) -> float | None:
    """Hours from its first failure to its success."""
    if read.ended_at is None:
        return None
    return (read.execution.stopped_at - read.ended_at).total_seconds() / 3600


def _causes(read: Iterator[ReadSuccess]) -> tuple[CaughtCause, ...]:
    groups: defaultdict[tuple[str | None, str], list[CaughtCause]] = defaultdict(list)
    for success in read:
        for each in {(e.state, e.diagnosis.group): e for e in success.caught}.values():
            made = each.diagnosis
            row = CaughtCause(each.state, made.cause, made.nature, made.error, made.message, 1)
            groups[each.state, made.group].append(row)
    rows = [replace(mine[0], executions=len(mine)) for mine in groups.values()]
    return tuple(sorted(rows, key=lambda r: (-r.executions, str(r.state), r.cause))[:_MOST_CAUSES])

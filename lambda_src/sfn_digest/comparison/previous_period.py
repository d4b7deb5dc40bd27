"""The period before, from a kept report or from CloudWatch's counts alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sfn_digest.comparison.machine_groups import CauseGroup, MachineGroups, groups_by_machine
from sfn_digest.comparison.trend import period
from sfn_digest.model.comparison import Before, CauseChange, Change, GoneCause
from sfn_digest.model.executions import CountedPeriod, ExecutionCounts
from sfn_digest.model.report import Report

FORGOTTEN_AFTER = timedelta(days=100)
"""How long a cause that is gone is remembered: as long as kept reports are."""
MOST_GONE = 200
"""Causes that are gone and remembered, those that struck last."""

_ORDER: Sequence[Change] = ("new", "returned", "repeated", "resolved")
_Key = tuple[str, str]
"""A machine's ARN and a group."""


def compared_with_report(earlier: Report, report: Report, counted: CountedPeriod | None) -> Before:
    """The period before as its own digest reported it, for the machines of this report.

    Machines that were not reported then, such as those tagged since, have CloudWatch's numbers
    where they were `counted`.

    A cause is new or resolved only where the report it is missing from read every failure of
    the machine, and resolved only where the machine has run since. One that merely cost failed
    attempts in the other period was there too. Where either is unknown, no change is reported.
    """
    periods = _two_periods(earlier, report)
    now, then = periods.this, periods.previous
    numbers: dict[str, ExecutionCounts] = {
        arn: each
        for arn, each in (counted.machines if counted else {}).items()
        if arn in now and arn not in then
    }
    numbers |= {arn: each.counts for arn, each in then.items()}
    changes = list(_changes(periods)) if _comparable(then, now) else []
    return Before(
        source="kept_report",
        period=period(earlier.window, numbers.values()),
        failed_attempts=_attempts(then, now),
        machines=dict(sorted(numbers.items())),
        causes=_ordered(changes),
        carried_over=_carried_over(earlier, report),
        gone=_gone(periods, changes, report.window.end - FORGOTTEN_AFTER),
    )


def compared_with_counts(periods: Sequence[CountedPeriod], report: Report) -> Before:
    """The period before as CloudWatch counts it: the last of at least one, oldest first.

    All causes of a machine are new that had no failure in any of the periods: what is not seen
    for an hour, and was all day before, is not new. Of other machines nothing is known.
    """
    counted = periods[-1]
    quiet = {
        arn
        for arn in counted.machines
        if arn not in counted.redriven
        if not any(each.machines[arn].unsuccessful for each in periods if arn in each.machines)
    }
    new = [
        _change((arn, key), group, "new")
        for arn, machine in groups_by_machine(report).items()
        if arn in quiet
        for key, group in machine.groups.items()
    ]
    return Before(
        source="cloudwatch",
        period=period(counted.window, counted.machines.values()),
        failed_attempts=None,
        machines=dict(sorted(counted.machines.items())),
        causes=_ordered(new),
    )


@dataclass(frozen=True, slots=True)
class _Periods:
    """This period and the one before by machine, and what the latter's digest said of causes."""

    this: Mapping[str, MachineGroups]
    previous: Mapping[str, MachineGroups]
    changes: Mapping[_Key, CauseChange]
    gone: Mapping[_Key, GoneCause]
    ended: datetime
    """When the period before ended."""


def _two_periods(earlier: Report, report: Report) -> _Periods:
    now = groups_by_machine(report)
    then = {arn: each for arn, each in groups_by_machine(earlier).items() if arn in now}
    past = earlier.before
    changes = {(each.machine_arn, each.group): each for each in (past.causes if past else ())}
    gone = {(each.machine_arn, each.group): each for each in (past.gone if past else ())}
    return _Periods(now, then, changes, gone, earlier.window.end)


def _attempts(then: Mapping[str, MachineGroups], now: Mapping[str, MachineGroups]) -> int | None:
    """All failed attempts, where no machine was read less then than it is now."""
    known = all(each.whole or not now[arn].whole for arn, each in then.items())
    return sum(each.attempts for each in then.values()) if known else None


def _comparable(then: Mapping[str, MachineGroups], now: Mapping[str, MachineGroups]) -> bool:
    """Whether the groups of both were formed in the same way: their keys begin with a version."""
    keys = [key for machines in (then, now) for each in machines.values() for key in each.groups]
    return len({key.partition(":")[0] for key in keys}) <= 1


def _changes(periods: _Periods) -> Iterator[CauseChange]:
    for arn, was in periods.previous.items():
        machine = periods.this[arn]
        for key, group in machine.groups.items():
            if (before := was.groups.get(key)) is not None:
                yield _again((arn, key), group, before, periods)
            elif was.whole and key not in was.attempted:
                yield _fresh((arn, key), group, periods)
        if machine.whole and machine.ran:
            for key in was.groups.keys() - machine.groups.keys() - machine.attempted:
                yield _resolved((arn, key), was.groups[key], periods)


def _fresh(key: _Key, group: CauseGroup, periods: _Periods) -> CauseChange:
    """A cause that did not strike in the period before; it may be one that came back."""
    gone = periods.gone.get(key)
    change = _change(key, group, "returned" if gone else "new")
    return replace(change, last_at=gone.last_at) if gone else change


def _again(key: _Key, group: CauseGroup, before: CauseGroup, periods: _Periods) -> CauseChange:
    """A cause that struck in both periods: it goes on, since what the digest before reported."""
    change = periods.changes.get(key)
    began = before.first.stopped_at if before.first else None
    return replace(
        _change(key, group, "repeated"),
        before=before.likely,
        before_estimated=before.estimated,
        since=(change.since if change else None) or began,
        periods=(change.periods if change else 1) + 1,
    )


def _resolved(key: _Key, before: CauseGroup, periods: _Periods) -> CauseChange:
    known = periods.changes.get(key)
    began = before.first.stopped_at if before.first else None
    return CauseChange(
        machine_arn=key[0],
        state=before.state,
        cause=before.cause,
        group=key[1],
        change="resolved",
        executions=0,
        before=before.likely,
        before_estimated=before.estimated,
        since=(known.since if known else None) or began,
        periods=known.periods if known else 1,
        last_at=before.last.stopped_at if before.last else periods.ended,
    )


def _change(key: _Key, group: CauseGroup, change: Change) -> CauseChange:
    first_at = group.first.stopped_at if group.first else None
    return CauseChange(
        machine_arn=key[0],
        state=group.state,
        cause=group.cause,
        group=key[1],
        change=change,
        executions=group.likely,
        before=0,
        estimated=group.estimated,
        first_at=first_at,
        since=first_at,
        expected=group.expected,
    )


def _gone(
    periods: _Periods, changes: Iterable[CauseChange], forgotten: datetime
) -> tuple[GoneCause, ...]:
    """The causes that struck earlier and not in this period, as far as they are remembered."""
    gone = dict(periods.gone)
    for each in changes:
        if each.change == "resolved" and each.last_at is not None:
            key = each.machine_arn, each.group
            gone[key] = GoneCause(*key, each.cause, each.state, each.last_at)
    left = [
        each
        for (arn, group), each in gone.items()
        if each.last_at >= forgotten and arn in periods.this
        if group not in periods.this[arn].groups
    ]
    left.sort(key=lambda each: (each.last_at, each.machine_arn, each.group), reverse=True)
    return tuple(left[:MOST_GONE])


def _ordered(changes: Iterable[CauseChange]) -> tuple[CauseChange, ...]:
    """New ones first, then those that came back, go on, and are resolved; the most executions
    first among them.
    """
    return tuple(
        sorted(
            changes,
            key=lambda each: (
                _ORDER.index(each.change),
                -each.executions,
                -each.before,
                each.machine_arn,
                each.group,
            ),
        )
    )


def _carried_over(earlier: Report, report: Report) -> tuple[str, ...]:
    """Executions of both reports that closed again since: the windows may overlap by an hour."""
    failed = {failure.execution_arn for failure in earlier.failures}
    return tuple(
        failure.execution_arn
        for failure in report.failures
        if failure.execution_arn in failed and failure.stopped_at >= earlier.window.end
    )

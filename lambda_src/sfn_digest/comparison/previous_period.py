"""The period before, from a kept report or from CloudWatch's counts alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sfn_digest.comparison.previous_report import PreviousMachine, PreviousReport
from sfn_digest.comparison.this_period import CauseGroup, MachineGroups, groups_by_machine
from sfn_digest.comparison.trend import period
from sfn_digest.model.comparison import Before, CauseChange
from sfn_digest.model.executions import CountedPeriod, ExecutionCounts
from sfn_digest.model.report import Report


def compared_with_report(
    earlier: PreviousReport, report: Report, counted: CountedPeriod | None
) -> Before:
    """The period before as its own digest told it, for the machines of this report.

    Machines that were not reported then, such as those tagged since, have CloudWatch's numbers
    where they were `counted`.

    A cause is new or resolved only where the report it is missing from read every failure of
    the machine, and resolved only where the machine has run since. One that merely cost failed
    attempts in the other period was there too. Where either is unknown, no change is told of.
    """
    here = groups_by_machine(report)
    then = {arn: each for arn, each in earlier.machines.items() if arn in here}
    numbers: dict[str, ExecutionCounts] = {
        arn: each
        for arn, each in (counted.machines if counted else {}).items()
        if arn in here and arn not in then
    }
    numbers |= {arn: each.counts for arn, each in then.items()}
    return Before(
        source="kept_report",
        period=period(earlier.window, numbers.values()),
        failed_attempts=_attempts(then, here),
        machines=dict(sorted(numbers.items())),
        causes=_ordered(_changes(then, here)) if _comparable(then, here) else (),
        carried_over=_carried_over(earlier, report),
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
        if not any(each.machines[arn].unsuccessful for each in periods if arn in each.machines)
    }
    new = [
        _change(arn, key, group, None)
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


def _attempts(then: Mapping[str, PreviousMachine], here: Mapping[str, MachineGroups]) -> int | None:
    """All failed attempts, where no machine was read less then than it is here."""
    known = all(each.whole or not here[arn].whole for arn, each in then.items())
    return sum(each.attempts for each in then.values()) if known else None


def _comparable(then: Mapping[str, PreviousMachine], here: Mapping[str, MachineGroups]) -> bool:
    """Whether the groups of both were formed in the same way: their keys begin with a version."""
    keys = [key for earlier in then.values() for key in earlier.groups]
    keys += [key for machine in here.values() for key in machine.groups]
    return len({key.partition(":")[0] for key in keys}) <= 1


def _changes(
    then: Mapping[str, PreviousMachine], here: Mapping[str, MachineGroups]
) -> Iterator[CauseChange]:
    for arn, earlier in then.items():
        machine = here[arn]
        for key, group in machine.groups.items():
            was = earlier.groups.get(key)
            if was is not None:
                yield _change(arn, key, group, was.executions)
            elif earlier.whole and key not in earlier.tried:
                yield _change(arn, key, group, None)
        if machine.whole and machine.ran:
            for key in earlier.groups.keys() - machine.groups.keys() - machine.tried:
                gone = earlier.groups[key]
                yield CauseChange(
                    machine_arn=arn,
                    state=gone.state,
                    cause=gone.cause,
                    group=key,
                    change="resolved",
                    executions=0,
                    before=gone.executions,
                )


def _change(arn: str, key: str, group: CauseGroup, before: int | None) -> CauseChange:
    return CauseChange(
        machine_arn=arn,
        state=group.state,
        cause=group.cause,
        group=key,
        change="new" if before is None else "repeated",
        executions=group.executions,
        before=before or 0,
        first_at=group.first.stopped_at,
    )


def _ordered(changes: Iterable[CauseChange]) -> tuple[CauseChange, ...]:
    """New ones first, then repeated, then resolved; the most executions first among them."""
    order = ("new", "repeated", "resolved")
    return tuple(
        sorted(
            changes,
            key=lambda each: (
                order.index(each.change),
                -each.executions,
                -each.before,
                each.machine_arn,
                each.group,
            ),
        )
    )


def _carried_over(earlier: PreviousReport, report: Report) -> tuple[str, ...]:
    """Executions of both reports that closed again since: the windows may overlap by an hour."""
    return tuple(
        failure.execution_arn
        for failure in report.failures
        if failure.execution_arn in earlier.failed and failure.stopped_at >= earlier.window.end
    )

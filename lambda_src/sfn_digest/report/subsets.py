"""A report's machines by environment, production first, and the part that is about some of them."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from sfn_digest.i18n.message import Message
from sfn_digest.model.comparison import Before, Period
from sfn_digest.model.executions import Coverage
from sfn_digest.model.machine_tags import environment_rank
from sfn_digest.model.recoveries import Recoveries
from sfn_digest.model.report import MachineReport, Report, Totals
from sfn_digest.model.sample import CauseEstimate, Estimate
from sfn_digest.report.build import totals_of
from sfn_digest.report.shown import Shown


def part_of(report: Report, arns: Collection[str]) -> Report:
    """Give what the report says of these machines; the trend goes back to the period before."""
    machines = tuple(each for each in report.machines if each.arn in arns)
    failures = tuple(each for each in report.failures if each.machine_arn in arns)
    expected = tuple(each for each in report.expected if each.machine_arn in arns)
    totals = totals_of(machines, failures, sum(each.executions for each in expected))
    before = _before(report, arns) if report.before else None
    return replace(
        report,
        totals=totals,
        machines=machines,
        failures=failures,
        hints=tuple(each for each in report.hints if each.machine_arn in arns),
        adopted=tuple(each for each in report.adopted if each.machine_arn in arns),
        adopted_changes=tuple(each for each in report.adopted_changes if each.machine_arn in arns),
        expected=expected,
        map_runs=tuple(each for each in report.map_runs if each.machine_arn in arns),
        recoveries=_recoveries(report.recoveries, arns) if report.recoveries else None,
        stuck=tuple(each for each in report.stuck if each.machine_arn in arns),
        releases=tuple(each for each in report.releases if each.machine_arn in arns),
        estimated=_estimated(report, machines),
        since=tuple(each for each in report.since if each.machine_arn in arns),
        coverage=_coverage(report, machines),
        before=before,
        trend=(before.period, _period(report, totals)) if before and report.trend else (),
    )


def _estimated(report: Report, machines: tuple[MachineReport, ...]) -> tuple[CauseEstimate, ...]:
    """What a sample says of these machines, and of all of them together."""
    if len(machines) == len(report.machines):
        return report.estimated
    arns = {each.arn for each in machines}
    own = tuple(each for each in report.estimated if each.machine_arn in arns)
    together: dict[str, Estimate] = {}
    for cause in dict.fromkeys(each.cause for each in own):
        estimates = {each.machine_arn: each.estimated for each in own if each.cause == cause}
        exact = sum(
            row.executions
            for each in machines
            for row in each.causes
            if row.cause == cause and each.arn not in estimates
        )
        together[cause] = _sum([*estimates.values(), Estimate(exact, exact, exact)])
    return (*(CauseEstimate(None, cause, each) for cause, each in together.items()), *own)


def _period(report: Report, totals: Totals) -> Period:
    ended = (totals.succeeded, totals.failed, totals.timed_out, totals.aborted)
    return Period(report.window, totals.executions, *ended)


def _before(report: Report, arns: Collection[str]) -> Before | None:
    before = report.before
    if before is None:
        return None
    counts = {arn: each for arn, each in before.machines.items() if arn in arns}
    executed = {each.execution_arn for each in report.failures if each.machine_arn in arns}
    succeeded, failed, timed_out, aborted = (
        sum(getattr(each, name) for each in counts.values())
        for name in ("succeeded", "failed", "timed_out", "aborted")
    )
    executions = succeeded + failed + timed_out + aborted
    return replace(
        before,
        period=Period(before.period.window, executions, succeeded, failed, timed_out, aborted),
        # Attempts are known of all machines together.
        failed_attempts=None,
        machines=counts,
        causes=tuple(each for each in before.causes if each.machine_arn in arns),
        carried_over=tuple(arn for arn in before.carried_over if arn in executed),
        gone=tuple(each for each in before.gone if each.machine_arn in arns),
    )


def _recoveries(whole: Recoveries, arns: Collection[str]) -> Recoveries:
    machines = tuple(each for each in whole.machines if each.machine_arn in arns)
    if len(machines) == len(whole.machines):
        return whole
    return Recoveries(
        saved=_sum(each.saved for each in machines),
        attempts=sum(each.attempts for each in machines),
        hours=sum(each.hours for each in machines),
        dollars=sum(each.dollars for each in machines),
        caught=_sum(each.caught for each in machines),
        redriven=sum(each.redriven for each in machines),
        # The median over several machines cannot be distinguished from theirs.
        redriven_hours=machines[0].redriven_hours if len(machines) == 1 else None,
        successes=sum(each.successes for each in machines),
        read=sum(each.read for each in machines),
        machines=machines,
    )


def _sum(estimates: Iterable[Estimate]) -> Estimate:
    executions = low = high = 0
    for each in estimates:
        executions, low, high = executions + each.executions, low + each.low, high + each.high
    return Estimate(executions, low, high)


def _coverage(report: Report, machines: tuple[MachineReport, ...]) -> Coverage:
    """What was read of these machines, with the notes that are not on others."""
    whole = report.coverage
    ours = {each.name for each in machines}
    others = {each.name for each in report.machines} - ours
    notes = tuple(each for each in whole.notes if not _is_on(each, others - ours))
    left_out = tuple(each for each in whole.left_out if each in notes)
    skipped = [each for each in machines if each.arn in whole.skipped]
    read = sum(_read(each) for each in machines)
    unread = sum(_unread(each) for each in machines if each not in skipped)
    complete = whole.failures_read == whole.failures_found
    found = read if complete else read + unread
    return replace(
        whole,
        machines_tagged=len(machines),
        machines_scanned=len(machines) - len(skipped),
        failures_found=found,
        failures_read=read,
        complete=whole.complete or not (left_out or skipped or found > read),
        notes=notes,
        left_out=left_out,
        skipped=tuple(each.arn for each in skipped),
    )


def _read(machine: MachineReport) -> int:
    return sum(row.executions for row in machine.causes)


def _unread(machine: MachineReport) -> int:
    """Failures that were listed and not read; those of Express machines cannot be listed."""
    return 0 if machine.type == "EXPRESS" else max(0, machine.unsuccessful - _read(machine))


def _is_on(note: Message, names: Collection[str]) -> bool:
    """Say whether a note names one of these machines."""
    return any(value in names for value in _values(note))


def _values(value: object) -> Iterator[str]:
    if isinstance(value, tuple):
        for each in value:
            yield from _values(each)
    elif isinstance(value, str):
        yield value
        for each in value.values.values() if isinstance(value, Message) else ():
            yield from _values(each)


T = TypeVar("T")

NO_ENVIRONMENT = Message("No environment tag")


def itself(machine: MachineReport) -> MachineReport:
    """Give the machine of a machine."""
    return machine


def environment(machine: MachineReport, report: Report, texts: Shown) -> str:
    """Name a machine's environment; empty where all machines of the report are of one."""
    if not machine.environment or not several_environments(report):
        return ""
    return texts.name(machine.environment)


def by_environment(
    things: Iterable[T], machine_of: Callable[[T], MachineReport], report: Report, texts: Shown
) -> list[tuple[str, list[T]]]:
    """Give things under the heading of their machine's environment, production first.

    The heading is empty where all machines of the report are of one environment.
    """
    groups: dict[tuple[int, str], list[T]] = {}
    several = several_environments(report)
    for each in things:
        of = machine_of(each).environment if several else None
        groups.setdefault(environment_rank(of), []).append(each)
    ranked = [groups[rank] for rank in sorted(groups)]
    if not several:
        return [("", those) for those in ranked]
    return [(_heading(machine_of(those[0]), texts), those) for those in ranked]


def headed(
    things: Iterable[T], machine_of: Callable[[T], MachineReport], report: Report, texts: Shown
) -> Iterator[tuple[T, str]]:
    """Give things by their machine's environment, the first of each with its heading."""
    for heading, those in by_environment(things, machine_of, report, texts):
        yield from ((each, "" if place else heading) for place, each in enumerate(those))


def _heading(machine: MachineReport, texts: Shown) -> str:
    named = machine.environment
    return texts.name(named) if named else texts.translate(NO_ENVIRONMENT)


def several_environments(report: Report) -> bool:
    """Say whether the report's machines are of more than one environment."""
    return len({environment_rank(machine.environment) for machine in report.machines}) > 1

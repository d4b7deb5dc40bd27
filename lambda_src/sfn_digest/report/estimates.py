"""Executions by cause where only a sample of the failures was read: estimates with bounds."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sfn_digest.model.report import FailureReport, MachineReport, Report
from sfn_digest.model.sample import CauseEstimate, Estimate, Stratum
from sfn_digest.report.sample_estimates import Sample, samples, together


def with_estimates(report: Report, strata: Sequence[Stratum]) -> Report:
    """The report with what its failures say of all that were found in these strata.

    Without strata everything was read, and the report stays as it is.
    """
    if not strata:
        return report
    parts = samples(strata, {each.execution_arn for each in report.failures})
    by_machine: dict[str, list[FailureReport]] = defaultdict(list)
    for failure in report.failures:
        by_machine[failure.machine_arn].append(failure)
    partly = {arn: part for arn, part in parts.items() if not part.complete}
    machines = [
        _estimated(machine, by_machine[machine.arn], partly[machine.arn])
        if machine.arn in partly
        else machine
        for machine in report.machines
    ]
    # In an order that rests on nothing but the causes, most executions first.
    of_machines = (
        CauseEstimate(arn, cause, partly[arn].estimate(those))
        for arn in sorted(partly)
        for cause, those in _by_cause(_news(by_machine[arn])).items()
    )
    of_all = _of_all(report, together(list(parts.values())))
    return replace(report, machines=tuple(machines), estimated=(*of_all, *of_machines))


def _estimated(
    machine: MachineReport, failures: Iterable[FailureReport], sample: Sample
) -> MachineReport:
    by_row: dict[object, list[str]] = defaultdict(list)
    for each in failures:
        by_row[each.cause, each.state, each.error, each.group, each.stage].append(
            each.execution_arn
        )
    rows = (
        (row, by_row[row.cause, row.state, row.error, row.group, row.stage])
        for row in machine.causes
    )
    causes = [
        replace(row, estimated=sample.estimate(those)) if those else row for row, those in rows
    ]
    ordered = sorted(
        causes, key=lambda row: (0 < row.executions == row.expected_executions, -row.likely)
    )
    return replace(machine, causes=tuple(ordered))


def _news(failures: Sequence[FailureReport]) -> list[FailureReport]:
    """Those that were not expected; all of them where nothing else failed."""
    return [each for each in failures if not each.expected] or list(failures)


def _by_cause(failures: Iterable[FailureReport]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for each in failures:
        found[each.cause].append(each.execution_arn)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def _of_all(report: Report, whole: Sample) -> Iterable[CauseEstimate]:
    """By cause over all machines; a parent that repeats its child's failure counts with it."""
    roots = [each for each in report.failures if each.incident == each.execution_arn]
    for cause, those in _by_cause(roots).items():
        yield CauseEstimate(None, cause, _estimate(whole, those))


def _estimate(whole: Sample, those: Collection[str]) -> Estimate:
    """The estimate of those that were drawn, and as many more as were read without a draw."""
    drawn = [arn for arn in those if arn in whole.cell_of]
    more = len(those) - len(drawn)
    exactly = Estimate(more, more, more)
    return whole.estimate(drawn) + exactly if drawn else exactly

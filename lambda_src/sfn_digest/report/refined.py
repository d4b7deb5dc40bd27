"""A report's counts, refined: what is expected set behind, and what only a sample tells estimated.

A machine's own tag or the user's rules say which failures are no news: they are counted and not
ranked. Where a sample of the failures was read, executions by cause are estimates with bounds.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sfn_digest.causes import Expectation
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import Window
from sfn_digest.model.machine_tags import ABORTED, ExpectedFailures
from sfn_digest.model.report import (
    CauseRow,
    FailureReport,
    Hint,
    MachineReport,
    Report,
)
from sfn_digest.model.sample import CauseEstimate, Estimate, Stratum
from sfn_digest.report.build import most_pressing
from sfn_digest.report.statistics import Sample, samples, together

_What = tuple[str, str | None, datetime | None]
"""What is expected, why, and until when."""
_Explained = tuple[FailureReport, _What | None]
"""A failure, and what expects it."""


def mark_expected(report: Report, expectations: Sequence[Expectation] = ()) -> Report:
    """The report with what is expected marked, counted, and behind the rest."""
    machines = {machine.arn: machine for machine in report.machines}
    why = [_why(each, machines[each.machine_arn], expectations) for each in report.failures]
    by_machine: dict[str, list[_Explained]] = defaultdict(list)
    for pair in zip(report.failures, why, strict=True):
        by_machine[pair[0].machine_arn].append(pair)
    marked = [
        _marked(machine, by_machine[machine.arn], expectations, report.window)
        for machine in report.machines
    ]
    rows = tuple(row for _, found in marked for row in found)
    return replace(
        report,
        machines=tuple(sorted((machine for machine, _ in marked), key=most_pressing)),
        failures=tuple(
            replace(each, expected=what is not None)
            for each, what in zip(report.failures, why, strict=True)
        ),
        expected=tuple(sorted(rows, key=_most_first)),
        totals=replace(report.totals, expected=sum(row.executions for row in rows)),
    )


def news(hints: Iterable[Hint], report: Report) -> tuple[Hint, ...]:
    """The hints without those on a cause whose every execution in the machine is expected."""
    left: Counter[tuple[str, str]] = Counter()
    expected: Counter[tuple[str, str]] = Counter()
    for machine in report.machines:
        for row in machine.causes:
            left[machine.arn, row.cause] += row.executions - row.expected_executions
            expected[machine.arn, row.cause] += row.expected_executions
    return tuple(
        hint
        for hint in hints
        if left[hint.machine_arn, hint.cause] or not expected[hint.machine_arn, hint.cause]
    )


def ended(expectations: Iterable[Expectation], window: Window) -> tuple[Message, ...]:
    """What is said of expectations that held until before the window."""
    return tuple(
        Message(
            "{what} is no longer expected: the rules file says so only until {until}, so "
            "its failures count again. Remove the rule, or extend it.",
            what=each.what,
            until=each.last_day,
        )
        for each in expectations
        if each.until <= window.start
    )


def _why(
    failure: FailureReport, machine: MachineReport, expectations: Sequence[Expectation]
) -> _What | None:
    """What expects a failure: the rules, which give a reason, before the machine's tag."""
    aborted = failure.status == "ABORTED"
    for each in expectations:
        if failure.stopped_at < each.until and each.holds(
            machine=machine.name, cause=failure.cause, error=failure.error, aborted=aborted
        ):
            return each.what, each.reason, each.until
    for word in machine.expected:
        if word in (failure.cause, failure.error) or (word == ABORTED and aborted):
            return word, None, None
    return None


def _marked(
    machine: MachineReport,
    failures: Sequence[_Explained],
    expectations: Sequence[Expectation],
    window: Window,
) -> tuple[MachineReport, Sequence[ExpectedFailures]]:
    """The machine with its expected failures counted, and what they are."""
    read = sum(each.status == "ABORTED" for each, _ in failures)
    stops = _unread_stops(machine, read, expectations, window)
    expected = [(each, what) for each, what in failures if what is not None]
    stopped = sum(each.status == "ABORTED" for each, _ in expected)
    groups = Counter((each.cause, each.state, each.error, each.group) for each, _ in expected)
    causes = [
        replace(row, expected_executions=groups[row.cause, row.state, row.error, row.group])
        for row in machine.causes
    ]
    found = stops + Counter(what for _, what in expected)
    counted = replace(
        machine,
        causes=tuple(sorted(causes, key=_is_old)),
        expected_failures=len(expected) - stopped,
        expected_stops=stopped + stops.total(),
    )
    rows = [
        ExpectedFailures(machine.arn, what, executions, reason, until)
        for (what, reason, until), executions in found.items()
    ]
    return counted, rows


def _unread_stops(
    machine: MachineReport, read: int, expectations: Sequence[Expectation], window: Window
) -> Counter[_What]:
    """Stopped executions are known by their status, though their history was not read."""
    unread = machine.aborted - read
    if unread <= 0:
        return Counter()
    for each in expectations:
        alone = each.aborted and not each.cause and not each.error
        if alone and each.is_on(machine.name) and window.end <= each.until:
            return Counter({(each.what, each.reason, each.until): unread})
    return Counter({(ABORTED, None, None): unread} if ABORTED in machine.expected else {})


def _is_old(row: CauseRow) -> bool:
    """Whether a row is about nothing but what was expected."""
    return 0 < row.executions == row.expected_executions


def _most_first(row: ExpectedFailures) -> tuple[int, str, str]:
    return -row.executions, row.machine_arn, row.what


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
    roots = [each for each in report.failures if each.root == each.execution_arn]
    for cause, those in _by_cause(roots).items():
        yield CauseEstimate(None, cause, _estimate(whole, those))


def _estimate(whole: Sample, those: Collection[str]) -> Estimate:
    """The estimate of those that were drawn, and as many more as were read without a draw."""
    drawn = [arn for arn in those if arn in whole.cell_of]
    more = len(those) - len(drawn)
    exactly = Estimate(more, more, more)
    return whole.estimate(drawn) + exactly if drawn else exactly

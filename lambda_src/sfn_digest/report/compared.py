"""The report held against the period before it: lines that the page and the terminal share."""

from dataclasses import dataclass

from sfn_digest.model.comparison import (
    Before,
    CauseChange,
    Change,
    DefinitionChange,
)
from sfn_digest.model.report import Report
from sfn_digest.report import console
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import Shown
from sfn_digest.report.wording import comparisons, findings, labels, quantities

_ORDER: tuple[Change, ...] = ("new", "returned", "repeated", "resolved")

MOST_UNREPORTED = 2
"""Periods in a row that need no word: `repeated` says two."""


@dataclass(frozen=True, slots=True)
class Number:
    """One of the four numbers; `was` tells the period before, and is empty where none is known."""

    label: str
    value: int
    was: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One cause in one machine, in both periods; `title` is the cause's alone.

    `note` tells when it began, and what changed.
    """

    change: str
    title: str
    cause: str
    machine: str
    url: str | None
    executions: str
    before: str
    note: str


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """An execution that had failed before and failed again."""

    name: str
    machine: str
    url: str | None


def numbers(report: Report, texts: Shown) -> tuple[Number, ...]:
    """Give failed, timed out and aborted executions, and failed attempts."""
    totals, before = report.totals, report.before
    attempts = sum(map(view.failed_attempts, report.machines))
    ended = (
        (texts.translate(labels.FAILED), totals.failed, before.period.failed if before else 0),
        (
            texts.translate(labels.TIMED_OUT),
            totals.timed_out,
            before.period.timed_out if before else 0,
        ),
        (texts.translate(labels.ABORTED), totals.aborted, before.period.aborted if before else 0),
    )
    return (
        *(
            Number(label, now, texts.translate(comparisons.was(was, now)) if before else "")
            for label, now, was in ended
        ),
        Number(
            texts.translate(labels.FAILED_ATTEMPTS),
            attempts,
            texts.translate(comparisons.was_of_attempts(before.failed_attempts, attempts))
            if before
            else "",
        ),
    )


def against(before: Before, texts: Shown) -> str:
    """Say what the numbers are held against."""
    return texts.translate(comparisons.compared(before.period.window, before.source))


def machine_change(report: Report, arn: str, now: int, texts: Shown) -> str:
    """Say how a machine's failures moved; empty where it was not counted before."""
    before = report.before.machines.get(arn) if report.before else None
    return "" if before is None else texts.translate(comparisons.change(before.failures, now))


def recovered(report: Report, texts: Shown) -> str:
    """Name the machines that failed in the period before only; empty where there are none."""
    before = report.before.machines if report.before else {}
    named = [
        comparisons.counted_name(texts.name(machine.name), before[machine.arn].failures)
        for machine in report.machines
        if machine.arn in before and before[machine.arn].failures and not machine.failures
    ]
    return texts.translate(comparisons.recovered_machines(named)) if named else ""


def changes(report: Report, texts: Shown) -> list[ChangeLine]:
    """Give all causes of both periods: new ones first, then those that came again."""
    if report.before is None:
        return []
    names = view.machine_names(report)
    ranked = sorted(
        report.before.causes,
        key=lambda each: (_ORDER.index(each.change), -each.executions, -each.before),
    )
    return [_line(each, report.before, names, texts) for each in ranked]


def _line(each: CauseChange, before: Before, names: dict[str, str], texts: Shown) -> ChangeLine:
    name = names.get(each.machine_arn, view.execution_name(each.machine_arn))
    state = texts.name(each.state) if each.state else None
    return ChangeLine(
        change=texts.translate(labels.CHANGE[each.change]),
        title=texts.title(each.cause),
        cause=texts.translate(findings.cause_in(texts.title(each.cause), state)),
        machine=texts.name(name),
        url=console.machine_url(each.machine_arn),
        executions=texts.translate(quantities.about(each.executions, each.estimated)),
        before=texts.translate(quantities.about(each.before, each.before_estimated)),
        note=_note(each, before, texts),
    )


def _note(each: CauseChange, before: Before, texts: Shown) -> str:
    """When a cause began or struck before, and what changed shortly before it did."""
    if each.change == "resolved":
        return ""
    if each.change == "repeated":
        if each.periods <= MOST_UNREPORTED or each.since is None:
            return ""
        window = before.period.window
        length = window.end - window.start
        return texts.translate(comparisons.going_on(each.periods, length, each.since))
    said = [texts.translate(comparisons.first_at(each.first_at))] if each.first_at else []
    if each.last_at:
        said.append(texts.translate(comparisons.gone_since(each.last_at)))
    if each.definition:
        said.append(_definition(each.definition, texts))
    return texts.together(said)


def _definition(change: DefinitionChange, texts: Shown) -> str:
    version = texts.name(change.version.rpartition(":")[2]) if change.version else None
    return texts.translate(comparisons.definition_changed(change.at, version))


def carried_over(report: Report, texts: Shown) -> list[CarriedOver]:
    """Give the executions that failed in both periods."""
    if report.before is None:
        return []
    names = view.machine_names(report)
    machines = {failure.execution_arn: failure.machine_arn for failure in report.failures}
    return [
        CarriedOver(
            texts.name(view.execution_name(arn)),
            texts.name(names[machines[arn]]) if machines.get(arn) in names else "",
            console.execution_url(arn),
        )
        for arn in report.before.carried_over
    ]

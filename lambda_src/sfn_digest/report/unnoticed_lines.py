"""What failed executions do not tell, line by line, as every face tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sfn_digest.model.recoveries import MachineRecoveries, Recoveries
from sfn_digest.model.releases import MachineVersions
from sfn_digest.model.report import Report
from sfn_digest.model.stuck import StuckMachine
from sfn_digest.report import console
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import Shown
from sfn_digest.report.wording import findings
from sfn_digest.report.wording import unnoticed as wording

_STUCK = 3
"""Stuck executions of a machine that are reported by name."""


@dataclass(frozen=True, slots=True)
class UnnoticedLine:
    """What is said of a thing of a machine, with its page, and details; a total has no name."""

    said: str
    name: str = ""
    machine: str = ""
    url: str | None = None
    details: tuple[str, ...] = ()


def unnoticed_lines(report: Report, texts: Shown) -> tuple[UnnoticedLine, ...]:
    """Everything there is to say, what needs somebody first."""
    recoveries, names = report.recoveries, view.machine_names(report)
    saved = _recovered(recoveries, names, texts) if recoveries else ()
    return (
        *(line for each in report.releases for line in _release(each, names, texts)),
        *(line for each in report.stuck for line in _stuck(each, names, texts)),
        *saved,
    )


def _release(
    each: MachineVersions, names: Mapping[str, str], texts: Shown
) -> Iterator[UnnoticedLine]:
    if each.bad is None or each.before is None:
        return
    safe = [replace(alias, name=texts.name(alias.name)) for alias in each.aliases]
    machine = texts.name(names.get(each.machine_arn, ""))
    yield UnnoticedLine(
        said=texts.translate(wording.bad_release(each.bad, each.before, each)),
        name=machine,
        machine=machine,
        url=console.machine_url(each.machine_arn),
        details=tuple(texts.translate(wording.routing(alias)) for alias in safe),
    )


def _stuck(each: StuckMachine, names: Mapping[str, str], texts: Shown) -> Iterator[UnnoticedLine]:
    machine = texts.name(names.get(each.machine_arn, ""))
    said = texts.translate(wording.stuck(each))
    yield UnnoticedLine(said, machine, machine, console.machine_url(each.machine_arn))
    for one in each.longest[:_STUCK]:
        state = texts.name(one.state) if one.state else ""
        sentences = (
            wording.stuck_execution(one, state),
            wording.limits(one, each.timeout_seconds),
        )
        yield UnnoticedLine(
            said=texts.joined(texts.translate(sentence) for sentence in sentences),
            name=f"{machine} / {texts.name(view.execution_name(one.execution_arn))}",
            machine=machine,
            url=console.execution_url(one.execution_arn),
        )


def _recovered(
    recoveries: Recoveries, names: Mapping[str, str], texts: Shown
) -> Iterator[UnnoticedLine]:
    for each in recoveries.machines:
        if each.rising:
            warned = texts.translate(wording.rising(each.rising))
            yield replace(_machine(each, names, texts, warned), details=())
    if len(recoveries.machines) > 1:
        total = (*_saved(recoveries, texts), *_by_hand(recoveries, texts))
        if total:
            yield UnnoticedLine(texts.joined(total))
    for each in recoveries.machines:
        caught = [texts.translate(wording.caught(each.caught))] if each.caught.executions else []
        sentences = (*_saved(each, texts), *caught, *_by_hand(each, texts))
        yield _machine(each, names, texts, texts.joined(sentences))


def _saved(each: Recoveries | MachineRecoveries, texts: Shown) -> Iterator[str]:
    if each.saved.executions:
        yield texts.translate(wording.saved(each))


def _by_hand(each: Recoveries | MachineRecoveries, texts: Shown) -> Iterator[str]:
    if each.redriven:
        yield texts.translate(wording.by_hand(each.redriven, each.redriven_hours))


def _machine(
    each: MachineRecoveries, names: Mapping[str, str], texts: Shown, said: str
) -> UnnoticedLine:
    name = texts.name(names.get(each.machine_arn, ""))
    return UnnoticedLine(
        said=said,
        name=name,
        machine=name,
        url=console.machine_url(each.machine_arn),
        details=tuple(_causes(each, texts)),
    )


def _causes(each: MachineRecoveries, texts: Shown) -> Iterator[str]:
    for row in each.causes:
        state = texts.name(row.state) if row.state else None
        cause = texts.translate(findings.cause_in(texts.title(row.cause), state))
        yield texts.translate(
            wording.caught_cause(row, cause, texts.detail(row.error, row.message))
        )

"""What failed executions do not tell, line by line, as every face tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sfn_digest.model.recoveries import MachineRecoveries, Recoveries
from sfn_digest.model.report import Report
from sfn_digest.report import console
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import Shown
from sfn_digest.report.wording import findings
from sfn_digest.report.wording import unnoticed as wording


@dataclass(frozen=True, slots=True)
class UnnoticedLine:
    """What is said of a thing by name, with its page, and details; a total has no name."""

    said: str
    name: str = ""
    url: str | None = None
    details: tuple[str, ...] = ()


def unnoticed_lines(report: Report, texts: Shown) -> tuple[UnnoticedLine, ...]:
    """Everything there is to say, what needs somebody first."""
    recoveries = report.recoveries
    told = _recovered(recoveries, view.machine_names(report), texts) if recoveries else ()
    return tuple(told)


def _recovered(
    recoveries: Recoveries, names: Mapping[str, str], texts: Shown
) -> Iterator[UnnoticedLine]:
    for each in recoveries.machines:
        if each.rising:
            warned = texts.tell(wording.rising(each.rising))
            yield replace(_machine(each, names, texts, warned), details=())
    if len(recoveries.machines) > 1:
        total = (*_saved(recoveries, texts), *_by_hand(recoveries, texts))
        if total:
            yield UnnoticedLine(texts.joined(total))
    for each in recoveries.machines:
        caught = [texts.tell(wording.caught(each.caught))] if each.caught.executions else []
        told = (*_saved(each, texts), *caught, *_by_hand(each, texts))
        yield _machine(each, names, texts, texts.joined(told))


def _saved(each: Recoveries | MachineRecoveries, texts: Shown) -> Iterator[str]:
    if each.saved.executions:
        yield texts.tell(wording.saved(each))


def _by_hand(each: Recoveries | MachineRecoveries, texts: Shown) -> Iterator[str]:
    if each.redriven:
        yield texts.tell(wording.by_hand(each.redriven, each.redriven_hours))


def _machine(
    each: MachineRecoveries, names: Mapping[str, str], texts: Shown, said: str
) -> UnnoticedLine:
    return UnnoticedLine(
        said=said,
        name=texts.name(names.get(each.machine_arn, "")),
        url=console.machine_url(each.machine_arn),
        details=tuple(_causes(each, texts)),
    )


def _causes(each: MachineRecoveries, texts: Shown) -> Iterator[str]:
    for row in each.causes:
        state = texts.name(row.state) if row.state else None
        cause = texts.tell(findings.cause_in(texts.title(row.cause), state))
        yield texts.tell(wording.caught_cause(row, cause, texts.detail(row.error, row.message)))

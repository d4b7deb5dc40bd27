"""What can be redriven, as the page and the terminal show it."""

from collections.abc import Iterator
from dataclasses import dataclass

from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.report import Report
from sfn_digest.report import console
from sfn_digest.report import presenter as view
from sfn_digest.report.redrive_candidates import command, redrives
from sfn_digest.report.shown import Shown
from sfn_digest.report.wording import redriving

_IN_A_COMMAND = 50
_NAME = 80


@dataclass(frozen=True, slots=True)
class MachineLine:
    """One machine: how many of its executions, until when, and the command for a shell.

    `left_out` counts executions that the command does not name.
    """

    machine: str
    url: str | None
    said: str
    command: str
    left_out: int


@dataclass(frozen=True, slots=True)
class RedriveLines:
    """A summary, and the machines, those with most executions first."""

    said: str
    machines: tuple[MachineLine, ...]


def redrive_lines(report: Report, texts: Shown) -> RedriveLines | None:
    """Say what a redrive would heal; None where nothing can be redriven."""
    found, names = redrives(report), view.machine_names(report)
    if not found.machines:
        return None
    until = min(each.until for each in found.machines)
    said = [texts.translate(redriving.redrivable(found.executions, len(found.machines), until))]
    if found.caught:
        said.append(texts.translate(redriving.caught_in_fail_state(found.caught)))
    if found.standing:
        said.append(texts.translate(redriving.cause_stands(found.standing)))
    lines = []
    for each in found.machines:
        arns = [failure.execution_arn for failure in each.executions]
        lines.append(
            MachineLine(
                machine=texts.name(names[each.machine_arn]),
                url=console.machine_url(each.machine_arn),
                said=texts.translate(
                    redriving.redrivable_of_machine(len(arns), each.until, each.succeeded)
                ),
                command=command(arns[:_IN_A_COMMAND]),
                left_out=len(arns[_IN_A_COMMAND:]),
            )
        )
    return RedriveLines(texts.joined(said), tuple(lines))


def redrive_overview(report: Report, texts: Shown) -> Iterator[str]:
    """List each execution in a line, with its cause; and what is left out."""
    lines = redrive_lines(report, texts)
    found = redrives(report)
    if lines is None:
        yield texts.translate(redriving.NOTHING)
        if found.standing:
            yield texts.translate(redriving.cause_stands(found.standing))
        return
    yield lines.said
    for line, machine in zip(lines.machines, found.machines, strict=True):
        yield f"{line.machine}: {line.said}"
        for each in machine.executions:
            cause = texts.title(each.cause)
            yield f"  {clean(each.execution_arn.rpartition(':')[2], _NAME)}  {cause}"

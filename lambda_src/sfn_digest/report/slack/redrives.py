"""Replies: what a redrive would heal, until when, and the command for it."""

from collections.abc import Sequence

from sfn_digest.model.message import Message
from sfn_digest.model.report import MachineReport, Report
from sfn_digest.report.redrive import MachineRedrives, Redrives, command, redrives
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.reply import Code, Item, Kind, bullet, line, replies
from sfn_digest.report.slack.rich_text import machine_link, text
from sfn_digest.report.wording import counts, labels, redriving

_REPLIES = 1
_MACHINES = 20
_EXECUTIONS = 8
"""Executions that a machine's command names."""

_COMMAND_LIMIT = 2_000


def redrive_replies(report: Report, texts: Shown) -> tuple[Message, ...]:
    """Give a command for each machine whose failures time may have healed."""
    found = redrives(report)
    if not found.machines:
        return ()
    machines = {machine.arn: machine for machine in report.machines}
    items = [_machine(machines[each.machine_arn], each, texts) for each in found.machines]
    kind = Kind(labels.REDRIVE, _REPLIES, counts.more_machines_in_json)
    shown = [_summary(found, texts), *items[:_MACHINES]]
    return replies(kind, shown, texts, beyond=len(items[_MACHINES:]))


def _summary(found: Redrives, texts: Shown) -> Item:
    until = min(each.until for each in found.machines)
    said = texts.tell(redriving.redrivable(found.executions, len(found.machines), until))
    if found.caught:
        said = f"{said} {texts.tell(redriving.caught_in_fail_state(found.caught))}"
    if found.standing:
        said = f"{said} {texts.tell(redriving.cause_stands(found.standing))}"
    return Item((line(text(said)),))


def _machine(machine: MachineReport, found: MachineRedrives, texts: Shown) -> Item:
    told = redriving.redrivable_of_machine(len(found.executions), found.until, found.succeeded)
    said = texts.tell(told)
    arns = _shown([each.execution_arn for each in found.executions])
    head = line(machine_link(machine, texts), text(f": {said}"))
    if hidden := len(found.executions) - len(arns):
        rest = bullet(text(texts.tell(counts.more_executions_in_json(hidden))))
        return Item((head, Code(command(arns)), rest))
    return Item((head, Code(command(arns))))


def _shown(arns: Sequence[str]) -> list[str]:
    """The first executions whose command has a fair length, and one in any case."""
    shown = list(arns[:_EXECUTIONS])
    while len(shown) > 1 and len(command(shown)) > _COMMAND_LIMIT:
        shown.pop()
    return shown

"""Replies: which causes are new, which came again, which are gone; and what failed twice."""

from sfn_digest.model.message import Message
from sfn_digest.model.report import Report
from sfn_digest.report import compared
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.reply import Item, Kind, Line, bullet, replies
from sfn_digest.report.slack.rich_text import BOLD, Part, link, text
from sfn_digest.report.wording import counts, labels, past

_CHANGES = 40
_CARRIED_OVER = 40


def change_replies(report: Report, texts: Shown) -> tuple[Message, ...]:
    """Hold the causes against those of the period before, where those are known."""
    changes = compared.changes(report, texts)
    items = [Item((_change(each, texts),)) for each in changes[:_CHANGES]]
    kind = Kind(labels.CHANGES, 1, counts.more_causes_in_json)
    return replies(kind, items, texts, beyond=len(changes[_CHANGES:]))


def _change(each: compared.ChangeLine, texts: Shown) -> Line:
    counted = texts.tell(past.now_and_before(each.executions, each.before))
    note = f"{texts.tell(labels.SEMICOLON)}{each.note}" if each.note else ""
    return bullet(
        text(f"{each.change}: ", BOLD),
        link(each.url, each.machine),
        text(f": {each.cause}: {counted}{note}"),
    )


def carried_over_replies(report: Report, texts: Shown) -> tuple[Message, ...]:
    """Name the executions that had failed in the period before, and failed again."""
    executions = compared.carried_over(report, texts)
    items = [
        Item((bullet(*_machine(each), link(each.url, each.name)),))
        for each in executions[:_CARRIED_OVER]
    ]
    kind = Kind(labels.CARRIED_OVER, 1, counts.more_executions_in_json)
    return replies(kind, items, texts, beyond=len(executions[_CARRIED_OVER:]))


def _machine(each: compared.CarriedOver) -> tuple[Part, ...]:
    return (text(f"{each.machine} / "),) if each.machine else ()

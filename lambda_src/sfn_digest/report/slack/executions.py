"""Replies: what each execution's failed attempts were, from each machine in turn."""

from sfn_digest.model.message import Message
from sfn_digest.model.report import FailureReport, Report
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.reply import Item, Kind, Line, bullet, replies
from sfn_digest.report.slack.rich_text import execution_link, text
from sfn_digest.report.wording import counts, findings, labels

_EXECUTIONS = (20, 15, 10, 5)
"""From the most that is shown to the least, which fits a reply with names of any length."""


def execution_replies(report: Report, texts: Shown) -> tuple[Message, ...]:
    """Give executions with failed attempts, of all machines in turn; one reply at most."""
    tried = sum(view.attempts_of(each) > 0 for each in report.failures)
    for limit in _EXECUTIONS:
        told = _told(report, texts, limit, tried)
        if len(told) <= 1:
            break
    return told[:1]


def _told(report: Report, texts: Shown, limit: int, tried: int) -> tuple[Message, ...]:
    names = view.machine_names(report)
    hardest = view.hardest_failures(report, limit, at_least=1)
    items = [Item((_row(each, names[each.machine_arn], texts),)) for each in hardest]
    kind = Kind(labels.ATTEMPTS_BY_EXECUTION, 2, counts.more_executions_in_json)
    return replies(kind, items, texts, beyond=tried - len(hardest))


def _row(failure: FailureReport, machine: str, texts: Shown) -> Line:
    ended = texts.tell(findings.ended(failure.status, failure.stopped_at))
    return bullet(
        text(f"{texts.name(machine)} / "),
        execution_link(failure.execution_arn, texts),
        text(f" ({ended}): {texts.attempts_of(failure)}"),
        *([text(f". {hidden}")] if (hidden := texts.hidden_by_handler(failure)) else []),
    )

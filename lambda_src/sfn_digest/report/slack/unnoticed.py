"""A reply: what failed executions do not tell."""

from sfn_digest.model.message import Message
from sfn_digest.model.report import Report
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.reply import Item, Kind, bullet, line, replies
from sfn_digest.report.slack.rich_text import link, text
from sfn_digest.report.unnoticed_lines import UnnoticedLine, unnoticed_lines
from sfn_digest.report.wording import unnoticed as wording

_LINES = 14


def unnoticed_replies(report: Report, texts: Shown) -> tuple[Message, ...]:
    """Tell what retries saved, what hangs and what a release broke; one reply at most."""
    lines = unnoticed_lines(report, texts)
    items = [_item(each) for each in lines[:_LINES]]
    kind = Kind(wording.TITLE, 1, wording.more)
    return replies(kind, items, texts, beyond=len(lines[_LINES:]))


def _item(told: UnnoticedLine) -> Item:
    named = (link(told.url, told.name), text(f": {told.said}"))
    head = line(*named) if told.name else line(text(told.said))
    return Item((head, *(bullet(text(detail)) for detail in told.details)))

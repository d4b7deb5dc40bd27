"""A reply: Distributed Maps whose children failed, and why."""

from sfn_digest.model.message import Message
from sfn_digest.model.report import Report
from sfn_digest.report.map_run_lines import MapRunLine, map_run_lines
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.reply import Item, Kind, bullet, line, replies
from sfn_digest.report.slack.rich_text import link, text
from sfn_digest.report.wording import map_runs as wording

_MAP_RUNS = 12


def map_run_replies(report: Report, texts: Shown) -> tuple[Message, ...]:
    """Tell of each Map run with failed children; one reply at most."""
    lines = map_run_lines(report, texts)
    items = [_item(each) for each in lines[:_MAP_RUNS]]
    kind = Kind(wording.TITLE, 1, wording.more)
    return replies(kind, items, texts, beyond=len(lines[_MAP_RUNS:]))


def _item(told: MapRunLine) -> Item:
    head = line(link(told.url, told.name), text(f": {told.said}"))
    return Item((head, *(bullet(text(cause)) for cause in told.causes)))

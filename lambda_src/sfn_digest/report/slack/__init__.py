"""The thread under the digest: what a reader of the root message may want to know next."""

from collections.abc import Sequence

from sfn_digest.model.message import MESSAGE_LIMIT, Message, weight
from sfn_digest.model.report import Report
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.causes import cause_replies, map_run_replies
from sfn_digest.report.slack.changes import carried_over_replies, change_replies
from sfn_digest.report.slack.coverage import coverage_replies
from sfn_digest.report.slack.executions import execution_replies
from sfn_digest.report.slack.fallback_text import TEXT_LIMIT, escape
from sfn_digest.report.slack.hints import adopted_replies, hint_replies
from sfn_digest.report.slack.redrives import redrive_replies
from sfn_digest.report.slack.rich_text import rich, section, text
from sfn_digest.report.slack.root import message
from sfn_digest.report.slack.trend import trend_replies
from sfn_digest.report.slack.unnoticed import unnoticed_replies

__all__ = ["messages", "nothing_here", "thread_messages"]


def messages(report: Report, texts: Shown, *, charts: bool = False) -> tuple[Message, ...]:
    """Give the whole digest: the root message first, then the thread's replies."""
    return (message(report, texts), *thread_messages(report, texts, charts=charts))


def thread_messages(report: Report, texts: Shown, *, charts: bool = False) -> tuple[Message, ...]:
    """Give the replies in the order a person works, one of a kind and without empty ones.

    What is new, what to change, the causes, each execution's attempts with Distributed Maps, what
    can be redriven with what no failure shows, and what is still open, with what came of earlier
    hints, the last weeks, and what was not read. Six in all but the longest weeks; each says what
    it leaves out.
    `charts` adds Slack's own charts, each with blocks to fall back on without it.
    """
    adopted = adopted_replies(report, texts)
    still_open = carried_over_replies(report, texts)
    weeks = trend_replies(report, texts, charts=charts)
    unread = coverage_replies(report, texts)
    return (
        *change_replies(report, texts),
        *hint_replies(report, texts),
        *cause_replies(report, texts, charts=charts),
        *_as_one((*execution_replies(report, texts), *map_run_replies(report, texts))),
        *_as_one((*redrive_replies(report, texts), *unnoticed_replies(report, texts))),
        *_as_one((*still_open, *adopted, *weeks, *unread)),
    )


def nothing_here(told: str, texts: Shown) -> Message:
    """Give the message of a channel whose state machines all have channels of their own."""
    said = texts.tell(told)
    return Message(escape(said, TEXT_LIMIT), [rich([section([text(said)])]).to_dict()])


def _as_one(told: Sequence[Message]) -> tuple[Message, ...]:
    """Give messages as one, or one by one where they are too long for it."""
    if len(told) < 2:
        return tuple(told)
    plain = [block for each in told for block in each.fallback_blocks or each.blocks]
    one = Message(
        "\n".join(each.text for each in told),
        [block for each in told for block in each.blocks],
        plain if any(each.fallback_blocks for each in told) else None,
    )
    fits = weight(one) <= MESSAGE_LIMIT and len(one.text) <= TEXT_LIMIT
    return (one,) if fits else tuple(told)

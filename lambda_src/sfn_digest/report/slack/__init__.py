"""The thread under the digest: what a reader of the root message may want to know next."""

from sfn_digest.model.message import Message
from sfn_digest.model.report import Report
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.causes import cause_replies
from sfn_digest.report.slack.changes import carried_over_replies, change_replies
from sfn_digest.report.slack.executions import execution_replies
from sfn_digest.report.slack.hints import adopted_replies, hint_replies
from sfn_digest.report.slack.redrives import redrive_replies
from sfn_digest.report.slack.root import message
from sfn_digest.report.slack.trend import trend_replies

__all__ = ["messages", "thread_messages"]


def messages(report: Report, texts: Shown, *, charts: bool = False) -> tuple[Message, ...]:
    """Give the whole digest: the root message first, then the thread's replies."""
    return (message(report, texts), *thread_messages(report, texts, charts=charts))


def thread_messages(report: Report, texts: Shown, *, charts: bool = False) -> tuple[Message, ...]:
    """Give the replies in their order, without empty ones.

    Each kind has its own most, twelve in all, and says what it leaves out.
    `charts` adds Slack's own charts, each with blocks to fall back on without it.
    """
    return (
        *hint_replies(report, texts),
        *adopted_replies(report, texts),
        *change_replies(report, texts),
        *carried_over_replies(report, texts),
        *cause_replies(report, texts, charts=charts),
        *execution_replies(report, texts),
        *redrive_replies(report, texts),
        *trend_replies(report, texts, charts=charts),
    )

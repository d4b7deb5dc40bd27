"""A report as the digest that Slack gets, and the channel that it goes to: for both doors."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sfn_digest.delivery import Digest
from sfn_digest.model.report import Report
from sfn_digest.report.json_face import to_dict
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack import messages
from sfn_digest.slack.bot import BotChannel
from sfn_digest.slack.webhook import WebhookChannel, is_webhook

if TYPE_CHECKING:
    from sfn_digest.slack.channel import Channel


def digest_of(report: Report, texts: Shown, channel: str, *, charts: bool) -> Digest:
    """The root message, its thread and its files; `charts` adds Slack's own to the thread."""
    # Only a report needs the library that draws.
    from sfn_digest.report.slack.picture import picture  # noqa: PLC0415

    return Digest(channel, messages(report, texts, charts=charts), to_dict(report), picture(report))


def open_channel(
    secret: str, channel: str, base_url: str | None, time_left: Callable[[], float]
) -> "Channel":
    """The channel behind a bot token, or behind an incoming webhook's address.

    `base_url` is the Web API's address where it is not Slack's own; `time_left` tells the
    seconds that remain.
    """
    if is_webhook(secret):
        return WebhookChannel(secret, channel, time_left=time_left)
    return BotChannel(secret, channel, base_url=base_url, time_left=time_left)

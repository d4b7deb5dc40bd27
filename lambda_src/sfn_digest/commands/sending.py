"""Where a report goes besides standard output: to a page in the browser, and to Slack."""

import os
import sys
import time
import uuid
import webbrowser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from sfn_digest.aws.secrets import read_token
from sfn_digest.config.names import BOT_TOKEN, TOKEN_PARAMETER, TOKEN_SECRET
from sfn_digest.config.settings import Settings, parse_channel, read_settings
from sfn_digest.delivery import (
    DeliveryContext,
    Digest,
    MemoryLedger,
    Note,
    SystemRunClock,
    adhoc_id,
    deliver,
)
from sfn_digest.errors import BadRequestError
from sfn_digest.guard import Guard
from sfn_digest.model.report import Report
from sfn_digest.pipeline.posting import digest_of, mentioning
from sfn_digest.report.shown import Shown
from sfn_digest.slack.bot import open_channel, try_slack
from sfn_digest.slack.channel import PostedMessage

PATIENCE_SECONDS = 300.0
"""How long posting may take, waits that Slack asks for included."""


def open_page(report: Report, texts: Shown) -> None:
    """Write the page to a temporary file and open it in the browser; tells its path."""
    from sfn_digest.report.html.page import page  # noqa: PLC0415 - only to open it

    opened, name = mkstemp(prefix="sfn-digest-", suffix=".html")
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(page(report, texts))
    path = Path(name)
    say(f"The page: {path}")
    if not webbrowser.open(path.as_uri()):
        say("No browser could be opened: open the page in one yourself.")


@dataclass(frozen=True, slots=True)
class Post:
    """A channel to post to, and the token to do it with: both looked at before anything is read."""

    channel: str
    secret: str
    settings: Settings

    def send(self, report: Report, texts: Shown) -> PostedMessage:
        """Post the digest as the Lambda would: the message, its thread and its files.

        Raises SlackError with Slack's reason and what to change.
        """
        charts = self.settings.slack_charts
        behind, address = _guard(), self.settings.slack_api_url
        if self.settings.mentions:
            report, texts = mentioning(report, texts, lambda: self.secret, address, behind)
        digest = digest_of(report, texts, self.channel, charts=charts, behind=behind)
        return self.send_made(digest)

    def send_made(self, digest: Digest) -> PostedMessage:
        """Post a digest as it is; see `send`."""
        until = time.monotonic() + PATIENCE_SECONDS

        def left() -> float:
            return until - time.monotonic()

        place = open_channel(self.secret, self.channel, self.settings.slack_api_url, left)
        tools = DeliveryContext(
            MemoryLedger(), place, SystemRunClock(left), _print_note, guard=_guard()
        )
        return deliver(adhoc_id(uuid.uuid4().hex, self.channel), digest, tools)


def prepare_post(channel: str, environment: Mapping[str, str]) -> Post:
    """Look up what posting needs, and ask Slack whether it would take it.

    Raises BadRequestError for what is no channel's ID, and where no token is named; and
    AccountError where AWS does not give the token; SlackError where Slack surely refuses.
    """
    parse_channel(channel)
    settings = read_settings(environment)
    secret = _token(environment, settings)
    try_slack(secret, channel, settings.slack_api_url)
    return Post(channel, secret, settings)


def _token(environment: Mapping[str, str], settings: Settings) -> str:
    if token := environment.get(BOT_TOKEN, "").strip():
        return token
    if settings.token_parameter is None and settings.token_secret is None:
        raise BadRequestError(
            f"There is no Slack token to post with: set {BOT_TOKEN} to the bot token "
            f"(xoxb-…), or {TOKEN_PARAMETER} or {TOKEN_SECRET} to its name in AWS."
        )
    return read_token(settings.token_parameter, settings.token_secret)


def posted(where: PostedMessage) -> str:
    """Say where the message stands."""
    message = f" as message {where.ts}" if where.ts else ""
    return f"Posted to channel {where.channel}{message}."


def say(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stderr.write(f"{text}\n")


def _guard() -> Guard:
    return Guard(lambda fault: say(fault.sentence))


def _print_note(note: Note) -> None:
    say(note.sentence)

"""What the tests of the Slack sink say to it, and how they read a refusal."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from simulator.server import Account, Workspace

CHANNEL = "C0SFNDIGEST"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


def client(account: Account, token: str | None = Workspace().token) -> WebClient:
    return WebClient(token=token, base_url=account.slack.url, retry_handlers=[], timeout=5)


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


def refusal(caught: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(caught.value.response["error"])

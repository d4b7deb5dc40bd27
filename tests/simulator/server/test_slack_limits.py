"""The Slack sink through an unchanged WebClient: what Slack refuses in a message."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from simulator.server import (
    Account,
)
from tests.simulator.server.slack_clients import CHANNEL, SECTION, header, refusal, section

TABLE_ROW = [{"type": "raw_text", "text": "cell"}]


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ([SECTION] * 51, "/blocks]"),
        ([section("x" * 3001)], "/blocks/0/text/text]"),
        ([section("")], "/blocks/0/text/text]"),
        ([SECTION, header("x" * 151)], "/blocks/1/text/text]"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "/blocks/0/text/type]"),
        ([{"type": "section", "fields": [SECTION["text"]] * 11}], "/blocks/0/fields]"),
        ([{"type": "section", "fields": [section("x" * 2001)["text"]]}], "/fields/0/text]"),
        ([{"type": "context", "elements": []}], "/blocks/0/elements]"),
        ([{"type": "actions", "elements": []}], "/blocks/0/elements]"),
        (
            [{"type": "actions", "elements": [{"text": {"text": "x"}, "url": "u" * 3001}]}],
            "/elements/0/url]",
        ),
        ([{"type": "rich_text"}], "/blocks/0/elements]"),
        ([{"type": "table", "rows": [TABLE_ROW] * 101}], "/blocks/0/rows]"),
        ([{"type": "table", "rows": [TABLE_ROW * 21]}], "/blocks/0/rows]"),
        ([{"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}], "/blocks/0/rows]"),
        (
            [{"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 10_001}]]}],
            "/blocks/0/rows]",
        ),
        ([{"type": "table", "rows": [TABLE_ROW]}] * 2, "/blocks]"),
        ([{"type": "data_table"}], "/blocks/0/type]"),
        ([{**SECTION, "block_id": "b" * 256}], "/blocks/0/block_id]"),
        ([{**SECTION, "block_id": "b"}] * 2, "/blocks]"),
    ],
)
def test_blocks_over_a_limit_are_invalid_and_the_answer_says_where(
    account: Account, slack: WebClient, blocks: list[dict[str, Any]], said: str
) -> None:
    with pytest.raises(SlackApiError) as caught:
        slack.chat_postMessage(channel=CHANNEL, text="x", blocks=blocks)
    assert refusal(caught) == "invalid_blocks"
    [message] = caught.value.response["response_metadata"]["messages"]
    assert message.startswith("[ERROR] ")
    assert message.endswith(said)
    assert account.slack.messages == ()


def test_blocks_at_their_limits_are_taken(account: Account, slack: WebClient) -> None:
    blocks = [
        header("x" * 150),
        section("x" * 3000),
        {"type": "divider"},
        {"type": "context", "elements": [SECTION["text"]] * 10},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
        {"type": "table", "rows": [TABLE_ROW * 20] * 5},
    ]
    slack.chat_postMessage(channel=CHANNEL, text="x", blocks=blocks)
    assert len(account.slack.messages) == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [section("x" * 2900)] * 4}, "msg_blocks_too_long"),
    ],
)
def test_a_message_too_long_or_empty_is_refused(
    slack: WebClient, arguments: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as caught:
        slack.api_call("chat.postMessage", json={"channel": CHANNEL, **arguments})
    assert refusal(caught) == error

"""The Slack sink through an unchanged WebClient: what goes wrong between a client and Slack."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from simulator.server import (
    Account,
    Delayed,
    DroppedAfterAccept,
    Fault,
    RateLimited,
    Refused,
    ServerFailed,
)
from tests.simulator.server.slack_clients import CHANNEL, refusal


def test_a_rate_limit_says_when_to_come_back(account: Account, slack: WebClient) -> None:
    account.slack.inject(RateLimited(retry_after=7))
    with pytest.raises(SlackApiError) as caught:
        slack.chat_postMessage(channel=CHANNEL, text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["retry-after"] == "7"
    assert account.slack.messages == ()
    slack.chat_postMessage(channel=CHANNEL, text="x")
    assert [call.outcome for call in account.slack.calls] == ["ratelimited", "ok"]


@pytest.mark.parametrize(("accepted", "kept"), [(False, 0), (True, 1)])
def test_a_failed_server_may_or_may_not_have_posted(
    account: Account, slack: WebClient, accepted: bool, kept: int
) -> None:
    account.slack.inject(ServerFailed(502, accepted=accepted))
    with pytest.raises(SlackApiError) as caught:
        slack.chat_postMessage(channel=CHANNEL, text="x")
    assert caught.value.response.status_code == 502
    assert len(account.slack.messages) == kept


def test_a_dropped_connection_leaves_the_message_posted(account: Account, slack: WebClient) -> None:
    account.slack.inject(DroppedAfterAccept())
    with pytest.raises(ConnectionError):
        slack.chat_postMessage(channel=CHANNEL, text="x")
    assert [message.text for message in account.slack.messages] == ["x"]
    assert [call.outcome for call in account.slack.calls] == ["dropped"]


def test_a_delayed_answer_comes_after_the_message_stands(account: Account) -> None:
    account.slack.inject(Delayed(30.0))
    hasty = WebClient(
        token="xoxb-simulated", base_url=account.slack.url, retry_handlers=[], timeout=1
    )
    with pytest.raises(TimeoutError):
        hasty.chat_postMessage(channel=CHANNEL, text="x")
    assert [message.text for message in account.slack.messages] == ["x"]


def test_a_refusal_on_demand_holds_its_fields(account: Account, slack: WebClient) -> None:
    fault: Fault = Refused("is_archived", {"warning": "old"})
    account.slack.inject(fault, method="chat.update")
    slack.chat_postMessage(channel=CHANNEL, text="x")
    with pytest.raises(SlackApiError) as caught:
        slack.chat_update(channel=CHANNEL, ts="1.000001", text="x")
    assert refusal(caught) == "is_archived"
    assert caught.value.response["warning"] == "old"

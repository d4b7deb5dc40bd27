"""The Slack sink through an unchanged WebClient: messages, threads, histories, who may post."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from simulator.server import (
    Account,
    Workspace,
    serve,
)
from tests.simulator.server.slack_clients import CHANNEL, SECTION, client, refusal, section
from tests.simulator.server.small_worlds import world

pytestmark = pytest.mark.slow


def test_a_posted_message_is_kept_as_it_was_sent(account: Account, slack: WebClient) -> None:
    metadata = {"event_type": "digest", "event_payload": {"report_key": "week"}}
    answer = slack.chat_postMessage(
        channel=CHANNEL, text="summary", blocks=[SECTION], metadata=metadata
    )
    assert answer["ok"]
    assert answer["channel"] == CHANNEL
    assert answer["message"]["text"] == "summary"
    [message] = account.slack.messages
    assert (message.ts, message.text, message.blocks) == (answer["ts"], "summary", (SECTION,))
    assert message.metadata == metadata
    assert message.thread_ts is None


def test_every_message_has_a_later_ts(account: Account, slack: WebClient) -> None:
    for i in range(20):
        slack.chat_postMessage(channel=CHANNEL, text=str(i))
    stamps = [message.ts for message in account.slack.messages]
    assert stamps == sorted(set(stamps), key=float)
    assert [message.text for message in account.slack.messages] == [str(i) for i in range(20)]


def test_a_thread_keeps_its_replies_out_of_the_channels_history(slack: WebClient) -> None:
    root = slack.chat_postMessage(channel=CHANNEL, text="root")["ts"]
    slack.chat_postMessage(channel=CHANNEL, text="reply", thread_ts=root)
    slack.chat_postMessage(channel=CHANNEL, text="next")
    history = slack.conversations_history(channel=CHANNEL)
    replies = slack.conversations_replies(channel=CHANNEL, ts=root)
    assert [message["text"] for message in history["messages"]] == ["next", "root"]
    assert [message["text"] for message in replies["messages"]] == ["root", "reply"]


def test_a_reply_to_nothing_is_refused(slack: WebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        slack.chat_postMessage(channel=CHANNEL, text="reply", thread_ts="1.000001")
    assert refusal(caught) == "thread_not_found"
    with pytest.raises(SlackApiError) as caught:
        slack.conversations_replies(channel=CHANNEL, ts="1.000001")
    assert refusal(caught) == "thread_not_found"


def test_history_shows_metadata_only_when_asked(slack: WebClient) -> None:
    metadata = {"event_type": "digest", "event_payload": {"report_key": "week"}}
    slack.chat_postMessage(channel=CHANNEL, text="root", metadata=metadata)
    [plain] = slack.conversations_history(channel=CHANNEL)["messages"]
    answer = slack.conversations_history(channel=CHANNEL, include_all_metadata=True)
    assert "metadata" not in plain
    assert answer["messages"][0]["metadata"] == metadata
    assert answer["messages"][0]["bot_id"] == "B0DIGEST"


def test_history_can_begin_after_a_message_and_pages(slack: WebClient) -> None:
    stamps = [slack.chat_postMessage(channel=CHANNEL, text=str(i))["ts"] for i in range(5)]
    later = slack.conversations_history(channel=CHANNEL, oldest=stamps[2])
    inclusive = slack.conversations_history(channel=CHANNEL, oldest=stamps[2], inclusive=True)
    assert [message["text"] for message in later["messages"]] == ["4", "3"]
    assert [message["text"] for message in inclusive["messages"]] == ["4", "3", "2"]
    first = slack.conversations_history(channel=CHANNEL, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = slack.conversations_history(channel=CHANNEL, limit=3, cursor=cursor)
    assert first["has_more"]
    assert not second["has_more"]
    texts = [message["text"] for page in (first, second) for message in page["messages"]]
    assert texts == ["4", "3", "2", "1", "0"]


def test_an_update_changes_the_message_in_place(account: Account, slack: WebClient) -> None:
    stamp = slack.chat_postMessage(channel=CHANNEL, text="old", blocks=[SECTION])["ts"]
    answer = slack.chat_update(channel=CHANNEL, ts=stamp, text="new", blocks=[section("new")])
    assert (answer["ts"], answer["text"]) == (stamp, "new")
    [message] = account.slack.messages
    assert (message.text, message.edited) == ("new", True)
    with pytest.raises(SlackApiError) as caught:
        slack.chat_update(channel=CHANNEL, ts="1.000001", text="new")
    assert refusal(caught) == "message_not_found"


def test_auth_test_names_the_bot(slack: WebClient) -> None:
    answer = slack.auth_test()
    assert (answer["bot_id"], answer["user_id"]) == ("B0DIGEST", "U0DIGEST")


@pytest.mark.parametrize(("token", "error"), [(None, "not_authed"), ("xoxb-x", "invalid_auth")])
def test_a_wrong_token_is_refused(account: Account, token: str | None, error: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        client(account, token).chat_postMessage(channel=CHANNEL, text="x")
    assert refusal(caught) == error
    assert account.slack.messages == ()


def test_a_missing_scope_is_named() -> None:
    workspace = Workspace(scopes=frozenset({"chat:write"}))
    with serve(world(), workspace=workspace) as account:
        slack = client(account)
        slack.chat_postMessage(channel=CHANNEL, text="x")
        with pytest.raises(SlackApiError) as caught:
            slack.conversations_history(channel=CHANNEL)
    assert refusal(caught) == "missing_scope"
    assert caught.value.response["needed"] == "channels:history"
    assert caught.value.response["provided"] == "chat:write"


def test_every_answer_to_the_token_tells_its_scopes(slack: WebClient) -> None:
    assert "chat:write" in slack.auth_test().headers["x-oauth-scopes"].split(",")


def test_a_channel_tells_whether_it_is_archived_and_joined() -> None:
    channels = ("C0OPEN", "C0OLD", "C0OTHER")
    workspace = Workspace(
        channels=channels, archived=frozenset({"C0OLD"}), not_joined=frozenset({"C0OTHER"})
    )
    with serve(world(), workspace=workspace) as account:
        slack = client(account)
        told = [slack.conversations_info(channel=each)["channel"] for each in channels]
        assert [each["is_archived"] for each in told] == [False, True, False]
        assert [each["is_member"] for each in told] == [True, True, False]
        for channel, error in zip(channels[1:], ("is_archived", "not_in_channel"), strict=True):
            with pytest.raises(SlackApiError) as caught:
                slack.chat_postMessage(channel=channel, text="x")
            assert refusal(caught) == error
        with pytest.raises(SlackApiError) as caught:
            slack.conversations_info(channel="C0ELSEWHERE")
        assert refusal(caught) == "channel_not_found"
        assert account.slack.messages == ()


def test_blocks_can_be_validated_without_being_posted(account: Account, slack: WebClient) -> None:
    assert slack.blocks_validate(blocks=[SECTION])["ok"]
    with pytest.raises(SlackApiError) as caught:
        slack.blocks_validate(blocks=[SECTION, {"type": "header"}])
    assert refusal(caught) == "invalid_blocks"
    assert caught.value.response["errors"][0]["pointer"].startswith("/blocks/1")
    assert account.slack.messages == ()


def test_an_unknown_channel_and_an_unknown_method_are_refused(slack: WebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        slack.chat_postMessage(channel="C0ELSEWHERE", text="x")
    assert refusal(caught) == "channel_not_found"
    with pytest.raises(SlackApiError) as caught:
        slack.chat_meMessage(channel=CHANNEL, text="x")
    assert refusal(caught) == "unknown_method"


def test_a_form_carries_blocks_as_json(account: Account, slack: WebClient) -> None:
    form = {"channel": CHANNEL, "text": "x", "blocks": '[{"type": "divider"}]'}
    slack.api_call("chat.postMessage", data=form)
    assert account.slack.messages[0].blocks == ({"type": "divider"},)

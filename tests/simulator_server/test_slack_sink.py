"""The Slack sink through an unchanged WebClient: messages, refusals, faults."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.simulator.server import (
    Account,
    Delayed,
    DroppedAfterAccept,
    Fault,
    RateLimited,
    Refused,
    ServerFailed,
    Workspace,
    serve,
)
from tests.simulator_server.small_worlds import world

CHANNEL = "C0DIGEST"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


@pytest.fixture
def account() -> Iterator[Account]:
    with serve(world()) as opened:
        yield opened


@pytest.fixture
def slack(account: Account) -> WebClient:
    return client(account)


def client(account: Account, token: str | None = Workspace().token) -> WebClient:
    return WebClient(token=token, base_url=account.slack.url, retry_handlers=[], timeout=5)


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


def refusal(caught: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(caught.value.response["error"])


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


def test_an_unknown_channel_and_an_unknown_method_are_refused(slack: WebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        slack.chat_postMessage(channel="C0ELSEWHERE", text="x")
    assert refusal(caught) == "channel_not_found"
    with pytest.raises(SlackApiError) as caught:
        slack.chat_delete(channel=CHANNEL, ts="1.000001")
    assert refusal(caught) == "unknown_method"


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


def test_a_form_carries_blocks_as_json(account: Account, slack: WebClient) -> None:
    form = {"channel": CHANNEL, "text": "x", "blocks": '[{"type": "divider"}]'}
    slack.api_call("chat.postMessage", data=form)
    assert account.slack.messages[0].blocks == ({"type": "divider"},)


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

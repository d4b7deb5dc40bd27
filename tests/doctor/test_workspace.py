"""Slack is asked what can be known without posting, and each answer says what to do."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sfn_digest.doctor.result import Check
from sfn_digest.doctor.workspace import check_slack
from sfn_digest.slack.workspace_checks import SlackChecks
from simulator.server import Refused, ServerFailed, SlackSink, Workspace
from simulator.server.transport import Request, Response
from tests.doctor.clinic import CHANNEL, SCOPES, TOKEN
from tests.slack.served import serving, workspace

pytestmark = pytest.mark.slow

Checked = dict[str, Check]


def settings(**changes: Any) -> Workspace:
    return Workspace(**{"token": TOKEN, "channels": (CHANNEL,), "scopes": SCOPES, **changes})


def asked(sink: SlackSink, channel: str | None = CHANNEL, token: str = TOKEN) -> Checked:
    found = list(check_slack(SlackChecks(token, sink.url), channel, {}))
    assert sink.messages == ()
    return {check.name: check for check in found}


def checked(channel: str | None = CHANNEL, **changes: Any) -> Checked:
    with workspace(lambda: 1_800_000_000.0, settings(**changes)) as sink:
        return asked(sink, channel)


def test_a_healthy_workspace_is_told_by_its_names() -> None:
    found = checked(team="Acme")
    assert [check.status for check in found.values()] == ["ok"] * 4
    assert found["Slack bot"].text == "It is sfn-digest in Acme."
    assert found["Slack scopes"].text == "It has chat:write and channels:history."
    assert found["Slack channel"].text == "#c0sfndigest is public, and the bot is in it."
    assert "accepts a digest with 5 replies in its thread" in found["Slack message"].text


def test_a_wrong_token_fails_once_and_skips_the_rest() -> None:
    with workspace(lambda: 1_800_000_000.0, settings()) as sink:
        found = asked(sink, token="xoxb-wrong")
        assert [call.method for call in sink.calls] == ["auth.test"]
    assert found["Slack bot"].status == "failing"
    assert found["Slack bot"].text.startswith("Slack does not accept the token. Copy the bot token")
    assert {found[name].status for name in list(found)[1:]} == {"skipped"}


def test_the_scope_to_post_is_needed() -> None:
    found = checked(scopes=SCOPES - {"chat:write"})
    assert found["Slack scopes"].status == "failing"
    assert "lacks chat:write: add it under OAuth & Permissions" in found["Slack scopes"].text


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("channels:history", "with channels:history too (groups:history for a private channel)"),
        ("files:write", "with files:write too, the digest's thread"),
    ],
)
def test_other_scopes_are_advised_and_fail_nothing(missing: str, says: str) -> None:
    check = checked(scopes=SCOPES - {missing})["Slack scopes"]
    assert check.status == "ok"
    assert says in check.text


@pytest.mark.parametrize(
    ("channel", "changes", "says"),
    [
        (CHANNEL, {"archived": frozenset({CHANNEL})}, "The channel is archived: unarchive it"),
        (CHANNEL, {"not_joined": frozenset({CHANNEL})}, "write /invite and the bot's name there"),
        ("C0ELSEWHERE", {}, "use the channel's ID (C…) from its details"),
        ("C0ELSEWHERE", {}, "a private channel is shown only to a token with groups:read."),
        ("#alerts", {}, "“#alerts” is not a channel ID: give one such as C0123456789"),
    ],
)
def test_a_channel_that_takes_no_digest_says_why(
    channel: str, changes: dict[str, Any], says: str
) -> None:
    check = checked(channel, **changes)["Slack channel"]
    assert check.status == "failing"
    assert says in check.text


def test_a_token_that_sees_private_channels_needs_no_such_doubt() -> None:
    check = checked("C0ELSEWHERE", scopes=SCOPES | {"groups:read"})["Slack channel"]
    assert "groups:read" not in check.text


def test_a_bot_that_may_post_anywhere_public_need_not_be_in_the_channel() -> None:
    scopes = SCOPES | {"chat:write.public"}
    check = checked(scopes=scopes, not_joined=frozenset({CHANNEL}))["Slack channel"]
    assert check.status == "ok"
    assert "chat:write.public lets it post" in check.text


def test_without_the_scope_to_see_channels_the_history_tells_of_membership() -> None:
    scopes = SCOPES - {"channels:read"}
    joined = checked(scopes=scopes)["Slack channel"]
    assert joined.status == "ok"
    assert joined.text.startswith("The bot is in it; only a token")
    apart = checked(scopes=scopes, not_joined=frozenset({CHANNEL}))["Slack channel"]
    assert apart.status == "failing"
    assert "/invite" in apart.text


def test_without_either_scope_the_channel_cannot_be_checked_without_posting() -> None:
    check = checked(scopes=frozenset({"chat:write"}))["Slack channel"]
    assert check.status == "skipped"
    assert "cannot be checked without posting" in check.text


def test_no_channel_is_nothing_to_check() -> None:
    check = checked(None)["Slack channel"]
    assert check.status == "skipped"
    assert "SFN_DIGEST_CHANNEL" in check.text


def test_blocks_that_slack_refuses_are_named_by_their_place() -> None:
    errors = [{"pointer": f"/blocks/{n}/text", "message": "too long"} for n in range(5)]
    with workspace(lambda: 1_800_000_000.0, settings()) as sink:
        sink.inject(Refused("invalid_blocks", {"errors": errors}), "blocks.validate")
        check = asked(sink)["Slack message"]
    assert check.status == "failing"
    assert "report this line" in check.text
    assert "/blocks/0/text: too long" in check.text
    assert "and 2 more" in check.text


@pytest.mark.parametrize("errors", [None, "all wrong", ["bad"], [{"pointer": None}]])
def test_a_refusal_of_blocks_in_any_shape_fails_the_check(errors: object) -> None:
    with workspace(lambda: 1_800_000_000.0, settings()) as sink:
        sink.inject(Refused("invalid_blocks", {"errors": errors}), "blocks.validate")
        assert asked(sink)["Slack message"].status == "failing"


def test_a_stand_in_without_the_validator_skips_it() -> None:
    with workspace(lambda: 1_800_000_000.0, settings()) as sink:
        sink.inject(Refused("unknown_method"), "blocks.validate")
        check = asked(sink)["Slack message"]
    assert check.status == "skipped"
    assert "does not offer blocks.validate" in check.text


def test_a_server_error_speaks_of_no_message_that_may_be_there() -> None:
    with workspace(lambda: 1_800_000_000.0, settings()) as sink:
        sink.inject(ServerFailed(), "auth.test")
        check = asked(sink)["Slack bot"]
    assert check.text == (
        "Slack did not answer auth.test (server_error): try again in a minute, and see "
        "slack-status.com if this persists."
    )


def test_where_nobody_listens_the_network_is_named() -> None:
    found = list(check_slack(SlackChecks(TOKEN, "http://127.0.0.1:9/api/"), CHANNEL, {}))
    assert found[0].status == "failing"
    assert "check the network's way to slack.com" in found[0].text


def answering(answer: object) -> Callable[[Request], Response]:
    return lambda request: Response(200, "application/json", json.dumps(answer).encode())  # noqa: ARG005


def test_scopes_that_are_not_told_are_not_guessed() -> None:
    with serving(answering({"ok": True, "team": "T", "user": "u", "channel": {}})) as url:
        found = {each.name: each for each in check_slack(SlackChecks(TOKEN, url), CHANNEL, {})}
    assert found["Slack scopes"].status == "skipped"
    assert found["Slack channel"].status == "ok"


def test_what_slack_says_is_shown_without_controls_and_secrets() -> None:
    hostile = "\x1b[31mAcme\u202e\u200b " + TOKEN + " \n" + "x" * 5_000
    answer = {"ok": True, "team": hostile, "user": hostile, "channel": {"name": hostile}}
    with serving(answering(answer)) as url:
        found = list(check_slack(SlackChecks(TOKEN, url), CHANNEL, {}))
    for check in found:
        assert check.text.isprintable()
        assert "\u202e" not in check.text
        assert TOKEN not in check.text
        assert len(check.text) <= 500

"""Each of Slack's refusals is one sentence that says what to do, and of one kind."""

import re

import pytest

from sfn_digest.errors import SlackError
from sfn_digest.slack.post_errors import SENTENCES, Kind, post_error

KINDS: dict[Kind, set[str]] = {
    "permanent": {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "restricted_action",
        "no_service",
        "edit_window_closed",
    },
    "ours": {
        "invalid_blocks",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "metadata_too_large",
    },
    "transient": {"ratelimited", "service_unavailable", "request_timeout", "unreachable"},
    "ambiguous": {"fatal_error", "internal_error", "no_answer", "server_error", "rollup_error"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_known_errors_are_of_their_kind(kind: Kind) -> None:
    assert {SENTENCES[code][0] for code in KINDS[kind]} == {kind}


@pytest.mark.parametrize("code", SENTENCES)
def test_every_error_says_in_words_what_to_do(code: str) -> None:
    error = post_error(code)
    assert isinstance(error, SlackError)
    assert re.fullmatch(r"[A-Z].{30,}\.", str(error))
    assert (error.code, error.kind) == (code, SENTENCES[code][0])
    assert any(
        word in str(error).lower()
        for word in (
            "ask",
            "copy",
            "run",
            "report",
            "look",
            "check",
            "use",
            "write",
            "add",
            "wait",
            "make",
        )
    ) or code in {"is_archived", "two_factor_setup_required", "cant_update_message"}


def test_an_unknown_error_is_named_and_not_tried_again() -> None:
    error = post_error("brand_new_error")
    assert error.kind == "permanent"
    assert "brand_new_error" in str(error)


def test_slacks_own_details_are_added() -> None:
    assert str(post_error("missing_scope", ["needed: chat:write"])).endswith("(needed: chat:write)")


def test_no_sentence_has_a_place_that_was_not_filled() -> None:
    assert not [code for code, (_, sentence) in SENTENCES.items() if re.search("[{}]", sentence)]

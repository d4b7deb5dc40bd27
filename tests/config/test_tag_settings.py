"""What a machine's own tags say is read tag by tag; one that makes no sense costs only itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.causes import table
from sfn_digest.config.tag_settings import (
    CHANNEL,
    DEADLINE,
    ENVIRONMENT,
    EXPECTED,
    KEYS,
    OWNER,
    RUNBOOK,
    not_understood,
    read_machine_tags,
)
from sfn_digest.i18n.message import Message
from sfn_digest.model.machine_tags import NO_TAGS, MachineTags

WHOLE = {
    "sfn-digest": "on",
    "team": "payments",
    OWNER: "Payments",
    CHANNEL: "C0123456789",
    RUNBOOK: "https://wiki.example.com/runbooks/orders?tab=1#retry",
    ENVIRONMENT: "prod",
    DEADLINE: "1d2h30m5s",
    EXPECTED: "aborted States.Timeout spot_interruption  aborted",
}


def test_every_tag_is_read() -> None:
    assert read_machine_tags(WHOLE) == (
        MachineTags(
            owner="Payments",
            channel="C0123456789",
            runbook="https://wiki.example.com/runbooks/orders?tab=1#retry",
            environment="prod",
            deadline_seconds=95_405.0,
            expected=("aborted", "States.Timeout", "spot_interruption"),
        ),
        (),
    )


def test_tags_of_others_say_nothing() -> None:
    others = {"team": "payments", "sfn-digest": "on", "sfn-digests:owner": "me", "owner": "me"}
    assert read_machine_tags(others) == (NO_TAGS, ())


@pytest.mark.parametrize("key", KEYS)
def test_an_empty_tag_is_none(key: str) -> None:
    assert read_machine_tags({key: "  "}) == (NO_TAGS, ())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (OWNER, "\u200b\u2060"),
        (CHANNEL, "#general"),
        (CHANNEL, "C012"),
        (RUNBOOK, "http://wiki.example.com"),
        (RUNBOOK, "javascript:alert(1)"),
        (RUNBOOK, "https://"),
        (RUNBOOK, "https://user:password@wiki.example.com"),
        (RUNBOOK, "https://wiki.example.com/a b"),
        (RUNBOOK, "https://wiki.example.com/|<!channel>"),
        (RUNBOOK, "https://[wiki"),
        (DEADLINE, "soon"),
        (DEADLINE, "0m"),
        (DEADLINE, "-5m"),
        (DEADLINE, "2"),
        (DEADLINE, "9999d"),
        (EXPECTED, "spot_interuption"),
        (EXPECTED, "abortd"),
        ("sfn-digest:owners", "me"),
    ],
)
def test_a_tag_that_makes_no_sense_is_named_and_costs_only_itself(key: str, value: str) -> None:
    whole = read_machine_tags({ENVIRONMENT: "prod", **({} if key == ENVIRONMENT else {key: value})})
    assert whole == (MachineTags(environment="prod"), (key,))
    assert key in not_understood(key, Message("orders"))
    assert "orders" in not_understood(key, Message("orders"))


@pytest.mark.parametrize("cause", list(table()))
def test_every_cause_may_be_expected(cause: str) -> None:
    assert read_machine_tags({EXPECTED: cause}) == (MachineTags(expected=(cause,)), ())


@given(st.dictionaries(st.sampled_from([*KEYS, "sfn-digest:x"]), st.text(max_size=256)))
def test_any_tags_are_read_without_a_fault_and_what_is_read_is_harmless(
    tags: dict[str, str],
) -> None:
    said, wrong = read_machine_tags(tags)
    assert set(wrong) <= set(tags)
    assert said.runbook is None or said.runbook.startswith("https://")
    for text in (said.owner, said.environment):
        assert text is None or (text.isprintable() and 0 < len(text) <= 64)
    assert said.deadline_seconds is None or 0 < said.deadline_seconds <= 366 * 86_400
    assert all(word and word == word.strip() for word in said.expected)

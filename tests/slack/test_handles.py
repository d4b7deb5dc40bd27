"""An owner that is tagged by the handle of a user group is mentioned where Slack gives its ID."""

import json
from dataclasses import replace

import pytest

from sfn_digest.guard import Guard
from sfn_digest.model.machine_tags import handle_of
from sfn_digest.model.report import Report
from sfn_digest.pipeline.posting import digest_of, mentioning
from simulator.server import Workspace
from tests.report import made
from tests.slack.served import CHANNEL, TOKEN, workspace

SCOPES = frozenset({"chat:write", "usergroups:read"})
GROUPS = (("data-team", "S0DATATEAM"), ("On.Call", "S0ONCALL00"))


def owned(*owners: str | None) -> Report:
    """The week with these owners of its machines, those with most failures first."""
    week = made.week()
    first = [replace(each, owner=owner) for each, owner in zip(week.machines, owners, strict=False)]
    return replace(week, machines=(*first, *week.machines[len(first) :]))


def posted(
    report: Report, *, scopes: frozenset[str] = SCOPES, secret: str = TOKEN
) -> tuple[str, str, list[str]]:
    """The message's blocks as JSON, all that coverage says, and the methods that were called."""
    settings = Workspace(TOKEN, (CHANNEL,), scopes=scopes, groups=GROUPS)
    with workspace(lambda: 0.0, settings) as sink:
        behind = Guard()
        told, texts = mentioning(report, made.TEXTS, lambda: secret, sink.url, behind)
        digest = digest_of(told, texts, CHANNEL, charts=False, behind=behind)
        calls = [each.method for each in sink.calls]
    notes = " ".join(digest.report["coverage"]["notes"])
    return json.dumps(digest.messages[0].blocks), notes, calls


@pytest.mark.parametrize(
    ("owner", "group"),
    [("@data-team", "S0DATATEAM"), ("@Data-Team", "S0DATATEAM"), ("@on.call", "S0ONCALL00")],
)
def test_a_user_group_is_mentioned_by_its_handle(owner: str, group: str) -> None:
    blocks, notes, calls = posted(owned(owner))
    assert f'"usergroup_id": "{group}"' in blocks
    assert (notes, calls) == ("", ["usergroups.list"])


def test_an_id_and_a_name_ask_slack_nothing() -> None:
    blocks, notes, calls = posted(owned("U0123456789", "Data team", None))
    assert '"user_id": "U0123456789"' in blocks
    assert (notes, calls) == ("", [])


def test_a_handle_that_is_no_user_group_s_is_named_and_coverage_says_what_to_give() -> None:
    blocks, notes, _ = posted(owned("@jo", "@data-team"))
    assert "(@jo)" in blocks
    assert '"S0DATATEAM"' in blocks
    assert "@jo cannot be mentioned" in notes
    assert "member ID" in notes


def test_without_the_scope_the_handle_is_named_and_coverage_names_the_scope() -> None:
    blocks, notes, _ = posted(owned("@data-team"), scopes=frozenset({"chat:write"}))
    assert "(@data-team)" in blocks
    assert "add the scope usergroups:read" in notes


def test_a_webhook_names_the_handle_and_coverage_says_that_it_cannot_look_it_up() -> None:
    hook = "https://hooks.slack.com/services/T0/B0/x"
    blocks, notes, calls = posted(owned("@data-team"), secret=hook)
    assert "(@data-team)" in blocks
    assert "webhook cannot look up user groups" in notes
    assert calls == []


@pytest.mark.parametrize(
    ("owner", "handle"),
    [
        ("@Data-Team", "data-team"),
        ("data-team", None),
        ("@", None),
        ("@S0123456789", None),
        ("@a b", None),
    ],
)
def test_a_handle_begins_with_an_at_sign_and_is_one_word(owner: str, handle: str | None) -> None:
    assert handle_of(owner) == handle

"""The account's alias: told where there is one, and never in the way."""

import socket
from dataclasses import replace

import pytest

from sfn_digest.aws import earlier_periods as past_room
from sfn_digest.aws import open_account
from sfn_digest.aws.earlier_periods import read_alias
from sfn_digest.progress import SilentProgress
from tests.aws.small_world import REGION, machine, opened, world

pytestmark = pytest.mark.slow

ALIASED = replace(world([machine("orders")], []), alias="acme-prod")


def test_the_alias_is_told_by_one_call_that_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(ALIASED, monkeypatch) as (account, served):
        assert account.past.alias() == "acme-prod"
        assert [call.action for call in served.calls[1:]] == ["iam:ListAccountAliases"]
    assert account.usage().api_calls["ListAccountAliases"] == 1


def test_an_account_without_an_alias_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(world([machine("orders")], []), monkeypatch) as (account, _):
        assert account.past.alias() is None
    assert account.usage().notes == ()


def test_a_refusal_is_neither_tried_again_nor_told(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = frozenset({"iam:ListAccountAliases"})
    with opened(ALIASED, monkeypatch, denied_actions=denied) as (account, served):
        assert account.past.alias() is None
        assert len(served.calls) == 2
    assert account.usage().notes == ()
    assert account.usage().complete


def test_iam_s_own_endpoint_variable_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(ALIASED, monkeypatch) as (_, served):
        monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", served.endpoint_url)
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        assert read_alias(REGION) == "acme-prod"


def test_an_endpoint_that_nobody_answers_at_gives_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(ALIASED, monkeypatch), socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", f"http://127.0.0.1:{port}")
        assert read_alias(REGION) is None


@pytest.mark.parametrize("url", ["nonsense", ""])
def test_an_endpoint_that_is_no_url_gives_none_or_the_usual_one(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with opened(ALIASED, monkeypatch):
        monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", url)
        assert read_alias(REGION) == (None if url else "acme-prod")


def test_the_alias_is_asked_for_only_by_who_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(past_room, "read_alias", asked.append)
    with opened(ALIASED, monkeypatch):
        open_account(0.25, SilentProgress())
    assert asked == []

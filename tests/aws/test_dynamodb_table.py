"""The table remembers what the last writer wrote, and lets one of two writers win."""

import os
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from sfn_digest.aws import dynamodb_table as table_module
from sfn_digest.aws import ungoverned
from sfn_digest.aws.dynamodb_table import Table, open_table
from sfn_digest.aws.table_calls import KEPT_DAYS
from sfn_digest.errors import AccessDeniedError, AccountError
from tests.aws.fakes import client_error
from tests.examples import many

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

NAME = "sfn-digest"
FIRST = {"token": "a", "state": "claimed"}
SECOND = {"token": "b", "state": "sent"}


@pytest.fixture(scope="module")
def client() -> "Iterator[DynamoDBClient]":
    environment = {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "simulated",
        "AWS_SECRET_ACCESS_KEY": "simulated",
    }
    with patch.dict(os.environ, environment), mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName=NAME,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture
def table(client: "DynamoDBClient") -> Table:
    for item in items(client):
        client.delete_item(TableName=NAME, Key={"pk": item["pk"]})
    return open_table(NAME)


def items(client: "DynamoDBClient") -> list[dict[str, Any]]:
    pages = client.get_paginator("scan").paginate(TableName=NAME)
    return [dict(item) for page in pages for item in page["Items"]]


def test_what_was_written_is_read(table: Table) -> None:
    assert table.read("k") is None
    assert table.write("k", FIRST, replacing=None)
    assert table.read("k") == FIRST


def test_a_first_write_does_not_replace_another(table: Table) -> None:
    table.write("k", FIRST, replacing=None)
    assert not table.write("k", SECOND, replacing=None)
    assert table.read("k") == FIRST


def test_a_write_replaces_only_what_its_writer_has_seen(table: Table) -> None:
    table.write("k", FIRST, replacing=None)
    assert not table.write("k", SECOND, replacing="older")
    assert table.write("k", SECOND, replacing="a")
    assert table.read("k") == SECOND


def test_a_write_that_is_sent_again_since_its_answer_was_lost_succeeds(table: Table) -> None:
    table.write("k", FIRST, replacing=None)
    assert table.write("k", SECOND, replacing="a")
    assert table.write("k", SECOND, replacing="a")


def test_every_item_expires(table: Table, client: "DynamoDBClient") -> None:
    table.write("k", FIRST, replacing=None)
    table.store("k", b"content", replacing=None)
    written = items(client)
    assert len(written) == 3
    assert KEPT_DAYS > 90
    for item in written:
        assert item["expires_at"]["N"].isdecimal()


@pytest.mark.parametrize("size", [0, 1, 379_999, 380_000, 380_001, 1_200_000])
def test_content_of_any_size_is_stored_whole(table: Table, size: int) -> None:
    content = os.urandom(size)
    table.store("k", content, replacing=None)
    assert loaded(table) == content


def loaded(table: Table, key: str = "k") -> bytes | None:
    stored = table.load(key)
    assert (stored.edition if stored else None) == table.edition(key)
    return stored.content if stored else None


def test_content_that_is_stored_again_replaces_the_first(table: Table) -> None:
    first = table.store("k", b"x" * 800_000, replacing=None)
    second = table.store("k", b"short", replacing=first)
    assert second == table.edition("k") != first
    assert loaded(table) == b"short"
    assert loaded(table, "other") is None


def test_content_replaces_only_what_its_writer_has_seen(table: Table) -> None:
    first = table.store("k", b"first", replacing=None)
    assert table.store("k", b"second", replacing=None) is None
    assert table.store("k", b"second", replacing="older") is None
    assert loaded(table) == b"first"
    assert table.store("k", b"second", replacing=first)
    assert loaded(table) == b"second"


def test_content_that_has_begun_to_expire_is_not_given_in_part(
    table: Table, client: "DynamoDBClient"
) -> None:
    before = {item["pk"]["S"] for item in items(client)}
    table.store("k", b"x" * 800_000, replacing=None)
    pieces = {item["pk"]["S"] for item in items(client)} - before - {"k#kept"}
    client.delete_item(TableName=NAME, Key={"pk": {"S": min(pieces)}})
    assert table.load("k") is None
    assert table.store("k", b"again", replacing=table.edition("k"))


def test_a_storing_that_fails_half_way_leaves_what_was_stored(table: Table) -> None:
    table.store("k", b"first", replacing=None)
    put, calls = table._put, iter([None])

    def failing(item: Any, **condition: Any) -> None:
        if next(calls, "spent") == "spent":
            raise AccountError("gone")
        put(item, **condition)

    with patch.object(table, "_put", failing), pytest.raises(AccountError):
        table.store("k", b"y" * 800_000, replacing=table.edition("k"))
    assert loaded(table) == b"first"


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=many(40),
    deadline=None,
)
@given(content=st.binary(max_size=200), piece=st.integers(1, 40))
def test_content_comes_back_however_it_is_cut(table: Table, content: bytes, piece: int) -> None:
    with patch.object(table_module, "ITEM_BYTES", piece):
        table.store("k", content, replacing=table.edition("k"))
        assert loaded(table) == content


class Refusing:
    """A client whose calls all fail in the same way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def get_item(self, **_: Any) -> None:
        raise self._error

    put_item = get_item


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ungoverned, "PAUSES", (0.0, 0.0))


PAGE_READ_AS_JSON = {"ResponseMetadata": {"HTTPStatusCode": 200}}
"""What botocore makes of a proxy's page: an answer without an item."""


@pytest.mark.parametrize(
    "answer",
    [
        {"Item": {"pk": "k"}},
        {"Item": ["token"]},
        {"Item": {"pk": {"S": "k"}}, "ResponseMetadata": {"RequestId": "1"}},
        {
            "Item": {"token": {"S": "t"}, "state": {"S": None}},
            "ResponseMetadata": {"RequestId": "1"},
        },
        PAGE_READ_AS_JSON,
        None,
        "<html>",
    ],
)
def test_what_is_no_answer_is_asked_for_again_and_then_told(answer: object) -> None:
    class Foreign:
        """Answers what no table would, so many times."""

        times = 2

        def get_item(self, **_: Any) -> object:
            self.times -= 1
            genuine = {"Item": {"token": {"S": "t"}}, "ResponseMetadata": {"RequestId": "1"}}
            return answer if self.times >= 0 else genuine

    client: Any = Foreign()
    assert Table(NAME, lambda: client).read("k") == {"token": "t"}
    client.times = 9
    with pytest.raises(AccountError, match="did not come from AWS"):
        Table(NAME, lambda: client).read("k")


def answered(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "secret"}}, "GetItem")


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (answered("AccessDeniedException"), AccessDeniedError, "allow dynamodb:GetItem"),
        (answered("ResourceNotFoundException"), AccountError, "SFN_DIGEST_TABLE"),
        (answered("ThrottlingException"), AccountError, "keeps throttling"),
        (answered("ProvisionedThroughputExceededException"), AccountError, "keeps throttling"),
        (answered("InternalServerError"), AccountError, "InternalServerError"),
        (EndpointConnectionError(endpoint_url="https://x"), AccountError, "cannot be reached"),
        (KeyError("Item"), AccountError, "did not come from AWS"),
        (client_error("403", 403), AccountError, "did not come from AWS"),
    ],
)
def test_a_refusal_is_a_sentence(error: Exception, kind: type[AccountError], words: str) -> None:
    refusing: Any = Refusing(error)
    table = Table(NAME, lambda: refusing)
    with pytest.raises(kind, match=words) as caught:
        table.read("k")
    assert "secret" not in str(caught.value)
    with pytest.raises(kind, match=words):
        table.store("k", b"", replacing=None)

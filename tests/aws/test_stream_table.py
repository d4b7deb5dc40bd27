"""The table of events keeps each end once, and gives back what it was given."""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from sfn_digest.aws.stream_table import StreamTable, open_stream
from sfn_digest.errors import AccessDeniedError, AccountError
from sfn_digest.stream.collected_window import KeptChange
from tests.aws.fakes import client_error
from tests.stream.made import ARN, END, end

pytestmark = pytest.mark.slow

NAME = "stream"
DAY = end(1).stopped_at.date()


@pytest.fixture
def table() -> Iterator[StreamTable]:
    environment = {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "simulated",
        "AWS_SECRET_ACCESS_KEY": "simulated",
    }
    with patch.dict(os.environ, environment), mock_aws():
        boto3.client("dynamodb").create_table(
            TableName=NAME,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield open_stream(NAME)


def test_an_end_is_kept_once_and_its_reading_outlasts_a_duplicate(table: StreamTable) -> None:
    change = replace(end(1), machine_version_arn=f"{ARN}orders:3", machine_alias_arn=None)
    assert table.keep(change)
    assert list(table.first(change.machine_arn, DAY)) == [KeptChange(change)]
    table.keep_reading(change, b"why")
    assert not table.keep(change)
    assert list(table.first(change.machine_arn, DAY)) == [KeptChange(change, b"why")]


def test_ends_of_redriven_executions_lie_apart_and_days_name_their_machines(
    table: StreamTable,
) -> None:
    first, again = end(1, hours_ago=6), end(1, hours_ago=5, redrives=1, status="SUCCEEDED")
    other, before = end(2, machine="mail"), end(3, machine="quiet", hours_ago=30)
    assert all(table.keep(each) for each in (again, first, other, before))
    assert [each.change for each in table.first(first.machine_arn, DAY)] == [first]
    assert [each.change for each in table.redriven(first.machine_arn, DAY)] == [again]
    assert sorted(table.machines(DAY)) == [ARN + "mail", ARN + "orders"]
    assert list(table.machines(END.date())) == []


def test_a_day_is_read_over_as_many_pages_as_it_has(table: StreamTable) -> None:
    client = table._client()
    pages: Iterator[dict[str, Any]] = iter(
        [
            {"Items": [{"sk": {"S": "a"}}], "LastEvaluatedKey": {"sk": {"S": "a"}}},
            {"Items": [{"sk": {"S": "b"}}]},
        ]
    )
    genuine = {"ResponseMetadata": {"RequestId": "1"}}
    with patch.object(client, "query", lambda **_: {**next(pages), **genuine}):
        assert list(table.machines(DAY)) == ["a", "b"]


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        ("AccessDeniedException", AccessDeniedError, "allow dynamodb:PutItem to the collector's"),
        ("ResourceNotFoundException", AccountError, "deploy the stack again with collect=stream"),
        ("ThrottlingException", AccountError, "AWS keeps throttling the DynamoDB table stream"),
        ("InternalServerError", AccountError, "refused a call .InternalServerError."),
    ],
)
def test_what_aws_refuses_is_told_in_one_sentence(
    table: StreamTable, code: str, kind: type[AccountError], sentence: str
) -> None:
    def refuse(**_: object) -> None:
        raise client_error(code)

    with (
        patch.object(table._client(), "put_item", refuse),
        patch("sfn_digest.aws.ungoverned.time.sleep", lambda _: None),
        pytest.raises(kind, match=sentence),
    ):
        table.keep(end(1))


@pytest.mark.parametrize(
    "damage",
    [
        {"stopped": {"S": "not-a-time"}},
        {"stopped": {"N": "9" * 38}},
        {"started": {"N": "-1"}},
        {"redrives": {"N": "1.5"}},
        {"status": {"S": "RUNNING"}},
        {"arn": {"N": "7"}},
        {"reading": {"S": "no bytes"}},
    ],
)
def test_an_item_that_nobody_can_read_costs_that_item(
    table: StreamTable, damage: dict[str, Any]
) -> None:
    bad, good = end(1), end(2)
    assert table.keep(bad)
    assert table.keep(good)
    client = boto3.client("dynamodb")
    items = client.scan(TableName=NAME)["Items"]
    (item,) = (each for each in items if each.get("arn") == {"S": bad.execution_arn})
    client.put_item(TableName=NAME, Item={**item, **damage})
    assert [each.change for each in table.first(good.machine_arn, DAY)] == [good]
    assert table.unreadable == 1

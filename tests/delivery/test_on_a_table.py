"""The same deliveries over the DynamoDB table itself."""

import os
from random import Random
from typing import TYPE_CHECKING
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from sfn_digest.aws.dynamodb_table import Table, open_table
from tests.delivery.draws import drawn
from tests.delivery.faults import Fault, no_faults, scripted
from tests.delivery.weeks import Week, faults_in_channel
from tests.examples import many

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "simulated",
    "AWS_SECRET_ACCESS_KEY": "simulated",
}


@pytest.fixture(scope="module")
def table() -> "Iterator[Table]":
    with patch.dict(os.environ, ENVIRONMENT), mock_aws():
        boto3.client("dynamodb").create_table(
            TableName="ledger",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield open_table("ledger")


def test_a_period_is_posted_once_and_then_updated(table: Table) -> None:
    week = Week(delivery="twice", ledger=table)
    week.run(edition="first")
    assert week.run(edition="second").outcome is not None
    assert faults_in_channel(week) == []
    assert week.slack.roots()[0].text == "root, second"


def test_runs_at_once_post_once(table: Table) -> None:
    week = Week(delivery="at once", ledger=table)
    runs = week.together([(no_faults, "one", 0.0), (no_faults, "two", 0.0)])
    assert all(run.outcome for run in runs)
    assert faults_in_channel(week) == []


def test_a_run_killed_after_posting_is_finished_without_a_scan(table: Table) -> None:
    week = Week(delivery="killed", ledger=table)
    week.run(scripted(post=[Fault("killed after")]))
    week.later(60.0)
    assert week.run().scans == 0
    assert faults_in_channel(week) == []


@pytest.mark.parametrize("seed", range(many(24)))
def test_faults_drawn_by_chance_end_in_one_digest(table: Table, seed: int) -> None:
    week, random = Week(seed, delivery=f"random {seed}", ledger=table), Random(seed)
    for _ in range(3):
        week.together([(drawn(random, 0.4), "read", skew) for skew in (-200.0, 200.0)])
        week.later(60.0)
    week.run()
    week.later(60.0)
    assert week.run().outcome is not None
    assert faults_in_channel(week) == []

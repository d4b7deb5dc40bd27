"""Events collected as they come, and the hub over it, deployed in one account: `make e2e`."""

import gzip
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_sdk import WebClient

from infra.bundling import bundle
from tests.e2e.account import Account
from tests.e2e.cdk import STACK, Cdk
from tests.e2e.engines import ACCOUNT, REGION, TOKEN, started
from tests.e2e.test_deploy import HOST, RULES

HUB = f"{STACK}-hub"
BUCKET = "acme-sfn-digest"
BEFORE, COLLECTED = 2, 3
"""Executions that fail before the deployment, and after it."""
PATIENCE = 120.0
"""Seconds for an event to be gathered, read and kept."""


@dataclass(frozen=True)
class Deployed:
    """A digest that collects events, and a hub."""

    account: Account
    slack: WebClient
    channel: str
    machine: str
    at: str

    def outputs(self, stack: str) -> dict[str, str]:
        return self.account.outputs(stack)

    def messages(self) -> list[dict[str, Any]]:
        history = self.slack.conversations_history(channel=self.channel)
        return [dict(m) for m in reversed(history["messages"]) if "subtype" not in m]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("e2e-hub")
    with started(folder) as engines:
        account, cdk = Account(engines), Cdk(engines, folder / "cdk.out", (STACK, HUB))
        slack = WebClient(token=TOKEN, base_url=f"{engines.slack}/api/")
        listed = slack.conversations_list()["channels"]
        (channel,) = (each["id"] for each in listed if each["name"] == "sfn-digest")
        account.store_token("/sfn-digest/slack-token")
        machine = account.failed_machine(
            "nightly-orders", [{"key": "sfn-digest", "value": "on"}], BEFORE
        )
        cdk.bootstrap()
        asset = bundle(folder / "asset", platform=HOST, rules=RULES)
        hub = {"hub": "o-a1b2c3d4e5", "hub-bucket": BUCKET}
        own = {"channel": str(channel), "rules": str(RULES), "asset": str(asset)}
        cdk.synth({**own, **hub, "collect": "stream"})
        cdk.fit_to_ministack(engines, datetime.now(UTC) + timedelta(days=1))
        cdk.deploy()
        account.fail(machine, COLLECTED)
        _until_collected(account)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        yield Deployed(account, slack, str(channel), machine, at)
        cdk.destroy()
        assert not account.client("lambda").list_functions()["Functions"]


def _until_collected(account: Account) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if len(_readings(account)) == COLLECTED:
            return
        time.sleep(1)
    raise TimeoutError(
        f"{len(_readings(account))} of {COLLECTED} failures were kept with a reading"
    )


def _readings(account: Account) -> list[dict[str, Any]]:
    tables = account.client("dynamodb").list_tables()["TableNames"]
    (table,) = (each for each in tables if "Stream" in each)
    items = account.client("dynamodb").scan(TableName=table)["Items"]
    return [item for item in items if "reading" in item]


def test_what_was_collected_is_not_read_again_and_what_was_not_is_found_by_lists_and_metrics(
    deployed: Deployed,
) -> None:
    function = deployed.outputs(STACK)["FunctionName"]
    answer = deployed.account.invoke(function, {"scheduled_time": deployed.at})
    assert answer["totals"]["failed"] == BEFORE + COLLECTED
    read = answer["coverage"]
    assert (read["failures_found"], read["failures_read"]) == (BEFORE + COLLECTED,) * 2
    assert read["complete"], read["notes"]
    assert read["api_calls"]["GetExecutionHistory"] == BEFORE
    (digest,) = deployed.messages()
    assert "nightly-orders" in digest["text"]


def test_the_account_hands_its_report_over_and_the_hub_posts_one_message_on_it(
    deployed: Deployed,
) -> None:
    function = deployed.outputs(STACK)["FunctionName"]
    deployed.account.invoke(function, {"scheduled_time": deployed.at})
    stored = deployed.account.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    (key,) = (each["Key"] for each in stored)
    assert key.startswith(f"reports/{ACCOUNT}/{REGION}/")
    body = deployed.account.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert json.loads(gzip.decompress(body))["totals"]["failed"] == BEFORE + COLLECTED
    before = {each["ts"] for each in deployed.messages()}
    hub = deployed.outputs(HUB)
    assert hub["BucketName"] == BUCKET
    first, second = (
        deployed.account.invoke(hub["FunctionName"], {"scheduled_time": deployed.at})
        for _ in range(2)
    )
    (message,) = (each for each in deployed.messages() if each["ts"] not in before)
    assert first["posted"] == second["posted"] == {"channel": deployed.channel, "ts": message["ts"]}
    assert f"{BEFORE + COLLECTED} of {BEFORE + COLLECTED}" in message["text"]
    assert ACCOUNT in message["text"]

"""The template and the zip of `make template`, deployed by plain CloudFormation."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.bundling import bundle
from infra.construct import settings_of
from infra.template import TEMPLATE, ZIP, write_template
from tests.e2e.account import Account
from tests.e2e.cdk import fitted
from tests.e2e.engines import started
from tests.e2e.test_deploy import HOST, RULES

BUCKET = "digest-code"
STACK = "plain"


def test_what_make_template_writes_is_deployed_without_node_and_makes_a_digest(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = settings_of(channel="C0000000000", rules=str(RULES))
    asset = bundle(tmp_path / "asset", platform=HOST, rules=RULES)
    write_template(tmp_path / "dist", settings, asset)
    with started(tmp_path_factory.mktemp("engines")) as engines:
        account = Account(engines)
        account.store_token("/sfn-digest/slack-token")
        account.failed_machine("nightly", [{"key": "sfn-digest", "value": "on"}], 2)
        storage = account.client("s3")
        storage.create_bucket(Bucket=BUCKET)
        storage.upload_file(str(tmp_path / "dist" / ZIP), BUCKET, "sfn-digest-1.zip")
        template = json.loads((tmp_path / "dist" / TEMPLATE).read_text())
        given = {"Channel": "C0123456789", "CodeBucket": BUCKET, "CodeKey": "sfn-digest-1.zip"}
        account.client("cloudformation").create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(fitted(template, engines, datetime.now(UTC))),
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value} for name, value in given.items()
            ],
        )
        function = _created(account)["FunctionName"]
        answer = account.invoke(function, {"dry_run": True})
    assert "nightly" in json.dumps(answer)
    assert "Payment.Declined" in json.dumps(answer)


def _created(account: Account) -> dict[str, str]:
    client = account.client("cloudformation")
    until = time.monotonic() + 120
    while time.monotonic() < until:
        (stack,) = client.describe_stacks(StackName=STACK)["Stacks"]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            assert stack["StackStatus"] == "CREATE_COMPLETE", stack.get("StackStatusReason")
            return account.outputs(STACK)
        time.sleep(0.5)
    raise TimeoutError("The stack was not created in two minutes.")

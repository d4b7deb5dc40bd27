"""Nothing outside the deployed policy is ever called: the simulated account's log says so."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.client import BaseClient
from moto import mock_aws

from sfn_digest.aws.secrets import read_token
from sfn_digest.handler import handler
from simulator.demo import DemoContext
from simulator.server import Call
from tests.conftest import Week
from tests.infra.test_stack import statements

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

pytestmark = pytest.mark.slow

NEED_NO_PERMISSION = {"sts:GetCallerIdentity"}
"""Actions that IAM lets every caller do (STS API reference)."""

TABLE = "ledger"
SECRET = "sfn-digest/slack"

Policy = Mapping[str, Mapping[str, Any]]
Tags = Mapping[str, Mapping[str, str]]


def allowed(call: Call, policy: Policy, tags: Tags) -> bool:
    """Whether a statement allows the call; `tags` are the machines' own, by ARN."""
    return call.action in NEED_NO_PERMISSION or any(
        call.action in _listed(statement["Action"])
        and _covers(statement["Resource"], call)
        and _meets(statement.get("Condition", {}), tags.get(call.machine or "", {}))
        for statement in policy.values()
    )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _covers(pattern: str, call: Call) -> bool:
    """Whether the resource is covered; the log does not tell which parameter was read."""
    if pattern == "*" or call.service == "ssm":
        return True
    return call.resource is not None and fnmatchcase(call.resource, pattern)


def _meets(condition: Mapping[str, Mapping[str, str]], tags: Mapping[str, str]) -> bool:
    """Whether aws:ResourceTag conditions hold; others belong to calls the log does not tell."""
    wanted = condition.get("StringEquals", {})
    prefix = "aws:ResourceTag/"
    return all(
        tags.get(key.removeprefix(prefix)) == value
        for key, value in wanted.items()
        if key.startswith(prefix)
    )


@pytest.fixture
def policy(template: Callable[[str], dict[str, Any]], week: Week) -> Policy:
    """The function's statements as they stand once deployed to the simulated account.

    The simulated parameter has the name that the stack was given.
    """
    deployed = json.dumps(statements(template("Default")))
    own = {"Partition": "aws", "Region": week.world.region, "AccountId": week.world.account_id}
    for token, value in own.items():
        deployed = deployed.replace(f"<{token}>", value)
    written: Policy = json.loads(deployed)
    return written


@pytest.fixture
def tags(week: Week) -> Tags:
    return {machine.arn: machine.tags for machine in week.world.machines}


def _outside(calls: Iterable[Call], policy: Policy, tags: Tags) -> set[tuple[str, str | None]]:
    return {(c.action, c.resource) for c in calls if not allowed(c, policy, tags)}


def test_a_week_is_read_and_posted_within_the_policy(
    week: Week, policy: Policy, tags: Tags, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFN_DIGEST_SUCCESSES", "3")
    before = len(week.account.calls)
    handler({"scheduled_time": week.end.isoformat()}, cast("LambdaContext", DemoContext()))
    calls = week.account.calls[before:]
    assert {call.action for call in calls} >= {
        "tag:GetResources",
        "cloudwatch:GetMetricData",
        "states:DescribeStateMachine",
        "states:ListExecutions",
        "states:GetExecutionHistory",
        "states:DescribeStateMachineForExecution",
        "iam:ListAccountAliases",
        "ssm:GetParameter",
    }
    assert _outside(calls, policy, tags) == set()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Call]]:
    """Every call of any boto3 client from now on, with the table by its ARN in the template.

    DynamoDB and Secrets Manager, which the simulated account lacks, are moto's.
    """
    calls: list[Call] = []
    made = BaseClient._make_api_call  # type: ignore[attr-defined]

    def told(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        resource = "<Ledger.Arn>" if parameters.get("TableName") == TABLE else None
        calls.append(Call(service, operation, resource, None, 0.0, "ok"))
        return made(client, operation, parameters)

    for service in ("DYNAMODB", "SECRETS_MANAGER"):
        host = service.lower().replace("_", "")
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", f"https://{host}.eu-west-1.amazonaws.com")
    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        boto3.client("secretsmanager").create_secret(Name=SECRET, SecretString="xoxb-simulated")
        monkeypatch.setattr(BaseClient, "_make_api_call", told)
        yield calls


def test_the_ledger_is_kept_within_the_policy(
    week: Week, policy: Policy, asked: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFN_DIGEST_TABLE", TABLE)
    context = cast("LambdaContext", DemoContext())
    for _again in range(2):
        handler({"scheduled_time": week.end.isoformat()}, context)
    ledger = [call for call in asked if call.service == "dynamodb"]
    assert {call.action for call in ledger} == {"dynamodb:GetItem", "dynamodb:PutItem"}
    assert _outside(ledger, policy, {}) == set()


@pytest.mark.usefixtures("week")
def test_a_secret_is_read_within_the_policy(
    template: Callable[[str], dict[str, Any]], asked: list[Call]
) -> None:
    assert read_token(None, SECRET) == "xoxb-simulated"
    granted = statements(template("Secret"))["ReadTheToken"]["Action"]
    assert [call.action for call in asked] == [granted]


def test_an_untagged_machine_and_a_call_nobody_allowed_lie_outside(
    policy: Policy, tags: Tags
) -> None:
    tagged = next(arn for arn, has in tags.items() if has.get("sfn-digest") == "on")
    other = tagged + "-untagged"
    told = [
        Call("states", "ListExecutions", tagged, tagged, 0.0, "ok"),
        Call("states", "ListExecutions", other, other, 0.0, "ok"),
        Call("states", "StartExecution", tagged, tagged, 0.0, "ok"),
    ]
    assert _outside(told, policy, tags) == {
        ("states:ListExecutions", other),
        ("states:StartExecution", tagged),
    }

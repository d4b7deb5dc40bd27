"""Nothing outside the deployed policy is ever called: the simulated account's log says so."""

import json
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, cast

import pytest

from sfn_digest.handler import handler
from tests.conftest import Week
from tests.infra.test_stack import statements
from tests.simulator.demo import DemoContext
from tests.simulator.server import Call

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

NEED_NO_PERMISSION = {"sts:GetCallerIdentity"}
"""Actions that IAM lets every caller do (STS API reference)."""

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
    week: Week, policy: Policy, tags: Tags
) -> None:
    before = len(week.account.calls)
    handler({"scheduled_time": week.end.isoformat()}, cast("LambdaContext", DemoContext()))
    calls = week.account.calls[before:]
    assert {call.action for call in calls} >= {
        "tag:GetResources",
        "cloudwatch:GetMetricData",
        "states:ListExecutions",
        "states:GetExecutionHistory",
        "ssm:GetParameter",
    }
    assert _outside(calls, policy, tags) == set()


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

"""The role that other accounts are read with: exactly what reading takes, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.infra.test_stack import flat

pytestmark = pytest.mark.slow


@pytest.fixture
def template(synthesised: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((synthesised / "reader.json").read_text("utf-8"))
    return made


def test_the_role_may_do_exactly_this_in_every_region(template: dict[str, Any]) -> None:
    (role,) = template["Resources"].values()
    (policy,) = role["Properties"]["Policies"]
    statements = {each["Sid"]: flat(each) for each in policy["PolicyDocument"]["Statement"]}
    tagged = {"StringEquals": {"aws:ResourceTag/team": "data"}}
    states = "arn:<Partition>:states:*:<AccountId>"
    expected = {
        "FindTaggedMachines": (["tag:GetResources", "states:ListStateMachines"], "*", None),
        "ReadMetrics": (["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"], "*", None),
        "ReadTaggedMachines": (
            [
                "states:DescribeStateMachine",
                "states:DescribeStateMachineAlias",
                "states:ListExecutions",
            ],
            f"{states}:stateMachine:*",
            tagged,
        ),
        "ReadTheirExecutions": (
            ["states:DescribeStateMachineForExecution", "states:GetExecutionHistory"],
            f"{states}:execution:*:*",
            tagged,
        ),
        "ReadMapRuns": (
            ["states:DescribeMapRun", "states:ListExecutions"],
            f"{states}:mapRun:*/*:*",
            None,
        ),
        "ReadTheirChildren": ("states:GetExecutionHistory", f"{states}:execution:*/*:*", None),
        "ReadTheirExpressChildren": ("states:DescribeExecution", f"{states}:express:*/*:*", None),
        "QueryTaggedLogGroups": (
            ["logs:FilterLogEvents", "logs:StartQuery"],
            "arn:<Partition>:logs:*:<AccountId>:log-group:*",
            tagged,
        ),
        "ReadQueryResults": ("logs:GetQueryResults", "*", None),
        "NameTheAccount": ("iam:ListAccountAliases", "*", None),
    }
    assert {
        sid: (each["Action"], each["Resource"], each.get("Condition"))
        for sid, each in statements.items()
    } == expected


def test_one_principal_alone_may_take_it_for_an_hour(template: dict[str, Any]) -> None:
    (role,) = template["Resources"].values()
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust == {
        "Action": "sts:AssumeRole",
        "Effect": "Allow",
        "Principal": {"AWS": {"Ref": "Reader"}},
    }
    assert role["Properties"]["RoleName"] == {"Ref": "RoleName"}
    assert role["Properties"]["MaxSessionDuration"] == 3600
    assert "Default" not in template["Parameters"]["Reader"]


def test_the_template_needs_no_asset_and_no_bootstrap(template: dict[str, Any]) -> None:
    assert template["Parameters"].keys() == {"Reader", "RoleName"}
    assert "Rules" not in template
    assert [each["Type"] for each in template["Resources"].values()] == ["AWS::IAM::Role"]


def test_a_wrong_tag_is_one_sentence_and_nothing_is_written(synthesised: Path) -> None:
    sentence = (synthesised / "wrong-tag").read_text("utf-8")
    assert sentence.startswith("The tag is “data”, which is not KEY=VALUE")
    assert not (synthesised / "none.json").exists()

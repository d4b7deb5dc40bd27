"""The role that other accounts are read with: exactly what reading takes, and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infra.test_stack import flat

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("role") / "reader.json"
    done = _written(str(file), "tag=team=data")
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return made


def _written(*words: str) -> subprocess.CompletedProcess[str]:
    """Run without any of AWS's variables: no credentials, no Region."""
    environment = {name: value for name, value in os.environ.items() if name[:4] != "AWS_"}
    paths = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, "-m", "infra.reader_role", *words],
        env={**environment, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )


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


def test_a_wrong_tag_is_one_sentence(tmp_path: Path) -> None:
    done = _written(str(tmp_path / "role.json"), "tag=data")
    assert done.returncode == 1
    *_, sentence = done.stderr.strip().splitlines()
    assert sentence.startswith("The tag is “data”, which is not KEY=VALUE")
    assert "Traceback" not in done.stderr

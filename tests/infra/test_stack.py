"""What the template deploys: the schedule, the function, its exact permissions."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sfn_digest.config import names

pytestmark = pytest.mark.slow

Template = dict[str, Any]
Read = Callable[[str], Template]

ACCOUNT = {"Ref": "AWS::AccountId"}


def resources(template: Template, kind: str) -> list[dict[str, Any]]:
    """The properties of every resource of a kind."""
    found = template["Resources"].values()
    return [resource.get("Properties", {}) for resource in found if resource["Type"] == kind]


def one(template: Template, kind: str) -> dict[str, Any]:
    (only,) = resources(template, kind)
    return only


def logical_id(template: Template, kind: str) -> str:
    (only,) = (name for name, has in template["Resources"].items() if has["Type"] == kind)
    return str(only)


def arn_of(template: Template, kind: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [logical_id(template, kind), "Arn"]}


def flat(value: Any) -> Any:
    """`value` with each Fn::Join as one text, and each reference in angle brackets."""
    if isinstance(value, list):
        return [flat(part) for part in value]
    if not isinstance(value, dict):
        return value
    if "Fn::Join" in value:
        between, parts = value["Fn::Join"]
        return between.join(flat(part) for part in parts)
    if "Ref" in value:
        return f"<{value['Ref'].removeprefix('AWS::')}>"
    if "Fn::GetAtt" in value:
        resource, attribute = value["Fn::GetAtt"]
        return f"<{resource.rstrip('0123456789ABCDEF')}.{attribute}>"
    return {name: flat(part) for name, part in value.items()}


def role(template: Template, service: str) -> dict[str, Any]:
    """The role that a service takes."""
    (only,) = (
        role
        for role in resources(template, "AWS::IAM::Role")
        if role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"] == service
    )
    return only


def statements(template: Template, service: str = "lambda.amazonaws.com") -> dict[str, Any]:
    """A role's statements by their Sid, without Effect, which is Allow in all of them."""
    (policy,) = role(template, service)["Policies"]
    after = resources(template, "AWS::IAM::Policy") if service.startswith("lambda") else []
    documents = [each["PolicyDocument"] for each in (policy, *after)]
    found = {s["Sid"]: flat(s) for document in documents for s in document["Statement"]}
    assert {statement.pop("Effect") for statement in found.values()} == {"Allow"}
    assert all(statement.pop("Sid") for statement in found.values())
    return found


def test_the_function_may_do_exactly_this(template: Read) -> None:
    own = "<Partition>:{}:<Region>:<AccountId>"
    tagged = {"StringEquals": {"aws:ResourceTag/sfn-digest": "on"}}
    parameter = f"arn:{own.format('ssm')}:parameter/sfn-digest/slack-token"
    assert statements(template("Default")) == {
        "FindTaggedMachines": {
            "Action": ["tag:GetResources", "states:ListStateMachines"],
            "Resource": "*",
        },
        "ReadMetrics": {
            "Action": ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"],
            "Resource": "*",
        },
        "ReadTaggedMachines": {
            "Action": [
                "states:DescribeStateMachine",
                "states:DescribeStateMachineAlias",
                "states:ListExecutions",
            ],
            "Resource": f"arn:{own.format('states')}:stateMachine:*",
            "Condition": tagged,
        },
        "ReadTheirExecutions": {
            "Action": ["states:DescribeStateMachineForExecution", "states:GetExecutionHistory"],
            "Resource": f"arn:{own.format('states')}:execution:*:*",
            "Condition": tagged,
        },
        "ReadMapRuns": {
            "Action": ["states:DescribeMapRun", "states:ListExecutions"],
            "Resource": f"arn:{own.format('states')}:mapRun:*/*:*",
        },
        "ReadTheirChildren": {
            "Action": "states:GetExecutionHistory",
            "Resource": f"arn:{own.format('states')}:execution:*/*:*",
        },
        "ReadTheirExpressChildren": {
            "Action": "states:DescribeExecution",
            "Resource": f"arn:{own.format('states')}:express:*/*:*",
        },
        "QueryTaggedLogGroups": {
            "Action": ["logs:FilterLogEvents", "logs:StartQuery"],
            "Resource": f"arn:{own.format('logs')}:log-group:*",
            "Condition": tagged,
        },
        "ReadQueryResults": {"Action": "logs:GetQueryResults", "Resource": "*"},
        "NameTheAccount": {"Action": "iam:ListAccountAliases", "Resource": "*"},
        "ReadTheToken": {"Action": "ssm:GetParameter", "Resource": parameter},
        "DecryptTheToken": {
            "Action": "kms:Decrypt",
            "Resource": f"arn:{own.format('kms')}:key/*",
            "Condition": {
                "StringEquals": {"kms:ViaService": "ssm.<Region>.<URLSuffix>"},
                "StringLike": {"kms:EncryptionContext:PARAMETER_ARN": parameter},
            },
        },
        "KeepTheLedger": {
            "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
            "Resource": "<Ledger.Arn>",
        },
        "ReportAFailedRun": {"Action": "sqs:SendMessage", "Resource": "<Failures.Arn>"},
        "GoOnReading": {"Action": "lambda:InvokeFunction", "Resource": "<Function.Arn>"},
        "WriteLogs": {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "<LogGroup.Arn>",
        },
        "WriteTraces": {
            "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
            "Resource": "*",
        },
    }


def test_files_of_result_writers_are_opened_only_where_that_is_asked_for(template: Read) -> None:
    assert "ReadMapResults" not in statements(template("Default"))
    assert statements(template("Daily"))["ReadMapResults"] == {
        "Action": "s3:GetObject",
        "Resource": [
            "arn:<Partition>:s3:::results/orders/*",
            "arn:<Partition>:s3:::more-results/*",
        ],
    }
    (function,) = resources(template("Daily"), "AWS::Lambda::Function")
    told = flat(function)["Environment"]["Variables"]["SFN_DIGEST_MAP_RESULTS"]
    assert told == "results/orders,more-results/"


def test_a_role_in_other_accounts_is_taken_only_where_it_is_named(template: Read) -> None:
    assert "ReadChildrenElsewhere" not in statements(template("Default"))
    assert statements(template("Daily"))["ReadChildrenElsewhere"] == {
        "Action": "sts:AssumeRole",
        "Resource": "arn:<Partition>:iam::*:role/team/sfn-digest-reader",
    }
    (function,) = resources(template("Daily"), "AWS::Lambda::Function")
    variables = flat(function)["Environment"]["Variables"]
    assert variables["SFN_DIGEST_CHILD_ROLE"] == "team/sfn-digest-reader"


def test_nothing_adds_to_the_roles_from_outside(template: Read) -> None:
    for kind in ("AWS::IAM::ManagedPolicy", "AWS::Lambda::Permission"):
        assert resources(template("Default"), kind) == []
    (policy,) = resources(template("Default"), "AWS::IAM::Policy")
    assert policy["PolicyName"] == "GoOnReading"
    for found in resources(template("Default"), "AWS::IAM::Role"):
        assert "ManagedPolicyArns" not in found


def test_the_tag_that_is_set_is_the_tag_that_opens(template: Read) -> None:
    allowed = statements(template("Secret"))
    for sid in ("ReadTaggedMachines", "ReadTheirExecutions", "QueryTaggedLogGroups"):
        assert allowed[sid]["Condition"] == {"StringEquals": {"aws:ResourceTag/team": "data"}}


@pytest.mark.parametrize(
    ("shape", "arn"),
    [
        (
            "Secret",
            "arn:<Partition>:secretsmanager:<Region>:<AccountId>:secret:sfn-digest/slack-??????",
        ),
        ("SecretArn", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-AbCdEf"),
    ],
)
def test_a_secret_is_read_in_the_parameters_place(template: Read, shape: str, arn: str) -> None:
    allowed = statements(template(shape))
    assert allowed["ReadTheToken"] == {"Action": "secretsmanager:GetSecretValue", "Resource": arn}
    assert allowed["DecryptTheToken"]["Condition"] == {
        "StringEquals": {"kms:ViaService": "secretsmanager.<Region>.<URLSuffix>"},
        "StringLike": {"kms:EncryptionContext:SecretARN": arn},
    }
    variables = one(template(shape), "AWS::Lambda::Function")["Environment"]["Variables"]
    assert "SLACK_TOKEN_PARAMETER" not in variables
    assert variables["SLACK_TOKEN_SECRET"] in (arn, "sfn-digest/slack")


def test_a_function_that_never_goes_on_may_not_invoke_itself(template: Read) -> None:
    assert "GoOnReading" not in statements(template("Key"))


def test_the_schedule_may_do_exactly_this(template: Read) -> None:
    assert statements(template("Default"), "scheduler.amazonaws.com") == {
        "InvokeTheDigest": {"Action": "lambda:InvokeFunction", "Resource": "<Function.Arn>"},
        "ReportAnUndeliveredSchedule": {
            "Action": "sqs:SendMessage",
            "Resource": "<Failures.Arn>",
        },
    }


def test_only_this_accounts_schedules_of_this_group_take_the_schedules_role(
    template: Read,
) -> None:
    built = template("Default")
    (trust,) = role(built, "scheduler.amazonaws.com")["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {
        "StringEquals": {
            "aws:SourceAccount": ACCOUNT,
            "aws:SourceArn": arn_of(built, "AWS::Scheduler::ScheduleGroup"),
        }
    }


def test_the_schedule_tells_when_it_meant_to_fire(template: Read) -> None:
    built = template("InOneRegion")
    schedule = one(built, "AWS::Scheduler::Schedule")
    target = schedule["Target"]
    assert json.loads(target["Input"]) == {"scheduled_time": "<aws.scheduler.scheduled-time>"}
    assert target["Arn"] == arn_of(built, "AWS::Lambda::Function")
    assert target["DeadLetterConfig"] == {"Arn": arn_of(built, "AWS::SQS::Queue")}
    assert schedule["ScheduleExpression"] == "cron(0 9 ? * MON *)"
    assert schedule["ScheduleExpressionTimezone"] == "Asia/Tokyo"
    assert schedule["GroupName"] == {"Ref": logical_id(built, "AWS::Scheduler::ScheduleGroup")}


def test_the_function_runs_on_arm_for_fifteen_minutes_and_reserves_nothing(
    template: Read,
) -> None:
    function = one(template("Default"), "AWS::Lambda::Function")
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]
    assert function["Timeout"] == 900
    assert function["MemorySize"] == 512
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert "ReservedConcurrentExecutions" not in function
    assert one(template("Monthly"), "AWS::Lambda::Function")["MemorySize"] == 1024


@pytest.mark.parametrize(
    ("shape", "zone"), [("InOneRegion", "Asia/Tokyo"), ("Daily", "UTC"), ("Default", "UTC")]
)
def test_windows_go_by_the_clock_that_the_schedule_goes_by(
    template: Read, shape: str, zone: str
) -> None:
    variables = one(template(shape), "AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables["SFN_DIGEST_TIME_ZONE"] == zone


def test_the_function_is_told_every_setting_and_holds_no_token(template: Read) -> None:
    function = one(template("Default"), "AWS::Lambda::Function")
    assert flat(function["Environment"]["Variables"]) == {
        "SFN_DIGEST_CHANNEL": "C0123456789",
        "SFN_DIGEST_QUOTA_SHARE": "0.25",
        "SFN_DIGEST_LANGUAGE": "en",
        "SFN_DIGEST_SLACK_CHARTS": "off",
        "SFN_DIGEST_MENTIONS": "off",
        "SFN_DIGEST_SINCE": "7d",
        "SFN_DIGEST_SUCCESSES": "60",
        "SFN_DIGEST_EXPRESS_SCAN_GB": "5",
        "SFN_DIGEST_DEADLINE": "21600s",
        "SFN_DIGEST_CONTINUATIONS": "4",
        "SFN_DIGEST_DUE": "90m",
        "SFN_DIGEST_TABLE": f"<{logical_id(template('Default'), 'AWS::DynamoDB::Table')}>",
        "SFN_DIGEST_TAG": "sfn-digest=on",
        "SFN_DIGEST_TIME_ZONE": "UTC",
        "SLACK_TOKEN_PARAMETER": "/sfn-digest/slack-token",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_METRICS_NAMESPACE": names.NAMESPACE,
        "POWERTOOLS_SERVICE_NAME": names.SERVICE,
    }


def test_the_users_own_rules_are_named_where_lambda_puts_the_asset(template: Read) -> None:
    function = one(template("Daily"), "AWS::Lambda::Function")
    assert function["Environment"]["Variables"]["SFN_DIGEST_RULES"] == "/var/task/rules.toml"


def test_a_failed_run_is_tried_twice_more_and_then_kept(template: Read) -> None:
    built = template("Default")
    retries = one(built, "AWS::Lambda::EventInvokeConfig")
    assert retries["MaximumRetryAttempts"] == 2
    failures = arn_of(built, "AWS::SQS::Queue")
    assert retries["DestinationConfig"] == {"OnFailure": {"Destination": failures}}
    assert one(built, "AWS::SQS::Queue")["SqsManagedSseEnabled"] is True


def test_the_ledger_forgets_by_itself_and_can_be_restored(template: Read) -> None:
    table = one(template("Default"), "AWS::DynamoDB::Table")
    assert table["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_the_log_group_is_the_functions_own_and_forgets(template: Read) -> None:
    built = template("Monthly")
    assert one(built, "AWS::Logs::LogGroup") == {"RetentionInDays": 30}
    logging = one(built, "AWS::Lambda::Function")["LoggingConfig"]
    assert logging["LogGroup"] == {"Ref": logical_id(built, "AWS::Logs::LogGroup")}


def test_nothing_is_left_behind_when_the_stack_is_removed(template: Read) -> None:
    kept = [
        name
        for name, resource in template("Default")["Resources"].items()
        if resource.get("DeletionPolicy", "Delete") != "Delete"
    ]
    assert kept == []


@pytest.mark.parametrize("shape", ["Default", "Secret", "Daily", "Key", "Others"])
def test_nothing_that_is_deployed_may_redrive_or_test_a_state(template: Read, shape: str) -> None:
    text = json.dumps(template(shape))
    assert "states:RedriveExecution" not in text
    assert "states:TestState" not in text

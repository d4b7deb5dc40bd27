"""What `hub=…` deploys, and what `hub-bucket=…` adds to each account's stack."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.settings import read_settings
from infra.values import SettingError
from sfn_digest import handler
from sfn_digest.config import names
from tests.infra.synth import KEY
from tests.infra.test_alarms import alarms
from tests.infra.test_docs import ACTION, CONTEXT, PERMISSIONS
from tests.infra.test_stack import Read, flat, one
from tests.infra.test_stream import named, statements

pytestmark = pytest.mark.slow

OWN = "<Partition>:{}:<Region>:<AccountId>"


def test_an_account_may_write_under_its_own_prefix_of_the_bucket_and_nothing_else(
    template: Read,
) -> None:
    before = statements(template("Named"), "FunctionRole")
    after = statements(template("ToHub"), "FunctionRole")
    bucket = "arn:<Partition>:s3:::acme-sfn-digest"
    reports = f"{bucket}/reports/<AccountId>/<Region>/*"
    assert {sid: has for sid, has in after.items() if sid not in before} == {
        "SendTheReport": {"Action": "s3:PutObject", "Resource": reports},
        "UseTheHubsKey": {
            "Action": "kms:GenerateDataKey",
            "Resource": "arn:<Partition>:kms:*:*:key/*",
            "Condition": {
                "StringLike": {
                    "kms:ViaService": "s3.*.<URLSuffix>",
                    "kms:EncryptionContext:aws:s3:arn": [bucket, reports],
                }
            },
        },
    }
    variables = named(template("ToHub"), "Function")["Environment"]["Variables"]
    assert variables[names.HUB_BUCKET] == "acme-sfn-digest"
    assert variables[names.POWERTOOLS_SERVICE] == names.service_of("payments")
    there = statements(template("ToHubInRegion"), "FunctionRole")["SendTheReport"]
    assert there["Resource"].endswith("/reports/<AccountId>/eu-west-1/*")
    whole = json.dumps(template("Default"))
    assert names.HUB_BUCKET not in whole
    assert "AWS::S3" not in whole


def test_the_hub_may_do_exactly_this(template: Read) -> None:
    parameter = f"arn:{OWN.format('ssm')}:parameter/sfn-digest/slack-token"
    assert statements(template("Hub"), "FunctionRole") == {
        "FindReports": {
            "Action": "s3:ListBucket",
            "Resource": "<Reports.Arn>",
            "Condition": {"StringLike": {"s3:prefix": "reports/*"}},
        },
        "ReadReports": {"Action": "s3:GetObject", "Resource": "<Reports.Arn>/reports/*"},
        "ReadTheToken": {"Action": "ssm:GetParameter", "Resource": parameter},
        "DecryptTheToken": {
            "Action": "kms:Decrypt",
            "Resource": f"arn:{OWN.format('kms')}:key/*",
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
        "WriteLogs": {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "<LogGroup.Arn>",
        },
        "WriteTraces": {
            "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
            "Resource": "*",
        },
    }


def test_its_actions_are_documented_and_no_other(template: Read) -> None:
    section = PERMISSIONS.split("\n## The hub's role\n")[1].split("\n## ")[0]
    granted: set[str] = set()
    for statement in statements(template("HubKey"), "FunctionRole").values():
        actions = statement["Action"]
        granted |= {actions} if isinstance(actions, str) else set(actions)
    assert set(ACTION.findall(section)) == granted


def test_whoever_is_of_the_organization_writes_his_own_reports_and_nobody_else_anything(
    template: Read,
) -> None:
    policy = one(template("Hub"), "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    insecure, write = (flat(each) for each in policy)
    assert insecure["Effect"] == "Deny"
    assert insecure["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert write == {
        "Sid": "EachAccountWritesItsOwnReports",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "s3:PutObject",
        "Resource": "<Reports.Arn>/reports/${aws:PrincipalAccount}/*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    }


def test_the_bucket_is_private_encrypted_versioned_and_forgets(template: Read) -> None:
    bucket = one(template("Hub"), "AWS::S3::Bucket")
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["Status"]) == (100, "Enabled")
    assert _encryption(bucket) == {"SSEAlgorithm": "AES256"}
    under_key = one(template("HubKey"), "AWS::S3::Bucket")
    assert _encryption(under_key) == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    assert under_key["BucketName"] == "acme-sfn-digest"
    for kind, name in (
        ("AWS::DynamoDB::Table", "SSESpecification"),
        ("AWS::SQS::Queue", "KmsMasterKeyId"),
        ("AWS::Logs::LogGroup", "KmsKeyId"),
    ):
        assert name in one(template("HubKey"), kind)


def _encryption(bucket: dict[str, Any]) -> Any:
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    return rule["ServerSideEncryptionByDefault"]


def test_it_fires_after_the_accounts_and_looks_back_to_its_own_firing_before(
    template: Read,
) -> None:
    schedules = {
        shape: one(template(shape), "AWS::Scheduler::Schedule")["ScheduleExpression"]
        for shape in ("Default", "Hub", "HubKey")
    }
    assert schedules == {
        "Default": "cron(0 9 ? * MON *)",
        "Hub": "cron(30 10 ? * MON *)",
        "HubKey": "cron(0 12 * * ? *)",
    }
    told = {
        shape: named(template(shape), "Function")["Environment"]["Variables"]
        for shape in ("Hub", "HubKey")
    }
    assert told["Hub"][names.HUB_WITHIN] == "10080m"
    assert told["HubKey"][names.HUB_WITHIN] == "1440m"
    assert told["HubKey"][names.HUB_ACCOUNTS] == "111122223333=orders,444455556666/us-east-1"
    assert names.HUB_ACCOUNTS not in told["Hub"]
    assert flat(told["Hub"][names.HUB_BUCKET]) == flat({"Ref": _bucket_id(template)})


def _bucket_id(template: Read) -> str:
    (name,) = (each for each in template("Hub")["Resources"] if each.startswith("Reports6"))
    return str(name)


def test_its_function_is_the_hubs_and_its_alarms_are_those_of_a_digest(template: Read) -> None:
    function = named(template("Hub"), "Function")
    module, _, name = function["Handler"].rpartition(".")
    assert (module, getattr(handler, name)) == (handler.__name__, handler.hub_handler)
    service = function["Environment"]["Variables"][names.POWERTOOLS_SERVICE]
    assert service == names.service_of("payments-hub")
    found = alarms(template("Hub"))
    assert found.keys() == alarms(template("Default")).keys()
    assert found["DigestIncomplete"]["Dimensions"] == [{"Name": "service", "Value": service}]
    assert all(each["AlarmActions"] for each in found.values())
    assert "Outputs" in template("Hub")
    assert template("Hub")["Outputs"].keys() >= {"BucketName", "FunctionName", "FailuresUrl"}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"hub": "acme"}, "hub is “acme”: give the ID of your AWS organization"),
        ({"hub-bucket": "s3://acme"}, "hub-bucket is “s3://acme”, which is not a bucket name"),
        ({"hub-accounts": "payments"}, "hub-accounts has “payments”, which is not an account"),
        ({"name": "hub"}, "name is “hub”, as the hub's own stack is"),
        (
            {"hub": "o-a1b2c3d4e5", "schedule": "rate(1 day)"},
            "schedule, which hub-schedule follows, is “rate(1 day)”, but it fires at no one time",
        ),
        (
            {"hub": "o-a1b2c3d4e5", "schedule": "cron(0 23 * * ? *)"},
            "schedule, which hub-schedule follows, is “cron(0 23 * * ? *)”",
        ),
        (
            {"hub": "o-a1b2c3d4e5", "hub-schedule": "daily"},
            "hub-schedule is “daily”, but it is neither cron(…) nor rate(…)",
        ),
        (
            {"hub-accounts": ",".join(f"{n:012}" for n in range(300))},
            "hub-accounts has 3,899 characters: give 3,000 at most, or leave it out",
        ),
    ],
)
def test_a_wrong_setting_has_one_sentence(given: dict[str, str], says: str) -> None:
    with pytest.raises(SettingError) as told:
        read_settings({**CONTEXT, "channel": "C0123456789", **given})
    assert str(told.value).startswith(says)
    assert str(told.value).count(". ") == 0


def test_what_the_hub_asks_of_its_bucket_is_told_where_it_is_described() -> None:
    told = Path("docs/accounts.md").read_text(encoding="utf-8")
    for setting in ("hub", "hub-bucket", "hub-accounts", "hub-schedule"):
        assert f"`{setting}`" in told

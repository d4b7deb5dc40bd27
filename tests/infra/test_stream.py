"""What `collect=stream` adds to the template; without it there is no trace of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sfn_digest import collector
from sfn_digest.config import names
from tests.infra.test_alarms import alarms
from tests.infra.test_docs import ACTION, PERMISSIONS
from tests.infra.test_stack import Read, Template, flat, resources

pytestmark = pytest.mark.slow


def named(template: Template, begin: str) -> dict[str, Any]:
    """The properties of the one resource whose logical ID begins so."""
    found = [
        has.get("Properties", {})
        for name, has in template["Resources"].items()
        if name.rstrip("0123456789ABCDEF") == begin
    ]
    assert len(found) == 1, begin
    return dict(found[0])


def statements(template: Template, role: str = "CollectorRole") -> dict[str, Any]:
    (policy,) = named(template, role)["Policies"]
    found = {each["Sid"]: flat(each) for each in policy["PolicyDocument"]["Statement"]}
    return {
        sid: {k: v for k, v in has.items() if k not in ("Sid", "Effect")}
        for sid, has in found.items()
    }


def test_nothing_of_it_is_deployed_unless_it_is_asked_for(template: Read) -> None:
    whole = json.dumps(template("Default"))
    assert not [name for name in template("Default")["Resources"] if "Stream" in name]
    assert names.STREAM not in whole
    assert "AWS::Events" not in whole


def test_the_collector_may_do_exactly_this(template: Read) -> None:
    assert statements(template("Stream")) == {
        "FindTaggedMachines": {
            "Action": ["tag:GetResources", "states:ListStateMachines"],
            "Resource": "*",
        },
        "ReadQuotas": {"Action": "cloudwatch:GetMetricData", "Resource": "*"},
        "ReadTheirExecutions": {
            "Action": "states:GetExecutionHistory",
            "Resource": "arn:<Partition>:states:<Region>:<AccountId>:execution:*:*",
            "Condition": {"StringEquals": {"aws:ResourceTag/sfn-digest": "on"}},
        },
        "TakeFromTheQueue": {
            "Action": ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
            "Resource": "<StreamQueue.Arn>",
        },
        "KeepTheStream": {"Action": "dynamodb:PutItem", "Resource": "<Stream.Arn>"},
        "WriteLogs": {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "<CollectorLogGroup.Arn>",
        },
        "WriteTraces": {
            "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
            "Resource": "*",
        },
    }
    digest = statements(template("Stream"), "FunctionRole")
    assert digest["ReadTheStream"] == {"Action": "dynamodb:Query", "Resource": "<Stream.Arn>"}
    before = statements(template("Default"), "FunctionRole")
    assert digest.keys() - before.keys() == {"ReadTheStream"}


def test_its_actions_are_documented_and_no_other(template: Read) -> None:
    (section,) = re.findall(r"\n## The collector's role\n(.*?)\n## ", PERMISSIONS, re.DOTALL)
    granted = {statements(template("Stream"), "FunctionRole")["ReadTheStream"]["Action"]}
    for statement in statements(template("StreamKey")).values():
        actions = statement["Action"]
        granted |= set([actions] if isinstance(actions, str) else actions)
    assert set(ACTION.findall(section)) == granted


def test_the_rule_passes_on_failures_and_what_became_of_them_and_only_it_may_send(
    template: Read,
) -> None:
    rule = named(template("Stream"), "StreamRule")
    assert rule["EventPattern"]["source"] == ["aws.states"]
    assert rule["EventPattern"]["detail-type"] == ["Step Functions Execution Status Change"]
    assert rule["EventPattern"]["detail"] == {
        "$or": [
            {"status": ["FAILED", "TIMED_OUT", "ABORTED"]},
            {"status": ["SUCCEEDED"], "redriveCount": [{"numeric": [">", 0]}]},
        ]
    }
    (target,) = rule["Targets"]
    assert flat(target["Arn"]) == "<StreamQueue.Arn>"
    assert flat(target["DeadLetterConfig"]["Arn"]) == "<StreamDeadLetters.Arn>"
    senders = [
        flat(statement)
        for policy in resources(template("Stream"), "AWS::SQS::QueuePolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert [(each["Principal"], each["Condition"]) for each in senders] == [
        (
            {"Service": "events.amazonaws.com"},
            {"ArnEquals": {"aws:SourceArn": "<StreamRule.Arn>"}},
        )
    ] * 2


def test_two_collectors_at_most_share_half_of_the_quota_share(template: Read) -> None:
    mapping = named(template("Stream"), "StreamMapping")
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    collecting, digest = (
        named(template("Stream"), name)["Environment"]["Variables"]
        for name in ("Collector", "Function")
    )
    whole = float(
        named(template("Default"), "Function")["Environment"]["Variables"][names.QUOTA_SHARE]
    )
    shares = [float(each[names.QUOTA_SHARE]) for each in (digest, collecting, collecting)]
    assert sum(shares) == whole
    assert flat(collecting[names.STREAM]) == flat(digest[names.STREAM])
    queue, function = (
        named(template("Stream"), "StreamQueue"),
        named(template("Stream"), "Collector"),
    )
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    module, _, name = function["Handler"].rpartition(".")
    assert (module, getattr(collector, name)) == (collector.__name__, collector.handler)


def test_the_table_lets_what_it_keeps_expire_and_is_under_the_users_key(template: Read) -> None:
    table = named(template("StreamKey"), "Stream")
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert [each["AttributeName"] for each in table["KeySchema"]] == ["pk", "sk"]
    assert table["SSESpecification"]["SSEType"] == "KMS"
    for queue in ("StreamQueue", "StreamDeadLetters"):
        assert "KmsMasterKeyId" in named(template("StreamKey"), queue)


def test_alarms_watch_the_dead_letters_and_how_long_events_wait(template: Read) -> None:
    found = alarms(template("Stream"))
    more = {name: found[name] for name in found.keys() - alarms(template("Default")).keys()}
    assert {
        name: (flat(each["Dimensions"][0]["Value"]), each["MetricName"], each["Threshold"])
        for name, each in more.items()
    } == {
        "StreamUndelivered": (
            "<StreamDeadLetters.QueueName>",
            "ApproximateNumberOfMessagesVisible",
            1,
        ),
        "StreamBehind": ("<StreamQueue.QueueName>", "ApproximateAgeOfOldestMessage", 3600),
    }
    told = Path("docs/stream.md").read_text(encoding="utf-8")
    assert all(f"| {name} |" in told for name in more)
    assert all(each["AlarmActions"] == each["OKActions"] != [] for each in more.values())

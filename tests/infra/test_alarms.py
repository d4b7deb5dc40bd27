"""The alarms: what each looks at, when it goes off, whom it tells."""

from typing import Any

import pytest

from sfn_digest.config.names import stack_of
from tests.infra.test_stack import Read, Template, one

pytestmark = pytest.mark.slow


def alarms(template: Template) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }


def watched(alarm: dict[str, Any]) -> set[tuple[str, str, str]]:
    """The namespace, metric and statistic of each metric of an alarm."""
    if "Metrics" not in alarm:
        return {(alarm["Namespace"], alarm["MetricName"], alarm["Statistic"])}
    stats = [query["MetricStat"] for query in alarm["Metrics"] if "MetricStat" in query]
    return {(s["Metric"]["Namespace"], s["Metric"]["MetricName"], s["Stat"]) for s in stats}


def test_a_failed_an_undelivered_and_an_imperfect_digest_are_told_within_minutes(
    template: Read,
) -> None:
    found = alarms(template("Default"))
    assert {name: watched(alarm) for name, alarm in found.items()} == {
        "DigestFailed": {
            ("AWS/Lambda", "Errors", "Sum"),
            ("SfnDigest", "DigestFailed", "Sum"),
        },
        "DigestUndelivered": {("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum")},
        "DigestIncomplete": {("SfnDigest", "DigestIncomplete", "Sum")},
        "DigestDegraded": {("SfnDigest", "Degraded", "Sum")},
        "DigestFlawed": {
            ("SfnDigest", "DeliveryDuplicate", "Sum"),
            ("SfnDigest", "DeliveryNotKept", "Sum"),
            ("SfnDigest", "DeliveryPlainForm", "Sum"),
        },
        "DigestMissing": {("SfnDigest", "DigestPosted", "Sum")},
    }
    for name in found.keys() - {"DigestMissing"}:
        assert found[name]["TreatMissingData"] == "notBreaching"
        assert found[name]["EvaluationPeriods"] == 1


@pytest.mark.parametrize(("shape", "days"), [("Default", 7), ("InOneRegion", 7), ("Daily", 1)])
def test_a_missing_digest_is_told_after_as_many_whole_days_as_the_schedule_leaves(
    template: Read, shape: str, days: int
) -> None:
    missing = alarms(template(shape))["DigestMissing"]
    (period,) = {q["MetricStat"]["Period"] for q in missing["Metrics"] if "MetricStat" in q}
    assert missing["EvaluationPeriods"] == days
    assert period * days <= 604_800
    assert missing["TreatMissingData"] == "breaching"
    zone = one(template(shape), "AWS::Scheduler::Schedule")["ScheduleExpressionTimezone"]
    assert missing["EvaluationWindow"] == {"WallClockWindow": {"Timezone": zone}}


def test_a_schedule_of_more_than_a_week_says_that_nothing_watches_for_a_missing_digest(
    template: Read, synthesised: Any
) -> None:
    assert "DigestMissing" not in alarms(template("Monthly"))
    told = (synthesised / "out" / "Monthly.metadata.json").read_text()
    assert "no alarm will say that one is missing" in told


def test_alarms_notify_the_topic_when_they_go_off_and_when_they_end(template: Read) -> None:
    for alarm in alarms(template("InOneRegion")).values():
        assert alarm["AlarmActions"] == ["arn:aws:sns:eu-west-1:123456789012:ops"]
        assert alarm["OKActions"] == alarm["AlarmActions"]


def services(template: Template) -> set[str]:
    """What the alarms on the function's own metrics ask CloudWatch for."""
    metrics = [
        query["MetricStat"]["Metric"] if "MetricStat" in query else query
        for alarm in alarms(template).values()
        for query in alarm.get("Metrics", [alarm])
        if "MetricStat" in query or "MetricName" in query
    ]
    return {
        each["Value"]
        for metric in metrics
        if metric["Namespace"] == "SfnDigest"
        for each in metric["Dimensions"]
    }


def test_two_stacks_of_one_account_count_apart(template: Read) -> None:
    function = one(template("Named"), "AWS::Lambda::Function")["Environment"]["Variables"]
    assert services(template("Default")) == {"sfn-digest"}
    assert services(template("Named")) == {"sfn-digest-payments"}
    assert function["POWERTOOLS_SERVICE_NAME"] == "sfn-digest-payments"


def test_two_stacks_of_one_account_have_names_of_their_own() -> None:
    assert stack_of("", None) == "SfnDigest"
    assert stack_of("payments", "eu-west-1") == "SfnDigest-payments-eu-west-1"

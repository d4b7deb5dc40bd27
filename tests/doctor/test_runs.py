"""What the last run left behind: its ledger, and its metrics in CloudWatch."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sfn_digest.aws import deployed
from sfn_digest.aws.checks import Checks, Runs
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.deployed import Deployment
from sfn_digest.config.settings import read_settings
from sfn_digest.doctor.deployed_function import Setup, check_runs, last_run
from tests.aws.fakes import FakeClient, client_error, fake_client, free_calls
from tests.doctor.clinic import Clinic

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("runs", "status", "says"),
    [
        (Runs(None, None, None, None), "skipped", "no run in the last 35 days"),
        (Runs(MONDAY, None, None, None), "ok", "posted (2026-11-16 09:00 to 10:00 UTC)."),
        (Runs(MONDAY, MONDAY, None, MONDAY), "ok", "A digest or report was posted"),
        (Runs(MONDAY, MONDAY - HOUR, None, None), "ok", "A digest or report was posted"),
        (Runs(MONDAY, None, MONDAY, None), "ok", "what it had to leave out"),
        (Runs(MONDAY, None, MONDAY - HOUR, None), "ok", "to 10:00 UTC)."),
        (Runs(MONDAY, MONDAY + HOUR, None, None), "failing", "(2026-11-16 10:00 to 11:00 UTC)"),
        (Runs(None, MONDAY, None, None), "failing", "in the function's log group"),
        (Runs(MONDAY, None, None, MONDAY + HOUR), "failing", "see the last ERROR"),
    ],
)
def test_the_newest_run_decides(runs: Runs, status: str, says: str) -> None:
    check = last_run(runs)
    assert check.status == status
    assert says in check.text


def result(name: str, *values: tuple[datetime, float]) -> Mapping[str, Any]:
    return {
        "Id": name,
        "Timestamps": [moment for moment, _ in values],
        "Values": [value for _, value in values],
    }


def checks(cloudwatch: Any) -> Checks:
    nobody: Any = fake_client()
    return Checks(
        Clients("eu-west-1", nobody, cloudwatch, nobody, fake_client, fake_client), free_calls()
    )


def test_the_newest_hour_of_each_metric_is_found_over_all_pages() -> None:
    first = {
        "MetricDataResults": [
            result("reportPosted", (MONDAY, 1.0), (MONDAY - 24 * HOUR, 2.0)),
            result("digestPosted", (MONDAY - 24 * HOUR, 1.0)),
            result("digestFailed", (MONDAY + HOUR, 0.0)),
        ],
        "NextToken": "more",
    }
    second = {
        "MetricDataResults": [
            result("digestFailed", (MONDAY - HOUR, 3.0)),
            result("errors", (MONDAY - HOUR, 1.0)),
        ]
    }
    cloudwatch = FakeClient([first, second])
    runs = checks(cloudwatch).last_runs("digest", "", NOW)
    assert runs == Runs(MONDAY, MONDAY - HOUR, None, MONDAY - HOUR)
    asked = cloudwatch.requests[0]["MetricDataQueries"]
    names = {each["MetricStat"]["Metric"]["MetricName"] for each in asked}
    own = {"DigestPosted", "ReportPosted", "DigestFailed", "DigestIncomplete"}
    assert names == {*own, "Errors"}
    assert cloudwatch.requests[1]["NextToken"] == "more"


def test_without_a_function_lambdas_own_errors_are_not_asked_for() -> None:
    cloudwatch = FakeClient([{"MetricDataResults": []}])
    assert checks(cloudwatch).last_runs(None, "", NOW) == Runs(None, None, None, None)
    assert len(cloudwatch.requests[0]["MetricDataQueries"]) == 4


def test_a_stack_with_a_name_of_its_own_is_asked_for_its_own_runs() -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:SfnDigest-payments-Function"
    cloudwatch = FakeClient([{"MetricDataResults": []}])
    variables = {"POWERTOOLS_SERVICE_NAME": "sfn-digest-payments"}
    setup = Setup(read_settings(variables), arn, None)
    list(check_runs(checks(cloudwatch), Deployment("eu-west-1"), setup, NOW))
    asked = [
        each["MetricStat"]["Metric"]["Dimensions"][0]["Value"]
        for each in cloudwatch.requests[0]["MetricDataQueries"]
    ]
    assert asked == [*["sfn-digest-payments"] * 4, "SfnDigest-payments-Function"]


@pytest.mark.slow
def test_metrics_that_may_not_be_read_leave_the_last_run_unknown(clinic: Clinic) -> None:
    found = clinic("--function", "digest", denied_actions=frozenset({"cloudwatch:GetMetricData"}))
    status, text = found.one("last run")
    assert status == "skipped"
    assert "AWS denied cloudwatch:GetMetricData" in text


def ledger(
    monkeypatch: pytest.MonkeyPatch, answer: Mapping[str, Any] | Exception, function: str | None
) -> tuple[str, str]:
    monkeypatch.setattr(deployed, "open_client", lambda *_: fake_client(answer))
    settings = read_settings({"SFN_DIGEST_TABLE": "Ledger"})
    quiet = checks(fake_client({"MetricDataResults": []}))
    deployment = Deployment("eu-west-1")
    first, _ = check_runs(quiet, deployment, Setup(settings, function, None), NOW)
    return first.status, first.text


@pytest.mark.parametrize(
    ("answer", "function", "status", "says"),
    [
        ({"ResponseMetadata": {"RequestId": "r"}}, None, "ok", "can be read"),
        (client_error("AccessDeniedException"), None, "failing", "allow dynamodb:GetItem"),
        (client_error("AccessDeniedException"), "digest", "skipped", "allow dynamodb:GetItem"),
        (client_error("ResourceNotFoundException"), "digest", "failing", "no DynamoDB table"),
    ],
)
def test_the_ledger_is_read_once(
    monkeypatch: pytest.MonkeyPatch,
    answer: Mapping[str, Any] | Exception,
    function: str | None,
    status: str,
    says: str,
) -> None:
    found, text = ledger(monkeypatch, answer, function)
    assert found == status
    assert says in text


def test_what_the_last_digest_could_not_read_is_in_the_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    item = {"key": {"S": "unread"}, "token": {"S": "t"}, "machines": {"S": "arn:a arn:b"}}
    answer = {"Item": item, "ResponseMetadata": {"RequestId": "r"}}
    monkeypatch.setattr(deployed, "open_client", lambda *_: fake_client(answer))
    assert Deployment("eu-west-1").unread_machines("Ledger") == ("arn:a", "arn:b")


def test_no_table_is_nothing_to_read(clinic: Clinic) -> None:
    status, text = clinic().one("ledger")
    assert status == "skipped"
    assert "SFN_DIGEST_TABLE is not set" in text

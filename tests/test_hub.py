"""The hub: the accounts' reports in, one message out, and who did not report named in it."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from bench import hub as hub_bench
from sfn_digest import handler as door
from sfn_digest import hub, invocation
from sfn_digest.accounts.accounts_json import packed
from sfn_digest.config.hub_reports import ReportKey
from sfn_digest.delivery import MemoryLedger
from sfn_digest.errors import (
    AccessDeniedError,
    AccountError,
    BadEventError,
    BadRequestError,
    InternalError,
    NothingReportedError,
    UndeliveredError,
)
from sfn_digest.handler import handler, hub_handler
from sfn_digest.pipeline import posting
from sfn_digest.report.json_face import to_dict
from simulator.demo import DemoContext
from simulator.reports import MemoryReports
from simulator.server import Refused, SlackMessage
from tests.conftest import Week
from tests.report import made

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

pytestmark = pytest.mark.slow

REGION = "eu-west-1"
PAYMENTS, ORDERS, SILENT = "111111111111", "222222222222", "333333333333"


@pytest.fixture
def bucket(week: Week, monkeypatch: pytest.MonkeyPatch) -> MemoryReports:  # noqa: ARG001
    bucket, ledger = MemoryReports(), MemoryLedger()
    monkeypatch.setenv("SFN_DIGEST_HUB_BUCKET", "hub")
    monkeypatch.setenv("SFN_DIGEST_TABLE", "ledger")
    monkeypatch.setattr(invocation, "open_table", lambda *_: ledger)
    for module in (hub, posting):
        monkeypatch.setattr(module, "open_hub", lambda *_: bucket)
    return bucket


@pytest.fixture
def end(week: Week) -> datetime:
    """A period of its own for each test: the workspace is shared."""
    moments.append(moments[-1] - timedelta(minutes=7) if moments else week.end)
    return moments[-1]


moments: list[datetime] = []


def report(account: str, end: datetime, **changes: Any) -> bytes:
    """The week's report as an account has it on a period that ended then."""
    shift = end - made.WINDOW.end
    week = made.week()
    failures = [replace(each, stopped_at=each.stopped_at + shift) for each in week.failures]
    window = replace(made.WINDOW, start=made.WINDOW.start + shift, end=end)
    told = replace(
        week, account_id=account, region=REGION, window=window, failures=tuple(failures), **changes
    )
    return packed(to_dict(told), dict)


def send(bucket: MemoryReports, account: str, end: datetime, **changes: Any) -> None:
    bucket.put(ReportKey(account, REGION, end).text, report(account, end, **changes))


def fire(end: datetime, number: int = 1, **event: object) -> dict[str, Any]:
    """Let the hub's schedule fire 90 minutes after the accounts'."""
    context = cast("LambdaContext", replace(DemoContext(), aws_request_id=str(number)))
    at = (end + timedelta(minutes=90)).isoformat()
    return dict(hub_handler({"scheduled_time": at, **event}, context))


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub fires after the period's end, which is now for the served account."""

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + timedelta(minutes=100)

    monkeypatch.setattr(door, "datetime", Later)


def new(week: Week, before: tuple[SlackMessage, ...]) -> list[SlackMessage]:
    known = {message.ts for message in before}
    return [m for m in week.account.slack.messages if m.ts not in known and m.thread_ts is None]


def test_one_message_tells_of_all_and_names_who_did_not_report(
    week: Week, bucket: MemoryReports, end: datetime
) -> None:
    send(bucket, PAYMENTS, end)
    send(bucket, ORDERS, end)
    send(bucket, SILENT, end - timedelta(days=7))
    before = week.account.slack.messages
    first, second = fire(end), fire(end, 2)
    (root,) = new(week, before)
    assert first["posted"] == second["posted"] == {"channel": "C0SFNDIGEST", "ts": root.ts}
    assert "42 of " in root.text
    assert f"1 of 3 did not report: {SILENT}" in root.text
    assert {row["cause"] for row in first["causes"]} >= {made.SPOT}
    assert first["totals"]["failures"] == 42
    (why,) = [each["why"] for each in first["missing"]]
    assert why.startswith("It has no report for this period; its last one covers the period up to ")


def test_a_report_that_comes_late_brings_the_message_up_to_date(
    week: Week, bucket: MemoryReports, end: datetime
) -> None:
    before = week.account.slack.messages
    send(bucket, PAYMENTS, end)
    send(bucket, SILENT, end - timedelta(days=7))
    fire(end)
    send(bucket, SILENT, end)
    fire(end, 2)
    (root,) = new(week, before)
    assert "did not report" not in root.text
    del bucket.kept[ReportKey(SILENT, REGION, end).text]
    fire(end, 3)
    (root,) = new(week, before)
    assert "did not report" not in root.text


def test_one_bad_report_costs_that_one_and_is_named(
    week: Week, bucket: MemoryReports, end: datetime
) -> None:
    send(bucket, PAYMENTS, end)
    send(bucket, ORDERS, end, account_alias="<!channel> *shop*")
    bucket.put(ReportKey(SILENT, REGION, end).text, b"\x1f\x8bno report at all")
    stolen = ReportKey("444444444444", REGION, end).text
    bucket.put(stolen, report(PAYMENTS, end))
    for stranger in ("reports/x/y/z", "reports/111111111111/mars/a.json.gz", "elsewhere/a"):
        bucket.put(stranger, b"x")
    before = week.account.slack.messages
    answer = fire(end)
    (root,) = new(week, before)
    assert "2 of 4 did not report" in root.text
    assert "<!channel>" not in root.text
    why = {each["account_id"]: each["why"] for each in answer["missing"]}
    assert why[SILENT] == "Its report was not used: it is not compressed JSON."
    assert "its account, Region or period is not" in why["444444444444"]


def test_expected_accounts_are_missed_though_they_never_reported_and_no_others_are(
    bucket: MemoryReports, end: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFN_DIGEST_HUB_ACCOUNTS", f"{PAYMENTS}=payments,{ORDERS}/us-east-1=orders")
    send(bucket, PAYMENTS, end)
    send(bucket, SILENT, end - timedelta(days=7))
    answer = fire(end, dry_run=True)
    assert answer["posted"] is None
    assert [(each["name"], each["why"]) for each in answer["missing"]] == [
        ("orders", "It has not sent a report yet.")
    ]
    assert "payments" in json.dumps(answer["messages"])


def test_stacks_of_one_account_are_told_apart(bucket: MemoryReports, end: datetime) -> None:
    send(bucket, PAYMENTS, end)
    bucket.put(ReportKey(PAYMENTS, REGION, end, "ledgers").text, report(PAYMENTS, end))
    answer = fire(end, dry_run=True)
    assert answer["coverage"]["reported"] == 2
    assert "ledgers" in json.dumps(answer["messages"])


def test_the_period_is_that_of_most_reports_and_the_others_are_said_to_differ(
    bucket: MemoryReports, end: datetime
) -> None:
    for account in (PAYMENTS, ORDERS):
        send(bucket, account, end)
    send(bucket, SILENT, end - timedelta(hours=8))
    answer = fire(end, dry_run=True)
    assert answer["window"]["end"] == end.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert answer["coverage"]["notes"] == [
        (
            "The reports of 1 of 3 do not cover exactly this period: give all accounts the same "
            "schedule and window."
        )
    ]


def test_an_account_whose_prefix_cannot_be_listed_costs_no_other(
    bucket: MemoryReports, end: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(bucket, PAYMENTS, end)
    send(bucket, SILENT, end)
    listed = bucket.objects

    def objects(under: str, after: str) -> Any:
        if SILENT in under:
            raise AccessDeniedError("AWS denied it.")
        return listed(under, after)

    monkeypatch.setattr(bucket, "objects", objects)
    answer = fire(end, dry_run=True)
    assert [each["account_id"] for each in answer["missing"]] == [SILENT]
    assert f"1 of 2 did not report: {SILENT}." in answer["messages"][0]["text"]


def test_where_the_time_runs_out_the_rest_is_named(
    bucket: MemoryReports, end: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(bucket, PAYMENTS, end)
    monkeypatch.setattr(hub, "OWN_PART", 2.0)
    (missing,) = fire(end, dry_run=True)["missing"]
    assert missing["why"] == "Time ran out before its report was read."


def test_a_hub_that_nobody_reported_to_or_that_is_denied_its_bucket_fails(
    bucket: MemoryReports, end: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NothingReportedError, match="deploy the accounts with hub-bucket"):
        fire(end)

    def denied(_: str) -> Any:
        raise AccountError("AWS denied s3:ListBucket.")

    monkeypatch.setattr(bucket, "folders", denied)
    with pytest.raises(AccountError, match="ListBucket"):
        fire(end)
    monkeypatch.setattr(hub, "read_reports", lambda *_: 1 / 0)
    with pytest.raises(InternalError, match="ZeroDivisionError"):
        fire(end)
    monkeypatch.delenv("SFN_DIGEST_HUB_BUCKET")
    with pytest.raises(BadRequestError, match="There is no bucket"):
        fire(end)


def test_a_message_that_slack_refused_is_kept_and_posted_by_its_id(
    week: Week, bucket: MemoryReports, end: datetime
) -> None:
    send(bucket, PAYMENTS, end)
    before = week.account.slack.messages
    week.account.slack.inject(Refused("is_archived"))
    with pytest.raises(UndeliveredError) as told:
        fire(end)
    kept = json.loads(str(told.value).split("--payload '")[1].split("'")[0])
    answer = hub_handler(kept, cast("LambdaContext", DemoContext()))
    (root,) = new(week, before)
    assert answer["posted"] == {"channel": "C0SFNDIGEST", "ts": root.ts}


@pytest.mark.parametrize(
    "event",
    ["weekly", {"since": "1h"}, {"scheduled_time": 5}, {"dry_run": 1}, {"post_kept": 1}],
)
@pytest.mark.usefixtures("bucket")
def test_an_event_that_makes_no_sense_is_refused(event: object) -> None:
    with pytest.raises(BadEventError):
        hub_handler(event, cast("LambdaContext", DemoContext()))


def run_account(week: Week, minutes_ago: int) -> str:
    """Let the account's own schedule fire; gives the key of the report that it sends."""
    at = week.end - timedelta(minutes=minutes_ago)
    context = cast("LambdaContext", DemoContext())
    handler({"scheduled_time": at.isoformat(), "machines": "train-model"}, context)
    return ReportKey(week.world.account_id, week.world.region, at).text


def test_an_account_hands_its_report_over_after_its_own_digest_stands(
    week: Week, bucket: MemoryReports
) -> None:
    key = run_account(week, 400)
    assert list(bucket.kept) == [key]
    context = cast("LambdaContext", DemoContext())
    handler({"machines": "train-model"}, context)
    handler({"machines": "train-model", "dry_run": True}, context)
    assert list(bucket.kept) == [key]
    answer = fire(week.end - timedelta(minutes=400), dry_run=True)
    assert answer["coverage"]["reported"] == 1
    assert answer["missing"] == []


def test_a_hub_that_refuses_costs_the_account_nothing_but_is_told(
    week: Week, bucket: MemoryReports, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise AccessDeniedError("AWS denied s3:PutObject.")

    told: list[str] = []
    monkeypatch.setattr(bucket, "put", refused)
    monkeypatch.setattr(door, "_degraded", lambda fault: told.append(fault.sentence))
    before = week.account.slack.messages
    run_account(week, 401)
    assert len(new(week, before)) == 1
    assert told == ["The report could not be sent to the hub: AWS denied s3:PutObject."]


def test_a_digest_that_slack_refused_reaches_the_hub_all_the_same(
    week: Week, bucket: MemoryReports
) -> None:
    week.account.slack.inject(Refused("is_archived"))
    with pytest.raises(UndeliveredError):
        run_account(week, 402)
    assert len(bucket.kept) == 1


def test_the_bench_of_many_accounts_posts_one_message_that_names_the_silent() -> None:
    ran = hub_bench.run(accounts=8)
    assert (ran.messages, ran.named, ran.failures) == (1, 3, 5 * hub_bench.FAILURES)

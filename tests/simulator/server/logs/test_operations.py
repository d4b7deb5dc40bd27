"""Logs Insights, filter patterns and S3, asked by unchanged boto3 clients."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.records import SimLogging
from simulator.server import UNLIMITED
from simulator.worlds.kinds import busy_express_world, distributed_map, express, logged
from simulator.worlds.systems import DAY, Setting, build_world
from tests.simulator.server.conftest import Open, Opened

pytestmark = pytest.mark.slow

END = 1_790_640_000.0
SETTING = Setting(END - 7 * DAY, END, 3)
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/shared"
ENDS = (
    "fields execution_arn, type, details.error"
    ' | filter type in ["ExecutionFailed", "ExecutionTimedOut"]'
    ' and (execution_arn like ":express:first:" or execution_arn like ":express:other:")'
    " | sort @timestamp desc"
)
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def shared(open_account: Open) -> Opened:
    """Two machines that share a group."""
    shared = logged("shared")
    systems = (express(SETTING, "first", 40, shared), express(SETTING, "second", 40, shared))
    return open_account(build_world(systems, SETTING), buckets=UNLIMITED)


@pytest.fixture
def ask(shared: Opened) -> Ask:
    logs = shared.client("logs")

    def asked(
        query: str = ENDS, start: float = SETTING.start, end: float = END, **more: Any
    ) -> Any:
        span = {"startTime": int(start), "endTime": int(end)}
        started = logs.start_query(logGroupIdentifiers=[GROUP], queryString=query, **span, **more)
        for status in ("Scheduled", "Running"):
            answer = logs.get_query_results(queryId=started["queryId"])
            assert (answer["status"], answer["results"]) == (status, [])
        return logs.get_query_results(queryId=started["queryId"])

    return asked


def test_a_query_takes_a_while_and_answers_with_the_bytes_it_scanned(ask: Ask) -> None:
    answer = ask()
    assert answer["status"] == "Complete"
    rows = [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]
    assert rows
    assert {row["type"] for row in rows} == {"ExecutionFailed"}
    assert all(":express:first:" in row["execution_arn"] for row in rows)
    assert all(row["@ptr"] for row in rows)
    half = ask(start=SETTING.at(3))["statistics"]["bytesScanned"]
    assert 0 < half < answer["statistics"]["bytesScanned"]
    assert answer["statistics"]["recordsMatched"] == len(rows)


def test_a_limit_keeps_the_newest_rows(ask: Ask) -> None:
    whole, cut = ask()["results"], ask(ENDS + " | limit 2")["results"]
    assert cut == whole[:2]
    assert ask(ENDS, limit=2)["results"] == cut


@pytest.mark.parametrize(
    "query", ["stats count(*)", "fields type | filter type = 3", "fields type | filter a like b"]
)
def test_a_query_that_is_not_understood_is_refused(ask: Ask, query: str) -> None:
    with pytest.raises(ClientError, match="MalformedQuery"):
        ask(query)


def test_a_group_that_is_not_there_is_refused(shared: Opened) -> None:
    with pytest.raises(ClientError, match="ResourceNotFound"):
        shared.client("logs").start_query(
            logGroupIdentifiers=[GROUP + "x"], queryString=ENDS, startTime=0, endTime=1
        )


def test_a_pattern_finds_one_execution_page_by_page(shared: Opened) -> None:
    logs = shared.client("logs")
    search = {"logGroupIdentifier": GROUP, "startTime": int(SETTING.start * 1000)}
    search["endTime"] = int(END * 1000)
    ends = logs.filter_log_events(
        filterPattern='{ ($.type = "ExecutionFailed") && ($.execution_arn = "*:first:*") }',
        **search,
    )
    assert ends["events"]
    arn = ends["events"][0]["message"].split('"execution_arn":"')[1].split('"')[0]
    pattern = f'{{ $.execution_arn = "{arn}" }}'
    first = logs.filter_log_events(filterPattern=pattern, limit=2, **search)
    rest = logs.filter_log_events(
        filterPattern=pattern, limit=99, nextToken=first["nextToken"], **search
    )
    found = [event["message"] for event in (*first["events"], *rest["events"])]
    assert len(found) > 2
    assert all(arn in message for message in found)


def test_a_group_begins_with_a_line_of_plain_text(shared: Opened) -> None:
    start = int(SETTING.start * 1000)
    first = shared.client("logs").filter_log_events(
        logGroupIdentifier=GROUP, startTime=start, endTime=start + 1
    )["events"][0]
    assert not first["message"].startswith("{")


def test_a_role_that_may_not_log_leaves_the_group_empty(open_account: Open) -> None:
    mute = SimLogging("ALL", "/aws/vendedlogs/states/shared", allowed=False)
    opened = open_account(build_world((express(SETTING, "first", 9, mute),), SETTING))
    found = opened.client("logs").filter_log_events(
        logGroupIdentifier=GROUP, startTime=0, endTime=int(END * 1000)
    )
    assert len(found["events"]) == 1


def test_a_million_executions_are_bytes_that_a_query_scans(open_account: Open) -> None:
    opened = open_account(busy_express_world(END, 1_000_000, 500))
    start = opened.client("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {
                "Id": "m0",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/Logs",
                        "MetricName": "IncomingBytes",
                        "Dimensions": [
                            {"Name": "LogGroupName", "Value": "/aws/vendedlogs/states/busy"}
                        ],
                    },
                    "Period": 3600,
                    "Stat": "Sum",
                },
            }
        ],
        StartTime=END - 7 * DAY,
        EndTime=END,
    )["MetricDataResults"][0]["Values"]
    assert 6e9 < sum(start) < 9e9


def test_the_children_of_a_map_run_are_listed_described_and_read(open_account: Open) -> None:
    system = distributed_map(
        SETTING, "load", 1, 30, odds=0.2, ToleratedFailurePercentage=90, bucket="results"
    )
    opened = open_account(build_world((system,), SETTING))
    states = opened.client("stepfunctions")
    machine = "arn:aws:states:us-east-1:123456789012:stateMachine:load"
    (parent,) = states.list_executions(stateMachineArn=machine)["executions"]
    (listed,) = states.list_map_runs(executionArn=parent["executionArn"])["mapRuns"]
    run = states.describe_map_run(mapRunArn=listed["mapRunArn"])
    failed = states.list_executions(mapRunArn=listed["mapRunArn"], statusFilter="FAILED")
    assert run["executionCounts"]["failed"] == len(failed["executions"]) > 0
    assert run["executionCounts"]["total"] == run["itemCounts"]["total"] == 30
    child = failed["executions"][0]
    assert (child["mapRunArn"], child["itemCount"]) == (listed["mapRunArn"], 1)
    events = states.get_execution_history(executionArn=child["executionArn"])["events"]
    assert events[-1]["executionFailedEventDetails"]["error"] == "DynamoDb.DynamoDbException"
    names = opened.client("cloudwatch").list_metrics(
        Namespace="AWS/States", MetricName="ExecutionsFailed"
    )["Metrics"]
    assert [metric["Dimensions"][0]["Value"] for metric in names] == [listed["stateMachineArn"]]


def test_express_children_are_described_but_have_no_history(open_account: Open) -> None:
    system = distributed_map(SETTING, "load", 1, 9, odds=1.0, express_children=True)
    opened = open_account(build_world((system,), SETTING))
    states = opened.client("stepfunctions")
    machine = "arn:aws:states:us-east-1:123456789012:stateMachine:load"
    (parent,) = states.list_executions(stateMachineArn=machine)["executions"]
    (listed,) = states.list_map_runs(executionArn=parent["executionArn"])["mapRuns"]
    arn = states.list_executions(mapRunArn=listed["mapRunArn"])["executions"][-1]["executionArn"]
    assert ":express:load/" in arn
    assert states.describe_execution(executionArn=arn)["stateMachineArn"].startswith(machine)
    with pytest.raises(ClientError, match="InvalidArn"):
        states.get_execution_history(executionArn=arn)


def test_s3_gives_the_files_that_a_result_writer_wrote(open_account: Open) -> None:
    system = distributed_map(SETTING, "load", 1, 9, odds=1.0, bucket="results")
    world = build_world((system,), SETTING)
    opened = open_account(world)
    s3 = opened.client("s3")
    for (bucket, key), body in world.objects.items():
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == body
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket="results", Key="nothing")
    assert {call.action for call in opened.account.calls} == {"s3:GetObject"}
    assert opened.account.calls[-1].resource == "arn:aws:s3:::results/nothing"


def test_s3_can_be_denied(open_account: Open) -> None:
    opened = open_account(build_world((), SETTING), denied_actions=frozenset({"s3:GetObject"}))
    with pytest.raises(ClientError, match="AccessDenied"):
        opened.client("s3").get_object(Bucket="results", Key="nothing")

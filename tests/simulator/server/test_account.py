"""The account as a whole: throttling, denial, the log, the caller, what it does not serve."""

from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.exceptions import ClientError

from simulator.server import UNLIMITED, Rate, published_buckets, serve
from tests.simulator.server.conftest import Open
from tests.simulator.server.small_worlds import (
    Clock,
    execution,
    execution_arn,
    machine,
    machine_arn,
    world,
)

pytestmark = pytest.mark.slow


def code_of(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return str(caught.value.response["Error"]["Code"])


def test_an_empty_bucket_throttles_until_it_refills(open_account: Open) -> None:
    clock = Clock()
    opened = open_account(
        world(machine("jobs")), buckets={"ListExecutions": Rate(2, 0.5)}, clock=clock
    )
    states, arn = opened.client("stepfunctions"), machine_arn("jobs")
    for _ in range(2):
        states.list_executions(stateMachineArn=arn)
    with pytest.raises(ClientError) as caught:
        states.list_executions(stateMachineArn=arn)
    assert code_of(caught) == "ThrottlingException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    clock.seconds += 2
    states.list_executions(stateMachineArn=arn)
    assert [call.status for call in opened.account.calls] == ["ok", "ok", "throttled", "ok"]


def test_a_bucket_never_holds_more_than_its_size(open_account: Open) -> None:
    clock = Clock()
    opened = open_account(
        world(machine("jobs")), buckets={"ListStateMachines": Rate(1, 5)}, clock=clock
    )
    states = opened.client("stepfunctions")
    clock.seconds += 3600
    states.list_state_machines()
    with pytest.raises(ClientError):
        states.list_state_machines()


def test_the_load_of_others_slows_the_refill(open_account: Open) -> None:
    clock = Clock()
    opened = open_account(
        world(),
        buckets={"ListStateMachines": Rate(1, 5)},
        background={"ListStateMachines": 4.5},
        clock=clock,
    )
    states = opened.client("stepfunctions")
    states.list_state_machines()
    clock.seconds += 1
    with pytest.raises(ClientError):
        states.list_state_machines()
    clock.seconds += 1
    states.list_state_machines()


@pytest.mark.parametrize(
    ("service", "api", "call", "code"),
    [
        ("resourcegroupstaggingapi", "GetResources", "get_resources", "ThrottledException"),
        ("stepfunctions", "ListStateMachines", "list_state_machines", "ThrottlingException"),
    ],
)
def test_each_service_throttles_with_its_own_code(
    open_account: Open, service: str, api: str, call: str, code: str
) -> None:
    client = open_account(world(), buckets={api: Rate(0, 0)}).client(service)
    with pytest.raises(ClientError) as caught:
        getattr(client, call)()
    assert code_of(caught) == code


def test_buckets_differ_by_region() -> None:
    assert published_buckets("us-east-1")["ListExecutions"] == Rate(200, 5)
    assert published_buckets("eu-central-1")["ListExecutions"] == Rate(100, 2)


def test_the_published_buckets_apply_unless_others_are_given(open_account: Open) -> None:
    opened = open_account(world(), clock=Clock())
    tagging = opened.client("resourcegroupstaggingapi")
    for _ in range(15):
        tagging.get_resources()
    with pytest.raises(ClientError):
        tagging.get_resources()
    unlimited = open_account(world(), buckets=UNLIMITED, clock=Clock())
    tagging = unlimited.client("resourcegroupstaggingapi")
    for _ in range(16):
        tagging.get_resources()


def test_a_denied_machine_denies_every_call_about_it_and_no_other(open_account: Open) -> None:
    run, other = execution("shut", "run"), execution("open", "run")
    opened = open_account(
        world(machine("shut"), machine("open"), run, other, denied=frozenset({machine_arn("shut")}))
    )
    states = opened.client("stepfunctions")
    for call, arguments in (
        (states.list_executions, {"stateMachineArn": machine_arn("shut")}),
        (states.describe_state_machine, {"stateMachineArn": machine_arn("shut")}),
        (states.list_tags_for_resource, {"resourceArn": machine_arn("shut")}),
        (states.describe_execution, {"executionArn": run.arn}),
        (states.get_execution_history, {"executionArn": run.arn}),
    ):
        with pytest.raises(ClientError, match="is not authorized to perform: states:") as caught:
            call(**arguments)
        assert code_of(caught) == "AccessDeniedException"
    assert {call.status for call in opened.account.calls} == {"denied"}
    assert {call.machine for call in opened.account.calls} == {machine_arn("shut")}
    assert states.get_execution_history(executionArn=other.arn)["events"]
    assert len(states.list_state_machines()["stateMachines"]) == 2


def test_the_log_tells_action_resource_machine_and_error(open_account: Open) -> None:
    opened = open_account(world(machine("jobs"), execution("jobs", "run")))
    states = opened.client("stepfunctions")
    states.get_execution_history(executionArn=execution_arn("jobs", "run"))
    with pytest.raises(ClientError):
        states.describe_execution(executionArn=execution_arn("jobs", "missing"))
    read, missed = opened.account.calls
    assert (read.action, read.status) == ("states:GetExecutionHistory", "ok")
    assert (read.resource, read.machine) == (execution_arn("jobs", "run"), machine_arn("jobs"))
    assert (missed.status, missed.error) == ("error", "ExecutionDoesNotExist")
    assert missed.machine == machine_arn("jobs")


def test_the_caller_is_a_role_of_the_worlds_account(open_account: Open) -> None:
    opened = open_account(world())
    caller = opened.client("sts").get_caller_identity()
    assert caller["Account"] == "123456789012"
    assert caller["Arn"].startswith("arn:aws:sts::123456789012:assumed-role/")
    assert [call.action for call in opened.account.calls] == ["sts:GetCallerIdentity"]


@pytest.mark.parametrize(
    ("service", "call", "arguments", "action"),
    [
        ("stepfunctions", "list_activities", {}, "states:ListActivities"),
        ("resourcegroupstaggingapi", "get_tag_keys", {}, "tag:GetTagKeys"),
        ("sts", "get_session_token", {}, "sts:GetSessionToken"),
        ("lambda", "list_functions", {}, "lambda:GET /2015-03-31/functions"),
    ],
)
def test_what_is_not_served_is_refused_and_logged(
    open_account: Open, service: str, call: str, arguments: dict[str, str], action: str
) -> None:
    opened = open_account(world())
    with pytest.raises(ClientError) as caught:
        getattr(opened.client(service), call)(**arguments)
    assert code_of(caught) == "UnknownOperationException"
    assert [(call.action, call.status) for call in opened.account.calls] == [(action, "error")]


def test_a_denied_action_is_denied_everywhere_by_the_services_own_code(open_account: Open) -> None:
    actions = frozenset({"tag:GetResources", "lambda:GetFunctionConfiguration"})
    opened = open_account(world(), functions={"digest": {}}, denied_actions=actions)
    tagging, functions = opened.client("resourcegroupstaggingapi"), opened.client("lambda")
    with pytest.raises(ClientError) as caught:
        tagging.get_resources()
    assert code_of(caught) == "AccessDeniedException"
    with pytest.raises(ClientError) as caught:
        functions.get_function_configuration(FunctionName="digest")
    assert code_of(caught) == "AccessDeniedException"
    assert {call.action for call in opened.account.calls} == actions
    assert {call.status for call in opened.account.calls} == {"denied"}
    assert opened.client("stepfunctions").list_state_machines()["stateMachines"] == []


def test_a_function_tells_its_environment(open_account: Open) -> None:
    functions = open_account(world(), functions={"digest": {"A": "b"}}).client("lambda")
    told = functions.get_function_configuration(FunctionName="digest")
    assert told["Environment"] == {"Variables": {"A": "b"}}
    assert told["State"] == "Active"
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_function_configuration(FunctionName="other")


def test_many_clients_at_once_are_all_answered_and_logged() -> None:
    runs = [execution("jobs", f"run-{i}") for i in range(40)]
    with serve(world(machine("jobs"), *runs), latency=0.001) as account:
        states = boto3.client(
            "stepfunctions",
            region_name="eu-central-1",
            endpoint_url=account.endpoint_url,
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )
        with ThreadPoolExecutor(16) as pool:
            answers = list(
                pool.map(lambda run: states.get_execution_history(executionArn=run.arn), runs)
            )
        states.close()
        assert [len(answer["events"]) for answer in answers] == [3] * 40
        assert len(account.calls) == 40


def test_a_parameter_is_told_decrypted_only_when_asked(open_account: Open) -> None:
    ssm = open_account(world(), parameters={"/slack/token": "xoxb-simulated"}).client("ssm")
    plain = ssm.get_parameter(Name="/slack/token", WithDecryption=True)["Parameter"]
    sealed = ssm.get_parameter(Name="/slack/token")["Parameter"]
    assert (plain["Value"], plain["Type"]) == ("xoxb-simulated", "SecureString")
    assert sealed["Value"] != "xoxb-simulated"
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.get_parameter(Name="/slack/missing", WithDecryption=True)

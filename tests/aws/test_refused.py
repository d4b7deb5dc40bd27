"""What AWS refuses costs only what it is refused for, and is told."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from sfn_digest.aws import Account
from sfn_digest.aws.clients import Clients
from sfn_digest.errors import AccessDeniedError, NoCredentialsError
from sfn_digest.model.executions import Execution, ExecutionCounts, HistoryEvent, StateMachine
from tests.aws.fakes import FakeClock, Watcher, client_error, fake_client
from tests.aws.small_world import (
    END,
    REGION,
    TAG,
    WEEK,
    arn,
    calls_of,
    machine,
    opened,
    read_week,
    run,
    world,
)

MACHINES = [machine("orders"), machine("quiet")]
DENIED = client_error("AccessDeniedException")
EXPIRED = client_error("ExpiredTokenException")
ORDERS = StateMachine(arn("orders"), "orders", "STANDARD")

Answer = Mapping[str, Any] | Exception


def scripted(
    *,
    states: Sequence[Answer] = (),
    cloudwatch: Sequence[Answer] = (),
    tagging: Sequence[Answer] = (),
) -> Account:
    """An account whose services answer from a script."""
    three = fake_client(*states), fake_client(*cloudwatch), fake_client(*tagging)
    clients = Clients(REGION, *three, fake_client, fake_client)
    return Account(clients, 1.0, Watcher(), FakeClock())


def resources(*names: str) -> Answer:
    return {"ResourceTagMappingList": [{"ResourceARN": arn(name)} for name in names]}


def listed(*names: str) -> Mapping[str, Any]:
    executions = [
        {
            "executionArn": arn("orders").replace(":stateMachine:", ":execution:") + f":{name}",
            "name": name,
            "startDate": END,
            "stopDate": END.replace(day=END.day - 1),
        }
        for name in names
    ]
    return {"executions": executions}


EVENT = {"id": 1, "type": "ExecutionAborted", "timestamp": END}


class Readings:
    """Reads machine `orders` one execution after another, for scripts to be in order."""

    def __init__(self, account: Account, expected: int) -> None:
        counts = {ORDERS.arn: ExecutionCounts(failed=expected)}
        self.names = sorted(account.read_failures([ORDERS], counts, WEEK, self._read))
        self.usage = account.usage()

    def _read(self, execution: Execution, pages: Iterator[Sequence[HistoryEvent]]) -> str:
        assert next(pages)[0].type == "ExecutionAborted"
        return execution.name


def test_tags_that_may_not_be_read_end_the_report() -> None:
    account = scripted(tagging=[DENIED])
    with pytest.raises(AccessDeniedError, match="AWS denied tag:GetResources: allow it"):
        account.tagged_machines(TAG)


def test_machines_that_may_not_be_listed_have_no_type() -> None:
    account = scripted(tagging=[resources("orders")], states=[DENIED])
    assert account.tagged_machines(TAG) == (StateMachine(arn("orders"), "orders", None),)
    [note] = account.usage().notes
    assert note.startswith(
        "Express and Standard workflows could not be distinguished: AWS denied "
        "states:ListStateMachines"
    )
    assert account.usage().complete


def test_an_express_machine_of_unknown_type_is_skipped_when_it_is_listed() -> None:
    account = scripted(states=[client_error("StateMachineTypeNotSupported")])
    fast = StateMachine(arn("fast"), "fast", None)
    assert list(account.read_failures([fast], {}, WEEK, lambda *_: 1)) == []
    [note] = account.usage().notes
    assert note == (
        "fast was skipped: it is an Express workflow: allow states:ListStateMachines, so that its "
        "logs are read."
    )
    assert not account.usage().complete


def test_without_cloudwatch_every_machine_is_listed_in_every_status() -> None:
    account = scripted(cloudwatch=[DENIED], states=[{"executions": []}] * 3)
    counts = account.counts([ORDERS], WEEK)
    assert counts == {}
    assert list(account.read_failures([ORDERS], counts, WEEK, lambda *_: 1)) == []
    usage = account.usage()
    assert usage.api_calls == {"GetMetricData": 1, "ListExecutions": 3}
    [note] = usage.notes
    assert note.startswith(
        "CloudWatch could not be queried, so successes are unknown and every state machine "
        "was listed: AWS denied cloudwatch:GetMetricData"
    )
    assert not usage.complete


def test_without_cloudwatch_the_default_quotas_are_shared() -> None:
    account = scripted(cloudwatch=[DENIED])
    account.learn_quotas()
    [note] = account.usage().notes
    assert note.startswith("The account's quotas and load are unknown, so AWS's default")
    assert account.usage().complete


@pytest.mark.parametrize("service", ["cloudwatch", "tagging", "states"])
def test_expired_credentials_end_everything(service: str) -> None:
    scripts: dict[str, Sequence[Answer]] = {"tagging": [resources("orders")]}
    account = scripted(**{**scripts, service: [EXPIRED] * 9})
    with pytest.raises(NoCredentialsError, match="sign in again"):
        account.learn_quotas() if service == "cloudwatch" else account.tagged_machines(TAG)


def test_credentials_that_expire_while_histories_are_read_leave_what_was_read() -> None:
    account = scripted(states=[listed("a", "b"), {"events": [EVENT]}, *[EXPIRED] * 9])
    readings = Readings(account, 2)
    assert len(readings.names) == 1
    assert (readings.usage.failures_found, readings.usage.failures_read) == (2, 1)
    [note] = readings.usage.notes
    assert note == (
        "1 history of orders could not be read: AWS does not accept the credentials "
        "(ExpiredTokenException): sign in again, and check the clock and that the Region is "
        "enabled in the account."
    )


def test_credentials_with_which_nothing_could_be_listed_end_the_scan() -> None:
    account = scripted(states=[EXPIRED] * 9)
    with pytest.raises(NoCredentialsError, match="sign in again"):
        Readings(account, 2)


def test_a_history_that_cannot_be_understood_costs_that_one_alone() -> None:
    cut = {"events": [{"id": 1, "type": "ExecutionAborted"}]}
    account = scripted(states=[listed("a", "b", "c"), *[cut] * 4, *[{"events": [EVENT]}] * 2])
    # One after the other, since the answers come in order.
    machines, counts = [ORDERS], {ORDERS.arn: ExecutionCounts(failed=3)}
    turn = threading.Lock()

    def read(execution: Execution, pages: Iterator[Sequence[HistoryEvent]]) -> str:
        with turn:
            next(pages)
        return execution.name

    assert len(list(account.read_failures(machines, counts, WEEK, read))) == 2
    [note] = account.usage().notes
    assert note == (
        "1 history of orders could not be read: The response to GetExecutionHistory did not "
        "come from AWS: check the network, proxy or VPC endpoint in between."
    )
    assert (account.usage().failures_found, account.usage().failures_read) == (3, 2)


def test_a_child_s_history_that_is_refused_is_counted_apart_from_the_failures_own() -> None:
    gone = client_error("ExecutionDoesNotExist")
    account = scripted(states=[gone])
    assert list(account.history(arn("child").replace("stateMachine", "execution") + ":x")) == []
    [note] = account.usage().notes
    assert note == (
        "1 history of child, nested in failed executions, could not be read: deleted, or past"
        " its retention period: GetExecutionHistory returned ExecutionDoesNotExist."
    )


def test_histories_that_vanished_are_found_but_not_read_and_told_together() -> None:
    gone = client_error("ExecutionDoesNotExist")
    account = scripted(states=[listed("a", "b", "c"), gone, gone, {"events": [EVENT]}])
    readings = Readings(account, 3)
    assert len(readings.names) == 1
    assert (readings.usage.failures_found, readings.usage.failures_read) == (3, 1)
    [note] = readings.usage.notes
    assert note == (
        "2 histories of orders could not be read: deleted, or past its retention period: "
        "GetExecutionHistory returned ExecutionDoesNotExist."
    )
    assert not readings.usage.complete


def test_a_listing_whose_token_expires_is_read_again_and_no_execution_twice() -> None:
    states: list[Answer] = [
        {**listed("a", "b"), "nextToken": "old"},
        client_error("InvalidToken"),
        {**listed("z", "a"), "nextToken": "new"},
        listed("b", "c"),
    ]
    account = scripted(states=states)
    counts = {ORDERS.arn: ExecutionCounts(failed=4)}
    read = account.read_failures([ORDERS], counts, WEEK, lambda execution, _: execution.name)
    assert sorted(read) == ["a", "b", "c", "z"]
    assert account.usage().failures_found == 4


def test_a_history_whose_token_expires_is_read_again_and_no_event_twice() -> None:
    pages: list[Answer] = [
        {"events": [{**EVENT, "id": 9}, {**EVENT, "id": 8}], "nextToken": "old"},
        client_error("InvalidToken"),
        {"events": [{**EVENT, "id": 9}, {**EVENT, "id": 8}], "nextToken": "new"},
        {"events": [{**EVENT, "id": 7}]},
    ]
    account = scripted(states=pages)
    assert [[event.id for event in page] for page in account.history("a:b:c")] == [[9, 8], [7]]


def test_a_denied_machine_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [
        run("orders", 1, hours_ago=3),
        run("quiet", 2, hours_ago=3),
        run("quiet", 3, hours_ago=3, status="ABORTED"),
    ]
    denied = frozenset({arn("quiet")})
    with opened(world(MACHINES, runs, denied), monkeypatch) as (account, served):
        assert [reading.name for reading in read_week(account)] == ["run-1"]
        usage = account.usage()
    reason = (
        "AWS denied states:ListExecutions: allow it in the IAM policy of the digest's role or user."
    )
    assert usage.skipped == {arn("quiet"): reason}
    assert usage.notes == (f"quiet was skipped: {reason}",)
    assert not usage.complete
    # Both of its lists may have been under way at once.
    assert calls_of(served, "ListExecutions").count(arn("quiet")) <= 2


def test_a_deleted_machine_that_still_carries_its_tag_is_skipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = {arn("gone"): {TAG.key: TAG.value}}
    runs = [run("orders", 1, hours_ago=3)]
    with opened(world(MACHINES, runs), monkeypatch, other_resources=gone) as (account, _):
        machines = account.tagged_machines(TAG)
        assert machines[0] == StateMachine(arn("gone"), "gone", None)
        counts = {arn("orders"): ExecutionCounts(failed=1)}
        read = account.read_failures(machines, counts, WEEK, lambda execution, _: execution.name)
        assert list(read) == ["run-1"]
        notes = account.usage().notes
    assert notes[0].startswith("gone was skipped: deleted, or past its retention period")


def test_what_is_refused_for_many_machines_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [run("orders", 1, hours_ago=3), run("quiet", 2, hours_ago=3)]
    denied = frozenset({arn("orders"), arn("quiet")})
    with opened(world(MACHINES, runs, denied), monkeypatch) as (account, _):
        assert list(read_week(account)) == []
        notes = account.usage().notes
    (skipped,) = [note for note in notes if "skipped" in note]
    assert skipped.startswith("orders, quiet were skipped: AWS denied states:ListExecutions: ")

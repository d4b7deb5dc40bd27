"""Machines, counts and single histories, through boto3 on the simulated account."""

from dataclasses import replace

import pytest

from sfn_digest.aws import open_account
from sfn_digest.errors import BadRequestError
from sfn_digest.model.executions import ExecutionCounts, StateMachine
from sfn_digest.progress import SilentProgress
from tests.aws.small_world import (
    PREFIX,
    TAG,
    WEEK,
    arn,
    calls_of,
    machine,
    opened,
    run,
    world,
)

pytestmark = pytest.mark.slow

MACHINES = [machine("orders"), machine("quiet"), machine("untagged", tags={"team": "a"})]


def test_only_machines_that_carry_the_tag_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    machines = [*MACHINES, machine("fast", type="EXPRESS"), machine("other", tags={TAG.key: "x"})]
    others = {
        f"{PREFIX}orders:7": {TAG.key: TAG.value},
        f"{PREFIX}orders:live": {TAG.key: TAG.value},
        "arn:aws:states:eu-west-1:123456789012:activity:approve": {TAG.key: TAG.value},
    }
    with opened(world(machines, []), monkeypatch, other_resources=others) as (account, _):
        assert account.tagged_machines(TAG) == (
            StateMachine(arn("fast"), "fast", "EXPRESS"),
            StateMachine(arn("orders"), "orders", "STANDARD"),
            StateMachine(arn("quiet"), "quiet", "STANDARD"),
        )


def test_more_machines_than_a_page_holds_are_all_found(monkeypatch: pytest.MonkeyPatch) -> None:
    machines = [machine(f"m{number:04}") for number in range(1150)]
    with opened(world(machines, []), monkeypatch, share=1) as (account, served):
        found = account.tagged_machines(TAG)
    assert [each.name for each in found] == [each.name for each in machines]
    assert {each.type for each in found} == {"STANDARD"}
    assert len(calls_of(served, "GetResources")) == 12
    assert len(calls_of(served, "ListStateMachines")) == 2


def test_nothing_tagged_costs_no_further_call(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(world([], []), monkeypatch) as (account, served):
        assert account.tagged_machines(TAG) == ()
    assert calls_of(served, "ListStateMachines") == []


def test_counts_are_told_by_machine_and_status(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [
        *(run("orders", number, hours_ago=number + 0.5) for number in range(5)),
        *(run("orders", 10 + n, hours_ago=n + 0.5, status="SUCCEEDED") for n in range(7)),
        run("orders", 20, hours_ago=2, status="ABORTED"),
        run("orders", 30, hours_ago=200),
    ]
    with opened(world(MACHINES, runs), monkeypatch) as (account, _):
        counts = account.counts(account.tagged_machines(TAG), WEEK)
    assert counts == {
        arn("orders"): ExecutionCounts(succeeded=7, failed=5, timed_out=0, aborted=1),
        arn("quiet"): ExecutionCounts(),
    }


def test_the_history_of_any_execution_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    child = run("untagged", 1, hours_ago=1)
    with opened(world(MACHINES, [child]), monkeypatch) as (account, _):
        assert [[event.id for event in page] for page in account.history(child.arn)] == [
            [4, 3, 2, 1]
        ]
        assert account.usage().complete


def test_a_history_that_is_refused_ends_early_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    child = run("untagged", 1, hours_ago=1)
    simulated = replace(world(MACHINES, [child]), denied=frozenset({arn("untagged")}))
    with opened(simulated, monkeypatch) as (account, _):
        assert list(account.history(child.arn)) == []
        [note] = account.usage().notes
    assert note == (
        "1 history of untagged, nested in failed executions, could not be read: AWS denied "
        "states:GetExecutionHistory: allow it in the IAM policy of the digest's role or user."
    )


@pytest.mark.parametrize("share", [0, -0.1, 1.01, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(BadRequestError, match=r"above 0 and at most 1: 0\.25 is usual"):
        open_account(share, SilentProgress())

"""All state machines of a Region, tagged or not, through boto3 on the simulated account."""

import pytest

from sfn_digest.errors import AccessDeniedError
from tests.aws.small_world import TAG, arn, machine, opened, world

MACHINES = [
    machine("orders"),
    machine("quick", type="EXPRESS", tags={}),
    *(machine(f"m-{number:04}", tags={"team": "a"}) for number in range(1_100)),
]


def test_all_machines_are_listed_with_their_types_whatever_their_tags(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with opened(world(MACHINES, []), monkeypatch) as (account, served):
        before = len(served.calls)
        found = account.all_machines()
        assert len(served.calls) - before == 2
        assert [each.name for each in account.tagged_machines(TAG)] == ["orders"]
    assert [each.arn for each in found] == sorted(each.arn for each in MACHINES)
    types = {each.arn: each.type for each in found}
    assert types[arn("quick")] == "EXPRESS"
    assert types[arn("m-1099")] == "STANDARD"


def test_without_the_permission_to_list_there_is_no_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = frozenset({"states:ListStateMachines"})
    with (
        opened(world(MACHINES[:2], []), monkeypatch, denied_actions=denied) as (account, _),
        pytest.raises(AccessDeniedError, match="states:ListStateMachines"),
    ):
        account.all_machines()

"""All state machines of a Region, tagged or not, through boto3 on the simulated account."""

import pytest

from sfn_digest.errors import AccessDeniedError
from sfn_digest.model.machine_tags import MachineTags
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


def test_what_the_machines_own_tags_say_comes_with_the_same_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tags = {"sfn-digest:owner": "Payments", "sfn-digest:environment": "prod"}
    wrong = {"sfn-digest:deadline": "soon", "sfn-digest:owner": "Mail"}
    machines = [
        machine("orders", tags={TAG.key: TAG.value, **tags}),
        machine("mail", tags={TAG.key: TAG.value, **wrong}),
        machine("news", tags={TAG.key: TAG.value, **wrong}),
    ]
    with opened(world(machines, []), monkeypatch) as (account, served):
        found = {each.name: each.tags for each in account.tagged_machines(TAG)}
        assert [each.action for each in served.calls].count("tag:GetResources") == 1
        usage = account.usage()
    assert found["orders"] == MachineTags(owner="Payments", environment="prod")
    assert found["mail"] == MachineTags(owner="Mail")
    (note,) = usage.notes
    assert note.startswith("The tag sfn-digest:deadline of mail, news is not understood: give a ")
    assert usage.complete

"""Each permission is tried by the smallest call, and each refusal names its IAM action."""

from collections import Counter
from dataclasses import replace

import pytest

from sfn_digest.aws.checks import Checks
from sfn_digest.aws.deployed import Deployment
from sfn_digest.doctor import permissions
from sfn_digest.doctor.permissions import TriedCalls
from sfn_digest.errors import NoEndpointError
from simulator.server import Rate
from tests.aws import small_world
from tests.aws.small_world import PREFIX, arn, machine, world
from tests.doctor.clinic import TAG, Clinic, healthy_world

pytestmark = pytest.mark.slow

ON_MACHINES = (
    "states:DescribeStateMachine",
    "states:ListExecutions",
    "states:GetExecutionHistory",
    "states:DescribeStateMachineForExecution",
)
ACTIONS = (
    "states:ListStateMachines",
    "cloudwatch:GetMetricData",
    "tag:GetResources",
    *ON_MACHINES,
)


def test_where_all_is_allowed_all_is_well(clinic: Clinic) -> None:
    found = clinic("--tag", TAG)
    assert found.status == 0
    assert {found.one(name)[0] for name in (*ACTIONS, "Step Functions", "tag")} == {"ok"}
    assert found.one("credentials")[1] == "They are for account 123456789012, Region eu-west-1."
    assert found.one("tag")[1] == "3 state machines carry digest=weekly."
    assert found.one(ON_MACHINES[0])[1] == "It is allowed on all 3 tagged machines."
    assert found.one(ON_MACHINES[1])[1] == "It is allowed on the 2 tested of 3 tagged machines."


def test_nothing_is_asked_of_machines_without_the_tag_and_each_call_is_small(
    clinic: Clinic,
) -> None:
    found = clinic("--tag", TAG)
    asked = Counter((call.api, call.machine) for call in found.account.calls if call.machine)
    assert asked == Counter(
        {
            ("DescribeStateMachine", arn("web")): 1,
            **{
                (api, arn(name)): 1
                for api in (action.partition(":")[2] for action in ON_MACHINES)
                for name in ("jobs", "orders")
            },
        }
    )


@pytest.mark.parametrize("action", ACTIONS)
def test_a_refused_action_is_named_and_the_others_are_tried_all_the_same(
    clinic: Clinic, action: str
) -> None:
    found = clinic("--tag", TAG, denied_actions=frozenset({action}))
    assert found.status == 1
    status, text = found.one(action)
    assert status == "failing"
    assert text.startswith(f"AWS denied {action}: allow it in the IAM policy")
    others = {found.one(name)[0] for name in ACTIONS if name != action}
    assert "failing" not in others
    if action != "tag:GetResources":
        assert found.one("tag")[0] == "ok"


def test_one_machine_that_refuses_is_named_among_those_tried(clinic: Clinic) -> None:
    healthy = healthy_world()
    shut = world(healthy.machines, healthy.executions, frozenset({arn("jobs")}))
    found = clinic("--tag", TAG, simulated=shut)
    for action in ON_MACHINES[:2]:
        status, text = found.one(action)
        assert status == "failing"
        assert f"AWS denied {action}:" in text
        assert "(refused for jobs, of " in text
    assert {found.one(action)[0] for action in ON_MACHINES[2:]} == {"ok"}


def test_two_ways_to_be_refused_are_two_lines() -> None:
    tried = TriedCalls(allowed=1, refused={"Denied.": ["a"], "No key.": ["b", "c"]})
    api = permissions.ON_MACHINES[0]
    lines = [each for each in permissions._on_machines({api: tried}, 4) if each.name == api.action]
    assert [line.text for line in lines] == [
        "Denied (refused for a, of 4 tested).",
        "No key (refused for b, c, of 4 tested).",
    ]


def test_a_tag_that_nothing_carries_says_how_to_go_on_and_is_no_failure(clinic: Clinic) -> None:
    found = clinic("--tag", "team=nobody")
    status, text = found.one("tag")
    assert (found.status, status) == (0, "skipped")
    assert "No state machine in eu-west-1 has the tag team=nobody" in text
    assert "aws stepfunctions tag-resource" in text
    assert "sfn-digest report --all-machines" in text
    assert {found.one(action)[0] for action in ON_MACHINES} == {"skipped"}


def test_every_machine_is_tried_where_there_are_fifty(clinic: Clinic) -> None:
    many = world([machine(f"m-{number:03}") for number in range(50)], [])
    found = clinic("--tag", TAG, simulated=many)
    assert len(small_world.calls_of(found.account, "DescribeStateMachine")) == 50
    assert found.one(ON_MACHINES[0])[1] == "It is allowed on all 50 tagged machines."


def test_only_a_few_of_many_machines_are_tried_from_all_over_the_list(clinic: Clinic) -> None:
    many = world([machine(f"m-{number:03}") for number in range(95)], [])
    found = clinic("--tag", TAG, simulated=many)
    tried = small_world.calls_of(found.account, "DescribeStateMachine")
    assert len(tried) == permissions.MOST_TRIED
    assert tried[0] == f"{PREFIX}m-000"
    assert (tried[-1] or "") > f"{PREFIX}m-080"
    assert found.one(ON_MACHINES[0])[1] == "It is allowed on the 50 tested of 95 tagged machines."


def test_without_an_execution_its_history_cannot_be_tried(clinic: Clinic) -> None:
    found = clinic("--tag", TAG, simulated=world([machine("jobs")], []))
    assert found.one(ON_MACHINES[1]) == ("ok", "It is allowed on the tagged machine.")
    assert {found.one(action)[0] for action in ON_MACHINES[2:]} == {"skipped"}
    assert found.status == 0


def test_express_workflows_alone_leave_nothing_to_list(clinic: Clinic) -> None:
    express = world([machine("web", type="EXPRESS")], [])
    found = clinic("--tag", TAG, simulated=express)
    assert found.one(ON_MACHINES[0])[0] == "ok"
    assert "is a Standard workflow" in found.one(ON_MACHINES[1])[1]
    assert found.status == 0


def test_an_express_workflow_that_cannot_be_described_shows_that_it_may_be_listed(
    clinic: Clinic,
) -> None:
    express = world([machine("web", type="EXPRESS")], [])
    denied = frozenset({"states:DescribeStateMachine"})
    found = clinic("--tag", TAG, simulated=express, denied_actions=denied)
    assert found.one(ON_MACHINES[1])[0] == "ok"
    assert found.one(ON_MACHINES[2])[0] == "skipped"


def test_a_malformed_tag_of_the_environment_fails_and_is_not_asked_for(clinic: Clinic) -> None:
    found = clinic(environment={"SFN_DIGEST_TAG": "weekly"})
    assert found.one("tag")[0] == "failing"
    assert "which is not KEY=VALUE" in found.one("tag")[1]
    assert found.one("tag:GetResources")[0] == "skipped"
    assert "GetResources" not in {call.api for call in found.account.calls}


def test_machines_are_tried_within_the_share_of_the_quota(clinic: Clinic) -> None:
    tight = {"ListExecutions": Rate(25, 0.5), "DescribeStateMachine": Rate(50, 5)}
    many = world([machine(f"m-{number:03}") for number in range(10)], [])
    found = clinic("--tag", TAG, simulated=many, buckets=tight)
    assert found.status == 0
    assert {call.status for call in found.account.calls} == {"ok"}


def test_a_region_that_cannot_be_reached_fails_once_and_skips_the_rest(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(self: Checks) -> None:  # noqa: ARG001
        raise NoEndpointError("Step Functions cannot be reached in Region eu-west-1: check.")

    monkeypatch.setattr(Checks, "list_state_machines", unreachable)
    found = clinic("--tag", TAG)
    assert found.one("Step Functions")[0] == "failing"
    skipped = {found.one(name)[0] for name in ("states:ListStateMachines", *ON_MACHINES)}
    assert skipped == {"skipped"}


def test_machines_that_the_last_digest_could_not_read_are_tried_beyond_fifty(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines = [machine(f"m-{number:03}") for number in range(95)]
    unread = (f"{PREFIX}m-094", f"{PREFIX}gone", f"{PREFIX}m-000")
    monkeypatch.setattr(Deployment, "unread_machines", lambda *_: unread)
    shut = world(machines, [], frozenset({arn("m-094")}))
    found = clinic("--tag", TAG, simulated=shut, environment={"SFN_DIGEST_TABLE": "Ledger"})
    status, text = found.one(ON_MACHINES[0])
    assert status == "failing"
    assert "(refused for m-094, of 51 tested)" in text


def test_tags_that_the_digest_does_not_understand_fail_by_machine(clinic: Clinic) -> None:
    wrong = {"jobs": {"sfn-digest:channel": "#jobs"}, "orders": {"sfn-digest:ownr": "Team"}}
    simulated = healthy_world()
    tagged = tuple(
        replace(each, tags={**each.tags, **wrong.get(each.name, {})}) for each in simulated.machines
    )
    seen = clinic("--function", "digest", simulated=replace(simulated, machines=tagged))
    assert seen.status == 1
    _, channel, unknown = seen.found["tag"]
    told = "The tag sfn-digest:channel of jobs is not understood: give a channel's ID such as"
    assert channel == ("failing", f"{told} C0123456789.")
    assert unknown[0] == "failing"
    assert unknown[1].startswith("The tag sfn-digest:ownr of orders is unknown: use ")

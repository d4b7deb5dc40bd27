"""Reports on many accounts: children that ran in another of them."""

import json

import pytest

from sfn_digest.accounts import AccountsReport
from sfn_digest.aws import ChildRoles, open_account
from sfn_digest.aws.sessions import assume_role
from sfn_digest.commands.accounts import AccountReading, read_accounts
from sfn_digest.config.other_accounts import ListedPlace
from sfn_digest.config.request import Request
from sfn_digest.guard import Guard
from sfn_digest.model.executions import Tag
from sfn_digest.progress import SilentProgress
from simulator.engine.outcomes import Attempt, Fails
from simulator.records import World
from simulator.server import serve_organization
from simulator.worlds.kinds import starts
from simulator.worlds.systems import System, function_arn
from tests.aws.express_accounts import SETTING, WEEK, account_of
from tests.conftest import set_environment

pytestmark = pytest.mark.slow

PARENTS, LISTED, OTHER, UNKNOWN = "111122223333", "444455556666", "777788889999", "999988887777"


def failing(name: str, fails: Fails, resource: str = function_arn("pay")) -> System:
    state = {"Type": "Task", "Resource": resource, "End": True}
    definition = {"StartAt": "Work", "States": {"Work": state}}

    def fail(_: Attempt) -> Fails:
        return fails

    return System(name, definition, starts(SETTING, name, 1), {"Work": fail})


def children(error: str, cause: str) -> World:
    return account_of(failing("billing", Fails(1.0, error, "Rate Exceeded.", cause)))


def waiting_for(name: str, child: str) -> System:
    """A parent that is told no more than that its child failed."""
    said = json.dumps({"ExecutionArn": child, "Status": "FAILED"})
    fails = Fails(5.0, "States.TaskFailed", said, "nested_execution_failed")
    return failing(name, fails, "arn:aws:states:::aws-sdk:sfn:startSyncExecution")


def arn_in(account: str, world: World) -> str:
    """The execution of a world, which the simulator serves as an account of another number."""
    return world.executions[0].arn.replace(world.account_id, account)


def read(monkeypatch: pytest.MonkeyPatch, child_role: str | None) -> AccountsReport:
    """The report on parents of children in a listed account, in another, and in one refused."""
    there = children("Lambda.TooManyRequestsException", "concurrency_limit")
    arns = [arn_in(each, there) for each in (LISTED, OTHER, UNKNOWN)]
    parents = account_of(*(waiting_for(f"for-{at}", arn) for at, arn in enumerate(arns)))
    worlds = {PARENTS: parents, LISTED: there, OTHER: there}
    places = [
        ListedPlace(PARENTS, there.region, "", f"arn:aws:iam::{PARENTS}:role/reader"),
        ListedPlace(LISTED, there.region, "", f"arn:aws:iam::{LISTED}:role/reader"),
    ]
    request = Request(WEEK, tag=Tag("sfn-digest", "on"), quota_share=1.0, child_role=child_role)
    with serve_organization(worlds) as organization:
        set_environment(monkeypatch, organization.environment)
        return read_accounts(places, AccountReading(request, None, SilentProgress(), Guard()))


def causes(report: AccountsReport) -> dict[str, int]:
    (parents,) = (each for each in report.accounts if each.account_id == PARENTS)
    return {each.cause: each.executions for each in parents.causes}


def test_a_child_in_another_account_of_the_file_is_read_as_that_account_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = read(monkeypatch, child_role=None)
    assert not report.missing
    assert causes(report) == {"concurrency_limit": 1, "nested_execution_failed": 2}


def test_a_child_role_reads_children_in_accounts_that_the_file_does_not_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = read(monkeypatch, child_role="reader")
    assert causes(report) == {"concurrency_limit": 2, "nested_execution_failed": 1}
    (parents,) = (each for each in report.accounts if each.account_id == PARENTS)
    (note,) = (str(note) for note in parents.coverage.left_out if "AssumeRole" in str(note))
    assert f"arn:aws:iam::{UNKNOWN}:role/reader" in note


def test_a_child_in_the_caller_s_own_account_is_read_with_its_own_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = children("Lambda.TooManyRequestsException", "concurrency_limit")
    there = account_of(failing("orders", Fails(1.0, "Bad", "", "unknown")))
    child, parent = home.executions[0].arn, arn_in(LISTED, there)
    with serve_organization({LISTED: there}, home=home) as organization:
        set_environment(monkeypatch, organization.environment)
        role = assume_role(f"arn:aws:iam::{LISTED}:role/reader", home.region)
        for roles, told in (
            (ChildRoles(), False),
            (ChildRoles(None, {home.account_id: None}), True),
        ):
            account = open_account(1.0, SilentProgress(), role=role, child_roles=roles)
            assert any(account.history(child, parent)) is told

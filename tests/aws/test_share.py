"""How the quotas are shared with production, through boto3 on the simulated account."""

import pytest

from sfn_digest.aws.api import Api
from sfn_digest.aws.governor import Allowance
from simulator.server.buckets import Rate
from tests.aws.fakes import Watcher
from tests.aws.small_world import (
    machine,
    opened,
    read_week,
    run,
    world,
)

pytestmark = pytest.mark.slow

MACHINES = [machine("orders"), machine("quiet"), machine("untagged", tags={"team": "a"})]


def test_the_default_share_is_never_throttled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = [run("orders", number, hours_ago=number / 100) for number in range(1, 104)]
    watcher = Watcher()
    simulated = world(MACHINES, runs)
    with opened(simulated, monkeypatch, progress=watcher) as (account, served):
        assert len(read_week(account)) == 103
        usage = account.usage()
    assert usage.throttled == 0
    assert {api for api, _ in watcher.waits} <= {"GetExecutionHistory"}
    assert not [call for call in served.calls if call.status == "throttled"]
    assert watcher.counts == {"found": 103, "read": 103, "called": len(served.calls)}
    assert watcher.stages == [
        "finding tagged state machines",
        "counting executions",
        "reading failed executions",
    ]


def test_a_quota_drained_by_others_slows_the_digest_down_but_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = [run("orders", number, hours_ago=number / 100) for number in range(1, 13)]
    scarce, watcher = {"GetExecutionHistory": Rate(4, 20)}, Watcher()
    simulated = world(MACHINES, runs)
    with opened(simulated, monkeypatch, buckets=scarce, progress=watcher) as (account, served):
        account._governor.allow({Api.GET_EXECUTION_HISTORY: Allowance(400, 20)})
        assert len(read_week(account)) == 12
        usage = account.usage()
    throttled = [call for call in served.calls if call.status == "throttled"]
    assert usage.throttled == len(throttled) > 0
    assert usage.complete
    assert watcher.counts["throttled GetExecutionHistory"] == usage.throttled
    assert sum(usage.api_calls.values()) == len(served.calls)


def test_the_load_of_production_lowers_what_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = {"GetExecutionHistory": 19.0}
    with opened(world(MACHINES, []), monkeypatch, background=busy) as (account, _):
        bucket = account._governor.bucket(Api.GET_EXECUTION_HISTORY)
        assert bucket._full_rate == pytest.approx(0.5)
        assert bucket._size == pytest.approx(10.0)


def test_a_raised_quota_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    raised = {"GetExecutionHistory": Rate(4000, 200)}
    with opened(world(MACHINES, []), monkeypatch, buckets=raised) as (account, _):
        assert account._governor.bucket(Api.GET_EXECUTION_HISTORY)._full_rate == pytest.approx(50)

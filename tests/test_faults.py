"""A few of the faults that `python -m bench.faults` tries: the digest goes out once, and true."""

from collections.abc import Iterator

import pytest

from bench.fault_account import Strike
from bench.fault_function import Came, FiredFunction, fired_function

pytestmark = pytest.mark.slow

TRIED = (
    Strike("GetItem", "a page in place of an answer"),
    Strike("PutItem", "done, and its answer lost", times=1),
    Strike("GetResources", "throttled", times=1),
    Strike("GetMetricData", "a missing member"),
    Strike("ListExecutions", "a proxy's refusal", first=2),
    Strike("GetExecutionHistory", "denied", first=4),
    Strike("GetExecutionHistory", "deleted", first=2, times=1),
    Strike("DescribeStateMachine", "slow"),
    Strike("GetParameter", "failed (5xx)"),
    Strike("any", "late", first=11, late=0.92),
)


@pytest.fixture(scope="module")
def function() -> Iterator[FiredFunction]:
    with fired_function() as made:
        yield made


@pytest.mark.parametrize("strike", TRIED, ids=lambda each: f"{each.api} {each.fault}")
def test_a_fault_costs_no_digest_posts_none_twice_and_makes_none_false(
    function: FiredFunction, strike: Strike
) -> None:
    came = Came()
    function.try_out(strike, came)
    assert came.runs == 1
    assert (came.lost, came.twice, came.false, came.broke, came.killed) == ([], [], [], [], [])

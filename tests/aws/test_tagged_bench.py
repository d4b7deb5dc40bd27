"""What the measurement of ten thousand tagged machines makes of its calls."""

import pytest

from bench import tagged
from simulator.server.buckets import DATAPOINTS

ASKED = {
    "GetResources": 100,
    "ListStateMachines": 10,
    "GetMetricData": 300,
    DATAPOINTS: 2_272_500,
    "ListExecutions": 160,
    "GetExecutionHistory": 505,
}
RAN = tagged.Ran(220.0, 500, 100.0, "eu-west-1", ASKED, lists=150, throttled=0)


def test_the_bound_of_one_quota_is_less_than_that_of_steps_that_wait_for_each_other() -> None:
    # (points - a quarter of the bucket) / a quarter of the refill, and so for tags and histories.
    datapoints, tags, histories = 100.0, 25 + 2 / 3, 81.0
    assert RAN.bound() == pytest.approx(datapoints)
    assert RAN.bound_in_turn() == pytest.approx(tags + datapoints + histories, abs=7)


def test_a_row_tells_each_figure_beside_what_is_to_be_reached() -> None:
    told = {name: (figure, reach) for name, figure, reach in tagged.rows(RAN)}
    assert told["GetMetricData calls"] == ("300", "≤ 330")
    assert told["ListExecutions calls a failing machine"] == ("3.00", "≤ 3")
    assert told["… of machines in which none failed"] == ("10", "")
    assert told["histories a failure"] == ("1.01", "≤ 1.02")
    assert told["all other calls"] == ("10", "")


@pytest.mark.slow
def test_a_small_account_is_read_whole_and_what_it_took_is_told() -> None:
    ran = tagged.measure(machines=12, failing=3, failures=9, speed=20.0)
    assert (ran.failures, ran.throttled) == (9, 0)
    assert ran.asked["GetExecutionHistory"] == 9
    assert 3 <= ran.lists <= 9

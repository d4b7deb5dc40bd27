"""The demo fires the Lambda as its schedule would, and lets no wait of it be waited for."""

import threading
from typing import cast

import pytest

from sfn_digest.delivery import MemoryLedger
from simulator.demo import SkippingClock, invoke_lambda
from simulator.served import TOKEN_PARAMETER, Asked, ServedWeeks
from simulator.server import Account, serve
from tests.comparison.made import END, machine, run, world
from tests.conftest import PLENTY


class Served:
    """A small account in the place of the demo's, which takes seconds to simulate."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def environment(self) -> dict[str, str]:
        """See ServedWeeks."""
        return dict(self._account.environment)

    def asked(self) -> Asked:
        """See ServedWeeks."""
        return Asked(len(self._account.calls), 0)


def test_the_demo_lets_a_wait_pass_at_once_and_its_clock_tells_that_it_passed() -> None:
    clock, never = SkippingClock(), threading.Event()
    before = clock.now()

    clock.sleep(3600.0, never)

    assert clock.now() - before >= 3600.0


@pytest.mark.slow
def test_the_demo_s_lambda_posts_a_digest_and_sends_its_report() -> None:
    made = world([machine("orders")], [run("orders", "failed", days_ago=1, error="Fresh")])
    token = {TOKEN_PARAMETER: "xoxb-simulated"}
    with serve(made, buckets=PLENTY, parameters=token) as account:
        served = cast("ServedWeeks", Served(account))
        report = invoke_lambda(served, END, MemoryLedger(), {"SFN_DIGEST_SUCCESSES": "0"})
        assert len(report.failures) == 1
        assert any(each.thread_ts is None for each in account.slack.messages)

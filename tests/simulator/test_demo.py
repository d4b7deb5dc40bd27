"""What the demo puts in the place of the Lambda's surroundings."""

import threading

from simulator.demo import SkippingClock


def test_the_demo_lets_a_wait_pass_at_once_and_its_clock_tells_that_it_passed() -> None:
    clock, never = SkippingClock(), threading.Event()
    before = clock.now()

    clock.sleep(3600.0, never)

    assert clock.now() - before >= 3600.0

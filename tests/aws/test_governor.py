import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws.api import Api, Quantity
from sfn_digest.aws.governor import (
    RECOVERY_SECONDS,
    Allowance,
    Bucket,
    Governor,
    Limit,
    SystemClock,
)
from tests.aws.fakes import FakeClock, Watcher


def bucket_of(burst: float, rate: float, clock: FakeClock) -> Bucket:
    return Bucket(Allowance(burst, rate), clock, lambda _: None)


def granted(bucket: Bucket) -> float:
    """The time of the next call; it always comes."""
    at = bucket.acquire()
    assert at is not None
    return at


def never_more_than_allowed(grants: list[float], burst: float, rate: float) -> bool:
    return all(
        later - earlier + 1 <= max(1, burst) + rate * (grants[later] - grants[earlier]) + 1e-6
        for earlier in range(len(grants))
        for later in range(earlier, len(grants))
    )


@given(
    burst=st.floats(0.1, 40),
    rate=st.floats(0.05, 50),
    steps=st.lists(st.one_of(st.just("call"), st.just("throttled"), st.floats(0, 20)), max_size=60),
)
def test_no_interval_sees_more_calls_than_burst_and_rate_allow(
    burst: float, rate: float, steps: list[str | float]
) -> None:
    clock = FakeClock()
    bucket, grants = bucket_of(burst, rate, clock), [0.0][:0]
    for step in steps:
        if step == "call":
            grants.append(granted(bucket))
        elif step == "throttled" and grants:
            bucket.throttled(grants[-1])
        elif isinstance(step, float):
            clock.time += step
    assert never_more_than_allowed(grants, burst, rate)


@given(burst=st.integers(1, 50), rate=st.floats(0.1, 50), calls=st.integers(1, 200))
def test_a_greedy_caller_gets_all_that_is_allowed(burst: int, rate: float, calls: int) -> None:
    clock = FakeClock()
    bucket = bucket_of(burst, rate, clock)
    grants = [granted(bucket) for _ in range(calls)]
    bound = max(0, calls - burst) / rate
    assert grants[-1] - grants[0] == pytest.approx(bound, abs=1e-5)


def test_a_share_of_less_than_one_call_still_lets_one_through() -> None:
    clock = FakeClock()
    bucket = bucket_of(0.25, 0.5, clock)
    assert [granted(bucket) - 1000 for _ in range(3)] == pytest.approx([0, 2, 4])


def test_many_threads_together_get_no_more_than_one_would() -> None:
    clock, grants = FakeClock(), [0.0][:0]
    bucket = bucket_of(5, 2, clock)

    def work() -> None:
        for _ in range(10):
            grants.append(granted(bucket))

    in_threads(work, 8)
    assert len(grants) == 80
    assert never_more_than_allowed(sorted(grants), 5, 2)
    assert max(grants) - 1000 == pytest.approx(75 / 2, abs=0.1)


def in_threads(work: Callable[[], None], number: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_calls_are_granted_in_the_order_they_were_asked_for() -> None:
    gate, clock, served = threading.Event(), FakeClock(), [0][:0]

    class Gated(FakeClock):
        def sleep(self, seconds: float, given_up: threading.Event) -> None:
            gate.wait(5)
            super().sleep(seconds, given_up)

    clock = Gated()
    bucket = bucket_of(1, 1, clock)
    granted(bucket)

    def work(number: int) -> None:
        granted(bucket)
        served.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for number, thread in enumerate(threads):
        thread.start()
        while bucket._queue._next_ticket < number + 2:
            pass
    gate.set()
    for thread in threads:
        thread.join()
    assert served == sorted(served)


def test_a_throttled_call_empties_the_bucket_and_halves_its_rate() -> None:
    clock = FakeClock()
    bucket = bucket_of(100, 10, clock)
    bucket.throttled(granted(bucket))
    assert granted(bucket) - 1000 == pytest.approx(1 / 5, rel=0.01)


def test_calls_throttled_together_slow_the_bucket_down_once() -> None:
    clock = FakeClock()
    bucket = bucket_of(100, 10, clock)
    grants = [granted(bucket) for _ in range(16)]
    clock.time += 0.1
    for each in grants:
        bucket.throttled(each)
    assert granted(bucket) - clock.time == 0
    assert clock.slept[-1] == pytest.approx(1 / 5, rel=0.01)


def test_a_bucket_that_is_throttled_for_long_keeps_a_thirty_second_of_its_rate() -> None:
    clock = FakeClock()
    bucket = bucket_of(1, 32, clock)
    for _ in range(20):
        clock.time += 0.001
        bucket.throttled(clock.time)
    before = clock.time
    assert granted(bucket) - before == pytest.approx(1, rel=0.05)


def test_a_slowed_bucket_regains_its_full_rate_slowly() -> None:
    clock = FakeClock()
    bucket = bucket_of(1, 10, clock)
    bucket.throttled(granted(bucket))
    clock.time += RECOVERY_SECONDS / 4
    granted(bucket)
    granted(bucket)
    assert clock.slept[-1] == pytest.approx(1 / 7.5, rel=0.01)
    clock.time += RECOVERY_SECONDS
    granted(bucket)
    granted(bucket)
    assert clock.slept[-1] == pytest.approx(1 / 10)


def test_a_person_is_told_which_api_is_waited_for_and_how_long() -> None:
    watcher = Watcher()
    governor = Governor({Api.LIST_EXECUTIONS: Allowance(1, 0.5)}, FakeClock(), watcher)
    granted(governor.bucket(Api.LIST_EXECUTIONS))
    granted(governor.bucket(Api.LIST_EXECUTIONS))
    assert watcher.waits == [("ListExecutions", 2.0)]


def test_a_new_allowance_replaces_the_old_one_and_leaves_other_apis_alone() -> None:
    allowances = {each: Allowance(1, 1) for each in (*Api, *Quantity)}
    governor = Governor(allowances, FakeClock(), Watcher())
    kept = governor.bucket(Api.GET_RESOURCES)
    governor.allow({Api.LIST_EXECUTIONS: Allowance(3, 1)})
    assert governor.bucket(Api.GET_RESOURCES) is kept
    assert [granted(governor.bucket(Api.LIST_EXECUTIONS)) for _ in range(3)] == [1000.0] * 3


def test_a_wait_ends_at_once_when_the_work_is_given_up() -> None:
    clock, limit = SystemClock(), Limit()
    assert limit.outlasts(0.001, clock)
    threading.Timer(0.01, limit.given_up.set).start()
    assert not limit.outlasts(3600, clock)
    assert not limit.outlasts(0.001, clock)


def test_threads_in_line_all_leave_when_the_work_is_given_up() -> None:
    limit, left = Limit(), [0][:0]
    bucket = Bucket(Allowance(1, 0.0001), SystemClock(), lambda _: None)
    granted(bucket)

    def work() -> None:
        if bucket.acquire(limit) is None:
            left.append(1)

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    limit.given_up.set()
    for thread in threads:
        thread.join(5)
    assert len(left) == 5


def test_a_turn_that_would_come_after_the_deadline_is_refused_without_waiting_for_it() -> None:
    clock = FakeClock()
    bucket = bucket_of(1, 0.5, clock)
    limit = Limit(clock.time + 3.0)
    assert [bucket.acquire(limit) for _ in range(3)] == [1000.0, 1002.0, None]
    assert clock.time == 1002.0


def test_after_the_deadline_a_full_bucket_gives_no_turn_and_keeps_it_for_others() -> None:
    clock = FakeClock()
    bucket = bucket_of(1, 0.001, clock)
    assert bucket.acquire(Limit(clock.time)) is None
    assert bucket.acquire() == 1000.0


@given(
    st.lists(
        st.tuples(st.floats(0.5, 300), st.floats(0, 20)),
        min_size=1,
        max_size=40,
    )
)
def test_an_amount_of_any_size_is_granted_and_paid_back(steps: list[tuple[float, float]]) -> None:
    """A bucket of 50 that refills by 10 a second: what it cannot hold is owed by those after."""
    clock = FakeClock()
    bucket = bucket_of(50, 10, clock)
    began, spent = clock.now(), 0.0
    for amount, passing in steps:
        at = bucket.acquire(amount=amount)
        assert at is not None
        # All that was granted before is paid for, and of this what the bucket can hold.
        assert spent + min(amount, 50) <= 50 + 10 * (at - began) + 1e-6
        spent += amount
        clock.time += passing


def test_an_amount_whose_turn_comes_after_the_limit_is_refused_at_once() -> None:
    clock = FakeClock()
    bucket = bucket_of(50, 10, clock)
    assert bucket.acquire(amount=150) is not None
    assert bucket.acquire(Limit(deadline=clock.now() + 9), amount=1) is None
    assert clock.slept == []
    assert bucket.acquire(Limit(deadline=clock.now() + 11), amount=1) == clock.now()

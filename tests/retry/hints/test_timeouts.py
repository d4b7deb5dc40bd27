from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sfn_digest.model.executions import Failure
from sfn_digest.model.report import Hint
from sfn_digest.model.successes import ReadSuccess, Success, Successes, SuccessfulAttempt
from sfn_digest.retry import evaluate, read_definition
from sfn_digest.retry.hints.timeouts import ended_by_timeout
from sfn_digest.retry.terms import longest_usual
from tests.retry.made import (
    ECS,
    MACHINE,
    START,
    WEEK,
    attempts,
    failure,
    failures,
    hints,
    passes,
    retry,
    task,
)

CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"


@pytest.mark.parametrize(
    ("durations", "bound"),
    [
        ([float(n) for n in range(1, 101)], (100.0, 0.01)),
        ([float(n) for n in range(1, 20)], (19.0, 0.05)),
        ([float(n) for n in range(1, 19)], None),
        ([], None),
    ],
)
def test_a_bound_on_durations_needs_enough_of_them(durations: list[float], bound: object) -> None:
    assert longest_usual(durations) == bound


def test_a_job_without_a_timeout_gets_one_from_its_successes() -> None:
    (hint,) = hints(task(ECS, TimeoutSeconds=None), [], passes(took=100), "missing_timeout")
    assert "Set TimeoutSeconds to 210" in hint.text
    assert hint.patched is not None
    assert hint.patched["TimeoutSeconds"] == 210


def test_where_few_attempts_were_read_the_executions_around_them_bound_them() -> None:
    known = passes(took=100)
    (hint,) = hints(
        task(ECS, TimeoutSeconds=None), [], replace(known, read=known.read[:5]), "missing_timeout"
    )
    assert "executions spend at most 110 s in it. Set TimeoutSeconds to 210" in hint.text


@pytest.mark.parametrize("read", [0, 1])
def test_a_timeout_that_is_missing_would_have_ended_no_success_that_is_known(read: int) -> None:
    """One of a thousand took an hour, of which most take two minutes."""
    known = passes(took=100)
    slow = replace(known.listed[5], stopped_at=known.listed[5].started_at + timedelta(hours=1))
    listed = (*known.listed[:5], slow, *known.listed[6:])
    at = slow.started_at + timedelta(seconds=1)
    whole = ReadSuccess(slow, (), (SuccessfulAttempt("Work", at, slow.stopped_at),))
    found = Successes(MACHINE, listed, (*known.read[6:], whole) if read else (), complete=True)
    (hint,) = hints(task(ECS, TimeoutSeconds=None), [], found, "missing_timeout")
    assert hint.patched == {"TimeoutSeconds": 4400}


def parent_of(child: str) -> dict[str, Any]:
    start = "arn:aws:states:::states:startExecution.sync:2"
    return task(start, Parameters={"StateMachineArn": child}, TimeoutSeconds=None)


@pytest.mark.slow
def test_a_timeout_leaves_a_child_time_for_the_retries_that_are_hinted_for_it() -> None:
    """Without its failures, the child takes half a minute."""
    child = MACHINE.replace("orders", "payment")
    failed = [
        replace(each, execution=replace(each.execution, machine_arn=child))
        for each in failures("service_error", "Lambda.ServiceException")
    ]
    good = passes(unless=(20, 22))
    successes = {MACHINE: good, child: replace(good, machine_arn=child)}
    definitions = {MACHINE: read_definition(parent_of(child)), child: read_definition(task())}
    found = {each.kind: each for each in evaluate(definitions, failed, successes, WEEK)}
    held, timeout = found["retry"], found["missing_timeout"]
    assert held.cost is not None
    assert seconds_of(timeout) >= held.cost.hold_seconds + 60
    assert "Retries in payment may hold it" in timeout.text


def test_a_timeout_leaves_a_child_time_for_the_retries_that_it_has() -> None:
    child = MACHINE.replace("orders", "payment")
    again = retry("States.ALL", attempts=4, IntervalSeconds=600, BackoffRate=1)
    definitions = {
        MACHINE: read_definition(parent_of(child)), child: read_definition(task(Retry=again))
    }  # fmt: skip
    (hint,) = evaluate(definitions, [], {MACHINE: passes()}, WEEK)
    assert seconds_of(hint) >= 2400 + 60


def seconds_of(hint: Hint) -> int:
    """The timeout that a hint sets."""
    found = (hint.patched or {})["TimeoutSeconds"]
    assert isinstance(found, int)
    return found


def test_an_execution_that_was_redriven_bounds_nothing() -> None:
    known = passes(took=100)
    again = tuple(replace(each, redrive_count=1) for each in known.listed)
    found = replace(known, read=known.read[:5], listed=again)
    (hint,) = hints(task(ECS, TimeoutSeconds=None), [], found, "missing_timeout")
    assert "too few successes" in hint.text


def test_no_timeout_under_a_minute_is_hinted() -> None:
    (hint,) = hints(task(ECS, TimeoutSeconds=None), [], passes(took=2), "missing_timeout")
    assert "Set TimeoutSeconds to 60." in hint.text


def test_without_successes_no_number_is_made_up() -> None:
    (hint,) = hints(task(CALLBACK, TimeoutSeconds=None), [], None, "missing_timeout")
    assert "too few successes" in hint.text
    assert "HeartbeatSeconds" in hint.text
    assert hint.patched is None


def test_a_timeout_of_the_whole_machine_is_a_timeout() -> None:
    definition = {**task(ECS, TimeoutSeconds=None), "TimeoutSeconds": 60}
    assert hints(definition, [], None, "missing_timeout") == []


def test_a_function_s_call_needs_no_timeout() -> None:
    assert hints(task(TimeoutSeconds=None), [], None, "missing_timeout") == []


@pytest.mark.parametrize(
    ("took", "title"),
    [(190.0, "Raise the timeout of Work"), (10.0, "Lower the timeout of Work"), (60.0, None)],
)
def test_a_timeout_is_compared_with_how_long_successes_take(took: float, title: str | None) -> None:
    found = hints(task(ECS, TimeoutSeconds=200), hung(3, 200), passes(took=took), "timeout_value")
    assert [hint.title for hint in found] == ([title] if title else [])


def hung(number: int, limit: float = 100) -> list[Failure]:
    """Executions that the timeout of Work ended, an hour after each other."""
    return [
        failure(
            n,
            attempts(START + timedelta(hours=n), "timeout_task", "States.Timeout", 1, took=limit),
        )
        for n in range(number)
    ]


def known(*took: float, read: int, drawn: int = 0, around: float = 0) -> Successes:
    """Successes, of which so many were read, the slowest first, and so many drawn as well; each
    took some seconds `around` the attempt.
    """
    listed, runs = [], []
    for number, seconds in enumerate(took):
        at = START + timedelta(minutes=10 * number)
        done = at + timedelta(seconds=seconds)
        each = Success(f"{MACHINE}:{number}", MACHINE, at, done + timedelta(seconds=around))
        listed.append(each)
        runs.append(ReadSuccess(each, (), (SuccessfulAttempt("Work", at, done),)))
    slowest = sorted(runs, key=lambda each: each.execution.started_at - each.execution.stopped_at)
    sample = runs[:: -(-len(runs) // drawn)] if drawn else []
    every = {each.execution.arn: each for each in (*slowest[:read], *sample)}
    arns = frozenset(each.execution.arn for each in sample)
    return Successes(MACHINE, tuple(listed), tuple(every.values()), complete=True, sampled=arns)


def test_executions_that_a_timeout_ended_in_one_outage_are_one_incident() -> None:
    far = task(ECS, TimeoutSeconds=3600)
    seen = known(*[20.0] * 200, read=5, around=4)
    (hint,) = hints(far, hung(46, 3600)[40:], seen, "timeout_value")
    assert (hint.failures, hint.incidents) == (6, 1)


LIMITED = task(ECS, TimeoutSeconds=100)


def test_a_few_slow_successes_are_enough_where_the_state_takes_most_of_the_time() -> None:
    far = task(ECS, TimeoutSeconds=3600)
    (hint,) = hints(far, hung(3, 3600), known(*[20.0] * 200, read=5, around=4), "timeout_value")
    assert hint.text == (
        "3 executions hit the timeout of 60 min in Work. 99% of successful executions spend at "
        "most 24 s in it. What takes longer is probably stuck: TimeoutSeconds 60 ends it 59 min "
        "sooner."
    )


def test_a_sample_tells_how_long_a_state_takes_in_executions_that_take_longer() -> None:
    far = task(ECS, TimeoutSeconds=3600)
    slow = known(*[20.0] * 200, read=5, drawn=20, around=3000)
    (hint,) = hints(far, hung(3, 3600), slow, "timeout_value")
    assert "95% of successful attempts finish within 20 s" in hint.text
    assert hint.patched == {"TimeoutSeconds": 60}
    assert "TimeoutSeconds 60 ends it 59 min sooner" in hint.text
    unsampled = known(*[20.0] * 200, read=5, around=3000)
    assert hints(far, hung(3, 3600), unsampled, "timeout_value") == []


def test_a_timeout_is_raised_only_where_successes_keep_company_with_what_it_ended() -> None:
    close = known(*[20.0] * 190, *[90.0] * 10, read=10)
    (hint,) = hints(LIMITED, hung(12), close, "timeout_value")
    assert hint.title == "Raise the timeout of Work"
    assert hint.text == (
        "12 executions hit the timeout of 100 s in Work. 10 of 10 successful attempts that were "
        "read took over 80 s, so some of those ended may only have needed more time; how much is "
        "unknown. Set TimeoutSeconds to 180."
    )
    assert hints(LIMITED, hung(50), close, "timeout_value") == []
    assert hints(LIMITED, hung(9), known(*[9.0] * 199, 90.0, read=5), "timeout_value") == []


def test_a_sample_stands_for_all_successes_that_come_close_to_a_timeout() -> None:
    half = known(*[20.0, 20.0, 90.0] * 67, read=5, drawn=20)
    assert hints(LIMITED, hung(50), half, "timeout_value")


def test_successes_that_were_only_listed_come_close_where_the_state_takes_their_time() -> None:
    """Of 240 that take as long as the state does, 24 came close, of which five were read."""
    tail = [*([20.0] * 9 + [90.0]) * 24]
    assert hints(LIMITED, hung(40), known(*tail, read=5, drawn=20), "timeout_value")
    busy = known(*tail, read=5, drawn=20, around=60)
    assert hints(LIMITED, hung(40), busy, "timeout_value") == []


def test_a_shorter_timeout_would_have_ended_no_success_that_was_read() -> None:
    far = task(ECS, TimeoutSeconds=3600)
    tail = known(*[20.0] * 400, 500.0, read=5)
    (hint,) = hints(far, hung(3, 3600), tail, "timeout_value")
    assert hint.patched == {"TimeoutSeconds": 600}


def test_a_state_that_few_executions_visit_is_not_timed_by_those_that_do_not() -> None:
    found = known(*[20.0] * 200, read=40)
    elsewhere = [replace(each, succeeded=()) for each in found.read[10:]]
    few = replace(found, read=(*found.read[:10], *elsewhere))
    assert hints(task(ECS, TimeoutSeconds=3600), hung(3, 3600), few, "timeout_value") == []


def test_a_state_that_was_only_visited_in_vain_was_visited() -> None:
    found = known(*[20.0] * 200, read=20)
    lost = tuple(attempts(START, "spot_interruption", "States.TaskFailed", 1))
    vain = [replace(each, failed=lost, succeeded=()) for each in found.read[:10]]
    some = replace(found, read=(*vain, *found.read[10:]))
    assert hints(task(ECS, TimeoutSeconds=3600), hung(3, 3600), some, "timeout_value")


def test_machines_are_known_in_which_a_state_s_timeout_ended_an_execution() -> None:
    definitions = {MACHINE: read_definition(LIMITED)}
    assert ended_by_timeout(definitions, hung(1)) == {MACHINE}
    assert ended_by_timeout(definitions, failures("service_error", "E")) == frozenset()
    unlimited = {MACHINE: read_definition(task(ECS, TimeoutSeconds=None))}
    assert ended_by_timeout(unlimited, hung(1)) == frozenset()
    assert ended_by_timeout({}, hung(1)) == frozenset()


def test_a_function_s_own_timeout_is_not_the_state_s() -> None:
    failed = failures("timeout_task", "Sandbox.Timedout")
    assert hints(task(TimeoutSeconds=100), failed, passes(took=95), "timeout_value") == []

"""A changed definition, replayed on failures and successes written down by hand."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sfn_digest.asl.definition import read_definition
from sfn_digest.model.change import NO_CHANGE, NONE
from sfn_digest.model.executions import Failure
from sfn_digest.model.successes import ReadSuccess, Successes, SuccessfulAttempt
from sfn_digest.retry.change.definition_backtest import Replays, replay_change
from tests.retry.made import MACHINE, attempts, failures, passes, retry, task

pytestmark = pytest.mark.slow

ERROR = "Lambda.ServiceException"
LONG = retry(ERROR, attempts=8, IntervalSeconds=600, BackoffRate=1)
HOUR_DOWN = failures("service_error", ERROR, number=6)
"""Six executions that failed within an hour, ten minutes apart."""


def replayed(
    before: dict[str, Any],
    after: dict[str, Any],
    found: list[Failure] = HOUR_DOWN,
    successes: Successes | None = None,
) -> Replays:
    known = successes or passes(unless=(20, 21))
    return replay_change(MACHINE, read_definition(before), read_definition(after), found, known)


def retried(number: int = 8) -> Successes:
    """Successes of which so many failed once, and succeeded five seconds later."""
    found = passes(unless=(20, 21))
    read = []
    for each in found.listed[:number]:
        at = each.started_at + timedelta(seconds=1)
        (first,) = attempts(at, "service_error", ERROR, 1)
        again = replace(first, back_off=5.0)
        slow = replace(each, stopped_at=each.stopped_at + timedelta(seconds=60))
        good = replace(found.read[0].succeeded[0], scheduled_at=at + timedelta(seconds=7))
        read.append(ReadSuccess(slow, (again,), (good,)))
    listed = (*(each.execution for each in read), *found.listed[number:])
    return Successes(MACHINE, listed, tuple(read), complete=True)


def test_the_same_handling_of_what_was_seen_changes_nothing_at_all() -> None:
    same = task(Retry=[*retry("NeverSeen", attempts=9), *retry(ERROR)])
    found = replayed(task(Retry=retry(ERROR)), same)
    assert (found.outcome, found.states) == (NO_CHANGE, ())


def test_a_retrier_that_outlasts_the_outage_recovers_what_failed() -> None:
    found = replayed(task(), task(Retry=LONG)).outcome
    assert found.recovered.likely >= 5
    assert found.recovered.low >= 3
    assert found.recovered.high == 6
    assert found.lost.likely == 0
    assert found.attempts > 6
    assert 300 <= found.recovery_seconds <= 4200
    assert found.dollars > 0


def test_retries_that_saved_executions_are_missed_where_they_go() -> None:
    found = replayed(task(Retry=retry(ERROR)), task(), successes=retried()).outcome
    assert found.lost.likely >= 8
    assert found.net.high < 0
    assert found.attempts <= -8


def test_a_new_catcher_takes_on_what_failed_and_is_not_called_a_recovery() -> None:
    caught = task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Done"}])
    caught["States"]["Done"] = {"Type": "Succeed"}
    found = replayed(task(), caught).outcome
    assert found.caught.likely == 6
    assert found.recovered.likely == 0
    assert found.net.likely == 6


def test_a_catcher_that_only_ends_otherwise_saves_nobody() -> None:
    caught = task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Stop"}])
    caught["States"]["Stop"] = {"Type": "Fail"}
    found = replayed(task(), caught).outcome
    assert found.caught == NONE
    assert found.net.likely == 0


def test_a_shorter_timeout_cuts_off_the_successes_that_took_longer() -> None:
    found = replayed(task(), task(TimeoutSeconds=10)).outcome
    assert found.lost.likely > 900
    assert found.net.high < 0


def test_what_a_shorter_timeout_cuts_off_may_be_in_time_at_a_retry() -> None:
    some = passes(unless=(20, 21))
    slow = [replace(e, succeeded_at=e.succeeded_at + timedelta(seconds=60)) for e in _made(some)]
    read = tuple(
        replace(each, succeeded=(late,)) if place % 6 == 0 else each
        for place, (each, late) in enumerate(zip(some.read, slow, strict=True))
    )
    known = replace(some, listed=tuple(each.execution for each in read), read=read)
    again = task(TimeoutSeconds=60, Retry=retry("States.Timeout", attempts=3))
    plain = replayed(task(), task(TimeoutSeconds=60), successes=known).outcome
    patient = replayed(task(), again, successes=known).outcome
    assert plain.lost.low >= 15
    assert patient.lost.low <= 2
    assert patient.lost.high >= 15


def _made(found: Successes) -> list[SuccessfulAttempt]:
    return [each.succeeded[0] for each in found.read]


def test_a_shorter_timeout_of_the_machine_is_counted_on_all_that_are_listed() -> None:
    known = passes(unless=(20, 21))
    found = replayed(task(), {**task(), "TimeoutSeconds": 31}, successes=known).outcome
    assert found.lost.likely == len(known.listed)


def test_a_longer_timeout_may_save_what_timed_out_and_nobody_knows_how_many() -> None:
    timed_out = failures("timeout_task", "States.Timeout", number=6)
    found = replayed(task(TimeoutSeconds=60), task(TimeoutSeconds=600), timed_out).outcome
    assert found.recovered.low == 0
    assert found.recovered.high == 6


def test_the_timeout_of_the_machine_ends_retries_that_would_come_too_late() -> None:
    late = {**task(Retry=LONG), "TimeoutSeconds": 300}
    assert replayed({**task(), "TimeoutSeconds": 300}, late).outcome.recovered.likely == 0


def test_the_same_arguments_give_the_same_numbers() -> None:
    assert replayed(task(), task(Retry=LONG)).outcome == replayed(task(), task(Retry=LONG)).outcome


def test_what_is_not_replayed_is_said() -> None:
    other = task(Retry=LONG, Parameters={"FunctionName": "new"})
    assert any("change in more than Retry" in note for note in replayed(task(), other).notes)
    gone = {"States": {"Renamed": task()["States"]["Work"]}}
    assert any("are not in the changed definition" in note for note in replayed(task(), gone).notes)
    unread = replay_change(
        MACHINE, read_definition(task()), read_definition(task(Retry=LONG)), HOUR_DOWN, None
    )
    assert any("No successes were read" in note for note in unread.notes)


def test_what_stands_open_in_a_template_is_no_change() -> None:
    open_name = task(Retry=LONG, Parameters={"FunctionName": "${Function.Arn}"})
    assert replayed(task(Parameters={"FunctionName": "f"}), open_name).notes == ()


def test_many_failures_are_replayed_as_a_sample_with_wider_bounds() -> None:
    many = failures("service_error", ERROR, number=400, every=9.0)
    found = replayed(task(), task(Retry=LONG), many).outcome
    assert found.recovered.high <= 400
    assert 300 <= found.recovered.likely <= 400
    assert found.recovered.high - found.recovered.low >= 16

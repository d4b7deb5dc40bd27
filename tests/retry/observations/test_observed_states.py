"""From a succeeded execution's history to evidence on its states."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sfn_digest.model.successes import Success, Successes
from sfn_digest.pipeline.failures import read_success
from sfn_digest.retry import read_definition
from sfn_digest.retry.observations.clean_visits import times_of
from sfn_digest.retry.observations.observed_states import (
    StateEvidence,
    gather,
    retries_that_fit,
)
from sfn_digest.retry.observations.thinning import Pass
from sfn_digest.retry.observations.visits import visits_of_failure
from tests.history.events import history, newest_first
from tests.retry.made import (
    MACHINE,
    START,
    attempts,
    failure,
    failures,
    hints,
    passes,
    retry,
    task,
)

RETRIED = history(
    (0, "ExecutionStarted"),
    (0, "TaskStateEntered", {"name": "Work"}),
    (2, "TaskScheduled", {"resourceType": "lambda", "resource": "invoke"}),
    (3, "TaskStarted", {}),
    (
        4,
        "TaskFailed",
        {
            "resourceType": "lambda",
            "resource": "invoke",
            "error": "Lambda.ServiceException",
            "cause": "Service Unavailable (Service: AWSLambda; Status Code: 500; "
            "Error Code: ServiceException; Request ID: 1; Proxy: null)",
        },
    ),
    (5, "TaskScheduled", {"resourceType": "lambda", "resource": "invoke"}),
    (6, "TaskStarted", {}),
    (7, "TaskSucceeded", {"resourceType": "lambda", "resource": "invoke"}),
    (8, "TaskStateExited", {"name": "Work"}),
    (9, "ExecutionSucceeded", {}),
)
SUCCESS = Success(f"{MACHINE}:x", MACHINE, START, START + timedelta(seconds=12))


def test_a_success_tells_which_attempt_failed_and_which_succeeded() -> None:
    read = read_success(SUCCESS, newest_first(RETRIED))
    (failed,) = read.failed
    assert (failed.state, failed.error, failed.diagnosis.cause) == (
        "Work",
        "Lambda.ServiceException",
        "service_error",
    )
    (succeeded,) = read.succeeded
    assert succeeded.state == "Work"
    assert succeeded.scheduled_at is not None
    assert (succeeded.succeeded_at - succeeded.scheduled_at).total_seconds() == 2


def test_a_retried_success_is_a_visit_that_recovered() -> None:
    read = read_success(SUCCESS, newest_first(RETRIED))
    found = Successes(MACHINE, (SUCCESS,), (read,), complete=True)
    (evidence,) = gather({MACHINE: read_definition(task())}, [], {MACHINE: found})
    (visit,) = evidence.visits
    assert (visit.retries, visit.waited, visit.fatal) == (1, 1, False)
    assert not evidence.passes
    assert evidence.durations == (2.0,)


def test_successes_that_were_only_listed_pass_at_the_usual_moment() -> None:
    (evidence,) = gather({MACHINE: read_definition(task())}, [], {MACHINE: passes()})
    assert len(evidence.passes) == 1008
    assert evidence.passes[-1] == Pass(START.timestamp() + 1007 * 600 + 1)


def listed_after(seconds: float, retriers: list[dict[str, object]]) -> Pass:
    """The pass of a success that was only listed, and lasted so much longer than its peers."""
    slow = Success(f"{MACHINE}:slow", MACHINE, START, START + timedelta(seconds=32 + seconds))
    known = passes()
    found = Successes(MACHINE, (*known.listed, slow), known.read, complete=True)
    failed = failures("service_error", "Lambda.ServiceException", number=1)
    definition = read_definition(task(Retry=retriers))
    (evidence,) = gather({MACHINE: definition}, failed, {MACHINE: found})
    return evidence.passes[1]


@pytest.mark.parametrize(
    ("seconds", "attempts", "spread"), [(4, 1, 0), (5, 2, 5), (14, 2, 5), (15, 3, 15), (900, 3, 15)]
)
def test_a_success_that_was_only_listed_may_have_retried_as_often_as_its_time_allows(
    seconds: float, attempts: int, spread: float
) -> None:
    own = retry("Lambda.ServiceException", IntervalSeconds=5)
    assert listed_after(seconds, own) == Pass(START.timestamp() + 1, attempts, spread)


def test_jitter_is_taken_to_halve_a_delay() -> None:
    own = retry("Lambda.ServiceException", IntervalSeconds=5, JitterStrategy="FULL")
    assert listed_after(3, own) == Pass(START.timestamp() + 1, 2, 2.5)


def test_a_retrier_of_other_errors_leaves_one_attempt_to_a_success() -> None:
    assert listed_after(900, retry("Lambda.Unknown")) == Pass(START.timestamp() + 1)


CHOICE = {"Type": "Choice", "Default": "Done",
          "Choices": [{"Variable": "$.much", "BooleanEquals": True, "Next": "Work"}]}  # fmt: skip


def test_past_a_choice_a_success_counts_as_the_one_that_was_read_next_to_it() -> None:
    """The first half of the successes that were read visited the state; nothing else tells."""
    work = {**task()["States"]["Work"], "Next": "Done"}
    states = {"Choose": CHOICE, "Work": work, "Done": {"Type": "Succeed"}}
    definition = {MACHINE: read_definition({"StartAt": "Choose", "States": states})}
    known = passes()
    read = tuple(
        one if number < 60 else replace(one, succeeded=()) for number, one in enumerate(known.read)
    )
    found = {MACHINE: Successes(MACHINE, known.listed[:150], read[::10], complete=True)}
    later = replace(failure(1, attempts(START, "service_error", "E", 1)), state="Save")
    evidence = {each.state: each for each in gather(definition, [later], found)}["Work"]
    assert len(evidence.passes) == 56
    assert max(each.at for each in evidence.passes) == START.timestamp() + 55 * 600 + 1
    assert list(times_of(evidence.passes)) == [each.at for each in evidence.passes]


def test_past_a_choice_nothing_is_known_where_nothing_was_read() -> None:
    work = {**task()["States"]["Work"], "Next": "Done"}
    states = {"Choose": CHOICE, "Work": work, "Done": {"Type": "Succeed"}}
    definition = {MACHINE: read_definition({"StartAt": "Choose", "States": states})}
    failed = failures("service_error", "E")
    found = Successes(MACHINE, passes().listed, (), complete=True)
    (evidence,) = gather(definition, failed, {MACHINE: found})
    assert not evidence.passes


def test_executions_that_failed_later_passed_the_state_before() -> None:
    made = attempts(START + timedelta(hours=9), "service_error", "E", 1)
    later = [replace(each, state="Save") for each in made]
    failed = replace(failure(1, later), state="Save")
    known = passes()
    before = len(gather({}, [], {MACHINE: known})[0].passes)
    evidence = {each.state: each for each in gather({}, [failed], {MACHINE: known})}
    assert len(evidence["Work"].passes) == before + 1
    unknown = replace(failed, attempts_complete=False)
    assert len(gather({}, [unknown], {MACHINE: known})[1].passes) == before


def test_the_times_of_passes_are_found_without_them() -> None:
    errors = [failure(2, attempts(START + timedelta(hours=3), "service_error", "E", 2))]
    made = attempts(START + timedelta(hours=9), "service_error", "E", 1)
    later = replace(failure(1, [replace(each, state="Save") for each in made]), state="Save")
    definition = {MACHINE: read_definition(task(Retry=retry("E")))}
    for evidence in gather(definition, [*errors, later], {MACHINE: passes()}):
        assert list(times_of(evidence.passes)) == [each.at for each in evidence.passes]
        assert list(times_of(tuple(evidence.passes))) == [each.at for each in evidence.passes]


@pytest.mark.parametrize("own", [[], retry("E")])
def test_an_unread_success_that_was_redriven_is_no_sign_that_a_state_worked_when_it_began(
    own: list[dict[str, Any]],
) -> None:
    known, error = (
        passes(),
        failure(2, attempts(START + timedelta(hours=3), "service_error", "E", 2)),
    )
    redriven = tuple(
        replace(each, redrive_count=int(number % 10 == 5))
        for number, each in enumerate(known.listed)
    )
    definition = {MACHINE: read_definition(task(Retry=own))}
    (before,) = gather(definition, [error], {MACHINE: known})
    (evidence,) = gather(definition, [error], {MACHINE: replace(known, listed=redriven)})
    unread = sum(each.redrive_count for each in redriven[len(known.read) :])
    assert len(evidence.passes) == len(before.passes) - unread
    assert list(times_of(evidence.passes)) == [each.at for each in evidence.passes]


def test_a_state_that_few_executions_visit_has_only_the_passes_that_were_read() -> None:
    found = passes()
    rare = tuple(
        read if number % 3 == 0 else type(read)(read.execution, (), ())
        for number, read in enumerate(found.read)
    )
    few = Successes(MACHINE, found.listed, rare, complete=True)
    (evidence,) = gather({MACHINE: read_definition(task())}, [], {MACHINE: few})
    assert len(evidence.passes) == 40


def test_a_history_that_aws_does_not_give_tells_nothing() -> None:
    read = read_success(SUCCESS, iter(()))
    assert (read.failed, read.succeeded) == ((), ())


def test_a_machine_whose_executions_all_failed_has_no_passes_and_its_hints_all_the_same() -> None:
    failed = failures("service_error", "Lambda.ServiceException", number=12)
    nothing = Successes(MACHINE, (), (), complete=True)
    (evidence,) = gather({MACHINE: read_definition(task())}, failed, {MACHINE: nothing})
    assert (len(evidence.visits), len(evidence.passes)) == (12, 0)
    (hint,) = hints(task(), failed, nothing, "learn_first")
    assert hint.failures == 12


def test_successes_of_which_none_could_be_read_leave_no_passes() -> None:
    unread = replace(passes(), read=())
    failed = failures("service_error", "Lambda.ServiceException", number=2)
    (evidence,) = gather({MACHINE: read_definition(task())}, failed, {MACHINE: unread})
    assert not evidence.passes


def test_retries_have_room_for_the_events_that_are_left_of_an_execution_s_25_000() -> None:
    read = read_success(SUCCESS, newest_first(RETRIED))
    assert read.events == len(RETRIED)

    def fit(events: int, *, often: int = 1, at_once: int = 0) -> int:
        visits = tuple(
            each
            for number in range(often)
            for each in visits_of_failure(failures("service_error", "E", number=1)[0], None)
        )
        known = StateEvidence(MACHINE, "Work", visits, (), (), at_once, events=events)
        return retries_that_fit(known)

    assert fit(5000) == 4000
    assert fit(20_000, often=100) == 10
    assert fit(20_000, often=2, at_once=500) == 2
    assert fit(24_900, often=50) == fit(26_000) == 0

from dataclasses import replace
from datetime import timedelta

from sfn_digest.model.successes import ReadSuccess, Success, SuccessfulAttempt
from sfn_digest.retry import read_definition
from sfn_digest.retry.observations.visits import Visit, visits_of_failure, visits_of_success
from tests.retry.made import MACHINE, START, attempts, failed_attempt, failure, failures, task

DEFINITION = read_definition(task())


def test_retries_are_joined_to_the_visit_they_belong_to() -> None:
    (visit,) = visits_of_failure(failure(1, attempts(START, "service_error", "E", 3)), DEFINITION)
    assert len(visit.attempts) == 3
    assert (visit.retries, visit.waited) == (2, 14)
    assert visit.fatal


def test_concurrent_visits_of_one_state_are_kept_apart() -> None:
    made = [
        *attempts(START, "service_error", "E", 2, pause=5),
        *attempts(START + timedelta(seconds=1), "service_error", "E", 3, pause=6),
    ]
    visits = visits_of_failure(failure(1, made), DEFINITION)
    assert sorted(len(visit.attempts) for visit in visits) == [2, 3]
    assert [visit.fatal for visit in visits] == [False, True]


def test_a_retry_without_a_failure_after_it_recovered() -> None:
    first = failed_attempt(START, "service_error", "E", took=2, back_off=5)
    last = replace(
        failed_attempt(START + timedelta(hours=1), "code_error", "F", took=1, back_off=None),
        state="Save",
    )
    visits = visits_of_failure(failure(1, [first, last]), DEFINITION)
    recovered = next(visit for visit in visits if visit.state == "Work")
    assert recovered.recovered_at == START.timestamp() + 7
    assert not recovered.fatal


def test_within_a_parallel_such_a_retry_may_have_been_cut_off() -> None:
    branches = [task(), {"StartAt": "Save", "States": {"Save": {"Type": "Pass", "End": True}}}]
    both = {"Type": "Parallel", "Branches": branches, "End": True}
    definition = read_definition({"StartAt": "Both", "States": {"Both": both}})
    first = failed_attempt(START, "service_error", "E", took=2, back_off=5)
    last = replace(
        failed_attempt(START + timedelta(seconds=8), "code_error", "F", took=1, back_off=None),
        state="Save",
    )
    visits = visits_of_failure(failure(1, [first, last]), definition)
    work = next(visit for visit in visits if visit.state == "Work")
    assert (work.recovered_at, work.unclear) == (None, True)


def redriven(count: int) -> Visit:
    """The visit of a success whose only attempt before a redrive, an hour later, had failed."""
    made = failed_attempt(START, "service_error", "E", took=2, back_off=None)
    again = START + timedelta(hours=1)
    success = Success("arn:x", MACHINE, START, again + timedelta(seconds=9), redrive_count=count)
    worked = SuccessfulAttempt("Work", again, again + timedelta(seconds=9))
    (visit,) = visits_of_success(ReadSuccess(success, (made,), (worked,)))
    return visit


def test_a_redrive_that_succeeded_tells_when_the_state_worked_again() -> None:
    visit = redriven(1)
    assert visit.recovered_at is None
    assert visit.redriven_at == START.timestamp() + 3600
    assert visit.retries == 0


def test_a_state_that_works_later_without_a_redrive_was_visited_anew() -> None:
    assert redriven(0).redriven_at is None


def test_many_failures_make_as_many_visits() -> None:
    visits = [v for f in failures("service_error", "E") for v in visits_of_failure(f, None)]
    assert len(visits) == 12


def test_items_that_are_refused_together_time_and_again_stay_apart() -> None:
    at = START + timedelta(hours=1)
    chain = attempts(at, "throttling", "Lambda.TooManyRequestsException", 3)
    found = visits_of_failure(failure(1, [*chain, *chain, *chain]), None)
    assert [len(visit.attempts) for visit in found] == [3, 3, 3]

"""From a succeeded execution's history to evidence on its states."""

from datetime import timedelta

from sfn_digest.failures import read_success
from sfn_digest.retry import read_definition
from sfn_digest.retry.evidence import gather
from sfn_digest.successes import Success, Successes
from tests.history.events import history, newest_first
from tests.retry.made import MACHINE, START, passes, task

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


def test_a_success_tells_which_try_failed_and_which_succeeded() -> None:
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
    assert evidence.passes == ()
    assert evidence.durations == (2.0,)


def test_successes_that_were_only_listed_pass_at_the_usual_moment() -> None:
    (evidence,) = gather({MACHINE: read_definition(task())}, [], {MACHINE: passes()})
    assert len(evidence.passes) == 1008
    assert evidence.passes[-1] == START.timestamp() + 1007 * 600 + 1


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

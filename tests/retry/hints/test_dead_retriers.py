from typing import Any

import pytest

from tests.retry.made import ECS, START, failed_attempt, failure, failures, hints, retry, task

DEAD = "dead_retrier"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("Ecs.ServerException", "ECS.ServerException"),
        ("requests.exceptions.ReadTimeoutError", "ReadTimeoutError"),
        ("NullPointerException", "java.lang.NullPointerException"),
        ("Lambda.ServiceExceptions", "Lambda.ServiceException"),
        ("Lambda.TooManyRequestException", "Lambda.TooManyRequestsException"),
    ],
)
def test_a_name_that_only_looks_like_the_error_is_dead_and_mended(name: str, error: str) -> None:
    definition = task(ECS, Retry=retry(name, "Other"))
    (hint,) = hints(definition, failures("service_error", error, number=4), kind=DEAD)
    assert (hint.errors, hint.failures) == ((error,), 4)
    assert f"{name} never matched: Work failed 4 times" in hint.text
    assert hint.patched is not None
    assert hint.patched["Retry"] == [{"ErrorEquals": [error, "Other"], "MaxAttempts": 2}]


def test_a_name_is_alive_where_the_same_retrier_takes_the_error_by_another() -> None:
    definition = task(ECS, Retry=retry("Ecs.ServerException", "ECS.ServerException"))
    failed = failures("service_error", "ECS.ServerException", made=3)
    assert hints(definition, failed, kind=DEAD) == []


def test_a_dead_name_for_a_cause_that_never_heals_is_not_brought_to_life() -> None:
    definition = task(Retry=retry("keyerror"))
    (hint,) = hints(definition, failures("code_error", "KeyError"), kind=DEAD)
    assert (hint.retrier, hint.patched) == (None, None)
    assert "remove the name" in hint.text


def test_why_an_ecs_task_stopped_is_no_error_name() -> None:
    definition = task(ECS, Retry=retry("SpotInterruption"))
    (hint,) = hints(definition, failures("spot_interruption", "States.TaskFailed"), kind=DEAD)
    assert hint.title == "SpotInterruption matches nothing in Work"


def test_a_child_s_own_error_is_no_error_name_in_its_parent() -> None:
    made = failed_attempt(
        START,
        "service_error",
        "States.TaskFailed",
        took=9,
        back_off=None,
        leaf="Lambda.ServiceException",
    )
    definition = task(
        "arn:aws:states:::states:startExecution.sync:2", Retry=retry("Lambda.ServiceException")
    )
    (hint,) = hints(definition, [failure(1, [made])], kind=DEAD)
    assert "a child execution's own error is only in the cause" in hint.text


def test_a_retrier_behind_broader_ones_is_never_used() -> None:
    definition = task(Retry=[*retry("States.TaskFailed"), *retry("Lambda.ServiceException")])
    (hint,) = hints(definition, [], kind=DEAD)
    assert hint.title == "Retrier 2 of Work is never used"


@pytest.mark.parametrize(
    "written",
    [
        [*retry("States.ALL"), *retry("States.Timeout")],
        retry("States.ALL", "States.Timeout"),
    ],
)
def test_states_all_must_stand_alone_and_last(written: object) -> None:
    assert hints(task(Retry=written), [], kind=DEAD)


def test_a_narrow_retrier_before_a_broad_one_is_in_order() -> None:
    definition = task(Retry=[*retry("Lambda.ServiceException"), *retry("States.ALL")])
    assert hints(definition, [], kind=DEAD) == []


def test_states_all_does_not_take_states_runtime() -> None:
    definition = task(Retry=retry("States.ALL"))
    failed = failures("invalid_input", "States.Runtime", number=2)
    (hint,) = hints(definition, failed, kind=DEAD)
    assert hint.title == "States.ALL does not match States.Runtime"


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("States.All", "States.ALL"),
        ("State.ALL", "States.ALL"),
        ("States.TaskFailedId", "States.TaskFailed"),
        ("States.TimeOut", "States.Timeout"),
        ("States.Timeouts", "States.Timeout"),
        ("States.TaskFailure", "States.TaskFailed"),
        ("States.TaskFailedException", "States.TaskFailed"),
        ("States.Heartbeat", "States.HeartbeatTimeout"),
        ("States.HTTP.StatusCode.429", "States.Http.StatusCode.429"),
        ("Stats.ALL", "States.ALL"),
        ("*", "States.ALL"),
        ("Sandbox.TimedOut", "Sandbox.Timedout"),
    ],
)
@pytest.mark.parametrize("field", ["Retry", "Catch"])
def test_a_reserved_name_that_is_misspelled_is_told_with_the_one_meant(
    field: str, name: str, right: str
) -> None:
    handler: dict[str, Any] = {"ErrorEquals": [name]}
    if field == "Catch":
        handler["Next"] = "Work"
    fields: dict[str, Any] = {field: [handler]}
    (hint,) = hints(task(**fields), [], kind=DEAD)
    assert hint.title == f"Replace {name} with {right} in Work"
    assert f"Did you mean {right}?" in hint.text
    assert hint.patched == {field: [{**handler, "ErrorEquals": [right]}]}


def test_a_misspelled_retrier_is_not_brought_to_life_for_what_never_heals() -> None:
    definition = task(Retry=retry("States.All"))
    (hint,) = hints(definition, failures("code_error", "KeyError", number=3), kind=DEAD)
    assert (hint.failures, hint.patched) == (3, None)
    assert hint.title == "States.All matches nothing in Work"
    assert "fix that first" in hint.text


def test_a_misspelled_name_for_what_heals_and_what_does_not_says_that_both_are_there() -> None:
    mixed = [
        *failures("code_error", "KeyError", number=3),
        *failures("spot_interruption", "E", number=3, every=9000),
    ]
    (hint,) = hints(task(Retry=retry("States.All")), mixed, kind=DEAD)
    assert hint.patched is None
    assert "does not go away" not in hint.text
    assert hint.text.endswith(
        "Not all that failed here goes away by itself, so check the causes before retrying it."
    )


def test_a_single_failure_is_counted_in_a_word() -> None:
    failed = failures("service_error", "ECS.ServerException", number=1)
    (hint,) = hints(task(Retry=retry("Ecs.ServerException")), failed, kind=DEAD)
    assert "Work failed once with ECS.ServerException" in hint.text


@pytest.mark.parametrize(
    "name",
    [
        *("States.ALL", "States.Http.StatusCode.503", "States.Http.Socket", "Status.ALL"),
        *("OrderError1", "DynamoDb.ProvisionedThroughputExceededException", "Lambda.Unknown"),
    ],
)
def test_a_name_that_is_right_or_an_authors_own_is_left_alone(name: str) -> None:
    failed = failures("service_error", "OrderError2", number=3)
    assert hints(task(Catch=[{"ErrorEquals": [name], "Next": "Work"}]), failed, kind=DEAD) == []


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("Lambda.TooManyRequestException", "Lambda.TooManyRequestsException"),
        ("Lambda.ServiceExceptions", "Lambda.ServiceException"),
        ("lambda.sdkClientException", "Lambda.SdkClientException"),
        ("Lambda.Unkown", "Lambda.Unknown"),
        ("ECS.AmazonECSExceptions", "ECS.AmazonECSException"),
    ],
)
@pytest.mark.parametrize("field", ["Retry", "Catch"])
def test_an_error_of_a_service_off_by_a_letter_is_told_before_it_ever_comes(
    name: str, right: str, field: str
) -> None:
    element: dict[str, Any] = {"ErrorEquals": [name]}
    if field == "Catch":
        element["Next"] = "Work"
    fields: dict[str, Any] = {field: [element]}
    failed = failures("service_error", "Sqs.SqsException", number=2)
    (hint,) = hints(task(**fields), failed, kind=DEAD)
    assert f"Did you mean {right}?" in hint.text
    assert hint.patched == {field: [{**element, "ErrorEquals": [right]}]}


def test_a_name_off_by_a_letter_is_left_alone_where_another_retrier_names_the_error() -> None:
    both = [*retry("Lambda.ServiceExceptions"), *retry("Lambda.ServiceException")]
    failed = failures("service_error", "Sqs.SqsException", number=2)
    assert hints(task(Retry=both), failed, kind=DEAD) == []


def test_a_misspelled_retrier_that_would_hold_executions_too_long_is_not_brought_to_life() -> None:
    endless = retry("States.All", attempts=50, IntervalSeconds=3600, BackoffRate=1.0)
    (hint,) = hints(task(Retry=endless), failures("service_error", "E", number=2), kind=DEAD)
    assert (hint.retrier, hint.patched) == (None, None)
    assert "As written, it would hold an execution for longer than 6 h: shorten it" in hint.text


def test_states_all_spelled_right_stands_alone_and_last() -> None:
    other = retry("Lambda.ServiceException", attempts=5)
    written = [{**retry("States.All")[0], "ErrorEquals": ["States.All", "Mine"]}, *other]
    (hint,) = hints(task(Retry=written), [], kind=DEAD)
    assert hint.patched == {"Retry": [*other, *retry("States.ALL")]}
    assert hint.retrier == retry("States.ALL")[0]


def test_a_broad_name_spelled_right_stands_behind_the_narrow_ones_but_before_states_all() -> None:
    narrow, every = retry("Lambda.ServiceException", attempts=5), retry("States.ALL", attempts=1)
    written = [*retry("States.TaskFaild"), *narrow, *every]
    (hint,) = hints(task(Retry=written), [], kind=DEAD)
    assert hint.patched == {"Retry": [*narrow, *retry("States.TaskFailed"), *every]}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("com.acme.ServiceException", "Lambda.ServiceException"),
        ("Billing.ValidationException", "DynamoDb.ValidationException"),
    ],
)
def test_an_error_of_an_authors_own_is_not_taken_for_a_services(name: str, error: str) -> None:
    failed = failures("service_error", error, number=4)
    assert hints(task(Retry=retry(name)), failed, kind=DEAD) == []


def test_a_service_that_is_spelled_in_another_way_is_still_known() -> None:
    failed = failures("service_error", "Lambda.ServiceException", number=4)
    (hint,) = hints(task(Retry=retry("AWSLambda.ServiceException")), failed, kind=DEAD)
    assert "the error has a different prefix" in hint.text


def test_a_name_is_to_be_removed_where_another_retrier_has_come_to_take_its_error() -> None:
    both = [*retry("ServiceException"), *retry("Lambda.ServiceException", attempts=6)]
    failed = failures("service_error", "Lambda.ServiceException", number=4, made=7)
    (hint,) = hints(task(Retry=both), failed, kind=DEAD)
    assert (hint.retrier, hint.patched) == (None, None)
    assert hint.title == "ServiceException matches nothing in Work"
    assert "Another retrier matches that error, so remove the name." in hint.text


def test_a_name_that_two_retriers_misspell_is_told_once() -> None:
    both = [*retry("lambda.serviceexception"), *retry("lambda.serviceexception", attempts=9)]
    failed = failures("service_error", "Lambda.ServiceException", number=4)
    hint, never_used = hints(task(Retry=both), failed, kind=DEAD)
    assert never_used.title == "Retrier 2 of Work is never used"
    assert hint.retrier == {**both[0], "ErrorEquals": ["Lambda.ServiceException"],
                            "IntervalSeconds": 1, "BackoffRate": 2.0}  # fmt: skip


def test_a_name_spelled_right_stands_before_a_broader_one_that_would_hide_it() -> None:
    broad = retry("States.TaskFailed", attempts=1)
    found = hints(task(Retry=[*broad, *retry("Sandbox.TimedOut")]), [], kind=DEAD)
    (hint,) = [each for each in found if each.retrier]
    assert hint.patched == {"Retry": [*retry("Sandbox.Timedout"), *broad]}

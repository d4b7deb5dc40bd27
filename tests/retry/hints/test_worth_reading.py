"""Whose successes are worth a call each."""

from dataclasses import replace

from sfn_digest.retry import read_definition, worth_reading
from tests.retry.made import MACHINE, failures, retry, task

WORK = {MACHINE: read_definition(task(Retry=retry("States.ALL")))}


def test_what_may_pass_is_worth_it_after_one_failure() -> None:
    failed = failures("service_error", "Lambda.ServiceException", number=1)
    assert worth_reading(WORK, failed) == (MACHINE,)


def test_a_timeout_is_worth_it_to_learn_how_long_good_attempts_take() -> None:
    assert worth_reading(WORK, failures("timeout_task", "States.Timeout", number=1)) == (MACHINE,)


def test_what_never_passes_is_worth_it_only_where_it_was_retried_often() -> None:
    assert worth_reading(WORK, failures("code_error", "KeyError", number=50)) == ()
    assert worth_reading(WORK, failures("code_error", "KeyError", number=1, made=3)) == ()
    assert worth_reading(WORK, failures("code_error", "KeyError", number=1, made=4)) == (MACHINE,)


def test_a_machine_without_a_definition_is_not_worth_a_call() -> None:
    assert worth_reading({}, failures("service_error", "Lambda.ServiceException")) == ()


def test_the_start_of_a_known_child_is_the_child_s_to_change() -> None:
    child = MACHINE.replace("orders", "payment")
    start = task(
        "arn:aws:states:::states:startExecution.sync:2", Parameters={"StateMachineArn": child}
    )
    failed = failures("service_error", "States.TaskFailed")
    parent = {MACHINE: read_definition(start)}
    assert worth_reading(parent, failed) == (MACHINE,)
    assert worth_reading({**parent, child: read_definition(task())}, failed) == ()


def test_the_machine_with_most_to_gain_comes_first() -> None:
    other = MACHINE.replace("orders", "a")
    few, many = (failures("throttling", "E", number=n) for n in (2, 9))
    moved = [replace(f, execution=replace(f.execution, machine_arn=other)) for f in many]
    known = {**WORK, other: WORK[MACHINE]}
    assert worth_reading(known, [*few, *moved]) == (other, MACHINE)

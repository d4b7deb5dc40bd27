"""Equal failures share a group; others do not."""

import pytest

from tests.causes.make import child, job, named, raised, task

ONE, TWO = "8b1f7c1e-3b0a-4a3c-9a55-1f0c2f7d9a10", "07a0cc2b-19a1-4df4-b1f1-6bb0b9c5d7a2"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"Order {ONE} failed", f"Order {TWO} failed"),
        ("Row 17 of s3://b/2024/05/01/a.csv", "Row 9211 of s3://b/2023/11/30/b.csv"),
        ("at 2024-05-01T10:11:12Z it broke", "at 2025-12-31T23:59:59Z it broke"),
        ("no arn:aws:s3:::one/a here", "no arn:aws:s3:::two/b here"),
        ("took 3.02 seconds", "took 15.7 seconds"),
        ("File /var/task/a.py is bad", "File /var/lang/b.py is bad"),
        ("host ip-10-0-0-17.ec2.internal down", "host ip-10-0-3-2.ec2.internal down"),
    ],
)
def test_what_differs_from_run_to_run_does_not_split(first: str, second: str) -> None:
    groups = {named("E", raised("E", text), "lambda").group for text in (first, second)}
    assert len(groups) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Column 'id' is missing", "Column 'name' is missing"),
        ("ORA-00942: no table", "ORA-01017: no table"),
        ("answered with status code 500", "answered with status code 503"),
        ("exit code 1", "exit code 3"),
        ("Orders failed", "Invoices failed"),
    ],
)
def test_what_names_another_fault_splits(first: str, second: str) -> None:
    groups = {named("E", raised("E", text), "lambda").group for text in (first, second)}
    assert len(groups) == 2


def test_containers_exit_codes_and_stop_reasons_tell_groups_apart() -> None:
    text = "Essential container in task exited"
    causes = [task(text, exit_code=1), task(text, exit_code=2), task("AGENT", "TaskFailedToStart")]
    causes += [job(text, exit_code=1), job("Host EC2 (instance i-0a1b2c3d) terminated.")]
    groups = {named("States.TaskFailed", cause).group for cause in causes}
    assert len(groups) == len(causes)


def test_the_host_of_a_job_does_not_split() -> None:
    text = "Host EC2 (instance {}) terminated."
    causes = [job(text.format(host)) for host in ("i-0282b396e52b4c95d", "i-07f1e2d3c4b5a6978")]
    assert len({named("States.TaskFailed", cause).group for cause in causes}) == 1


def test_a_group_is_versioned_and_the_same_from_run_to_run() -> None:
    group = named("KeyError", raised("KeyError", "'id'"), "lambda", "LambdaFunctionFailed").group
    assert group == "1:lambda:code_error:16a218e62415ae03"


def test_a_child_and_the_failure_it_hands_on_say_the_same() -> None:
    cause = raised("KeyError", "'id'")
    alone = named("KeyError", cause, "lambda")
    handed_on = named("States.TaskFailed", child("KeyError", cause), "nested-sfn")
    assert (alone.cause, alone.error, alone.message) == (
        handed_on.cause,
        handed_on.error,
        handed_on.message,
    )

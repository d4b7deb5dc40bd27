"""Nothing that an execution can write raises, hangs, or makes a diagnosis unfit to show."""

import json
from collections.abc import Callable
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.causes import Symptom, diagnose, table
from sfn_digest.causes.documents import parse
from sfn_digest.model.executions import Diagnosis, Nature
from tests.causes.make import child, dumps, named, raised, task

pytestmark = pytest.mark.slow

LONG = 32_768
HOSTILE = [
    *('"', "[", "{", "\\", "A", "1", "/", " ", "\n", "<", "=", ":", "@"),
    *("\u200b", "\u202e", "\ud800", "\U0002ebe1"),
    *('{"a":', "aA1", "a_", "password=", "password='", "a:", "a@a.", "https://", "http://a?"),
    *("eyJ", "eyJaaaaaaaa.", "-----BEGIN A-----", "(Service: ", "An error occurred (", "Error: "),
    *("api error ", "A.Error", "A.", "<title>", "arn:aws:", " in the input '", "exit status "),
    *('{"Cause":"', '{"errorMessage":"', '"a":1,', "status ", "HTTP ", "-key-", "Basic ", "[,"),
    *(" could not be used to start the Task:", "Task timed out after ", "{a=", "\u51e6\u7406"),
    *("token' (", "p a s s w o r d "),
]


def function(text: str) -> str:
    return raised("E", text)


def fit(diagnosis: Diagnosis) -> None:
    assert diagnosis.cause in table()
    assert diagnosis.nature in get_args(Nature)
    assert 0 < len(diagnosis.message) <= 300
    assert len(diagnosis.error) <= 120
    assert diagnosis.message.isprintable()
    assert diagnosis.error.isprintable()
    assert diagnosis.group.startswith("2:")
    assert diagnosis.group.isascii()
    f"{diagnosis.message}{diagnosis.error}{diagnosis.child_arn}".encode()


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("wrap", [str, task, function], ids=["bare", "ecs", "lambda"])
def test_a_long_run_of_anything_is_diagnosed(piece: str, wrap: Callable[[str], str]) -> None:
    text = (piece * LONG)[:LONG]
    for cause in (wrap(text), wrap(text)[:LONG]):
        fit(named("States.TaskFailed", cause, "ecs"))
        fit(named(text, cause, None, "ExecutionFailed"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("Error", "Cause", "ExecutionArn", "Status", "errorMessage", "errorType"),
                    *("StopCode", "StoppedReason", "Containers", "ExitCode", "Reason", "Attempts"),
                    *(
                        "JobRunState",
                        "ErrorMessage",
                        "QueryExecution",
                        "Cluster",
                        "Build",
                        "Phases",
                    ),
                    *("Contexts", "Failures", "Entries", "ErrorCode", "status", "conditions"),
                    *("Container", "JobQueue", "StatusReason", "FailureReason", "ResponseBody"),
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
TEXT = (
    st.text(max_size=80) | JSON.map(json.dumps) | JSON.map(lambda value: child("E", dumps(value)))
)
SYMPTOMS = st.builds(
    Symptom,
    st.none()
    | st.sampled_from(["States.TaskFailed", "States.Runtime", "EKS.500", "A.B"])
    | st.text(),
    st.none() | TEXT,
    st.none() | st.sampled_from(["TaskFailed", "ExecutionFailed", "FailStateEntered"]) | st.text(),
    st.none() | st.sampled_from(["ecs", "aws-sdk:", "aws-sdk:s3:x", "lambda", ":", ""]) | st.text(),
    st.sampled_from([None, "FAILED", "TIMED_OUT", "ABORTED"]),
)


@given(SYMPTOMS)
def test_any_symptom_is_diagnosed_and_always_the_same(symptom: Symptom) -> None:
    diagnosis = diagnose(symptom)
    fit(diagnosis)
    assert diagnose(symptom) == diagnosis


@given(JSON, st.integers(0, 400))
def test_json_cut_anywhere_is_read_without_an_error(value: object, cut: int) -> None:
    document, whole = parse(json.dumps({"Status": value, "Cause": value})[:cut])
    assert document is None or isinstance(document, dict)
    assert whole or isinstance(document, dict)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), min_size=2, max_size=6))
def test_what_stands_before_the_cut_is_kept(value: dict[str, str]) -> None:
    *kept, last = value
    text = json.dumps(value)
    document, _ = parse(text[: len(text) - len(json.dumps(value[last])) - 1])
    assert document == {key: value[key] for key in kept}


def test_more_levels_than_anybody_nests_end_somewhere() -> None:
    cause = raised("E", "deep")
    while len(cause) < LONG:
        cause = child("States.TaskFailed", cause)
    fit(named("States.TaskFailed", cause, "nested-sfn"))


def test_an_arn_of_a_child_that_is_none_is_not_passed_on() -> None:
    cause = dumps({"ExecutionArn": "arn:aws:states:x\u202e y", "Status": "FAILED"})
    assert named("States.TaskFailed", cause, "nested-sfn").child_arn is None

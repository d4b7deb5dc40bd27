"""Every event type of Step Functions' history, by the part it plays for a reader.

A type stands in exactly one of the sets below; a test compares them with botocore's model,
so that a type AWS adds is noticed.
"""

from collections.abc import Mapping
from typing import Any

ENTERED = frozenset(
    {
        "ChoiceStateEntered",
        "FailStateEntered",
        "MapStateEntered",
        "ParallelStateEntered",
        "PassStateEntered",
        "SucceedStateEntered",
        "TaskStateEntered",
        "WaitStateEntered",
    }
)
EXITED = frozenset(
    {
        "ChoiceStateExited",
        "MapStateExited",
        "ParallelStateExited",
        "PassStateExited",
        "SucceedStateExited",
        "TaskStateExited",
        "WaitStateExited",
    }
)
FAILED_ATTEMPT = frozenset(
    {
        "ActivityFailed",
        "ActivityScheduleFailed",
        "ActivityTimedOut",
        "LambdaFunctionFailed",
        "LambdaFunctionScheduleFailed",
        "LambdaFunctionStartFailed",
        "LambdaFunctionTimedOut",
        "TaskFailed",
        "TaskStartFailed",
        "TaskSubmitFailed",
        "TaskTimedOut",
    }
)
SCHEDULED = frozenset({"ActivityScheduled", "LambdaFunctionScheduled", "TaskScheduled"})
CLOSED = frozenset(
    {"ExecutionAborted", "ExecutionFailed", "ExecutionSucceeded", "ExecutionTimedOut"}
)

MAP_ROLL_UPS = frozenset({"MapStateFailed", "MapStateAborted"})
PARALLEL_ROLL_UPS = frozenset({"ParallelStateFailed", "ParallelStateAborted"})
ITERATION_ROLL_UPS = frozenset({"MapIterationAborted", "MapIterationFailed"})
ROLL_UPS = MAP_ROLL_UPS | PARALLEL_ROLL_UPS | ITERATION_ROLL_UPS
"""They say nothing themselves: their predecessor is the failing inner event."""

MAP_MARKS = frozenset({"MapStateStarted", "MapStateSucceeded"})
PARALLEL_MARKS = frozenset({"ParallelStateStarted", "ParallelStateSucceeded"})
ITERATION_MARKS = frozenset({"MapIterationStarted", "MapIterationSucceeded"})
STARTED_ANEW = frozenset({"MapStateStarted", "ParallelStateStarted"})

EVALUATION_FAILED = "EvaluationFailed"
MAP_RUN_FAILED = "MapRunFailed"
MAP_RUN_STARTED = "MapRunStarted"
EXECUTION_REDRIVEN = "ExecutionRedriven"

WORK = frozenset({"MapStateExited", "ParallelStateExited", "TaskStateExited"})
"""Exits of states that did something whose result a later Choice may have judged."""
FAILURES = FAILED_ATTEMPT | {EVALUATION_FAILED, MAP_RUN_FAILED, "FailStateEntered"}
"""What a Catch may have taken."""

IGNORED = frozenset(
    {
        "ActivityStarted",
        "ActivitySucceeded",
        "ExecutionStarted",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
        "MapRunAborted",
        "MapRunRedriven",
        "MapRunStarted",
        "MapRunSucceeded",
        "TaskStarted",
        "TaskStateAborted",
        "TaskSubmitted",
        "TaskSucceeded",
        "WaitStateAborted",
    }
)
"""They only pass the chain on: nothing of a failure is read from them."""

ALL_KINDS: tuple[frozenset[str], ...] = (
    ENTERED,
    EXITED,
    FAILED_ATTEMPT,
    SCHEDULED,
    CLOSED,
    ROLL_UPS,
    MAP_MARKS,
    PARALLEL_MARKS,
    ITERATION_MARKS,
    frozenset({EVALUATION_FAILED, MAP_RUN_FAILED, EXECUTION_REDRIVEN}),
    IGNORED,
)


def text_in(details: Mapping[str, Any], name: str) -> str | None:
    """The text of this name in an event's details; None for what is none, as in a log record
    that another program wrote.
    """
    value = details.get(name)
    return value if isinstance(value, str) else None

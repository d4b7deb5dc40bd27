"""Which state failed where the definition leaves no other, though nothing was logged of states.

Only what is certain: two states that may have failed so are as good as none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sfn_digest.asl.definition import Definition, State
from sfn_digest.asl.matching import HEARTBEAT, TASK_FAILED, TIMEOUT, takes

ENDED = "ExecutionFailed"
_ONLY_OF_TASKS = frozenset({TASK_FAILED, TIMEOUT, HEARTBEAT})
"""Errors of Step Functions' own that no state but a Task raises."""
_ANY_NAME = ("lambda", "activity", "http:")
"""Integrations whose errors somebody's own code names; a service's have its name and a dot."""


@dataclass(frozen=True, slots=True)
class LoggedEnd:
    """What was logged of a failure: the type of the failing event, or ExecutionFailed where that
    is all there is; the integration that it names, and the error.
    """

    event_type: str | None
    integration: str | None
    error: str | None


def implied_state(definition: Definition, end: LoggedEnd) -> str | None:
    """The one state that can have failed so; None where there are several, or nobody can tell."""
    tasks = [each for each in definition.states.values() if each.type == "Task"]
    if end.event_type is None:
        return None
    if end.event_type != ENDED:
        named = [each for each in tasks if end.integration in (None, each.integration)]
        return _alone(named) if _is_of_a_task(end.event_type) else None
    error = end.error or ""
    own = error.startswith("States.") and error not in _ONLY_OF_TASKS
    if not error or own or _may_be_spoken(definition.states.values(), error):
        return None
    return _alone([each for each in tasks if _may_end_by(each, definition.states, error)])


def _is_of_a_task(event_type: str) -> bool:
    return event_type.startswith(("Task", "LambdaFunction", "Activity"))


def _alone(states: list[State]) -> str | None:
    return states[0].name if len(states) == 1 else None


def _may_be_spoken(states: Iterable[State], error: str) -> bool:
    """Whether a Fail state may give the error, by its author's words or by an expression."""
    fails = [each.asl for each in states if each.type == "Fail"]
    return any(
        "ErrorPath" in asl or asl.get("Error") == error or str(asl.get("Error")).startswith("{%")
        for asl in fails
    )


def _may_end_by(task: State, states: Mapping[str, State], error: str) -> bool:
    """Whether the task may raise the error, and nothing around it catches that."""
    around = [states[name] for name in task.holders if name in states]
    caught = any(
        takes(catcher.errors, error) for each in (task, *around) for catcher in each.catchers
    )
    return not caught and _may_raise(task, error)


def _may_raise(task: State, error: str) -> bool:
    called = task.integration or ""
    anything = called.startswith(_ANY_NAME) or called.endswith(".waitForTaskToken")
    return anything or "." in error

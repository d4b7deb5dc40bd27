"""Failures that are Step Functions' own: a path or an expression that finds nothing."""

from collections.abc import Callable
from typing import Any, TypeVar

from simulator.engine.payloads import PathError, QueryError, evaluate, fill, find
from simulator.engine.scopes import Scope, State, StateFailedError

T = TypeVar("T")
TRUE_CAUSE = "invalid_input"
QUERY_ERROR = "States.QueryEvaluationError"


def arguments_of(scope: Scope, state: State) -> Any:
    """What a task is given: Arguments or Parameters where the state has them, else its input."""
    return _payload(scope, state, "Arguments", "Parameters", scope.data)


def result_of_pass(scope: Scope, state: State) -> Any:
    """What a Pass state puts out, before ResultPath."""
    return _payload(scope, state, "Output", "Parameters", state.get("Result", scope.data))


def items_of(scope: Scope, state: State) -> list[Any]:
    """What a Map state maps over."""
    path = state.get("ItemsPath", "$")
    try:
        items = find(path, scope.data, scope.context)
    except KeyError as error:
        raise runtime_failure(scope, _unresolved(path)) from error
    if not isinstance(items, list):
        raise runtime_failure(scope, f'Reference path "{path}" must point to array.')
    return items


def _unresolved(path: str) -> str:
    return f"Invalid path '{path}': Missing property in path"


def _payload(scope: Scope, state: State, query: str, template: str, otherwise: Any) -> Any:
    try:
        if query in state:
            return evaluate(state[query], scope.data, scope.context, query)
        if template in state:
            return fill(state[template], scope.data, scope.context)
    except QueryError as error:
        raise evaluation_failure(scope, error) from error
    except PathError as error:
        raise runtime_failure(scope, str(error)) from error
    return otherwise


def guarded(scope: Scope, compute: Callable[[], T]) -> T:
    """The result of `compute`, where a KeyError is a path that points to nothing."""
    try:
        return compute()
    except KeyError as error:
        raise runtime_failure(scope, _unresolved(str(error.args[0]))) from error


def _sentence(scope: Scope, text: str) -> str:
    return (
        f"An error occurred while executing the state '{scope.state}' "
        f"(entered at the event id #{scope.entered}). {text}"
    )


def runtime_failure(scope: Scope, text: str) -> StateFailedError:
    """States.Runtime, which no Catch takes; it has no event but the end's own."""
    return StateFailedError(
        scope.entered,
        "States.Runtime",
        _sentence(scope, text),
        root=scope.state,
        true_cause=TRUE_CAUSE,
        catchable=False,
    )


def evaluation_failure(scope: Scope, error: QueryError) -> StateFailedError:
    """An EvaluationFailed event; AWS lets it follow what the state's entry followed."""
    cause = _sentence(scope, str(error))
    details = {
        "error": QUERY_ERROR,
        "cause": cause,
        "location": error.location,
        "state": scope.state,
    }
    event = scope.add("EvaluationFailed", scope.before, details)
    return StateFailedError(event, QUERY_ERROR, cause, root=scope.state, true_cause=TRUE_CAUSE)

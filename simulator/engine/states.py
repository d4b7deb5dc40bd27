"""How each type of state runs within its scope."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from simulator.engine.choices import chosen
from simulator.engine.draws import draw
from simulator.engine.faults import guarded, result_of_pass, runtime_failure
from simulator.engine.groups import run_group, run_map, run_parallel
from simulator.engine.histories import UNCUT
from simulator.engine.map_runs import is_distributed, run_distributed_map
from simulator.engine.payloads import find, placed, text_of
from simulator.engine.retries import Retries, catcher_for
from simulator.engine.scopes import Resume, Scope, State, StateFailedError, Steps
from simulator.engine.tasks import try_task

RECOVERED = "recovered"
"""A state with this Comment ends the handling of a caught error: what fails later is new."""

Body = Callable[[Scope, State, int, int], Steps[Any]]
Runner = Callable[[Scope, State, int, Resume | None], Steps[str | None]]


def run_scope(scope: Scope, resume: Resume | None = None) -> Steps[None]:
    """Run the scope's states to their end, or on from where it stopped; raises StateFailedError."""
    scope.status = "running"
    while True:
        following = yield from _run_state(scope, scope.states[scope.state], resume)
        resume = None
        if following is None:
            scope.status = "succeeded"
            return
        scope.state = following


def _run_state(scope: Scope, state: State, resume: Resume | None) -> Steps[str | None]:
    if resume is None:
        link = _enter(scope, state, scope.last)
    elif state["Type"] == "Fail":
        link = _enter(scope, state, resume.event)
    else:
        link = scope.entered if resume.from_entry else resume.event
    return (yield from _RUNNERS[state["Type"]](scope, state, link, resume))


def _enter(scope: Scope, state: State, previous: int) -> int:
    scope.before = previous
    scope.visits[scope.state] = scope.visits.get(scope.state, 0) + 1
    details = {"name": scope.state, "input": text_of(scope.data), "inputDetails": UNCUT}
    scope.entered = scope.add(f"{state['Type']}StateEntered", previous, details)
    scope.group = None
    return scope.entered


def _leave(scope: Scope, state: State, previous: int, output: Any) -> str | None:
    details = {"name": scope.state, "output": text_of(output), "outputDetails": UNCUT}
    scope.last = scope.add(f"{state['Type']}StateExited", previous, details)
    scope.data = output
    if state.get("Comment") == RECOVERED:
        scope.caught = None
    following: str | None = state.get("Next")
    return following


def _pass(scope: Scope, state: State, link: int, _resume: Resume | None) -> Steps[str | None]:
    yield scope.pause()
    output = placed(state, scope.data, result_of_pass(scope, state))
    return _leave(scope, state, link, output)


def _succeed(scope: Scope, state: State, link: int, _resume: Resume | None) -> Steps[str | None]:
    yield scope.pause()
    return _leave(scope, state, link, scope.data)


def _choice(scope: Scope, state: State, link: int, _resume: Resume | None) -> Steps[str | None]:
    yield scope.pause()
    following = guarded(scope, lambda: chosen(state, scope.data, scope.context))
    if following is None:
        raise runtime_failure(scope, "Failed to transition out of the state. No rule matched.")
    _leave(scope, state, link, scope.data)
    return following


def _wait(scope: Scope, state: State, link: int, _resume: Resume | None) -> Steps[str | None]:
    seconds = state.get("Seconds")
    if seconds is None:
        seconds = guarded(scope, lambda: find(state["SecondsPath"], scope.data, scope.context))
    yield scope.run.wait(float(seconds))
    return _leave(scope, state, link, scope.data)


def _fail(scope: Scope, state: State, link: int, _resume: Resume | None) -> Steps[str | None]:
    yield scope.pause()
    caught = scope.caught
    raise StateFailedError(
        link,
        _said(scope, state, "Error"),
        _said(scope, state, "Cause"),
        root=caught.root if caught else scope.state,
        true_cause=caught.true_cause if caught else "fail_state",
        fail_state=scope.state,
    )


def _said(scope: Scope, state: State, field: str) -> str | None:
    if f"{field}Path" in state:
        path = state[f"{field}Path"]
        return str(guarded(scope, lambda: find(path, scope.data, scope.context)))
    return state.get(field)


def _tried(
    body: Body, scope: Scope, state: State, link: int, resume: Resume | None
) -> Steps[str | None]:
    """Try until it succeeds or Retry gives up; then Catch, or raise."""
    retries = Retries(state.get("Retry", ()))
    attempt = 0
    while True:
        attempt += 1
        try:
            if resume is not None and scope.group is not None:
                result = yield from run_group(run_scope, scope, link, resume)
            else:
                result = yield from body(scope, state, link, attempt)
        except StateFailedError as raised:
            failure = raised
        else:
            return _leave(scope, state, scope.last, placed(state, scope.data, result))
        resume = None
        luck = draw(scope.run.seed, scope.key, scope.run.redrives, attempt, "back-off")
        delay = retries.delay(failure.error, luck) if failure.catchable else None
        if delay is None:
            return _give_up(scope, state, failure)
        link, scope.group = failure.event, None
        yield scope.run.wait(delay)


def _give_up(scope: Scope, state: State, failure: StateFailedError) -> str:
    if state["Type"] in ("Map", "Parallel"):
        failure.event = scope.add(f"{state['Type']}StateFailed", failure.event)
    catcher = catcher_for(state, failure.error) if failure.catchable else None
    if catcher is None:
        raise failure
    scope.caught = failure
    output = {"Error": failure.error or "", "Cause": failure.cause or ""}
    _leave(scope, state, failure.event, placed(catcher, scope.data, output))
    return str(catcher["Next"])


def _map(scope: Scope, state: State, link: int, number: int) -> Steps[Any]:
    if is_distributed(state):
        return (yield from run_distributed_map(scope, state, link, number))
    return (yield from run_map(run_scope, scope, state, link, number))


_RUNNERS: Mapping[str, Runner] = {
    "Pass": _pass,
    "Succeed": _succeed,
    "Choice": _choice,
    "Wait": _wait,
    "Fail": _fail,
    "Task": partial(_tried, try_task),
    "Map": partial(_tried, _map),
    "Parallel": partial(_tried, partial(run_parallel, run_scope)),
}

"""Map and Parallel: scopes that run at once, and what becomes of the others when one fails."""

from collections.abc import Callable
from typing import Any

import simpy

from simulator.engine.faults import items_of
from simulator.engine.payloads import fill
from simulator.engine.scopes import Group, Resume, Scope, State, StateFailedError, Steps

ScopeRunner = Callable[[Scope, Resume | None], Steps[None]]

INLINE_CONCURRENCY = 40
"""Iterations an inline Map runs at once where MaxConcurrency is unset or 0 (AWS quota)."""
_ABORTABLE = ("Task", "Wait", "Map", "Parallel")


def run_map(
    run_scope: ScopeRunner, scope: Scope, state: State, link: int, attempt: int
) -> Steps[list[Any]]:
    """Run one attempt of a Map and return its results in order."""
    items = items_of(scope, state)
    started = scope.add("MapStateStarted", link, {"length": len(items)})
    processor = state.get("ItemProcessor") or state["Iterator"]
    children = [
        _child(scope, processor, item, attempt, started, (index, item))
        for index, item in enumerate(items)
    ]
    if "ItemSelector" in state:
        for child in children:
            child.data = fill(state["ItemSelector"], scope.data, child.context)
    limit = state.get("MaxConcurrency") or INLINE_CONCURRENCY
    scope.group = Group("Map", scope.state, children, limit, scope.run.clock.event())
    return (yield from run_group(run_scope, scope, started))


def run_parallel(
    run_scope: ScopeRunner, scope: Scope, state: State, link: int, attempt: int
) -> Steps[list[Any]]:
    """Run one attempt of a Parallel and return its branches' results in order."""
    started = scope.add("ParallelStateStarted", link)
    children = [
        _child(scope, branch, scope.data, attempt, started, None, f"-{number}")
        for number, branch in enumerate(state["Branches"])
    ]
    limit = len(children)
    scope.group = Group("Parallel", scope.state, children, limit, scope.run.clock.event())
    return (yield from run_group(run_scope, scope, started))


def _child(
    scope: Scope,
    states: State,
    data: Any,
    attempt: int,
    last: int,
    item: tuple[int, Any] | None,
    branch: str = "",
) -> Scope:
    place = branch if item is None else f"[{item[0]}]"
    path = f"{scope.path}/{scope.state}#{scope.visits[scope.state]}.{attempt}{place}"
    return Scope(
        scope.run, states["States"], states["StartAt"], data, last, path, item or scope.item
    )


def run_group(
    run_scope: ScopeRunner, scope: Scope, link: int, resume: Resume | None = None
) -> Steps[list[Any]]:
    """Run what of the scope's group has not succeeded yet; raises the first StateFailedError.

    The siblings of a failed scope go on until Step Functions comes round to stop them.
    """
    group, run = scope.group, scope.run
    if group is None:
        raise RuntimeError(f"{scope.key} has nothing to run")
    todo = group.revive(run.clock.event(), link)
    for child in todo[: group.limit]:
        slot = _slot(run_scope, group, child, link, resume)
        group.processes.append(run.clock.process(slot))
    failure = (yield group.outcome) if todo else None
    if failure is not None:
        yield run.wait(run.lag())
        _abort(group, failure)
        raise failure
    scope.add(f"{group.kind}StateSucceeded", group.last)
    scope.last = group.last
    return [child.data for child in group.children]


def _slot(
    run_scope: ScopeRunner, group: Group, child: Scope, link: int, resume: Resume | None
) -> Steps[None]:
    """Run one scope after another until none waits; the first failure is the group's."""
    try:
        while not group.dead:
            if child.status == "new":
                _begin(group, child, link)
                yield child.pause()
                yield from run_scope(child, None)
            else:
                yield from run_scope(child, resume)
            _succeeded(group, child)
            if not group.waiting:
                break
            link, child = child.last, group.waiting.pop(0)
    except StateFailedError as failure:
        child.status = "failed"
        group.fail(child, failure)
    except simpy.Interrupt:
        return


def _begin(group: Group, child: Scope, link: int) -> None:
    child.last = link
    if group.kind == "Map":
        child.last = child.add("MapIterationStarted", link, _iteration(group, child))


def _succeeded(group: Group, child: Scope) -> None:
    group.last = child.last
    if group.kind == "Map":
        group.last = child.add("MapIterationSucceeded", child.last, _iteration(group, child))
    group.finish()


def _iteration(group: Group, child: Scope) -> dict[str, Any]:
    return {"name": group.name, "index": child.item[0] if child.item else 0}


def _abort(group: Group, failure: StateFailedError) -> None:
    """Write what Step Functions writes of a failed group, then stop its processes."""
    culprit = group.culprit
    if culprit is not None:
        if group.kind == "Map":
            culprit.add("MapIterationFailed", failure.event, _iteration(group, culprit))
        _abort_state(culprit, failure.event)
    _abort_others(group, failure.event)
    group.kill()


def _abort_others(group: Group, event: int) -> None:
    for child in group.children:
        if child.status not in ("running", "failed") or child is group.culprit:
            continue
        if group.kind == "Map":
            child.add("MapIterationAborted", event, _iteration(group, child))
        _abort_state(child, event)
        child.status = "aborted"


def _abort_state(scope: Scope, event: int) -> None:
    """The state a stopped scope was in; Pass, Choice and Fail leave no trace."""
    kind = scope.states[scope.state]["Type"]
    if scope.group is not None and not scope.group.dead:
        scope.group.culprit = None
        _abort_others(scope.group, event)
    if kind in _ABORTABLE:
        scope.add(f"{kind}StateAborted", event)

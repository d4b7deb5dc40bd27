"""One attempt of a Task state: scheduled, started, submitted, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isinf
from typing import Any

from simulator.engine.faults import arguments_of
from simulator.engine.histories import UNCUT
from simulator.engine.integrations import (
    BEFORE_START,
    FAILED_EVENTS,
    Integration,
    integration_of,
    scheduled_details,
    started_details,
)
from simulator.engine.nested import outcome_of_child
from simulator.engine.outcomes import Attempt, Fails, Outcome, Succeeds
from simulator.engine.payloads import text_of
from simulator.engine.retries import TIMEOUT
from simulator.engine.scopes import Scope, State, StateFailedError, Steps
from simulator.records import TrueAttempt


@dataclass(slots=True)
class TaskAttempt:
    """An attempt under way: the scope it is made for, and the event it reached."""

    scope: Scope
    state: State
    integration: Integration
    arguments: Any
    number: int
    event: int


def try_task(scope: Scope, state: State, link: int, number: int) -> Steps[Any]:
    """Make one attempt and return the task's result; raises StateFailedError.

    The first event follows `link`: the StateEntered, or the failure before this retry.
    """
    integration = integration_of(state["Resource"])
    arguments = arguments_of(scope, state)
    attempt = TaskAttempt(scope, state, integration, arguments, number, link)
    _write(
        attempt,
        "Scheduled",
        scheduled_details(integration, state, scope.run.region, text_of(arguments)),
    )
    yield scope.pause()
    outcome = _ask(attempt)
    if isinstance(outcome, Fails) and outcome.stage in BEFORE_START:
        raise _failed(attempt, outcome)
    _write(attempt, "Started", started_details(integration))
    result = yield from _result(attempt, state, _within_limit(state, outcome))
    return result


def _ask(attempt: TaskAttempt) -> Outcome:
    if attempt.integration.nested:
        return Succeeds(0.0)
    scope = attempt.scope
    question = Attempt(
        machine=scope.run.machine.name,
        execution=scope.run.name,
        state=scope.state,
        resource=attempt.integration.arn,
        now=scope.run.clock.now,
        attempt=attempt.number,
        visit=scope.visits[scope.state],
        key=f"{scope.key}/{scope.run.redrives}.{attempt.number}",
        input=attempt.arguments,
    )
    return scope.run.environment.outcome(question)


def _within_limit(state: State, outcome: Outcome) -> Outcome:
    limit = state.get("TimeoutSeconds")
    if limit is None or outcome.after <= limit:
        return outcome
    return Fails(float(limit), TIMEOUT, None, "timeout_task", "timed_out")


def _result(attempt: TaskAttempt, state: State, outcome: Outcome) -> Steps[Any]:
    run = attempt.scope.run
    started = run.clock.now
    if attempt.integration.submits:
        yield run.wait(min(outcome.after, 0.2 + 0.6 * run.luck()))
        if isinstance(outcome, Fails) and outcome.stage == "submit_failed":
            raise _failed(attempt, outcome)
        _write(attempt, "Submitted", attempt.integration.named(_output("{}")))
    if attempt.integration.nested:
        limit = state.get("TimeoutSeconds")
        outcome = yield from outcome_of_child(run, attempt.arguments, limit)
    elif isinf(outcome.after):
        yield run.clock.event()
    else:
        yield run.wait(max(0.0, started + outcome.after - run.clock.now))
    if isinstance(outcome, Fails):
        raise _failed(attempt, outcome)
    _write(attempt, "Succeeded", attempt.integration.named(_output(text_of(outcome.output))))
    attempt.scope.last = attempt.event
    return outcome.output


def _output(text: str) -> Mapping[str, Any]:
    return {"output": text, "outputDetails": UNCUT}


def _write(attempt: TaskAttempt, ending: str, details: Mapping[str, Any] | None) -> None:
    name = f"{attempt.integration.family}{ending}"
    attempt.event = attempt.scope.add(name, attempt.event, details)


def _failed(attempt: TaskAttempt, outcome: Fails) -> StateFailedError:
    scope, words = attempt.scope, {"error": outcome.error, "cause": outcome.cause}
    event = scope.add(
        FAILED_EVENTS[attempt.integration.family][outcome.stage],
        attempt.event,
        attempt.integration.named({key: text for key, text in words.items() if text is not None}),
    )
    scope.run.attempts.append(
        TrueAttempt(event, scope.state, outcome.true_cause, outcome.error or "")
    )
    return StateFailedError(
        event, outcome.error, outcome.cause, root=scope.state, true_cause=outcome.true_cause
    )

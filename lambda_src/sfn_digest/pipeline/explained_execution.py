"""Pure: from one execution, its whole history and its definition to the story of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sfn_digest.asl.matching import retrier_for
from sfn_digest.causes import Symptom, UserRules, diagnose
from sfn_digest.history import kinds, read_history
from sfn_digest.history.timeline import AttemptStory, VisitOfState, timeline
from sfn_digest.i18n.message import Message
from sfn_digest.model.described import Described, ExecutionStatus
from sfn_digest.model.executions import (
    UNSUCCESSFUL,
    Diagnosis,
    Execution,
    Failure,
    HistoryEvent,
    Window,
)
from sfn_digest.model.story import RetryVerdict, Story, StoryAttempt, StoryVisit
from sfn_digest.pipeline.failures import Pages, read_failure
from sfn_digest.retry import Definition, evaluate
from sfn_digest.retry.hints.timeouts import MISSING

_ENDED: Mapping[str, ExecutionStatus] = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


def read_story(
    execution: Described,
    history: Sequence[Sequence[HistoryEvent]],
    *,
    child_history: Callable[[str], Pages],
    rules: UserRules | None = None,
) -> Story:
    """The story as its history tells it: all pages of GetExecutionHistory, newest first.

    `child_history` fetches a nested execution's history where only that says why it failed.
    """
    named, redriven = _named_attempts(history, rules), _redriven_at(history)
    visits = tuple(_visit(visit, named, redriven) for visit in timeline(iter(history)))
    failure = None
    if (ended := _unsuccessful(execution)) is not None:
        failure = read_failure(ended, iter(history), child_history=child_history, rules=rules)
    return Story(execution, failure, visits, verdict=None, hints=(), notes=())


def read_express_story(
    arn: str,
    events: Sequence[HistoryEvent],
    *,
    child_history: Callable[[str], Pages],
    rules: UserRules | None = None,
) -> Story:
    """The story of an Express execution as its log records show it, newest first; one at least."""
    execution = _express(arn, events)
    story = read_story(execution, [events], child_history=child_history, rules=rules)
    notes = [
        Message("An Express execution leaves only its log: {n} records were found.", n=len(events))
    ]
    if not any(each.type == "ExecutionStarted" for each in events):
        notes.append(
            Message("Its state machine does not log at level ALL, so attempts are missing.")
        )
    return replace(story, notes=tuple(notes))


def _express(arn: str, events: Sequence[HistoryEvent]) -> Described:
    parts, end = arn.split(":"), next((e for e in events if e.type in _ENDED), None)
    return Described(
        arn=arn,
        machine_arn=":".join([*parts[:5], "stateMachine", parts[6]]),
        name=parts[7],
        status=_ENDED[end.type] if end else "RUNNING",
        started_at=min(each.timestamp for each in events),
        stopped_at=end.timestamp if end else None,
        redrive_count=0,
        redrivable=False,
    )


def with_definition(story: Story, definition: Definition) -> Story:
    """The story, with what the definition that the execution ran would have had to say."""
    failure = story.failure
    if failure is None:
        return story
    machine, stopped = failure.execution.machine_arn, failure.execution.stopped_at
    window = Window(failure.execution.started_at, stopped + timedelta(seconds=1))
    hints = evaluate({machine: definition}, [failure], {}, window)
    # One execution bears out no estimate of what a retry is worth.
    # A timeout would have changed nothing where an attempt failed by itself.
    hung = failure.execution.status != "FAILED"
    mine = tuple(
        hint
        for hint in hints
        if hint.state == failure.state and hint.sure == "sure" and (hung or hint.kind != MISSING)
    )
    return replace(story, verdict=_verdict(story, failure, definition), hints=mine)


def _unsuccessful(execution: Described) -> Execution | None:
    for status in UNSUCCESSFUL:
        if execution.status == status and execution.stopped_at is not None:
            return Execution(
                arn=execution.arn,
                machine_arn=execution.machine_arn,
                name=execution.name,
                status=status,
                started_at=execution.started_at,
                stopped_at=execution.stopped_at,
                redrive_count=execution.redrive_count,
                machine_version_arn=execution.machine_version_arn,
            )
    return None


def _named_attempts(
    history: Sequence[Sequence[HistoryEvent]], rules: UserRules | None
) -> dict[int, Diagnosis]:
    """Why each failed attempt failed, by the id of the event that says so."""
    pages: Iterator[Sequence[HistoryEvent]] = iter([[e for page in history for e in page]])
    return {
        each.event_id: diagnose(
            Symptom(each.error, each.cause, each.event_type, each.integration), rules
        )
        for each in read_history(pages).attempts
    }


def _redriven_at(history: Sequence[Sequence[HistoryEvent]]) -> Sequence[datetime]:
    return [e.timestamp for page in history for e in page if e.type == kinds.EXECUTION_REDRIVEN]


def _visit(
    visit: VisitOfState, named: dict[int, Diagnosis], redriven: Sequence[datetime]
) -> StoryVisit:
    following: tuple[AttemptStory | None, ...] = (*visit.attempts[1:], None)
    attempts = tuple(
        StoryAttempt(
            began_at=each.began_at,
            ended_at=each.ended_at,
            failure=named[each.failed_by] if each.failed_by is not None else None,
            **_until_next(each, after, redriven),
        )
        for each, after in zip(visit.attempts, following, strict=True)
    )
    return StoryVisit(visit.state, visit.entered_at, visit.left_at, attempts)


def _until_next(
    each: AttemptStory, after: AttemptStory | None, redriven: Sequence[datetime]
) -> dict[str, float | None]:
    """The time until the next attempt: a back-off, or until somebody redrove the execution."""
    if after is None or after.began_at is None or each.ended_at is None:
        return {"wait": None}
    seconds = (after.began_at - each.ended_at).total_seconds()
    if any(each.ended_at <= moment <= after.began_at for moment in redriven):
        return {"wait": None, "redriven_after": seconds}
    return {"wait": seconds}


def _verdict(story: Story, failure: Failure, definition: Definition) -> RetryVerdict | None:
    """What the Retry of the state that failed does with its last attempt's error.

    None where it was no attempt that failed, but such as the evaluation of a result.
    """
    state = definition.states.get(failure.state or "")
    last = next((each for each in reversed(story.visits) if each.state == failure.state), None)
    errors = [each.error for each in failure.attempts if each.state == failure.state and each.error]
    if state is None or last is None or last.attempts[-1].failure is None or not errors:
        return None
    retrier = retrier_for(state.retriers, errors[-1], heartbeat=state.heartbeat is not None)
    return RetryVerdict(
        state=state.name,
        error=errors[-1],
        retriers=len(state.retriers),
        taken_by=state.retriers.index(retrier) + 1 if retrier else None,
        attempts=retrier.attempts if retrier else None,
    )

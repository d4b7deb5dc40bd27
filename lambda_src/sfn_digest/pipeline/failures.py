"""Pure: from one execution and its history to a failure whose causes are named.

The only place where the history room and the causes room meet.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from sys import intern

from sfn_digest import guard
from sfn_digest.asl.definition import Definition, read_definition
from sfn_digest.asl.implied_state import LoggedEnd, implied_state
from sfn_digest.causes import (
    Symptom,
    UserRules,
    child_executions,
    diagnose,
    fargate_task,
    holds_secret,
    show_error,
)
from sfn_digest.guard import Guard
from sfn_digest.history import read_history
from sfn_digest.history.success_events import recovered, successful_attempts
from sfn_digest.model.executions import (
    DiagnosedAttempt,
    Diagnosis,
    Execution,
    FailedAttempt,
    Failure,
    FargateTask,
    HandledError,
    HistoryEvent,
    UnsuccessfulStatus,
)
from sfn_digest.model.history_reading import CaughtError, HistoryReading
from sfn_digest.model.successes import ReadSuccess, Success

Pages = Iterator[Sequence[HistoryEvent]]
"""GetExecutionHistory's answers, newest events first, each fetched when it is asked for."""

_STATUS: Mapping[str, UnsuccessfulStatus] = {
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}

Known = dict[tuple[str | None, ...], Diagnosis]
"""What the attempts of one execution were found to fail by, by what was said of it."""

MAX_DEPTH = 5
"""How many child executions deep a cause is followed."""


def read_failure(
    execution: Execution,
    pages: Pages,
    *,
    child_history: Callable[[str], Pages],
    rules: UserRules | None = None,
) -> Failure:
    """Read an execution's history and name the cause of its end and of every failed attempt.

    `child_history` fetches the history of a nested execution by its ARN; it is called only
    where a cause says that a child failed, but not why.
    """
    reading = read_history(pages)
    known: Known = {}
    attempts = tuple(_diagnosed(failed, known, rules) for failed in reading.attempts)
    end = _of_end(reading, execution.status, rules)
    diagnosis = _followed(end, execution.arn, child_history, rules)
    return Failure(
        execution=execution,
        state=reading.state and intern(reading.state),
        fail_state=reading.fail_state,
        diagnosis=diagnosis,
        attempts=attempts,
        attempts_complete=reading.attempts_complete,
        children=child_executions(reading.cause),
        handled=_handled(reading.handled, rules),
        map_run_arn=reading.map_run_arn,
    )


def read_success(success: Success, pages: Pages, *, rules: UserRules | None = None) -> ReadSuccess:
    """Read the newest page of a success's history: what failed on its way, and why."""
    page = next(pages, ())
    known: Known = {}
    reading, found = read_history(iter([page])), recovered(iter([page]))
    handled = (_handled(caught, rules) for caught in found.caught)
    return ReadSuccess(
        execution=success,
        failed=tuple(_diagnosed(failed, known, rules) for failed in reading.attempts),
        succeeded=successful_attempts(iter([page])),
        caught=tuple(each for each in handled if each is not None),
        ended_at=found.ended_at,
        ended_by=_first_end(page, found.first_end, rules),
        events=max((event.id for event in page), default=0),
    )


def _first_end(
    page: Sequence[HistoryEvent], end: HistoryEvent | None, rules: UserRules | None
) -> HandledError | None:
    """What had ended an execution before it was redriven."""
    if end is None:
        return None
    reading = read_history(iter([[event for event in page if event.id <= end.id]]))
    return HandledError(reading.state, _of_end(reading, _STATUS[end.type], rules))


def _diagnosed(failed: FailedAttempt, known: Known, rules: UserRules | None) -> DiagnosedAttempt:
    said = (failed.error, failed.cause, failed.event_type, failed.integration)
    diagnosis = known.get(said)
    if diagnosis is None:
        diagnosis = known[said] = diagnose(Symptom(*said), rules)
    # Thousands of failures share the names of states and errors; each answer has its own texts.
    return DiagnosedAttempt(
        state=failed.state and intern(failed.state),
        diagnosis=diagnosis,
        scheduled_at=failed.scheduled_at,
        failed_at=failed.failed_at,
        back_off=failed.back_off,
        error=failed.error and intern(_named(failed.error)),
        fargate=_fargate(failed),
    )


def _fargate(failed: FailedAttempt) -> FargateTask | None:
    is_task = (failed.integration or "").startswith("ecs:runTask")
    return fargate_task(failed.cause) if is_task else None


def _named(error: str) -> str:
    """An error name as Retry and Catch match it, unless it holds a secret."""
    return show_error(error) if holds_secret(error) else error


def _handled(caught: CaughtError | None, rules: UserRules | None) -> HandledError | None:
    if caught is None:
        return None
    symptom = Symptom(caught.error, caught.cause, caught.event_type, caught.integration)
    return HandledError(caught.state, diagnose(symptom, rules))


def _of_end(
    reading: HistoryReading, status: UnsuccessfulStatus, rules: UserRules | None
) -> Diagnosis:
    """The cause at the root; where it says nothing, the words of the author's Fail state."""
    root = Symptom(reading.error, reading.cause, reading.event_type, reading.integration, status)
    diagnosis = diagnose(root, rules)
    words = reading.fail_error or reading.fail_cause
    if diagnosis.cause != "unknown" or not words:
        return diagnosis
    spoken = Symptom(
        reading.fail_error, reading.fail_cause, "FailStateEntered", "fail-state", status
    )
    return diagnose(spoken, rules)


def _unread(diagnosis: Diagnosis, parent_arn: str) -> Diagnosis:
    """The diagnosis of a child whose history was refused: it says where it lies, if elsewhere."""
    region, account = (diagnosis.child_arn or "").split(":")[3:5]
    if parent_arn.split(":")[3:5] == [region, account]:
        return diagnosis
    return replace(
        diagnosis,
        message=f"{diagnosis.message} (in account {account}, {region}, where it was not read)",
    )


def _followed(
    diagnosis: Diagnosis,
    execution_arn: str,
    child_history: Callable[[str], Pages],
    rules: UserRules | None,
) -> Diagnosis:
    """The cause in the child's own history, as deep as children say only that a child failed."""
    for _ in range(MAX_DEPTH):
        if diagnosis.child_arn is None:
            break
        reading = read_history(child_history(diagnosis.child_arn))
        if reading.event_type is None:
            return _unread(diagnosis, execution_arn)
        deeper = _of_end(reading, "FAILED", rules)
        if deeper.cause == "unknown":
            break
        diagnosis = deeper
    return diagnosis


LoggedEvents = Mapping[str, Sequence[HistoryEvent]]
"""What was logged of executions, newest first, by ARN."""


def with_implied_states(
    failures: Iterable[Failure],
    events: LoggedEvents,
    definition: Callable[[str], str | None],
    behind: Guard,
) -> Iterator[Failure]:
    """The failures, those without a state with the one that their machine's definition implies.

    `definition` gives a machine's, as it is now; it is asked for at most once a machine.
    """

    @cache
    def read(machine_arn: str) -> Definition | None:
        text = definition(machine_arn)
        if text is None:
            return None
        return behind.result_of(guard.DEFINITION, partial(read_definition, text), None)

    for each in failures:
        yield _with_implied_state(each, events, read) if _may_be_implied(each) else each


def _may_be_implied(failure: Failure) -> bool:
    return failure.state is None and failure.execution.status == "FAILED"


def _with_implied_state(
    failure: Failure, events: LoggedEvents, read: Callable[[str], Definition | None]
) -> Failure:
    logged = events.get(failure.execution.arn, ())
    story = read_history(iter([logged]))
    definition = read(failure.execution.machine_arn) if logged else None
    if definition is None:
        return failure
    end = LoggedEnd(story.event_type, story.integration, story.error)
    state = implied_state(definition, end)
    return replace(failure, state=state, state_implied=state is not None)

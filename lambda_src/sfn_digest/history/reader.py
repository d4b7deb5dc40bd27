"""From one execution's history to a HistoryReading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sfn_digest.history import kinds
from sfn_digest.history.attempts import failed_attempts, integration
from sfn_digest.history.handlers import caught_error, handled_before
from sfn_digest.history.log_records import state_in_cause
from sfn_digest.history.map_run_events import failed_map_run
from sfn_digest.history.newest_events import Pages
from sfn_digest.model.executions import HistoryEvent
from sfn_digest.model.history_reading import HistoryReading

OWN_WORDS = (
    "States.DataLimitExceeded",
    "States.IntrinsicFailure",
    "States.ParameterPathFailure",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.Runtime",
)
"""Errors of the interpreter itself: they end an execution that a Catch would have saved."""


@dataclass(frozen=True, slots=True)
class Root:
    """The event at the root and its state; `fail_state` is the Fail state that hid it.

    `handled` is the failure whose handler it is that failed.
    """

    event: HistoryEvent | None
    state: str | None
    fail_state: str | None = None
    handled: HistoryEvent | None = None


def find_root(pages: Pages, closing: HistoryEvent) -> Root:
    """Walk back from the closing event to what ended the execution.

    An execution that timed out or was stopped has no chain: its state is the innermost one
    that had been open longest.
    """
    if closing.previous_event_id == 0:
        return Root(None, _longest_open(pages) if closing.type != "ExecutionFailed" else None)
    failing = _below_roll_ups(pages, pages.before(closing))
    if failing is None or failing.type != "FailStateEntered":
        return Root(failing, _state(pages, failing), handled=handled_before(pages, failing))
    return _behind_fail_state(pages, failing)


def _longest_open(pages: Pages) -> str | None:
    while not pages.visits.open_leaves() and pages.pull():
        pass
    leaves = pages.visits.open_leaves()
    return pages.visits.name(leaves[0]) if leaves else None


def _below_roll_ups(pages: Pages, event: HistoryEvent | None) -> HistoryEvent | None:
    while event is not None and event.type in kinds.ROLL_UPS:
        event = pages.before(event)
    return event


def _state(pages: Pages, event: HistoryEvent | None) -> str | None:
    if event is None:
        return None
    if event.type == kinds.EVALUATION_FAILED:
        return str(event.details.get("state")) if event.details.get("state") else None
    if event.type in kinds.EXITED:
        return str(event.details.get("name", "")) or None
    visit = pages.visit_at(event)
    return pages.visits.name(visit) if visit else None


def _behind_fail_state(pages: Pages, fail: HistoryEvent) -> Root:
    """The error an author caught before giving up, or else the Fail state's own verdict."""
    ended_by = str(fail.details.get("name", "")) or None
    hidden: HistoryEvent | None = fail
    root = fail
    while hidden is not None and hidden.type == "FailStateEntered":
        root = hidden
        hidden = _caught_before(pages, hidden)
    if hidden is None:
        return Root(root, _state(pages, root), ended_by)
    return Root(hidden, _state(pages, hidden), ended_by)


def _caught_before(pages: Pages, fail: HistoryEvent) -> HistoryEvent | None:
    """The failing event whose Catch led to a Fail state.

    Walks back over the states before it, each as a whole. A Choice that judged the result of
    a state which succeeded ends the walk: the Fail state is then the author's own verdict, and
    an earlier error had been recovered from.
    """
    chosen = False
    fail = _first_entered(pages, fail)
    event = pages.before(fail)
    if event is None:
        return _caught_unseen(pages, fail)
    while event is not None and event.type in kinds.EXITED:
        failed = _below_roll_ups(pages, pages.before(event))
        if failed is not None and failed.type in kinds.FAILURES:
            return failed
        if chosen and event.type in kinds.WORK:
            return None
        chosen = chosen or event.type == "ChoiceStateExited"
        event = _before_state(pages, event)
    return None


def _caught_unseen(pages: Pages, fail: HistoryEvent) -> HistoryEvent | None:
    """The failure right before a Fail state where the exit between them was not logged.

    At the level ERROR only the ids tell that one led to the other: what was caught is left by
    one event, and the next one enters the Fail state. (Believed, not recorded.)
    """
    failed = pages.events.get(fail.previous_event_id - 1)
    return failed if failed is not None and failed.type in kinds.FAILURES else None


def _first_entered(pages: Pages, fail: HistoryEvent) -> HistoryEvent:
    """The Fail state as it was entered before any redrive: a redrive only enters it again."""
    before = pages.before(fail)
    while before is not None and before.type == kinds.EXECUTION_REDRIVEN:
        earlier = _below_roll_ups(pages, pages.before(pages.before(before) or before))
        if not _is_same_state(earlier, fail):
            earlier = _latest_entered(pages, fail)
        if earlier is None:
            break
        fail, before = earlier, pages.before(earlier)
    return fail


def _is_same_state(event: HistoryEvent | None, entered: HistoryEvent) -> bool:
    return (
        event is not None
        and event.type == entered.type
        and event.details.get("name") == entered.details.get("name")
    )


def _latest_entered(pages: Pages, again: HistoryEvent) -> HistoryEvent | None:
    """The latest entry of a state before `again`, among the events that were read."""
    entries = (
        event
        for event in pages.events.values()
        if event.id < again.id and _is_same_state(event, again)
    )
    return max(entries, key=lambda event: event.id, default=None)


def _before_state(pages: Pages, exited: HistoryEvent) -> HistoryEvent | None:
    """The event before the visit that `exited` ends."""
    visit = pages.visit_left(exited)
    return pages.before(pages.events[visit]) if visit is not None else None


def read_history(pages: Iterator[Sequence[HistoryEvent]]) -> HistoryReading:
    """Read the newest page, and older ones only where the chain of the failure leads there.

    `pages` are GetExecutionHistory's answers with reverseOrder: newest events first. An
    execution that succeeded has no failed state, but may have failed attempts. Never raises
    on a history of any shape: what is not known is None.
    """
    read = Pages(pages)
    closing = _closing(read)
    root = Root(None, None)
    if closing is not None and closing.type != "ExecutionSucceeded":
        root = find_root(read, closing)
    return _reading(read, closing, root)


def _closing(read: Pages) -> HistoryEvent | None:
    """The last event that closed the execution."""
    ends = [event for event in read.events.values() if event.type in kinds.CLOSED]
    return max(ends, key=lambda event: event.id, default=None)


def _reading(read: Pages, closing: HistoryEvent | None, root: Root) -> HistoryReading:
    error, cause = _words(closing, root)
    fail = closing.details if closing is not None and root.fail_state is not None else {}
    state = root.state
    if state is None and root.fail_state is None and closing is not None:
        state = state_in_cause(closing.details.get("cause"))
    return HistoryReading(
        state=state,
        event_type=root.event.type if root.event else closing.type if closing else None,
        integration=integration(root.event) if root.event else None,
        error=error,
        cause=cause,
        attempts=failed_attempts(read),
        attempts_complete=read.whole,
        fail_state=root.fail_state,
        fail_error=kinds.text_in(fail, "error"),
        fail_cause=kinds.text_in(fail, "cause"),
        handled=caught_error(read, root.handled) if root.handled else None,
        map_run_arn=failed_map_run(read, root.event),
    )


def _words(closing: HistoryEvent | None, root: Root) -> tuple[str | None, str | None]:
    """The error and cause at the root: the failing event's, or where it has none the end's."""
    end = closing.details if closing is not None else {}
    own = root.event.details if root.event is not None else {}
    hidden = root.fail_state is not None and _is_masked(root)
    interpreter = end.get("error") in OWN_WORDS and own.get("error") != end.get("error")
    if hidden or (_has_words(own) and not interpreter):
        end = own
    return kinds.text_in(end, "error"), kinds.text_in(end, "cause")


def _is_masked(root: Root) -> bool:
    """Whether the root lies behind the Fail state, so that the end's words are not its own."""
    return root.state != root.fail_state


def _has_words(details: object) -> bool:
    return isinstance(details, dict) and bool(details.get("error") or details.get("cause"))

"""From one execution's history to a HistoryReading."""

from collections.abc import Iterator, Sequence

from sfn_digest.history import kinds
from sfn_digest.history.attempts import failed_attempts, integration
from sfn_digest.history.handlers import caught_error
from sfn_digest.history.log_records import state_in_cause
from sfn_digest.history.map_runs import failed_map_run
from sfn_digest.history.pages import Pages
from sfn_digest.history.root import OWN_WORDS, Root, find_root
from sfn_digest.model.executions import HistoryEvent
from sfn_digest.model.history_reading import HistoryReading


def read_history(pages: Iterator[Sequence[HistoryEvent]]) -> HistoryReading:
    """Read the newest page, and older ones only where the chain of the failure leads there.

    `pages` are GetExecutionHistory's answers with reverseOrder: newest events first. An
    execution that succeeded has no failed state, but may have failed attempts. Never raises
    on a history of any shape: what cannot be told is None.
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
        fail_error=fail.get("error"),
        fail_cause=fail.get("cause"),
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
        return own.get("error"), own.get("cause")
    return end.get("error"), end.get("cause")


def _is_masked(root: Root) -> bool:
    """Whether the root lies behind the Fail state, so that the end's words are not its own."""
    return root.state != root.fail_state


def _has_words(details: object) -> bool:
    return isinstance(details, dict) and bool(details.get("error") or details.get("cause"))

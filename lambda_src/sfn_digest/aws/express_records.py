"""The log records of Express executions: what is asked of Logs Insights, and what a row holds."""

from collections.abc import Mapping, Sequence
from typing import Any

from sfn_digest.aws.log_queries import Row
from sfn_digest.history.log_records import event_of_record
from sfn_digest.model.executions import Execution, HistoryEvent, UnsuccessfulStatus
from sfn_digest.model.logs import LoggedFailure

ENDED: Mapping[str, UnsuccessfulStatus] = {
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}
_LINKS = ("execution_arn", "id", "type", "previous_event_id", "event_timestamp", "redrive_count")
_WORDS = ("details.error", "details.cause")
_PLACES = (
    *("details.name", "details.state", "details.resource", "details.resourceType"),
    *("details.index", "details.mapRunArn"),
)
"""Input and output are not asked for, whether they are logged or not."""

_ARN_PARTS = 9
"""arn:partition:states:region:account:express:machine:name:id"""


def ends_of(machine_names: Sequence[str]) -> str:
    """The query for the ends of these machines' executions that did not succeed."""
    types = ", ".join(f'"{each}"' for each in ENDED)
    # A name may hold none of the characters that would need escaping here.
    mine = " or ".join(f'execution_arn like ":express:{name}:"' for name in machine_names)
    return (
        f"fields {', '.join((*_LINKS, *_WORDS))}"
        f" | filter type in [{types}] and ({mine}) | sort @timestamp desc"
    )


def events_of(execution_arns: Sequence[str]) -> str:
    """The query for every event of some executions."""
    arns = ", ".join(f'"{arn}"' for arn in execution_arns)
    return (
        f"fields {', '.join((*_LINKS, *_WORDS, *_PLACES))}"
        f" | filter execution_arn in [{arns}] | sort @timestamp desc"
    )


def event_of_row(row: Row) -> HistoryEvent | None:
    """The event in a row of either query."""
    record: dict[str, Any] = {name: row[name] for name in _LINKS if name in row}
    prefix = "details."
    record["details"] = {
        name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)
    }
    return event_of_record(record)


def failure_of_row(row: Row) -> LoggedFailure | None:
    """The execution whose end a row tells; None where it is no such end."""
    event, arn = event_of_row(row), row.get("execution_arn", "")
    execution = ended_execution(arn, [event] if event else [])
    return LoggedFailure(execution, (event,)) if execution and event else None


def ended_execution(arn: str, events: Sequence[HistoryEvent]) -> Execution | None:
    """The Express execution that these of its events tell of, where it did not succeed.

    Where the first of its events is not among them, it started as far as is known when it ended.
    """
    end = next((each for each in events if each.type in ENDED), None)
    parts = arn.split(":")
    if end is None or len(parts) != _ARN_PARTS or parts[5] != "express":
        return None
    started = next((each for each in events if each.type == "ExecutionStarted"), end)
    return Execution(
        arn=arn,
        machine_arn=machine_of(arn),
        name=parts[7],
        status=ENDED[end.type],
        started_at=started.timestamp,
        stopped_at=end.timestamp,
    )


def machine_of(execution_arn: str) -> str:
    """The ARN of the Express machine that an execution is of."""
    parts = execution_arn.split(":")
    return ":".join([*parts[:5], "stateMachine", parts[6]])

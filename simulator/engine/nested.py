"""Executions started by other executions (startExecution.sync), and what the parent gets."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import simpy

from simulator.engine.outcomes import Fails, Outcome, Succeeds
from simulator.engine.payloads import text_of
from simulator.engine.retries import TIMEOUT
from simulator.engine.scopes import Steps

if TYPE_CHECKING:
    from simulator.engine.run import Run


def outcome_of_child(
    parent: "Run", arguments: Mapping[str, Any], limit: float | None
) -> Steps[Outcome]:
    """Start the child, wait until it closes, and say what the parent's task comes to.

    Step Functions stops the child where the task's `limit` ends it, or the parent ends.
    """
    child = parent.start_child(arguments["StateMachineArn"], arguments.get("Input", {}))
    try:
        yield child.closed if limit is None else child.closed | parent.wait(limit)
    except simpy.Interrupt:
        child.stop()
        raise
    if not child.closed.triggered:
        child.stop()
        return Fails(0.0, TIMEOUT, None, "timeout_task", "timed_out")
    if child.status == "SUCCEEDED":
        return Succeeds(0.0, {"Status": child.status, "ExecutionArn": child.arn})
    root = child.root_cause or "nested_execution_failed"
    return Fails(0.0, "States.TaskFailed", text_of(description(child)), root)


def description(child: "Run") -> Mapping[str, Any]:
    """A closed execution as the parent's cause shows it: DescribeExecution in PascalCase."""
    said = {"Cause": child.cause, "Error": child.error}
    return {
        **{key: text for key, text in said.items() if text is not None},
        "ExecutionArn": child.arn,
        "Input": text_of(child.input),
        "InputDetails": {"Included": True},
        "Name": child.name,
        "RedriveCount": child.redrives,
        "RedriveStatus": "REDRIVABLE",
        "StartDate": round(child.started_at * 1000),
        "StateMachineArn": child.machine.arn,
        "Status": child.status,
        "StopDate": round((child.stopped_at or child.started_at) * 1000),
    }

"""Ends of executions, made by hand."""

from datetime import UTC, datetime, timedelta

from sfn_digest.model.executions import Window
from sfn_digest.stream.status_change import EndStatus, StatusChange

END = datetime(2026, 3, 9, tzinfo=UTC)
WEEK = Window(END - timedelta(days=7), END)
ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:"


def end(
    number: int,
    *,
    machine: str = "orders",
    status: EndStatus = "FAILED",
    hours_ago: float = 5.0,
    redrives: int = 0,
    group: str = "a",
) -> StatusChange:
    """An end of execution `number` of a machine, so many hours before END."""
    stopped = END - timedelta(hours=hours_ago)
    return StatusChange(
        execution_arn=f"{ARN.replace(':stateMachine:', ':execution:')}{machine}:run-{number}",
        machine_arn=ARN + machine,
        status=status,
        started_at=stopped - timedelta(minutes=1),
        stopped_at=stopped,
        redrive_count=redrives,
        group=group,
    )

"""Failures of the last minutes before a window that the report before could not know of.

A failure that CloudWatch counted after that report had asked was in no list that it read. By now
it is counted; it is in this report, unless the one before had it after all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sfn_digest.aws.calls import Calls
from sfn_digest.aws.execution_counts import counted_span, failure_metric
from sfn_digest.aws.execution_lists import Target
from sfn_digest.aws.metric_sums import read_sums
from sfn_digest.aws.usage import UsageTally
from sfn_digest.errors import AccountError
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import (
    UNSUCCESSFUL,
    Execution,
    StateMachine,
    Window,
)

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

REACH = timedelta(minutes=15)
"""How far a report reaches back behind its window: CloudWatch's figures come within minutes."""


@dataclass(frozen=True, slots=True)
class LateFailures:
    """The time before a window that is looked at again, and what is `untold` of it."""

    window: Window
    untold: Callable[[Execution], bool]

    def __contains__(self, execution: Execution) -> bool:
        return execution.stopped_at in self.window and self.untold(execution)


def late_targets(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    machines: Sequence[StateMachine],
    late: LateFailures,
    now: datetime,
) -> Sequence[Target]:
    """What failed in the time that is looked at again; three metrics a machine.

    Raises AccountError where CloudWatch may not be asked.
    """
    wanted = {
        failure_metric(status, machine.arn): Target(machine, status, None)
        for machine in machines
        for status in UNSUCCESSFUL
        if machine.arn.isascii()
    }
    sums = read_sums(calls, cloudwatch, list(wanted), counted_span(late.window, now))
    return [target for metric, target in wanted.items() if sums.get(metric)]


def late_targets_or_note(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    machines: Sequence[StateMachine],
    late: LateFailures | None,
    now: datetime,
    tally: UsageTally,
) -> Sequence[Target]:
    """The same; none where CloudWatch may not be asked, and a note says so."""
    try:
        return () if late is None else late_targets(calls, cloudwatch, machines, late, now)
    except AccountError as error:
        note = Message(
            "Could not look for failures that the previous report missed: {error}",
            error=error.sentence,
        )
        tally.note(note, left_out=False)
        return ()


def added(targets: Sequence[Target], more: Sequence[Target]) -> Sequence[Target]:
    """The targets, and more that are not among them yet."""
    known = {(each.machine.arn, each.status) for each in targets}
    return [*targets, *(each for each in more if (each.machine.arn, each.status) not in known)]

"""What Step Functions tells of Map runs and of the executions that they dispatched."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import cast, get_args

from sfn_digest.aws.answers import Answer, UnreadableAnswerError
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.labelled_machines import read_child_failures
from sfn_digest.aws.result_files import read_failed_rows
from sfn_digest.aws.successes import list_successes
from sfn_digest.model.executions import (
    Execution,
    HistoryEvent,
    StateMachine,
    UnsuccessfulStatus,
    Window,
)
from sfn_digest.model.map_runs import ChildCounts, MapRun, MapRunCounts, MapRunStatus, ResultRows
from sfn_digest.model.successes import Success


class MapRuns:
    """The questions. They raise an AccountError where AWS refuses."""

    def __init__(self, calls: Calls, clients: Clients) -> None:
        self._calls = calls
        self._clients = clients

    def describe(self, arn: str) -> MapRun:
        """One Map run, with the counts of its children."""
        ask = partial(self._clients.states.describe_map_run, mapRunArn=arn)
        return self._calls.make(Api.DESCRIBE_MAP_RUN, ask, _map_run)

    def children(self, arn: str, status: UnsuccessfulStatus) -> Sequence[Execution]:
        """The newest 1,000 children of a Map run in a status, Express ones too; one call."""
        ask = partial(
            self._clients.states.list_executions,
            mapRunArn=arn,
            statusFilter=status,
            maxResults=1000,
        )
        return self._calls.make(
            Api.LIST_EXECUTIONS,
            ask,
            lambda answer: [_child(each, status) for each in answer.structures("executions")],
        )

    def end_of(self, child: Execution) -> HistoryEvent:
        """How an Express child ended, in its own words: it has no history that could be asked for.

        DescribeExecution tells of Express executions, where a Map run dispatched them.
        """
        ask = partial(self._clients.states.describe_execution, executionArn=child.arn)

        def read(answer: Answer) -> HistoryEvent:
            return end_event(child, answer.text_or_none("error"), answer.text_or_none("cause"))

        return self._calls.make(Api.DESCRIBE_EXECUTION, ask, read)

    def succeeded(self, machine_arn: str, window: Window) -> Sequence[Success]:
        """The newest executions of a machine that succeeded in the window: in two calls at most."""
        return list_successes(self._calls, self._clients.states, machine_arn, window, 2)[0]

    def failed_rows(self, bucket: str, prefix: str) -> ResultRows:
        """The children that failed, from the files of a ResultWriter under a prefix."""
        return read_failed_rows(self._calls, self._clients.objects(), bucket, prefix)

    def child_failures(self, machines: Sequence[StateMachine], window: Window) -> ChildCounts:
        """Failed children of the machines' Distributed Maps, as CloudWatch counted them."""
        return read_child_failures(self._calls, self._clients.cloudwatch, machines, window)


_ENDS: Mapping[UnsuccessfulStatus, str] = {
    "FAILED": "ExecutionFailed",
    "TIMED_OUT": "ExecutionTimedOut",
    "ABORTED": "ExecutionAborted",
}


def end_event(child: Execution, error: str | None, cause: str | None) -> HistoryEvent:
    """The last event of an execution of which only that is known."""
    said = {"error": error, "cause": cause}
    return HistoryEvent(
        id=2,
        previous_event_id=1,
        type=_ENDS[child.status],
        timestamp=child.stopped_at,
        details={name: text for name, text in said.items() if text is not None},
    )


def _map_run(answer: Answer) -> MapRun:
    status = answer.text("status")
    if status not in get_args(MapRunStatus):
        raise UnreadableAnswerError("status")
    return MapRun(
        arn=answer.text("mapRunArn"),
        execution_arn=answer.text("executionArn"),
        status=cast("MapRunStatus", status),
        started_at=answer.moment("startDate"),
        stopped_at=answer.moment_or_none("stopDate"),
        max_concurrency=answer.whole("maxConcurrency"),
        tolerated_failure_count=answer.whole("toleratedFailureCount"),
        tolerated_failure_percentage=answer.number("toleratedFailurePercentage", 0.0),
        redrive_count=answer.whole("redriveCount", 0),
        executions=_counts(answer.structure("executionCounts")),
        items=_counts(answer.structure("itemCounts")),
    )


def _counts(told: Answer) -> MapRunCounts:
    return MapRunCounts(
        pending=told.whole("pending"),
        running=told.whole("running"),
        succeeded=told.whole("succeeded"),
        failed=told.whole("failed"),
        timed_out=told.whole("timedOut"),
        aborted=told.whole("aborted"),
        total=told.whole("total"),
    )


def _child(item: Answer, status: UnsuccessfulStatus) -> Execution:
    started = item.moment("startDate")
    return Execution(
        arn=item.text("executionArn"),
        machine_arn=item.text("stateMachineArn"),
        name=item.text("name"),
        status=status,
        started_at=started,
        stopped_at=item.moment_or_none("stopDate") or started,
        redrive_count=item.whole("redriveCount", 0),
    )

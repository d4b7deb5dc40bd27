"""What Step Functions shows of Map runs and of the executions that they dispatched.

The children of a Distributed Map run under `stateMachine:NAME/LABEL`, and so do their metrics: the
machine's own know nothing of them. ListMetrics tells which labels there are, of the last two weeks.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.log_spans import hour_starts
from sfn_digest.aws.metrics import Metric, MetricSpan, read_points
from sfn_digest.aws.pages import A_PAGE, pages
from sfn_digest.config.names import STATES_NAMESPACE
from sfn_digest.model.executions import StateMachine, Window
from sfn_digest.model.map_runs import ChildCounts

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
from collections.abc import Mapping
from typing import cast, get_args

from sfn_digest.aws.answers import UnreadableAnswerError
from sfn_digest.aws.child_executions import read_failed_rows
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.success_histories import list_successes
from sfn_digest.model.executions import (
    Execution,
    HistoryEvent,
    UnsuccessfulStatus,
)
from sfn_digest.model.map_runs import MapRun, MapRunCounts, MapRunStatus, ResultRows
from sfn_digest.model.successes import Success

_HOUR = timedelta(hours=1)

_FAILED = ("ExecutionsFailed", "ExecutionsTimedOut")


def read_child_failures(
    calls: Calls, cloudwatch: "CloudWatchClient", machines: Sequence[StateMachine], window: Window
) -> ChildCounts:
    """Failed children of these machines' Distributed Maps, by label and hour; none that had none.

    Raises AccountError where CloudWatch may not be asked.
    """
    ours = {each.arn for each in machines if each.arn.isascii()}
    labelled = sorted(
        {
            arn
            for name in _FAILED
            for arn in _listed(calls, cloudwatch, name)
            if "/" in arn and arn.partition("/")[0] in ours
        }
    )
    if not labelled:
        return {}
    starts = hour_starts(window.start, window.end, _HOUR)
    span = MetricSpan(starts[0], starts[-1] + _HOUR, int(_HOUR.total_seconds()))
    metrics = [Metric(name, "StateMachineArn", arn, "Sum") for arn in labelled for name in _FAILED]
    found: defaultdict[str, dict[datetime, float]] = defaultdict(dict)
    for metric, points in read_points(calls, cloudwatch, metrics, span, tuple).items():
        for start, value in points:
            if value > 0:
                found[metric.value][start] = found[metric.value].get(start, 0.0) + value
    return dict(found)


def _listed(calls: Calls, cloudwatch: "CloudWatchClient", name: str) -> Iterator[str]:
    ask = partial(
        cloudwatch.list_metrics,
        Namespace=STATES_NAMESPACE,
        MetricName=name,
        Dimensions=[{"Name": "StateMachineArn"}],
    )

    def fetch(token: str) -> tuple[Sequence[str], str]:
        request = partial(ask, NextToken=token) if token else ask
        return calls.make(Api.LIST_METRICS, request, _page)

    for page in pages(fetch):
        yield from page


def _page(answer: Answer) -> tuple[Sequence[str], str]:
    arns = [
        dimension.text("Value")
        for metric in answer.structures("Metrics")
        for dimension in metric.structures("Dimensions")
        if dimension.text("Name") == "StateMachineArn"
    ]
    return arns, answer.token("NextToken")


class MapRuns:
    """The questions. They raise an AccountError where AWS refuses."""

    def __init__(self, calls: Calls, clients: Clients) -> None:
        self._calls = calls
        self._clients = clients

    def describe(self, arn: str) -> MapRun:
        """One Map run, with the counts of its children."""
        ask = partial(self._clients.states.describe_map_run, mapRunArn=arn)
        return self._calls.make(Api.DESCRIBE_MAP_RUN, ask, _map_run)

    def children(
        self, arn: str, status: UnsuccessfulStatus, most_pages: int
    ) -> Sequence[Execution]:
        """The newest children of a Map run in a status, Express ones too; each page a call."""
        ask = partial(
            self._clients.states.list_executions,
            mapRunArn=arn,
            statusFilter=status,
            maxResults=A_PAGE,
        )

        def read(answer: Answer) -> tuple[Sequence[Execution], str]:
            return [_child(e, status) for e in answer.structures("executions")], answer.token()

        def fetch(token: str) -> tuple[Sequence[Execution], str]:
            request = partial(ask, nextToken=token) if token else ask
            return self._calls.make(Api.LIST_EXECUTIONS, request, read)

        return [each for page in islice(pages(fetch), most_pages) for each in page]

    def end_of(self, child: Execution) -> HistoryEvent:
        """How an Express child ended, in its own words: it has no history that could be asked for.

        DescribeExecution shows Express executions, where a Map run dispatched them.
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


def _counts(answer: Answer) -> MapRunCounts:
    return MapRunCounts(
        pending=answer.whole("pending"),
        running=answer.whole("running"),
        succeeded=answer.whole("succeeded"),
        failed=answer.whole("failed"),
        timed_out=answer.whole("timedOut"),
        aborted=answer.whole("aborted"),
        total=answer.whole("total"),
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

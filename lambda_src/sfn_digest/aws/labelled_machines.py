"""Which Distributed Maps had children that failed: CloudWatch counts them under their labels.

The children of a Distributed Map run under `stateMachine:NAME/LABEL`, and so do their metrics: the
machine's own know nothing of them. ListMetrics tells which labels there are, of the last two weeks.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.log_spans import hour_starts
from sfn_digest.aws.metrics import Metric, Span, read_points
from sfn_digest.aws.pages import pages
from sfn_digest.model.executions import StateMachine, Window
from sfn_digest.model.map_runs import ChildCounts

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

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
    span = Span(starts[0], starts[-1] + _HOUR, int(_HOUR.total_seconds()))
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
        Namespace="AWS/States",
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

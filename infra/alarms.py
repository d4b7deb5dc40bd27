"""Who watches the watcher: alarms for a digest that failed, is missing, lacks something, or is
flawed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Annotations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from sfn_digest.config import names

from .function import Digest
from .settings import Settings

_SQS = "AWS/SQS"
SOON = 5 * 60
DAY = 24 * 60 * 60
MOST_DAYS = 7
"""An alarm looks back over 604,800 seconds at most (PutMetricAlarm)."""

DIGEST_FLAWED = {
    "duplicate": names.delivery_metric("Duplicate"),
    "not_kept": names.delivery_metric("NotKept"),
    "plain_form": names.delivery_metric("PlainForm"),
}
"""The notes of a delivery that a person must act on; docs/delivery.md has them all."""

WARM_UP_MINUTES = 2880
"""The most PutMetricAlarm takes: after a first deployment, two days to post a digest."""

Ours = Mapping[str, str]
"""The one dimension of the function's own metrics, which tells this stack's from others'."""

Query = cloudwatch.CfnAlarm.MetricDataQueryProperty


def digest_alarms(
    scope: Construct, settings: Settings, topics: Sequence[str], digest: Digest
) -> None:
    """All alarms of one digest; each notifies `topics` when it goes off and when it ends."""
    ours = {"service": names.service_of(settings.name)}
    alarms = [
        _failed(scope, digest, ours),
        _undelivered(scope, digest),
        _incomplete(scope, ours),
        _degraded(scope, ours),
        _flawed(scope, ours),
    ]
    if settings.gap_days <= MOST_DAYS:
        alarms.append(_missing(scope, settings, ours))
    else:
        Annotations.of(scope).add_warning_v2(
            "sfn-digest:no-missing-alarm",
            f"The schedule leaves up to {settings.gap_days} days between digests, and CloudWatch "
            f"alarms look back {MOST_DAYS} days at most: no alarm will say that one is missing.",
        )
    for alarm in alarms:
        alarm.alarm_actions = alarm.ok_actions = list(topics)


LONGEST_DELAY = 60 * 60
"""Seconds that an event may wait: two collectors keep up with hundreds a second."""


def stream_alarms(
    scope: Construct, topics: Sequence[str], queue: sqs.Queue, dead_letters: sqs.Queue
) -> None:
    """The alarms of the collected events: some were given up, or they wait too long."""
    given_up = _any(
        scope,
        "StreamUndelivered",
        "Events of executions that closed could not be processed and are in the dead-letter "
        "queue. The digest lists those failures instead. Fix what the collector's log group "
        "names, and redrive the queue.",
        namespace=_SQS,
        metric_name="ApproximateNumberOfMessagesVisible",
        dimensions=_dimensions({"QueueName": dead_letters.queue_name}),
        statistic="Maximum",
        period=SOON,
    )
    waiting = cloudwatch.CfnAlarm(
        scope,
        "StreamBehind",
        alarm_description="Events of executions that closed have waited for an hour. Is the "
        "collector running? Its log group has the ERROR.",
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=LONGEST_DELAY,
        evaluation_periods=1,
        treat_missing_data="notBreaching",
        namespace=_SQS,
        metric_name="ApproximateAgeOfOldestMessage",
        dimensions=_dimensions({"QueueName": queue.queue_name}),
        statistic="Maximum",
        period=SOON,
    )
    for alarm in (given_up, waiting):
        alarm.alarm_actions = alarm.ok_actions = list(topics)


def _failed(scope: Construct, digest: Digest, ours: Ours) -> cloudwatch.CfnAlarm:
    """The first failed attempt is reported, whether the code said so or Lambda stopped it."""
    function = {"FunctionName": digest.function.function_name}
    return _any(
        scope,
        "DigestFailed",
        "A run of the digest failed. The last ERROR in its log group says what to do. Lambda "
        "retries a scheduled run twice by itself.",
        metrics=_queries(
            "FILL(errors, 0) + FILL(failed, 0)",
            _metric("errors", "AWS/Lambda", "Errors", function, period=SOON),
            _metric("failed", names.NAMESPACE, names.DIGEST_FAILED, ours, period=SOON),
        ),
    )


def _undelivered(scope: Construct, digest: Digest) -> cloudwatch.CfnAlarm:
    return _any(
        scope,
        "DigestUndelivered",
        "A scheduled digest failed after all attempts. Fix what the message in the failure "
        "queue names, and run the command it gives; if it gives none, run the digest by hand "
        "with the message's scheduled_time. Then purge the queue.",
        namespace=_SQS,
        metric_name="ApproximateNumberOfMessagesVisible",
        dimensions=_dimensions({"QueueName": digest.failures.queue_name}),
        statistic="Maximum",
        period=SOON,
    )


def _incomplete(scope: Construct, ours: Ours) -> cloudwatch.CfnAlarm:
    return _any(
        scope,
        "DigestIncomplete",
        "A digest was posted but had to leave something out. It says what, and so does the "
        "WARNING in the log group.",
        namespace=names.NAMESPACE,
        metric_name=names.DIGEST_INCOMPLETE,
        dimensions=_dimensions(ours),
        statistic="Sum",
        period=SOON,
    )


def _degraded(scope: Construct, ours: Ours) -> cloudwatch.CfnAlarm:
    return _any(
        scope,
        "DigestDegraded",
        "A digest was posted without an optional part, such as its hints. It says which one; "
        "the ERROR in the log group has the stack trace. Please report it.",
        namespace=names.NAMESPACE,
        metric_name=names.DEGRADED,
        dimensions=_dimensions(ours),
        statistic="Sum",
        period=SOON,
    )


def _flawed(scope: Construct, ours: Ours) -> cloudwatch.CfnAlarm:
    """One alarm for all notes that need a person; those that only explain stay in the log."""
    counts = [
        _metric(query, names.NAMESPACE, metric, ours, period=SOON)
        for query, metric in DIGEST_FLAWED.items()
    ]
    return _any(
        scope,
        "DigestFlawed",
        "A digest was posted twice, as plain text, or without being stored for a later "
        "attempt. The WARNING in the log group says which, and what to do.",
        metrics=_queries(" + ".join(f"FILL({query}, 0)" for query in DIGEST_FLAWED), *counts),
    )


def _missing(scope: Construct, settings: Settings, ours: Ours) -> cloudwatch.CfnAlarm:
    """No digest on any of the last whole days, as many as the schedule leaves between two.

    A sliding window of seven days would end between two digests that lie a week and a minute
    apart; whole days of the schedule's own time zone do not. Days without data are zeros, so
    that an old digest outside those days does not count.
    """
    return cloudwatch.CfnAlarm(
        scope,
        "DigestMissing",
        alarm_description=f"No digest was posted on any of the last {settings.gap_days} whole "
        "days. Is the schedule enabled, and does its role still let it invoke the function?",
        comparison_operator="LessThanThreshold",
        threshold=1,
        metrics=_queries(
            "FILL(posted, 0)",
            _metric("posted", names.NAMESPACE, names.DIGEST_POSTED, ours, period=DAY),
        ),
        evaluation_periods=settings.gap_days,
        evaluation_window=cloudwatch.CfnAlarm.EvaluationWindowProperty(
            wall_clock_window=cloudwatch.CfnAlarm.WallClockWindowProperty(
                timezone=settings.time_zone
            )
        ),
        treat_missing_data="breaching",
        warm_up_configuration=cloudwatch.CfnAlarm.WarmUpConfigurationProperty(
            warm_up_period_duration_in_minutes=WARM_UP_MINUTES,
            only_start_evaluating_after_warm_up_period_ends=True,
        ),
    )


def _any(scope: Construct, name: str, description: str, **counted: Any) -> cloudwatch.CfnAlarm:
    """An alarm for one or more of what the properties `counted` name, in one period."""
    return cloudwatch.CfnAlarm(
        scope,
        name,
        alarm_description=description,
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=1,
        evaluation_periods=1,
        treat_missing_data="notBreaching",
        **counted,
    )


def _queries(expression: str, *metrics: Query) -> Sequence[Query]:
    return [Query(id="counted", expression=expression, return_data=True), *metrics]


def _metric(
    query: str, namespace: str, metric_name: str, dimensions: Mapping[str, str], *, period: int
) -> Query:
    metric = cloudwatch.CfnAlarm.MetricProperty(
        namespace=namespace, metric_name=metric_name, dimensions=_dimensions(dimensions)
    )
    stat = cloudwatch.CfnAlarm.MetricStatProperty(metric=metric, period=period, stat="Sum")
    return Query(id=query, metric_stat=stat, return_data=False)


def _dimensions(named: Mapping[str, str]) -> list[cloudwatch.CfnAlarm.DimensionProperty]:
    return [
        cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
        for name, value in named.items()
    ]

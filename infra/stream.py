"""What `collect=stream` adds: events of executions that closed, a queue, a function and a table."""

from pathlib import Path

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from sfn_digest.config import names
from sfn_digest.stream.histories_to_read import BATCH, COLLECTORS, GATHERING

from .compliance import acknowledge
from .permissions import (
    ANY_EXECUTION,
    WHY_WILDCARDS,
    finding,
    take_child_role,
    use_of_key,
    why_child_role,
)
from .settings import Settings

SHARES = 2 * COLLECTORS
"""Each collector's part of the quota share; the digest has the other half."""

TIMEOUT = Duration.minutes(2)
VISIBILITY = Duration.minutes(12)
"""Six times the timeout, as AWS advises for queues that invoke a function."""
RECEIVES = 5
"""How often a message is received before it goes to the dead-letter queue."""
KEPT_FOR = Duration.days(14)
CODE = "/var/task"

PATTERN = {
    "source": ["aws.states"],
    "detail-type": ["Step Functions Execution Status Change"],
    "detail": {
        "$or": [
            {"status": ["FAILED", "TIMED_OUT", "ABORTED"]},
            {"status": ["SUCCEEDED"], "redriveCount": [{"numeric": [">", 0]}]},
        ]
    },
}
"""Failures, and successes of executions that were redriven: those no longer count as failures."""

WHY_NO_NEWER_RUNTIME = {
    "AwsSolutions-L1": "The lock file's wheels and the tests are for Python 3.13, which Lambda "
    "supports; a newer runtime is taken up together with them."
}
WHY_NO_RECOVERY = {
    "AwsSolutions-DDB3": "What was collected can be listed again from Step Functions for as long "
    "as a report may ask for it."
}


def stream_table(scope: Construct, key: kms.IKey | None) -> dynamodb.Table:
    """The table of ends of executions, by machine and day."""
    table = dynamodb.Table(
        scope,
        "Stream",
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED if key else None,
        encryption_key=key,
        partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute="expires_at",
        removal_policy=RemovalPolicy.DESTROY,
    )
    acknowledge(table, WHY_NO_RECOVERY)
    return table


def event_collector(
    scope: Construct, settings: Settings, asset: Path, table: dynamodb.Table
) -> tuple[sqs.Queue, sqs.Queue]:
    """The rule, the queues and the function; gives the queue and its dead-letter queue."""
    dead_letters = _queue(scope, "StreamDeadLetters", settings)
    queue = _queue(scope, "StreamQueue", settings, dead_letters)
    _rule(scope, queue, dead_letters)
    function = _function(scope, settings, asset, table, queue)
    lambda_.CfnEventSourceMapping(
        scope,
        "StreamMapping",
        event_source_arn=queue.queue_arn,
        function_name=function.function_name,
        batch_size=BATCH,
        maximum_batching_window_in_seconds=GATHERING,
        function_response_types=["ReportBatchItemFailures"],
        scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
            maximum_concurrency=COLLECTORS
        ),
    )
    return queue, dead_letters


def _queue(
    scope: Construct, name: str, settings: Settings, dead_letters: sqs.Queue | None = None
) -> sqs.Queue:
    key = kms.Key.from_key_arn(scope, f"{name}Key", settings.key_arn) if settings.key_arn else None
    return sqs.Queue(
        scope,
        name,
        encryption=sqs.QueueEncryption.KMS if key else sqs.QueueEncryption.SQS_MANAGED,
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=KEPT_FOR,
        visibility_timeout=VISIBILITY,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=RECEIVES)
        if dead_letters
        else None,
    )


def _rule(scope: Construct, queue: sqs.Queue, dead_letters: sqs.Queue) -> None:
    rule = events.CfnRule(
        scope,
        "StreamRule",
        description="Step Functions executions that closed without success, or after a redrive",
        event_pattern=PATTERN,
        targets=[
            events.CfnRule.TargetProperty(
                id="Queue",
                arn=queue.queue_arn,
                dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                    arn=dead_letters.queue_arn
                ),
            )
        ],
    )
    for each in (queue, dead_letters):
        each.add_to_resource_policy(
            iam.PolicyStatement(
                sid="TakeEventsOfTheRule",
                actions=["sqs:SendMessage"],
                resources=[each.queue_arn],
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                conditions={"ArnEquals": {"aws:SourceArn": rule.attr_arn}},
            )
        )


def _function(
    scope: Construct, settings: Settings, asset: Path, table: dynamodb.Table, queue: sqs.Queue
) -> lambda_.Function:
    log_group = logs.CfnLogGroup(
        scope,
        "CollectorLogGroup",
        retention_in_days=settings.log_retention_days,
        kms_key_id=settings.key_arn,
    )
    log_group.apply_removal_policy(RemovalPolicy.DESTROY)
    rules = {names.RULES: f"{CODE}/{names.RULES_FILE}"} if settings.rules else {}
    function = lambda_.Function(
        scope,
        "Collector",
        description="Keeps failures of tagged Step Functions executions as they come",
        runtime=lambda_.Runtime.PYTHON_3_13,
        architecture=lambda_.Architecture.ARM_64,
        code=lambda_.Code.from_asset(str(asset)),
        handler="sfn_digest.collector.handler",
        role=_role(scope, settings, table, queue, log_group).without_policy_updates(),
        environment={
            names.TAG: str(settings.tag),
            names.QUOTA_SHARE: str(settings.quota_share / SHARES),
            names.STREAM: table.table_name,
            **rules,
            **settings.child_role_variable,
            "POWERTOOLS_LOG_LEVEL": "INFO",
            "POWERTOOLS_METRICS_NAMESPACE": names.NAMESPACE,
            names.POWERTOOLS_SERVICE: names.service_of(settings.name),
        },
        timeout=TIMEOUT,
        memory_size=settings.memory_mb,
        log_group=logs.LogGroup.from_log_group_name(scope, "CollectorLogs", log_group.ref),
        logging_format=lambda_.LoggingFormat.JSON,
        tracing=lambda_.Tracing.ACTIVE,
    )
    acknowledge(function, WHY_NO_NEWER_RUNTIME)
    return function


def _role(
    scope: Construct,
    settings: Settings,
    table: dynamodb.Table,
    queue: sqs.Queue,
    log_group: logs.CfnLogGroup,
) -> iam.Role:
    stack = Stack.of(scope)
    tagged = {"StringEquals": {f"aws:ResourceTag/{settings.tag.key}": settings.tag.value}}
    executions = stack.format_arn(
        service="states", resource=ANY_EXECUTION, arn_format=ArnFormat.NO_RESOURCE_NAME
    )
    receive = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    traces = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    statements = [
        _allow("FindTaggedMachines", ["tag:GetResources", "states:ListStateMachines"], "*"),
        _allow("ReadQuotas", ["cloudwatch:GetMetricData"], "*"),
        _allow("ReadTheirExecutions", ["states:GetExecutionHistory"], executions, tagged),
        _allow("TakeFromTheQueue", receive, queue.queue_arn),
        _allow("KeepTheStream", ["dynamodb:PutItem"], table.table_arn),
        _allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], log_group.attr_arn),
        _allow("WriteTraces", traces, "*"),
        *take_child_role(stack, settings),
        *use_of_key(settings),
    ]
    role = iam.Role(
        scope,
        "CollectorRole",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        inline_policies={"CollectEvents": iam.PolicyDocument(statements=statements)},
        description="Reads failed executions of tagged state machines as they come",
    )
    wide = ("*", f"states:{ANY_EXECUTION}")
    reasons = {finding(stack, where): WHY_WILDCARDS[where] for where in wide}
    acknowledge(role, reasons | why_child_role(settings))
    return role


def _allow(
    sid: str, actions: list[str], where: str, when: dict[str, dict[str, str]] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, actions=actions, resources=[where], conditions=when)

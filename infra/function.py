"""The Lambda, its log group, its ledger, and the queue that keeps what failed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from sfn_digest.config import names

from .compliance import acknowledge
from .permissions import Written, digest_role, let_go_on
from .settings import Settings
from .stream import stream_table

TIMEOUT = Duration.minutes(15)
RETRIES = 2
"""Lambda's own attempts after the first, one and two minutes later: the ledger lets a digest
that was posted not be posted again."""

CODE = "/var/task"
"""Where Lambda puts the asset."""

OLDEST_EVENT = Duration.hours(1)
KEPT_FOR = Duration.days(14)

WHY_NO_NEWER_RUNTIME = {
    "AwsSolutions-L1": "The lock file's wheels and the tests are for Python 3.13, which Lambda "
    "supports; a newer runtime is taken up together with them."
}
WHY_NO_DEAD_LETTERS = {
    "AwsSolutions-SQS3": "This queue is where failed runs and undelivered schedules end; an "
    "alarm watches it, and nothing but a person reads from it."
}


@dataclass(frozen=True, slots=True)
class Digest:
    """The function, the queue of its failures, and the table of events where some are collected."""

    function: lambda_.Function
    failures: sqs.Queue
    stream: dynamodb.Table | None


@dataclass(frozen=True, slots=True)
class Work:
    """What a function is for: its handler, its role, and variables beside those every one has."""

    description: str
    handler: str
    environment: Mapping[str, str]
    role: Callable[[Written], iam.Role]


def digest_function(
    scope: Construct, settings: Settings, asset: Path, work: Work | None = None
) -> Digest:
    """The digest's function with all it writes to; `work` makes it another's, such as the hub's."""
    key = kms.Key.from_key_arn(scope, "Key", settings.key_arn) if settings.key_arn else None
    failures = _failures(scope, key)
    table = _ledger(scope, key)
    log_group = _log_group(scope, settings)
    stream = stream_table(scope, key) if settings.stream else None
    arn = stream.table_arn if stream else None
    written = Written(table.table_arn, failures.queue_arn, log_group.attr_arn, arn)
    work = work or _the_digest(scope, settings, stream)
    role = work.role(written)
    function = lambda_.Function(
        scope,
        "Function",
        description=work.description,
        runtime=lambda_.Runtime.PYTHON_3_13,
        architecture=lambda_.Architecture.ARM_64,
        code=lambda_.Code.from_asset(str(asset)),
        handler=work.handler,
        role=role.without_policy_updates(),
        environment={**_every_function_s(settings, table.table_name), **work.environment},
        timeout=TIMEOUT,
        memory_size=settings.memory_mb,
        log_group=logs.LogGroup.from_log_group_name(scope, "Logs", log_group.ref),
        logging_format=lambda_.LoggingFormat.JSON,
        tracing=lambda_.Tracing.ACTIVE,
    )
    if settings.continuations and names.CONTINUATIONS in work.environment:
        let_go_on(scope, role, function.function_arn)
    _on_failure(scope, function, failures)
    acknowledge(function, WHY_NO_NEWER_RUNTIME)
    return Digest(function, failures, stream)


def _the_digest(scope: Construct, settings: Settings, stream: dynamodb.Table | None) -> Work:
    return Work(
        description="Posts why tagged Step Functions executions failed, and what to change",
        handler="sfn_digest.handler.handler",
        environment=_environment(settings, stream),
        role=lambda written: digest_role(scope, settings, written),
    )


def _every_function_s(settings: Settings, table: str) -> Mapping[str, str]:
    """The variables that the digest's function and the hub's have."""
    token = (
        {names.TOKEN_PARAMETER: settings.token_parameter}
        if settings.token_parameter
        else {names.TOKEN_SECRET: settings.token_secret or ""}
    )
    rules = {names.RULES: f"{CODE}/{names.RULES_FILE}"} if settings.rules else {}
    hub = {names.HUB_BUCKET: settings.hub_bucket} if settings.hub_bucket else {}
    return {
        names.CHANNEL: settings.channel,
        names.LANGUAGE: settings.language,
        names.SINCE: settings.window,
        names.TABLE: table,
        names.TIME_ZONE: settings.window_zone,
        **token,
        **rules,
        **hub,
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_METRICS_NAMESPACE": names.NAMESPACE,
        names.POWERTOOLS_SERVICE: names.service_of(settings.name),
    }


def _environment(settings: Settings, stream: dynamodb.Table | None) -> Mapping[str, str]:
    return {
        names.QUOTA_SHARE: str(settings.quota_share / (2 if stream else 1)),
        names.SLACK_CHARTS: "on" if settings.slack_charts else "off",
        names.MENTIONS: "on" if settings.mentions else "off",
        names.SUCCESSES: str(settings.successes),
        names.EXPRESS_SCAN_GB: f"{settings.express_scan_gb:g}",
        **_map_results(settings),
        **settings.child_role_variable,
        names.DEADLINE: f"{settings.deadline:.0f}s",
        names.CONTINUATIONS: str(settings.continuations),
        names.DUE: f"{settings.due.total_seconds() / 60:.0f}m",
        names.TAG: str(settings.tag),
        **({names.STREAM: stream.table_name} if stream else {}),
    }


def _map_results(settings: Settings) -> Mapping[str, str]:
    places = ",".join(f"{bucket}/{prefix}" for bucket, prefix in settings.map_results)
    return {names.MAP_RESULTS: places} if places else {}


def _on_failure(scope: Construct, function: lambda_.Function, failures: sqs.Queue) -> None:
    lambda_.CfnEventInvokeConfig(
        scope,
        "Retries",
        function_name=function.function_name,
        qualifier="$LATEST",
        maximum_retry_attempts=RETRIES,
        maximum_event_age_in_seconds=int(OLDEST_EVENT.to_seconds()),
        destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
            on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(
                destination=failures.queue_arn
            )
        ),
    )


def _failures(scope: Construct, key: kms.IKey | None) -> sqs.Queue:
    managed = sqs.QueueEncryption.KMS if key else sqs.QueueEncryption.SQS_MANAGED
    queue = sqs.Queue(
        scope,
        "Failures",
        encryption=managed,
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=KEPT_FOR,
    )
    acknowledge(queue, WHY_NO_DEAD_LETTERS)
    return queue


def _ledger(scope: Construct, key: kms.IKey | None) -> dynamodb.Table:
    """What was posted for which period; without it a digest may be posted twice, no worse."""
    return dynamodb.Table(
        scope,
        "Ledger",
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED if key else None,
        encryption_key=key,
        partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute="expires_at",
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=RemovalPolicy.DESTROY,
    )


def _log_group(scope: Construct, settings: Settings) -> logs.CfnLogGroup:
    group = logs.CfnLogGroup(
        scope,
        "LogGroup",
        retention_in_days=settings.log_retention_days,
        kms_key_id=settings.key_arn,
    )
    group.apply_removal_policy(RemovalPolicy.DESTROY)
    return group

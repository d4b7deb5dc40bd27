"""The EventBridge schedule, in a group of its own, and the role it invokes the function with.

Scheduler delivers at least once, so its input carries the time it meant to fire: the
window's end, and with account, Region and channel the key under which a digest is posted
once.
"""

import json

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from .function import Digest
from .permissions import use_of_key
from .settings import Settings

RETRIES = 10
OLDEST_EVENT = Duration.hours(1)
INPUT = {"scheduled_time": "<aws.scheduler.scheduled-time>"}


def digest_schedule(scope: Construct, settings: Settings, digest: Digest) -> scheduler.CfnSchedule:
    """The schedule that asks `digest` for its report."""
    group = scheduler.CfnScheduleGroup(scope, "ScheduleGroup")
    role = _role(scope, settings, group, digest)
    schedule = scheduler.CfnSchedule(
        scope,
        "Schedule",
        description="Triggers the digest of failed Step Functions executions",
        group_name=group.ref,
        schedule_expression=settings.schedule,
        schedule_expression_timezone=settings.time_zone,
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=_target(role, digest),
    )
    schedule.node.add_dependency(role)
    return schedule


def _target(role: iam.Role, digest: Digest) -> scheduler.CfnSchedule.TargetProperty:
    return scheduler.CfnSchedule.TargetProperty(
        arn=digest.function.function_arn,
        role_arn=role.role_arn,
        input=json.dumps(INPUT),
        retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
            maximum_retry_attempts=RETRIES,
            maximum_event_age_in_seconds=int(OLDEST_EVENT.to_seconds()),
        ),
        dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
            arn=digest.failures.queue_arn
        ),
    )


def _role(
    scope: Construct, settings: Settings, group: scheduler.CfnScheduleGroup, digest: Digest
) -> iam.Role:
    """Only this account's schedules of this group may take the role."""
    ours = {
        "StringEquals": {
            "aws:SourceAccount": Stack.of(scope).account,
            "aws:SourceArn": group.attr_arn,
        }
    }
    statements = [
        iam.PolicyStatement(
            sid="InvokeTheDigest",
            actions=["lambda:InvokeFunction"],
            resources=[digest.function.function_arn],
        ),
        iam.PolicyStatement(
            sid="ReportAnUndeliveredSchedule",
            actions=["sqs:SendMessage"],
            resources=[digest.failures.queue_arn],
        ),
        *use_of_key(settings),
    ]
    return iam.Role(
        scope,
        "ScheduleRole",
        assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions=ours),
        inline_policies={"InvokeTheDigest": iam.PolicyDocument(statements=statements)},
        description="Lets the digest's schedule invoke the digest's function, and no other",
    )

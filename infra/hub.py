"""The hub: a bucket that an organization's accounts hand their reports to, and a function that
posts one message on all of them, with a schedule, a table, a queue and alarms of its own.
"""

from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from sfn_digest.config import names
from sfn_digest.config.hub_reports import PREFIX

from .alarms import digest_alarms
from .compliance import acknowledge
from .function import Work, digest_function
from .permissions import (
    WHY_WILDCARDS,
    Written,
    allow,
    finding,
    reads_token,
    use_of_key,
    writes,
)
from .schedule import digest_schedule
from .schedule_expression import firing_gaps
from .settings import Settings

KEPT_FOR = cdk.Duration.days(100)
"""How long a report lies there: an account that falls silent is missed for so long."""
REPLACED_FOR = cdk.Duration.days(30)

WHY_NO_ACCESS_LOG = {
    "AwsSolutions-S1": "Only the organization's own functions write here and only the hub reads; "
    "CloudTrail's data events tell who did, where that is wanted."
}
WHY_REPORTS = "The hub reads the reports of all accounts, which lie under this prefix."


class HubStack(cdk.Stack):
    """Everything that the hub needs; `settings` are the app's, and `asset` the Lambda's folder."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        asset: Path,
        region: str | None = None,
    ) -> None:
        super().__init__(
            scope,
            name,
            env=cdk.Environment(region=region),
            description="sfn-digest: one digest on many accounts, posted to Slack",
        )
        own = settings.of_hub()
        bucket = _bucket(self, own)
        work = Work(
            description="Posts one message on the digests of many accounts",
            handler="sfn_digest.handler.hub_handler",
            environment=_environment(own, bucket),
            role=lambda written: _role(self, own, written, bucket),
        )
        hub = digest_function(self, own, asset, work)
        schedule = digest_schedule(self, own, hub)
        digest_alarms(self, own, own.topics_in(region), hub)
        outputs = {
            "BucketName": bucket.bucket_name,
            "FunctionName": hub.function.function_name,
            "ScheduleName": schedule.ref,
            "FailuresUrl": hub.failures.queue_url,
        }
        for output, value in outputs.items():
            cdk.CfnOutput(self, output, value=value)


def _environment(settings: Settings, bucket: s3.Bucket) -> Mapping[str, str]:
    fewest, _ = firing_gaps(settings.schedule)
    accounts = {names.HUB_ACCOUNTS: settings.hub_accounts} if settings.hub_accounts else {}
    return {
        names.HUB_BUCKET: bucket.bucket_name,
        names.HUB_WITHIN: f"{min(fewest, 90 * 24 * 60)}m",
        **accounts,
    }


def _bucket(stack: cdk.Stack, settings: Settings) -> s3.Bucket:
    """Whoever is of the organization may write under his own account's prefix, and nothing else."""
    key = kms.Key.from_key_arn(stack, "ReportsKey", settings.key_arn) if settings.key_arn else None
    bucket = s3.Bucket(
        stack,
        "Reports",
        bucket_name=settings.hub_bucket,
        encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=key,
        bucket_key_enabled=True if key else None,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        versioned=True,
        lifecycle_rules=[
            s3.LifecycleRule(
                expiration=KEPT_FOR,
                noncurrent_version_expiration=REPLACED_FOR,
                abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
            )
        ],
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    acknowledge(bucket, WHY_NO_ACCESS_LOG)
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="EachAccountWritesItsOwnReports",
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects(PREFIX + "${aws:PrincipalAccount}/*")],
            principals=[iam.AnyPrincipal()],
            conditions={"StringEquals": {"aws:PrincipalOrgID": settings.hub}},
        )
    )
    return bucket


def _role(stack: cdk.Stack, settings: Settings, written: Written, bucket: s3.Bucket) -> iam.Role:
    under_reports = {"StringLike": {"s3:prefix": f"{PREFIX}*"}}
    statements = [
        allow("FindReports", ["s3:ListBucket"], bucket.bucket_arn, under_reports),
        allow("ReadReports", ["s3:GetObject"], bucket.arn_for_objects(f"{PREFIX}*")),
        *reads_token(stack, settings),
        *writes(written),
        *use_of_key(settings),
    ]
    role = iam.Role(
        stack,
        "FunctionRole",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        inline_policies={"MakeTheDigest": iam.PolicyDocument(statements=statements)},
        description="Reads the reports that accounts send, and posts one message on them",
    )
    wide = ("*", "kms:key/*")
    reasons = {finding(stack, where): WHY_WILDCARDS[where] for where in wide}
    made = stack.get_logical_id(bucket.node.default_child)
    reasons[f"AwsSolutions-IAM5[Resource::<{made}.Arn>/{PREFIX}*]"] = WHY_REPORTS
    acknowledge(role, reasons)
    return role

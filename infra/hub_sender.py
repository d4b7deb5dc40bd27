"""What `hub-bucket` lets the digest's function do: write its report where the hub reads it."""

from aws_cdk import Stack, Token
from aws_cdk import aws_iam as iam

from sfn_digest.config.hub_reports import PREFIX, folder

from .settings import Settings

WHY_REPORTS = "An account's reports lie under this prefix, which is its own, by their periods."
WHY_HUBS_KEY = (
    "The hub's owner chooses its bucket's key: the conditions on kms:ViaService and on the "
    "encryption context leave this one bucket."
)


def send_to_hub(stack: Stack, settings: Settings) -> list[iam.PolicyStatement]:
    """Writing under this account's and Region's own prefix, and under the bucket's key."""
    if settings.hub_bucket is None:
        return []
    bucket = f"arn:{stack.partition}:s3:::{settings.hub_bucket}"
    reports = f"{bucket}/{folder(stack.account, stack.region)}*"
    of_the_bucket = {
        "StringLike": {
            "kms:ViaService": f"s3.*.{stack.url_suffix}",
            "kms:EncryptionContext:aws:s3:arn": [bucket, reports],
        }
    }
    write = iam.PolicyStatement(sid="SendTheReport", actions=["s3:PutObject"], resources=[reports])
    encrypt = iam.PolicyStatement(
        sid="UseTheHubsKey",
        actions=["kms:GenerateDataKey"],
        resources=[f"arn:{stack.partition}:kms:*:*:key/*"],
        conditions=of_the_bucket,
    )
    return [write, encrypt]


def why_hub(stack: Stack, settings: Settings) -> dict[str, str]:
    """Why its wildcards stand, by cdk-nag's ids."""
    if settings.hub_bucket is None:
        return {}
    region = "<AWS::Region>" if Token.is_unresolved(stack.region) else stack.region
    reports = f"{settings.hub_bucket}/{PREFIX}<AWS::AccountId>/{region}/*"
    return {
        f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::{reports}]": WHY_REPORTS,
        "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:*:*:key/*]": WHY_HUBS_KEY,
    }

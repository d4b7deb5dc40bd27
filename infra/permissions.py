"""What the Lambda may do: every statement, its actions, resources and conditions.

Reads of Step Functions are limited to machines that carry the tag and to their executions,
which inherit the machine's tags. docs/permissions.md says the same for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from aws_cdk import ArnFormat, Stack, Token
from aws_cdk import aws_iam as iam
from constructs import Construct

from sfn_digest.model.executions import Tag

from .compliance import acknowledge
from .hub_sender import send_to_hub, why_hub
from .settings import Settings

ANY_MACHINE = "stateMachine:*"
ANY_EXECUTION = "execution:*:*"
ANY_KEY = "key/*"
ANY_LOG_GROUP = "log-group:*"
ANY_MAP_RUN = "mapRun:*/*:*"
ANY_CHILD = "execution:*/*:*"
ANY_EXPRESS_CHILD = "express:*/*:*"

QUERIES = ["logs:FilterLogEvents", "logs:StartQuery"]

WHY_WILDCARDS = {
    "*": "tag:GetResources, states:ListStateMachines, cloudwatch:GetMetricData, "
    "cloudwatch:ListMetrics, logs:GetQueryResults, iam:ListAccountAliases and the two xray "
    "actions know no resources in IAM: * is all they take.",
    f"states:{ANY_MACHINE}": "Which machines are read is decided by their tag: the "
    "statement's condition on aws:ResourceTag leaves no others.",
    f"states:{ANY_EXECUTION}": "Executions inherit their machine's tags: the condition on "
    "aws:ResourceTag leaves no executions but those of tagged machines.",
    f"states:{ANY_MAP_RUN}": "Map runs know no tag conditions in IAM: the pattern of their ARNs is "
    "all that tells them from other executions.",
    f"states:{ANY_CHILD}": "The children of Map runs know none either.",
    f"states:{ANY_EXPRESS_CHILD}": "Nor do their Express children.",
    f"logs:{ANY_LOG_GROUP}": "Which log groups are read is decided by their tag: the condition on "
    "aws:ResourceTag leaves no others.",
    f"kms:{ANY_KEY}": "The token's owner chooses its key: the conditions on kms:ViaService "
    "and on the encryption context leave this one token.",
}
"""Why each resource with a wildcard stands, by its service and what follows the account."""


WHY_RESULTS = (
    "map-results opens this prefix: a Map run's files lie under it in a folder named after the run."
)


@dataclass(frozen=True, slots=True)
class Written:
    """The ARNs of what the function writes to, and of the table of events that it reads."""

    table: str
    failures: str
    log_group: str
    stream: str | None = None


def digest_role(scope: Construct, settings: Settings, written: Written) -> iam.Role:
    """The function's role, whole from its creation: Lambda checks what it may do at once."""
    stack = Stack.of(scope)
    statements = [
        *reads(stack, settings.tag),
        *_map_results(stack, settings),
        *take_child_role(stack, settings),
        *send_to_hub(stack, settings),
        *reads_token(stack, settings),
        *writes(written),
        *use_of_key(settings),
    ]
    role = iam.Role(
        scope,
        "FunctionRole",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        inline_policies={"MakeTheDigest": iam.PolicyDocument(statements=statements)},
        description="Reads failed executions of tagged state machines and posts the digest",
    )
    reasons = {finding(stack, where): why for where, why in WHY_WILDCARDS.items()}
    for bucket, prefix in settings.map_results:
        arn = f"arn:<AWS::Partition>:s3:::{_results(bucket, prefix)}"
        reasons[f"AwsSolutions-IAM5[Resource::{arn}]"] = WHY_RESULTS
    acknowledge(role, reasons | why_child_role(settings) | why_hub(stack, settings))
    return role


def let_go_on(scope: Construct, role: iam.Role, function_arn: str) -> None:
    """Let a run have its own function invoked again, and no other: a policy of its own, since the
    function, whose ARN it names, comes after the role.
    """
    statement = allow("GoOnReading", ["lambda:InvokeFunction"], function_arn)
    document = iam.PolicyDocument(statements=[statement])
    iam.CfnPolicy(
        scope,
        "GoOnReading",
        policy_name="GoOnReading",
        policy_document=document,
        roles=[role.role_name],
    )


def finding(stack: Stack, where: str) -> str:
    """cdk-nag's id of a wildcard: the resource as it writes it, tokens in angle brackets."""
    service, _, resource = where.partition(":")
    region = "<AWS::Region>" if Token.is_unresolved(stack.region) else stack.region
    arn = f"arn:<AWS::Partition>:{service}:{region}:<AWS::AccountId>:{resource}"
    return f"AwsSolutions-IAM5[Resource::{arn if resource else where}]"


def reads(stack: Stack, tag: Tag, region: str | None = None) -> list[iam.PolicyStatement]:
    """What reading takes, in the stack's Region or in another, such as `*` for all."""

    arn = partial(stack.format_arn, region=region, arn_format=ArnFormat.NO_RESOURCE_NAME)
    tagged = {"StringEquals": {f"aws:ResourceTag/{tag.key}": tag.value}}
    machines, executions, map_runs, children, express = (
        arn(service="states", resource=what)
        for what in (ANY_MACHINE, ANY_EXECUTION, ANY_MAP_RUN, ANY_CHILD, ANY_EXPRESS_CHILD)
    )
    groups = arn(service="logs", resource=ANY_LOG_GROUP)
    return [
        allow("FindTaggedMachines", ["tag:GetResources", "states:ListStateMachines"], "*"),
        allow("ReadMetrics", ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"], "*"),
        allow(
            "ReadTaggedMachines",
            [
                "states:DescribeStateMachine",
                "states:DescribeStateMachineAlias",
                "states:ListExecutions",
            ],
            machines,
            tagged,
        ),
        allow(
            "ReadTheirExecutions",
            ["states:DescribeStateMachineForExecution", "states:GetExecutionHistory"],
            executions,
            tagged,
        ),
        allow("ReadMapRuns", ["states:DescribeMapRun", "states:ListExecutions"], map_runs),
        allow("ReadTheirChildren", ["states:GetExecutionHistory"], children),
        allow("ReadTheirExpressChildren", ["states:DescribeExecution"], express),
        allow("QueryTaggedLogGroups", QUERIES, groups, tagged),
        allow("ReadQueryResults", ["logs:GetQueryResults"], "*"),
        allow("NameTheAccount", ["iam:ListAccountAliases"], "*"),
    ]


def take_child_role(stack: Stack, settings: Settings) -> list[iam.PolicyStatement]:
    """Taking the role in other accounts that children are read with, where that was asked for."""
    if settings.child_role is None:
        return []
    arn = f"arn:{stack.partition}:iam::*:role/{settings.child_role}"
    return [allow("ReadChildrenElsewhere", ["sts:AssumeRole"], arn)]


def why_child_role(settings: Settings) -> dict[str, str]:
    """Why its ARN has a wildcard."""
    arn = f"arn:<AWS::Partition>:iam::*:role/{settings.child_role}"
    why = "Which accounts children run in is not known here: the role's trust policies decide."
    return {f"AwsSolutions-IAM5[Resource::{arn}]": why} if settings.child_role else {}


def _map_results(stack: Stack, settings: Settings) -> list[iam.PolicyStatement]:
    """Reading the files of ResultWriters, where that was asked for."""
    if not settings.map_results:
        return []
    arns = [f"arn:{stack.partition}:s3:::{_results(*place)}" for place in settings.map_results]
    return [iam.PolicyStatement(sid="ReadMapResults", actions=["s3:GetObject"], resources=arns)]


def _results(bucket: str, prefix: str) -> str:
    return f"{bucket}/{prefix}/*" if prefix else f"{bucket}/*"


def reads_token(stack: Stack, settings: Settings) -> list[iam.PolicyStatement]:
    """Reading the token; decrypting it matters where it lies under a key of one's own."""
    if settings.token_secret is None:
        service, action, context = "ssm", "ssm:GetParameter", "PARAMETER_ARN"
        name = (settings.token_parameter or "").removeprefix("/")
        arn = stack.format_arn(service=service, resource="parameter", resource_name=name)
    else:
        service, action, context = "secretsmanager", "secretsmanager:GetSecretValue", "SecretARN"
        arn = _secret_arn(stack, settings.token_secret)
    only_this_token = {
        "StringEquals": {"kms:ViaService": f"{service}.{stack.region}.{stack.url_suffix}"},
        "StringLike": {f"kms:EncryptionContext:{context}": arn},
    }
    keys = stack.format_arn(service="kms", resource=ANY_KEY, arn_format=ArnFormat.NO_RESOURCE_NAME)
    return [
        allow("ReadTheToken", [action], arn),
        allow("DecryptTheToken", ["kms:Decrypt"], keys, only_this_token),
    ]


def _secret_arn(stack: Stack, secret: str) -> str:
    """A secret's ARN ends in six random characters, which its name alone does not tell."""
    if secret.startswith("arn:"):
        return secret
    return stack.format_arn(
        service="secretsmanager",
        resource="secret",
        resource_name=f"{secret}-??????",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )


def writes(written: Written) -> list[iam.PolicyStatement]:
    ledger = ["dynamodb:GetItem", "dynamodb:PutItem"]
    logs = ["logs:CreateLogStream", "logs:PutLogEvents"]
    traces = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    collected = (
        [allow("ReadTheStream", ["dynamodb:Query"], written.stream)] if written.stream else []
    )
    return [
        *collected,
        allow("KeepTheLedger", ledger, written.table),
        allow("ReportAFailedRun", ["sqs:SendMessage"], written.failures),
        allow("WriteLogs", logs, written.log_group),
        allow("WriteTraces", traces, "*"),
    ]


def use_of_key(settings: Settings) -> list[iam.PolicyStatement]:
    """What reading and writing takes under a key of the user's own."""
    if settings.key_arn is None:
        return []
    actions = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
    return [allow("UseYourKey", actions, settings.key_arn)]


def allow(
    sid: str,
    actions: list[str],
    resource: str,
    conditions: Mapping[str, Mapping[str, object]] | None = None,
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid, actions=actions, resources=[resource], conditions=conditions
    )

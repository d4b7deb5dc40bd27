"""What a Task state's Resource calls, and the first word of the error names it gives."""

_OPTIMISED = "states:::"

ERROR_PREFIXES = {
    "apigateway": "ApiGateway",
    "athena": "Athena",
    "batch": "Batch",
    "bedrock": "Bedrock",
    "codebuild": "CodeBuild",
    "dynamodb": "DynamoDB",
    "ecs": "ECS",
    "eks": "EKS",
    "elasticmapreduce": "ElasticMapReduce",
    "events": "EventBridge",
    "glue": "Glue",
    "lambda": "Lambda",
    "sagemaker": "SageMaker",
    "sns": "SNS",
    "sqs": "SQS",
    "states": "StepFunctions",
}
"""How optimised integrations spell the service in error names; SDK integrations differ."""


def integration_of(resource: object) -> str:
    """The integration of a Resource, spelled as execution histories spell it.

    >>> integration_of("arn:aws:states:::ecs:runTask.sync")
    'ecs:runTask.sync'
    >>> integration_of("arn:aws:lambda:eu-west-1:123456789012:function:f")
    'lambda'
    """
    text = str(resource)
    if _OPTIMISED in text:
        return text.split(_OPTIMISED, 1)[1]
    return "activity" if ":activity:" in text else "lambda"


def service_of(integration: str | None) -> str:
    """The service an integration calls: `ecs` for both `ecs:…` and `aws-sdk:ecs:…`."""
    parts = (integration or "").split(":")
    return parts[1] if parts[0] == "aws-sdk" and len(parts) > 1 else parts[0]

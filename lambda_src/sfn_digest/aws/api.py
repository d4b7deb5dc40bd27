"""The AWS calls, by name. All of them read, save for one that a person has to ask for."""

from enum import StrEnum


class Api(StrEnum):
    """An API by the name AWS gives it in quotas and metrics."""

    GET_RESOURCES = "GetResources"
    GET_METRIC_DATA = "GetMetricData"
    LIST_STATE_MACHINES = "ListStateMachines"
    LIST_EXECUTIONS = "ListExecutions"
    GET_EXECUTION_HISTORY = "GetExecutionHistory"
    DESCRIBE_STATE_MACHINE = "DescribeStateMachine"
    DESCRIBE_STATE_MACHINE_ALIAS = "DescribeStateMachineAlias"
    DESCRIBE_STATE_MACHINE_FOR_EXECUTION = "DescribeStateMachineForExecution"
    DESCRIBE_EXECUTION = "DescribeExecution"
    DESCRIBE_MAP_RUN = "DescribeMapRun"
    TEST_STATE = "TestState"
    REDRIVE_EXECUTION = "RedriveExecution"
    LIST_METRICS = "ListMetrics"
    GET_OBJECT = "GetObject"
    START_QUERY = "StartQuery"
    GET_QUERY_RESULTS = "GetQueryResults"
    FILTER_LOG_EVENTS = "FilterLogEvents"

    @property
    def action(self) -> str:
        """The IAM action that allows the call."""
        return f"{_SERVICES.get(self, _STEP_FUNCTIONS)[0]}:{self.value}"

    @property
    def service(self) -> str:
        """The service that answers, in words for people."""
        return _SERVICES.get(self, _STEP_FUNCTIONS)[1]


_STEP_FUNCTIONS = ("states", "Step Functions")
_CLOUDWATCH = ("cloudwatch", "CloudWatch")
_LOGS = ("logs", "CloudWatch Logs")
_SERVICES = {
    Api.GET_RESOURCES: ("tag", "The Resource Groups Tagging API"),
    Api.GET_METRIC_DATA: _CLOUDWATCH,
    Api.LIST_METRICS: _CLOUDWATCH,
    Api.GET_OBJECT: ("s3", "Amazon S3"),
    Api.START_QUERY: _LOGS,
    Api.GET_QUERY_RESULTS: _LOGS,
    Api.FILTER_LOG_EVENTS: _LOGS,
}


class Quantity(StrEnum):
    """What is metered beside calls: points of metrics, as many as a request could have."""

    DATAPOINTS = "GetMetricData datapoints"


Metered = Api | Quantity
"""What AWS keeps a quota of."""


class DeploymentApi(StrEnum):
    """An API that is asked once a run, mostly by the doctor: no bucket of ours is kept for it."""

    ASSUME_ROLE = "AssumeRole"
    GET_CALLER_IDENTITY = "GetCallerIdentity"
    GET_FUNCTION_CONFIGURATION = "GetFunctionConfiguration"
    GET_PARAMETER = "GetParameter"
    INVOKE = "Invoke"
    GET_SECRET_VALUE = "GetSecretValue"  # noqa: S105 - a call, not a secret
    LIST_ACCOUNT_ALIASES = "ListAccountAliases"
    VALIDATE_STATE_MACHINE_DEFINITION = "ValidateStateMachineDefinition"

    @property
    def action(self) -> str:
        """The IAM action that allows the call."""
        name = "InvokeFunction" if self is DeploymentApi.INVOKE else self.value
        return f"{_DEPLOYMENT_SERVICES[self][0]}:{name}"

    @property
    def service(self) -> str:
        """The service that answers, in words for people."""
        return _DEPLOYMENT_SERVICES[self][1]


_DEPLOYMENT_SERVICES = {
    DeploymentApi.ASSUME_ROLE: ("sts", "AWS STS"),
    DeploymentApi.GET_CALLER_IDENTITY: ("sts", "AWS STS"),
    DeploymentApi.GET_FUNCTION_CONFIGURATION: ("lambda", "Lambda"),
    DeploymentApi.GET_PARAMETER: ("ssm", "Systems Manager"),
    DeploymentApi.INVOKE: ("lambda", "Lambda"),
    DeploymentApi.GET_SECRET_VALUE: ("secretsmanager", "Secrets Manager"),
    DeploymentApi.LIST_ACCOUNT_ALIASES: ("iam", "IAM"),
    DeploymentApi.VALIDATE_STATE_MACHINE_DEFINITION: _STEP_FUNCTIONS,
}


class HubApi(StrEnum):
    """A call on the hub's bucket, by the action that allows it."""

    GET_OBJECT = "GetObject"
    LIST_BUCKET = "ListBucket"
    PUT_OBJECT = "PutObject"

    @property
    def action(self) -> str:
        """The IAM action that allows the call."""
        return f"s3:{self.value}"

    @property
    def service(self) -> str:
        """The service that answers, in words for people."""
        return "Amazon S3"


AnyApi = Api | DeploymentApi | HubApi

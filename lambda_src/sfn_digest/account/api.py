"""The AWS calls the digest makes, by name: all of them read, none of them writes."""

from enum import StrEnum


class Api(StrEnum):
    """An API by the name AWS gives it in quotas and metrics."""

    GET_RESOURCES = "GetResources"
    GET_METRIC_DATA = "GetMetricData"
    LIST_STATE_MACHINES = "ListStateMachines"
    LIST_EXECUTIONS = "ListExecutions"
    GET_EXECUTION_HISTORY = "GetExecutionHistory"
    DESCRIBE_STATE_MACHINE = "DescribeStateMachine"

    @property
    def action(self) -> str:
        """The IAM action that allows the call."""
        return f"{_SERVICES.get(self, _STEP_FUNCTIONS)[0]}:{self.value}"

    @property
    def service(self) -> str:
        """The service that answers, in words for people."""
        return _SERVICES.get(self, _STEP_FUNCTIONS)[1]


_STEP_FUNCTIONS = ("states", "Step Functions")
_SERVICES = {
    Api.GET_RESOURCES: ("tag", "The Resource Groups Tagging API"),
    Api.GET_METRIC_DATA: ("cloudwatch", "CloudWatch"),
}

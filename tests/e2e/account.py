"""The account of the end-to-end test: a tagged machine that failed, another nobody tagged."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import boto3

from tests.e2e.engines import TOKEN, Engines

PATIENCE = 30.0

FAILING = {
    "StartAt": "Charge",
    "States": {
        "Charge": {"Type": "Fail", "Error": "Payment.Declined", "Cause": "Card <expired> & gone"}
    },
}
"""A state machine whose every execution fails, with a cause that Slack's mrkdwn must escape."""


class Account:
    """The deployed account, through boto3 as a person would reach it."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._session: Any = boto3.session.Session("test", "test", region_name="us-east-1")

    def client(self, service: str, url: str | None = None) -> Any:
        """A client of ministack, or of the engine at `url`."""
        return self._session.client(service, endpoint_url=url or self._engines.aws)

    def store_token(self, name: str) -> None:
        """The Slack token, as the deployment guide says to store it."""
        self.client("ssm").put_parameter(Name=name, Value=TOKEN, Type="SecureString")

    def failed_machine(self, name: str, tags: list[dict[str, str]], executions: int) -> str:
        """A machine whose executions have failed; its tags are moto's to know."""
        states = self.client("stepfunctions")
        described = {
            "name": name,
            "definition": json.dumps(FAILING),
            "roleArn": "arn:aws:iam::000000000000:role/any",
            "tags": tags,
        }
        arn: str = states.create_state_machine(**described)["stateMachineArn"]
        twin = self.client("stepfunctions", self._engines.tags).create_state_machine(**described)
        assert twin["stateMachineArn"] == arn
        self.fail(arn, executions)
        return arn

    def fail(self, arn: str, executions: int) -> None:
        """Let so many executions of a machine fail."""
        states = self.client("stepfunctions")
        before = len(self._failed(arn))
        for _ in range(executions):
            states.start_execution(stateMachineArn=arn)
        self._until_failed(arn, before + executions)
        self._count(arn, executions)

    def tag(self, arn: str, key: str, value: str) -> None:
        """Tag a machine that is there already."""
        states = self.client("stepfunctions", self._engines.tags)
        states.tag_resource(resourceArn=arn, tags=[{"key": key, "value": value}])

    def invoke(self, function: str, event: Mapping[str, object]) -> Any:
        """What the function answers to an event, invoked by hand."""
        payload, failed = self._invoked(function, event)
        assert not failed, payload
        return payload

    def refused(self, function: str, event: Mapping[str, object]) -> str:
        """The sentence with which the function fails on an event."""
        payload, failed = self._invoked(function, event)
        assert failed, payload
        return str(payload["errorMessage"])

    def _invoked(self, function: str, event: Mapping[str, object]) -> tuple[Any, bool]:
        answer = self.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        return json.loads(answer["Payload"].read()), "FunctionError" in answer

    def outputs(self, stack: str) -> dict[str, str]:
        """The stack's outputs by name."""
        (described,) = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        return {out["OutputKey"]: out["OutputValue"] for out in described["Outputs"]}

    def _until_failed(self, arn: str, executions: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if len(self._failed(arn)) == executions:
                return
            time.sleep(0.2)
        raise TimeoutError(f"{arn} has not failed {executions} times")

    def _failed(self, arn: str) -> list[dict[str, Any]]:
        states = self.client("stepfunctions")
        listed = states.list_executions(stateMachineArn=arn, statusFilter="FAILED")
        return list(listed["executions"])

    def _count(self, arn: str, executions: int) -> None:
        """CloudWatch's counts, which ministack's Step Functions does not publish."""
        at = datetime.now(UTC)
        self.client("cloudwatch").put_metric_data(
            Namespace="AWS/States",
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": "StateMachineArn", "Value": arn}],
                    "Timestamp": at,
                    "Value": executions,
                }
                for name in ("ExecutionsStarted", "ExecutionsFailed")
            ],
        )

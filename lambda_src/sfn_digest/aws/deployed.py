"""What is asked of AWS about the deployment: caller, function, Slack token, ledger; and one call
that has the function invoked again.

These services have quotas of their own, apart from those that production's executions need, so
their calls take no governor. Every question raises an AccountError where AWS refuses it.
"""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import DeploymentApi
from sfn_digest.aws.dynamodb_table import Table
from sfn_digest.aws.secrets import Secrets
from sfn_digest.aws.sessions import open_session
from sfn_digest.aws.ungoverned import ask, open_client
from sfn_digest.config.names import UNREAD_KEY
from sfn_digest.errors import AccountError
from sfn_digest.i18n.sanitize import visible


class Deployment:
    """The questions, in the Region that the digest's other clients are in."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._session = open_session(region)
        self.secrets = Secrets(self._session)

    def account_id(self) -> str:
        """The account of the credentials; IAM lets every caller ask."""
        client = open_client(self._session, "sts")
        return ask(
            DeploymentApi.GET_CALLER_IDENTITY,
            client.get_caller_identity,
            lambda answer: answer.text("Account"),
            self._region,
        )

    def environment(self, function: str) -> Mapping[str, str]:
        """The environment of the function of this name or ARN.

        Raises NotThereError where there is none, AccountError where it cannot run.
        """
        client = open_client(self._session, "lambda")
        return ask(
            DeploymentApi.GET_FUNCTION_CONFIGURATION,
            partial(client.get_function_configuration, FunctionName=function),
            _environment,
            self._region,
            missing=f"There is no function {visible(function)} in {self._region}: give the name "
            "that the stack's output FunctionName has, or name another Region.",
        )

    def unread_machines(self, table: str) -> tuple[str, ...]:
        """The ARNs of machines that the last digest could not read, from its DynamoDB table."""
        client = open_client(self._session, "dynamodb")
        entry = Table(table, lambda: client).read(UNREAD_KEY)
        return tuple(entry["machines"].split()) if entry and "machines" in entry else ()


def invoke_again(function_arn: str, event: Mapping[str, Any]) -> None:
    """Have a function invoked with this event, soon and whatever becomes of who asks.

    Raises AccountError where Lambda does not take the event, or does not say that it did.
    """
    region = function_arn.split(":")[3]
    client = open_client(open_session(region), "lambda")
    ask(
        DeploymentApi.INVOKE,
        partial(
            client.invoke,
            FunctionName=function_arn,
            InvocationType="Event",
            Payload=json.dumps(event).encode(),
        ),
        lambda answer: answer.whole("StatusCode"),
        region,
        missing="Lambda does not know the function that runs: deploy the stack again.",
    )


def _environment(answer: Answer) -> Mapping[str, str]:
    for status in ("State", "LastUpdateStatus"):
        if answer.text_or_none(status) == "Failed":
            raise AccountError(
                f"The function's {status} is Failed: deploy the stack again, and see "
                f"{status}Reason in the Lambda console if this persists."
            )
    environment = answer.structure_or_none("Environment")
    if environment is None:
        return {}
    if environment.structure_or_none("Error") is not None:
        raise AccountError(
            "Lambda cannot decrypt the function's environment: allow kms:Decrypt on its key."
        )
    variables = environment.structure_or_none("Variables")
    return variables.text_by_name() if variables is not None else {}

"""What the doctor asks of AWS about the deployment: caller, function, Slack token, ledger.

These services have quotas of their own, apart from those that production's executions need, so
their calls take no governor. Every question raises an AccountError where AWS refuses it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sfn_digest.aws.api import DeploymentApi
from sfn_digest.aws.refusals import error_code, set_up_error, translate
from sfn_digest.aws.sessions import open_session
from sfn_digest.aws.table import Table
from sfn_digest.errors import AccessDeniedError, AccountError
from sfn_digest.i18n.sanitize import visible

NO_KEY = "doctor"
"""A key that the ledger never holds: to read it tells whether it can be read."""

Ask = Callable[[], dict[str, Any]]


class NotThereError(AccountError):
    """The function, the parameter or the secret does not exist in the account and Region."""


class Deployment:
    """The questions, in the Region that the digest's other clients are in."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._session = open_session(region)

    def account_id(self) -> str:
        """The account of the credentials; IAM lets every caller ask."""
        client = self._client("sts")
        return str(
            self._answer(DeploymentApi.GET_CALLER_IDENTITY, client.get_caller_identity)["Account"]
        )

    def environment(self, function: str) -> Mapping[str, str]:
        """The environment of the function of this name or ARN.

        Raises NotThereError where there is none, AccountError where it cannot run.
        """
        client = self._client("lambda")
        told = self._answer(
            DeploymentApi.GET_FUNCTION_CONFIGURATION,
            lambda: client.get_function_configuration(FunctionName=function),
            missing=f"There is no function {visible(function)} in {self._region}: give the name "
            "that the stack's output FunctionName has, or name another Region.",
        )
        for status in ("State", "LastUpdateStatus"):
            if told.get(status) == "Failed":
                raise AccountError(
                    f"The function's {status} is Failed: deploy the stack again, and see "
                    f"{status}Reason in the Lambda console if it stays so."
                )
        environment = told.get("Environment", {})
        if "Error" in environment:
            raise AccountError(
                "Lambda cannot decrypt the function's environment: allow kms:Decrypt on its key."
            )
        variables: Mapping[str, str] = environment.get("Variables", {})
        return variables

    def parameter(self, name: str) -> str:
        """The text of an SSM SecureString."""
        client = self._client("ssm")
        told = self._answer(
            DeploymentApi.GET_PARAMETER,
            lambda: client.get_parameter(Name=name, WithDecryption=True),
            missing=f"There is no SSM parameter {visible(name)} in {self._region}: create it as a "
            "SecureString that holds the bot token (xoxb-…).",
        )
        return str(told["Parameter"]["Value"]).strip()

    def secret(self, name: str) -> str:
        """The text of a Secrets Manager secret, by name or ARN."""
        client = self._client("secretsmanager")
        told = self._answer(
            DeploymentApi.GET_SECRET_VALUE,
            lambda: client.get_secret_value(SecretId=name),
            missing=f"There is no Secrets Manager secret {visible(name)} in {self._region}, or it "
            "is empty: create it with the bot token (xoxb-…) as its text.",
        )
        return str(told.get("SecretString", "")).strip()

    def read_ledger(self, table: str) -> None:
        """Read one key that the digest's DynamoDB table does not hold."""
        Table(table, self._client("dynamodb")).read(NO_KEY)

    def _client(self, service: str) -> Any:
        config = Config(
            retries={"total_max_attempts": 2, "mode": "standard"}, connect_timeout=5, read_timeout=9
        )
        try:
            return self._session.client(service, config=config)  # type: ignore[call-overload]
        except (BotoCoreError, ValueError) as error:
            raise set_up_error(error) from error

    def _answer(self, api: DeploymentApi, ask: Ask, missing: str = "") -> dict[str, Any]:
        try:
            return ask()
        except (ClientError, BotoCoreError) as error:
            raise _refusal(error, api, self._region, missing) from error


def _refusal(error: Exception, api: DeploymentApi, region: str, missing: str) -> AccountError:
    if error_code(error) in ("ParameterNotFound", "ResourceNotFoundException"):
        return NotThereError(missing)
    told = translate(error, api, region)
    if isinstance(told, AccessDeniedError) and "kms:Decrypt" in str(error):
        # The service passes on what KMS refused, under its own code.
        return AccessDeniedError(str(told).replace(api.action, f"kms:Decrypt for {api.action}"))
    return told

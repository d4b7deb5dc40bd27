"""The Slack token, from where the deployment keeps it; held in memory only."""

from collections.abc import Callable
from math import inf

import boto3

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import DeploymentApi
from sfn_digest.aws.sessions import open_session
from sfn_digest.aws.ungoverned import PATIENT, Patience, TimedClients, ask
from sfn_digest.errors import AccountError, BadRequestError
from sfn_digest.i18n.sanitize import visible


class Secrets:
    """Texts by the names under which AWS keeps them.

    They appear in no error. Each raises NotThereError where there is none, and AccountError
    where AWS does not give it.
    """

    def __init__(self, session: boto3.Session, patience: Patience = PATIENT) -> None:
        self._session = session
        self._patience = patience

    def parameter(self, name: str) -> str:
        """The text of an SSM SecureString."""
        clients = TimedClients(self._session, "ssm", "Systems Manager", self._patience)
        region = clients().meta.region_name
        return ask(
            DeploymentApi.GET_PARAMETER,
            lambda: clients().get_parameter(Name=name, WithDecryption=True),
            lambda answer: answer.structure("Parameter").text("Value").strip(),
            region,
            missing=f"There is no SSM parameter {visible(name)} in {region}: create it as a "
            "SecureString that holds the bot token (xoxb-…).",
            patience=self._patience,
        )

    def secret(self, name: str) -> str:
        """The text of a Secrets Manager secret, by name or ARN."""
        clients = TimedClients(self._session, "secretsmanager", "Secrets Manager", self._patience)
        region = clients().meta.region_name
        return ask(
            DeploymentApi.GET_SECRET_VALUE,
            lambda: clients().get_secret_value(SecretId=name),
            _secret_string,
            region,
            missing=f"There is no Secrets Manager secret {visible(name)} in {region}, or it "
            "is empty: create it with the bot token (xoxb-…) as its value.",
            patience=self._patience,
        )


def _secret_string(answer: Answer) -> str:
    # A secret may hold bytes alone.
    return (answer.text_or_none("SecretString") or "").strip()


def read_token(
    parameter: str | None, secret: str | None, left: Callable[[], float] = lambda: inf
) -> str:
    """The text of an SSM SecureString, or of a Secrets Manager secret.

    `parameter` and `secret` are names (or ARNs), of which one must be given; `left` tells the
    seconds that remain. Raises AccountError where AWS does not give the value, or there is no
    time to ask for it; the value appears in no error.
    """
    secrets = Secrets(open_session(), Patience(left))
    if parameter is not None:
        text = secrets.parameter(parameter)
    elif secret is not None:
        text = secrets.secret(secret)
    else:
        raise BadRequestError(_NOWHERE)
    if not text:
        raise AccountError(_EMPTY)
    return text


_NOWHERE = (
    "No Slack token is named: set SLACK_TOKEN_PARAMETER to the name of an SSM SecureString "
    "that holds the bot token, or SLACK_TOKEN_SECRET to a Secrets Manager secret."
)
_EMPTY = "The Slack token in AWS is empty: store the bot token (xoxb-…) there again."

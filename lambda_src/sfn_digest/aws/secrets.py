"""The Slack token, from where the deployment keeps it; held in memory only."""

from botocore.exceptions import BotoCoreError

from sfn_digest.aws.refusals import set_up_error
from sfn_digest.aws.sessions import open_session
from sfn_digest.errors import AccountError, BadRequestError


def read_token(parameter: str | None, secret: str | None) -> str:
    """The text of an SSM SecureString, or of a Secrets Manager secret.

    `parameter` and `secret` are names (or ARNs), of which one must be given. Raises
    AccountError where AWS does not give the value; the value appears in no error.
    """
    from aws_lambda_powertools.utilities.parameters import (  # noqa: PLC0415 - only to post
        GetParameterError,
        SecretsProvider,
        SSMProvider,
    )

    try:
        if parameter is not None:
            token = SSMProvider(boto3_session=open_session()).get(parameter, decrypt=True)
        elif secret is not None:
            token = SecretsProvider(boto3_session=open_session()).get(secret)
        else:
            raise BadRequestError(_NOWHERE)
    except GetParameterError as refused:
        raise AccountError(_refusal(parameter, secret)) from refused
    except (BotoCoreError, ValueError) as error:
        raise set_up_error(error) from error
    text = str(token).strip()
    if not text:
        raise AccountError(_EMPTY)
    return text


_NOWHERE = (
    "No Slack token is named: set SLACK_TOKEN_PARAMETER to the name of an SSM SecureString "
    "that holds the bot token, or SLACK_TOKEN_SECRET to a Secrets Manager secret."
)
_EMPTY = "The Slack token that AWS gave is empty: store the bot token (xoxb-…) there again."


def _refusal(parameter: str | None, secret: str | None) -> str:
    if parameter is not None:
        return (
            f"The SSM parameter {parameter} could not be read: create it as a SecureString with "
            "the bot token, and allow ssm:GetParameter on it (and kms:Decrypt on its key)."
        )
    return (
        f"The Secrets Manager secret {secret} could not be read: create it with the bot token, "
        "and allow secretsmanager:GetSecretValue on it (and kms:Decrypt on its key)."
    )

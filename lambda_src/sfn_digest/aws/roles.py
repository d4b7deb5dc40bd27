"""Roles of other accounts, taken from AWS STS for one report each."""

from functools import partial

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import DeploymentApi
from sfn_digest.aws.sessions import RoleCredentials, open_session
from sfn_digest.aws.ungoverned import ask, open_client
from sfn_digest.errors import AccessDeniedError
from sfn_digest.i18n.message import Message

SESSION = "sfn-digest"
"""What the account's CloudTrail calls the session."""


def assume_role(role: str, region: str) -> RoleCredentials:
    """The credentials of a role, by its ARN, asked for in the Region that is read; they hold for
    an hour. Raises AccountError where AWS refuses it or cannot be reached.
    """
    client = open_client(open_session(region), "sts")
    take = partial(client.assume_role, RoleArn=role, RoleSessionName=SESSION)
    try:
        return ask(DeploymentApi.ASSUME_ROLE, take, _credentials, region)
    except AccessDeniedError as error:
        raise AccessDeniedError(
            Message(
                "AWS denied sts:AssumeRole on {role}: create the role, name the caller in its "
                "trust policy, and allow the call in the caller's IAM policy.",
                role=role,
            )
        ) from error


def _credentials(answer: Answer) -> RoleCredentials:
    given = answer.structure("Credentials")
    return RoleCredentials(
        given.text("AccessKeyId"), given.text("SecretAccessKey"), given.text("SessionToken")
    )

"""boto3's session, where every client of the room gets its Region and its models from; and roles of
other accounts, taken from AWS STS for one report each.
"""

import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial

import boto3
from botocore.config import Config
from botocore.loaders import Loader, create_loader
from botocore.session import get_session
from botocore.utils import parse_timestamp

from sfn_digest import __version__
from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import DeploymentApi
from sfn_digest.aws.ungoverned import ask, open_client
from sfn_digest.errors import AccessDeniedError
from sfn_digest.i18n.message import Message

USER_AGENT = (
    f"sfn-digest/{__version__} Boto3/{boto3.__version__} lang/python#{platform.python_version()}"
)
"""Who asks, as CloudTrail shows it. Botocore puts its own together twice a call, which takes a
sixth of a call's CPU time.
"""


@dataclass(frozen=True, slots=True)
class RoleCredentials:
    """What STS gave for a role; none of it is shown anywhere."""

    key_id: str = field(repr=False)
    secret: str = field(repr=False)
    token: str = field(repr=False)


def open_session(region: str | None = None, role: RoleCredentials | None = None) -> boto3.Session:
    """A session in `region`, or else in the Region that AWS's variables or the profile name, with
    a role's credentials, or those that the variables or the profile name.

    It may have no Region, which its clients then complain of. Raises ProfileNotFound.
    """
    core = get_session()
    core.set_default_client_config(Config(user_agent=USER_AGENT))
    loader = _loader(core.get_config_variable("data_path"))
    core.register_component("data_loader", loader)
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_time)
    # boto3 does not look at AWS_REGION, which AWS's command line and other SDKs put first.
    session = boto3.Session(
        region_name=region or os.environ.get("AWS_REGION") or None,
        botocore_session=core,
        aws_access_key_id=role.key_id if role else None,
        aws_secret_access_key=role.secret if role else None,
        aws_session_token=role.token if role else None,
    )
    # Every session adds boto3's own folder again.
    loader.search_paths[:] = dict.fromkeys(loader.search_paths)
    return session


def _time(moment: float | str) -> datetime:
    """A time of AWS's, in UTC. Botocore puts each into the machine's own zone first, which takes a
    tenth of all the time that reading histories does.
    """
    if isinstance(moment, int | float):
        return datetime.fromtimestamp(moment, UTC)
    return parse_timestamp(moment).astimezone(UTC)


@cache
def _loader(data_path: str | None) -> Loader:
    """What reads AWS's models of services and endpoints, which take a tenth of a second each
    session: once for all sessions, and once for all runs in a warm Lambda.
    """
    return create_loader(data_path)


ROLE_SESSION = "sfn-digest"
"""What the account's CloudTrail calls the session."""


def assume_role(role: str, region: str) -> RoleCredentials:
    """The credentials of a role, by its ARN, asked for in the Region that is read; they hold for
    an hour. Raises AccountError where AWS refuses it or cannot be reached.
    """
    client = open_client(open_session(region), "sts")
    take = partial(client.assume_role, RoleArn=role, RoleSessionName=ROLE_SESSION)
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

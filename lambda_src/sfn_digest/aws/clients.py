"""boto3's clients: AWS's own variables and profiles decide where they go and as whom."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import BotoCoreError

from sfn_digest.aws.histories import HOOK, read_events
from sfn_digest.aws.refusals import set_up_error
from sfn_digest.aws.sessions import RoleCredentials, open_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

CONNECTIONS = 24
"""At least one for each thread that may call, so that none waits for another's."""


@dataclass(frozen=True, slots=True)
class Clients:
    """The services the digest reads from, in one Region.

    Those that few reports need are opened when they are asked for: a client takes a while.
    """

    region: str
    states: "SFNClient"
    cloudwatch: "CloudWatchClient"
    tagging: "ResourceGroupsTaggingAPIClient"
    logs: "Callable[[], CloudWatchLogsClient]"
    objects: "Callable[[], S3Client]"
    role: RoleCredentials | None = None


def open_clients(region: str | None = None, role: RoleCredentials | None = None) -> Clients:
    """Clients for the account of the `role`, or else the one that AWS's variables or the profile
    name, in `region` or theirs.

    No call is made. Raises AccountError without a Region, NoCredentialsError for an unknown
    profile, NoEndpointError for a Region or endpoint that cannot be one.
    """
    # One attempt a call: the retries are the governor's.
    config = Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        max_pool_connections=CONNECTIONS,
        connect_timeout=5,
        read_timeout=30,
    )
    try:
        session = open_session(region, role)
        states = session.client("stepfunctions", config=config)
        if "amazonaws." not in states.meta.endpoint_url:
            # Of AWS's own hosts alone there is a second one, for TestState.
            here = config.merge(Config(inject_host_prefix=False))
            states = session.client("stepfunctions", config=here)
        states.meta.events.register(HOOK, read_events)
        return Clients(
            region=states.meta.region_name,
            states=states,
            cloudwatch=session.client("cloudwatch", config=config),
            tagging=session.client("resourcegroupstaggingapi", config=config),
            logs=cache(lambda: session.client("logs", config=config)),
            objects=cache(lambda: session.client("s3", config=config)),
            role=role,
        )
    except (BotoCoreError, ValueError) as error:
        raise set_up_error(error) from error

"""Calls to services whose quotas production does not need: no bucket is kept for them.

botocore makes each of them again where the service fails or throttles; what is no answer of AWS
is asked for again here.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sfn_digest.aws.answers import Answer, UnreadableAnswerError, answered
from sfn_digest.aws.api import DeploymentApi
from sfn_digest.aws.refusals import error_code, is_foreign, set_up_error, translate
from sfn_digest.errors import AccessDeniedError, AccountError

R = TypeVar("R")

PAUSES = (0.2, 0.5)
"""Seconds before each further attempt where what came is no answer of AWS."""


class NotThereError(AccountError):
    """What was asked for by its name does not exist in the account and Region."""


def open_client(session: boto3.Session, service: str) -> Any:
    """The client of a service, which gives up on a call within half a minute."""
    config = Config(
        retries={"total_max_attempts": 3, "mode": "standard"}, connect_timeout=3, read_timeout=6
    )
    try:
        return session.client(service, config=config)  # type: ignore[call-overload]
    except (BotoCoreError, ValueError) as error:
        raise set_up_error(error) from error


def asked(request: Callable[[], object], read: Callable[[Answer], R]) -> R:
    """What `read` takes from the answer, asked for again where it is none of AWS's.

    Raises botocore's errors as they are, and UnreadableAnswerError where no answer comes.
    """
    for pause in PAUSES:
        try:
            return answered(request, read)
        except (ClientError, UnreadableAnswerError) as error:
            if not is_foreign(error):
                raise
        time.sleep(pause)
    return answered(request, read)


def ask(
    api: DeploymentApi,
    request: Callable[[], object],
    read: Callable[[Answer], R],
    region: str,
    missing: str = "",
) -> R:
    """What `read` takes from the answer to one call of an API.

    Raises NotThereError with the sentence `missing` where what it asks for does not exist, and
    AccountError where AWS refuses.
    """
    try:
        return asked(request, read)
    except (ClientError, BotoCoreError, UnreadableAnswerError) as error:
        raise _refusal(error, api, region, missing) from error


def _refusal(error: Exception, api: DeploymentApi, region: str, missing: str) -> AccountError:
    if error_code(error) in ("ParameterNotFound", "ResourceNotFoundException"):
        return NotThereError(missing)
    told = translate(error, api, region)
    if isinstance(told, AccessDeniedError) and "kms:Decrypt" in str(error):
        # The service passes on what KMS refused, under its own code.
        return AccessDeniedError(str(told).replace(api.action, f"kms:Decrypt for {api.action}"))
    return told

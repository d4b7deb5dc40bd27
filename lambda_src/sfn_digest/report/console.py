"""Links to the Step Functions console, made only from ARNs of exactly the known shape."""

import re
from urllib.parse import quote

_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
"""Console host by partition; other partitions are left unlinked."""

_NAME = r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,80}"
"""A name as CreateStateMachine and StartExecution allow it (their API references)."""

_PREFIX = r"arn:(?P<partition>aws(?:-[a-z]+)*):states:(?P<region>[a-z]{2,}(?:-[a-z]+)+-\d):\d{12}:"
_MACHINE = re.compile(rf"{_PREFIX}stateMachine:{_NAME}")
_EXECUTION = re.compile(rf"{_PREFIX}execution:{_NAME}(?:/{_NAME})?:{_NAME}")


def machine_url(arn: str) -> str | None:
    """Give the console's page of a state machine, or None where the ARN is not one."""
    return _url(_MACHINE, arn, "statemachines/view")


def execution_url(arn: str) -> str | None:
    """Give the console's page of a Standard execution, or None where the ARN is not one.

    States and events within it have no address that AWS documents, so they are named instead.
    """
    return _url(_EXECUTION, arn, "v2/executions/details")


def execution_region(arn: str) -> str | None:
    """Give the Region in the ARN of a Standard execution, or None where the ARN is not one."""
    match = _EXECUTION.fullmatch(arn)
    return match["region"] if match else None


def _url(shape: re.Pattern[str], arn: str, page: str) -> str | None:
    match = shape.fullmatch(arn)
    host = _CONSOLES.get(match["partition"]) if match else None
    if match is None or host is None:
        return None
    region = match["region"]
    return f"https://{region}.{host}/states/home?region={region}#/{page}/{quote(arn, safe=':/')}"

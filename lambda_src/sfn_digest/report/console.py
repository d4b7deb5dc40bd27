"""Links to the Step Functions console, made only from ARNs of exactly the known shape."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

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
_EXPRESS = re.compile(rf"{_PREFIX}express:{_NAME}(?:/{_NAME})?:{_NAME}:{_NAME}")
_START_DATE = re.compile(r"[?&]startDate=(\d{12,14})\b")


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


@dataclass(frozen=True, slots=True)
class NamedExecution:
    """An execution by its ARN, in a Region; Express ones may come with when they started."""

    arn: str
    region: str
    express: bool
    started_at: datetime | None = None


def named_execution(text: str) -> NamedExecution | None:
    """The execution of an ARN, or of the console's page of one; None where it is neither.

    >>> page = "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/"
    >>> arn = "arn:aws:states:eu-west-1:123456789012:execution:load:run-7"
    >>> named_execution(f"{page}executions/details/{arn}") == named_execution(arn)
    True
    """
    page = re.match(r"https://[a-z0-9.-]*console\.[a-z0-9.-]+/states/[^#]*#", text)
    arn, _, query = unquote(text).partition("?") if page is None else _in_page(text)
    for shape in (_EXECUTION, _EXPRESS):
        if match := shape.fullmatch(arn):
            date = _START_DATE.search(f"?{query}")
            started = datetime.fromtimestamp(int(date[1]) / 1000, UTC) if date else None
            return NamedExecution(arn, match["region"], shape is _EXPRESS, started)
    return None


def _in_page(url: str) -> tuple[str, str, str]:
    path, mark, query = unquote(url.partition("#")[2]).partition("?")
    return path[path.find("arn:") :].rstrip("/"), mark, query


def _url(shape: re.Pattern[str], arn: str, page: str) -> str | None:
    match = shape.fullmatch(arn)
    host = _CONSOLES.get(match["partition"]) if match else None
    if match is None or host is None:
        return None
    region = match["region"]
    return f"https://{region}.{host}/states/home?region={region}#/{page}/{quote(arn, safe=':/')}"

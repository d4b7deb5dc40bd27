"""The error names that Step Functions writes, and which one a misspelled name was meant for."""

from collections.abc import Iterable

RESERVED = (
    "States.ALL",
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
)
_OF_SERVICES = (
    "Batch.AWSBatchException",
    "ECS.AmazonECSException",
    "Glue.AWSGlueException",
    "Glue.ConcurrentRunsExceededException",
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Sandbox.Timedout",
)
"""Errors of services that AWS's guide has people retry or catch, as Step Functions names them.

Not those of DynamoDB, which are DynamoDB.… or DynamoDb.… by the integration that called.
"""
_HTTP_STATUS = "States.Http.StatusCode."
_PREFIX, _NEAR_PREFIX = "states.", ("state.", "stats.", "states:", "states_")
_ANYTHING = frozenset({"*", "States.*", "ALL", "All", "all"})
_MOST_EDITS = 2
# Names that begin so are Step Functions' own: what none of its errors has is always misspelled.
_MORE_EDITS = 4
_LEAST_LETTERS = 8
_LONGEST = 100


def meant(name: str) -> str | None:
    """The reserved name that a misspelled one was meant for; None for any other name.

    >>> meant("State.ALL"), meant("States.TaskFailedId"), meant("States.Timeout")
    ('States.ALL', 'States.TaskFailed', None)
    """
    if name in RESERVED or name.startswith(_HTTP_STATUS) or len(name) > _LONGEST:
        return None
    folded = name.casefold()
    if name in _ANYTHING:
        return "States.ALL"
    if folded.startswith(_HTTP_STATUS.casefold()):
        return f"{_HTTP_STATUS}{name[len(_HTTP_STATUS) :]}"
    if folded.startswith(_PREFIX):
        return _reserved(folded)
    if not folded.startswith(_NEAR_PREFIX):
        return None
    return min(_close(name, RESERVED, _MOST_EDITS), default=(0, None))[1]


def _reserved(folded: str) -> str | None:
    """The reserved name that one under the same prefix is nearest to, if one is near."""
    bare = folded.removesuffix("exception").removesuffix("error")
    begun = [each for each in RESERVED if each.casefold().startswith(bare)]
    if len(begun) == 1 and len(bare) > len(_PREFIX) + 2:
        return begun[0]
    near = min(_MORE_EDITS, max(_MOST_EDITS, len(bare) // _MORE_EDITS))
    found = sorted(_close(bare, RESERVED, near))
    nearest = [name for edits, name in found if edits == found[0][0]]
    return nearest[0] if len(nearest) == 1 else None


def nearly(name: str) -> str | None:
    """The error of a service that a name off by a letter was meant for; None for any other name.

    >>> nearly("Lambda.TooManyRequestException"), nearly("Lambda.Timeout")
    ('Lambda.TooManyRequestsException', None)
    """
    if name in _OF_SERVICES or len(name) > _LONGEST:
        return None
    return min(_close(name, _OF_SERVICES, 1), default=(0, None))[1]


def differ_by_a_letter(one: str, other: str) -> bool:
    """Whether two names are one but for a letter, such as a plural; digits make names differ."""
    if one == other or min(len(one), len(other)) < _LEAST_LETTERS or _digits(one) != _digits(other):
        return False
    return bool(list(_close(one, (other,), 1)))


def resembles(name: str, error: str) -> bool:
    """Whether a name may have been meant for an error that it is not.

    >>> resembles("States.All", "States.ALL"), resembles("Other", "States.ALL")
    (True, False)
    """
    if name == error:
        return False
    alike = (
        name.casefold() == error.casefold() or name.rsplit(".", 1)[-1] == error.rsplit(".", 1)[-1]
    )
    return alike or error in (meant(name), nearly(name)) or differ_by_a_letter(name, error)


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


def _close(name: str, known: Iterable[str], most: int) -> Iterable[tuple[int, str]]:
    folded = name.casefold()
    for each in known:
        if abs(len(each) - len(name)) <= most:
            edits = _edits(folded, each.casefold())
            if edits <= most:
                yield edits, each


def _edits(one: str, other: str) -> int:
    """Letters to put in, take out or change until one name is the other."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        above, row = row, [number]
        for at, against in enumerate(other):
            row.append(min(above[at] + (letter != against), above[at + 1] + 1, row[at] + 1))
    return row[-1]

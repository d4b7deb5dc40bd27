"""The refusals that the package and its callers know how to go on from, each a sentence too."""

from sfn_digest import errors


class GoneError(errors.AccountError):
    """The state machine or the execution no longer exists."""


class StaleTokenError(errors.AccountError):
    """The nextToken of a listing has expired."""


class ThrottledError(errors.AccountError):
    """AWS throttled a call each time it was made."""


class OutOfTimeError(errors.AccountError):
    """The time that was set aside for a call was over before it was answered."""


HOPELESS = (errors.NoCredentialsError, errors.NoEndpointError)
"""What no other call would be spared either."""

FRUITLESS = (*HOPELESS, ThrottledError, OutOfTimeError)
"""What the next call of the same API would meet as well."""

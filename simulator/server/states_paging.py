"""Step Functions' paging: maxResults, nextToken and what is refused of either."""

from collections.abc import Sequence
from typing import TypeVar

from simulator.server.api import ApiError, Params
from simulator.server.tokens import BadTokenError, ExpiredTokenError, Timing

_TOKEN_LIFETIME = 24 * 3600.0
"""Seconds; each nextToken of Step Functions expires after 24 hours."""

_DEFAULT_PAGE = 100
_LARGEST_PAGE = 1000

_Item = TypeVar("_Item")


class Pager:
    """Cuts lists into pages; a token that expired or is not ours answers InvalidToken."""

    def __init__(self, timing: Timing) -> None:
        self._tokens = timing.tokens("nextToken", _TOKEN_LIFETIME)

    def page(self, params: Params, items: Sequence[_Item]) -> tuple[Sequence[_Item], str | None]:
        """The page asked for, and the token of the next one."""
        offset = self.offset(params)
        end = offset + page_size(params)
        return items[offset:end], self.token(params, end, len(items))

    def offset(self, params: Params) -> int:
        """Where the page asked for begins."""
        try:
            return self._tokens.offset(params)
        except BadTokenError as error:
            raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'") from error
        except ExpiredTokenError as error:
            raise ApiError("InvalidToken", "Invalid Token: 'Token has expired'") from error

    def token(self, params: Params, end: int, total: int) -> str | None:
        """The token of the page that begins at `end`, None where `total` items are read."""
        return self._tokens.issue(params, end) if end < total else None


def page_size(params: Params) -> int:
    """MaxResults: 100 where it is missing or 0, refused over 1,000."""
    asked = params.get("maxResults", 0)
    if not isinstance(asked, int) or not 0 <= asked <= _LARGEST_PAGE:
        raise ApiError(
            "ValidationException",
            f"1 validation error detected: Value '{asked}' at 'maxResults' failed to satisfy "
            f"constraint: Member must have value between 0 and {_LARGEST_PAGE}",
        )
    return asked or _DEFAULT_PAGE

"""Pages by nextToken, begun again once where a token expires on the way."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from sfn_digest.aws.account_errors import StaleTokenError

A_PAGE = 1000
"""The most that Step Functions lists on a page, of executions, machines or events."""

P = TypeVar("P")


def pages(fetch: Callable[[str], tuple[P, str]]) -> Iterator[P]:
    """Every page that `fetch` gives for a token ("" for the first page, and after the last).

    After an expired token the listing starts from its first page again, so what a page
    holds may come twice: the caller tells it apart. A second expiry is raised.
    """
    token, restarted = "", False
    while True:
        try:
            page, following = fetch(token)
        except StaleTokenError:
            if restarted or not token:
                raise
            token, restarted = "", True
            continue
        yield page
        if not following:
            return
        token = following

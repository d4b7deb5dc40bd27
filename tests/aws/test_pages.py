from collections.abc import Callable

import pytest

from sfn_digest.aws.account_errors import StaleTokenError
from sfn_digest.aws.pages import pages


def book(*stale: int) -> Callable[[str], tuple[str, str]]:
    """Three pages; the calls of these numbers find their token expired."""
    calls = 0

    def fetch(token: str) -> tuple[str, str]:
        nonlocal calls
        calls += 1
        if calls in stale:
            raise StaleTokenError
        number = int(token or 1)
        return f"page {number}", str(number + 1) if number < 3 else ""

    return fetch


def test_pages_follow_each_other_to_the_last() -> None:
    assert list(pages(book())) == ["page 1", "page 2", "page 3"]


def test_an_expired_token_begins_the_listing_again() -> None:
    assert list(pages(book(3))) == ["page 1", "page 2", "page 1", "page 2", "page 3"]


def test_a_second_expired_token_is_an_error() -> None:
    with pytest.raises(StaleTokenError):
        list(pages(book(3, 5)))


def test_a_first_page_has_no_token_that_could_expire() -> None:
    with pytest.raises(StaleTokenError):
        list(pages(book(1)))


def test_no_page_is_fetched_before_it_is_asked_for() -> None:
    asked: list[str] = []

    def fetch(token: str) -> tuple[str, str]:
        asked.append(token)
        return "page", "more"

    walk = pages(fetch)
    assert asked == []
    next(walk)
    assert asked == [""]

"""What was observed, held against what was predicted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.adoption import HintOutcome
from sfn_digest.adoption.verdict import verdict, wilson

SHARES = st.floats(0, 1)


@pytest.mark.parametrize(
    ("observed", "says"),
    [
        (HintOutcome(25, 21, 9), "as_predicted"),
        (HintOutcome(4, 0, 4), "too_few"),
        (HintOutcome(0, 0, 0), "too_few"),
        (HintOutcome(12, 0, 12), "worse"),
        (HintOutcome(40, 40, 40), "better"),
        (HintOutcome(12, 12, 2), "too_few"),
        (HintOutcome(12, 7, 12), "as_predicted"),
        (HintOutcome(12, 7, 2), "too_few"),
    ],
)
def test_the_share_is_judged_by_the_number_of_incidents(observed: HintOutcome, says: str) -> None:
    assert verdict(observed, 0.7, 0.9) == says


NUMBERS = st.integers(0, 200)


@given(NUMBERS, NUMBERS, NUMBERS, SHARES, SHARES)
def test_what_was_not_listed_may_have_recovered_so_that_nothing_is_worse_than_predicted(
    failures: int, recovered: int, incidents: int, one: float, two: float
) -> None:
    seen = HintOutcome(failures, min(failures, recovered), min(failures, incidents), unlisted=True)
    assert verdict(seen, min(one, two), max(one, two)) != "worse"


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, SHARES, SHARES)
def test_it_is_worse_only_if_it_is_so_with_every_unread_success_recovered(
    failures: int, recovered: int, incidents: int, unread: int, one: float, two: float
) -> None:
    low, high = sorted((one, two))
    seen = HintOutcome(failures, min(failures, recovered), min(failures, incidents), unread=unread)
    if verdict(seen, low, high) == "worse":
        whole = HintOutcome(failures + unread, seen.recovered + unread, seen.incidents)
        assert verdict(whole, low, high) == "worse"


def test_a_share_that_may_be_as_predicted_with_the_unread_ones_tells_nothing() -> None:
    assert verdict(HintOutcome(12, 6, 12, unread=1), 0.7, 0.9) == "as_predicted"
    assert verdict(HintOutcome(12, 6, 12, unread=9), 0.7, 0.9) == "too_few"
    assert verdict(HintOutcome(30, 1, 30, unread=9), 0.7, 0.9) == "worse"
    assert verdict(HintOutcome(30, 1, 30, unread=90), 0.7, 0.9) == "too_few"


@given(SHARES, st.integers(0, 10_000))
def test_the_interval_holds_the_share_and_stays_a_share(share: float, number: int) -> None:
    low, high = wilson(share, number)
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1


def test_the_interval_is_the_published_one() -> None:
    low, high = wilson(0.8, 10)
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=1e-4)

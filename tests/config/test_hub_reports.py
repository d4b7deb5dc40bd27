"""Keys of reports and the list of expected accounts are read back as they were written."""

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.config.hub_reports import (
    ExpectedPlace,
    ReportKey,
    parse_bucket,
    parse_expected,
    read_key,
)
from sfn_digest.errors import BadRequestError

KEYS = st.builds(
    ReportKey,
    st.from_regex(r"[0-9]{12}", fullmatch=True),
    st.sampled_from(["eu-west-1", "us-gov-east-1", "ap-northeast-3"]),
    st.integers(1_600_000_000, 3_800_000_000).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.sampled_from(["", "payments", "a-1"]),
)


@given(KEYS)
def test_a_key_is_read_back(key: ReportKey) -> None:
    assert read_key(key.text) == key


@given(st.text(string.printable) | KEYS.map(lambda key: key.text[:-1]))
def test_what_is_no_key_is_none_of_ours(text: str) -> None:
    assert read_key(text) is None


def test_keys_of_a_place_sort_by_the_end_of_their_periods() -> None:
    ends = [datetime(2026, month, 28, 9, tzinfo=UTC) for month in (2, 9, 10, 11)]
    keys = [ReportKey("1" * 12, "eu-west-1", end).text for end in ends]
    assert keys == sorted(keys)
    assert keys[0] == "reports/111111111111/eu-west-1/20260228T090000Z.json.gz"
    assert read_key("reports/111111111111/eu-west-1/20260231T090000Z.json.gz") is None


def test_expected_accounts_are_in_the_hubs_region_unless_they_name_one() -> None:
    assert parse_expected("111122223333=orders, 444455556666/us-east-1,", "eu-west-1") == (
        ExpectedPlace("111122223333", "eu-west-1", "orders"),
        ExpectedPlace("444455556666", "us-east-1"),
    )
    assert parse_expected("", "eu-west-1") == ()


@pytest.mark.parametrize("text", ["1111", "111122223333/mars", "payments", "111122223333=a/b"])
def test_what_is_no_account_is_told(text: str) -> None:
    with pytest.raises(BadRequestError, match="which is not an account: give twelve digits"):
        parse_expected(text, "eu-west-1")


def test_what_is_no_bucket_is_told() -> None:
    assert parse_bucket("acme-sfn-digest") == "acme-sfn-digest"
    for text in ("s3://acme", "Acme", "a", "acme/reports"):
        with pytest.raises(BadRequestError, match="which is not a bucket name"):
            parse_bucket(text)

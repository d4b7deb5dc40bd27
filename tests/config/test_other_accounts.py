"""The file of accounts: what it says is read, and each mistake has one sentence."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.config.other_accounts import ListedPlace, parse_accounts, read_accounts
from sfn_digest.errors import BadAccountsError

ID = "111122223333"
ROLE = f"arn:aws:iam::{ID}:role/reader"
FILE = f"""
role = "reader"
regions = ["eu-west-1"]

[[account]]
id = "{ID}"
name = "payments"
regions = ["eu-west-1", "us-east-1"]

[[account]]
id = "444455556666"
role = "arn:aws-us-gov:iam::444455556666:role/ops/other"
"""


def test_each_account_stands_once_for_each_of_its_regions() -> None:
    other = "arn:aws-us-gov:iam::444455556666:role/ops/other"
    assert parse_accounts(FILE) == (
        ListedPlace(ID, "eu-west-1", "payments", ROLE),
        ListedPlace(ID, "us-east-1", "payments", ROLE),
        ListedPlace("444455556666", "eu-west-1", "", other),
    )


def test_json_may_be_a_list_and_an_account_without_a_role_is_read_as_oneself(
    tmp_path: Path,
) -> None:
    path = tmp_path / "accounts.json"
    path.write_text(json.dumps([{"id": ID, "regions": ["eu-west-1"]}]), encoding="utf-8")
    assert read_accounts(path) == (ListedPlace(ID, "eu-west-1", "", None),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id = ", "is not TOML"),
        ("", "names no account"),
        ("accounts = []", "has “accounts”: give account, role, regions only"),
        ("[[account]]\nid = 111122223333", "has the id “111122223333” in account 1"),
        ('[[account]]\nname = "a"', "has no id in account 1"),
        (f'[[account]]\nid = "{ID}"', "has no regions for account 1"),
        (f'[[account]]\nid = "{ID}"\nregions = "eu-west-1"', "has no regions for account 1"),
        (f'[[account]]\nid = "{ID}"\nregions = ["Ireland"]', "has the Region “Ireland”"),
        (f'[[account]]\nid = "{ID}"\nrole = "a b"', "has the role “a b” for account 1"),
        (f'[[account]]\nid = "444455556666"\nrole = "{ROLE}"', f"a role of account {ID}"),
        (f'[[account]]\nid = "{ID}"\nname = 3', "has a name in account 1 that is not text"),
        (f'[[account]]\nid = "{ID}"\nregion = "x"', "has “region” in account 1"),
        (f'[[account]]\nid = "{ID}"\nregions = ["eu-west-1", "eu-west-1"]', "twice"),
        ("account = [3]", "has no table as account 1"),
        ("x" * 1_000_001, "holds 1,000,001 characters"),
    ],
)
def test_a_mistake_has_one_sentence_that_says_what_to_give(text: str, says: str) -> None:
    with pytest.raises(BadAccountsError) as told:
        parse_accounts(text)
    assert says in str(told.value)
    assert str(told.value).startswith("The accounts file ")
    assert str(told.value).endswith(".")
    assert "\n" not in str(told.value)


def test_a_file_may_begin_with_the_mark_that_editors_of_windows_write(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    path.write_text(f'[{{"id": "{ID}", "regions": ["eu-west-1"]}}]', "utf-8-sig")
    assert read_accounts(path) == (ListedPlace(ID, "eu-west-1", "", None),)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadAccountsError, match="cannot be read"):
        read_accounts(tmp_path / "none.toml")


@given(st.one_of(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists)))
def test_whatever_a_file_holds_it_is_read_or_refused(value: object) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    for json_text in (False, True):
        try:
            assert parse_accounts(text, json_text=json_text)
        except BadAccountsError as error:
            assert "\n" not in str(error)  # noqa: PT017 - either is right

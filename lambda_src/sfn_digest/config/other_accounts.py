"""Other accounts: the file that lists them for one report, and the role to read children with.

The file is TOML or JSON, and each mistake is one sentence:

    role = "sfn-digest-reader"          # for all that name no role of their own
    regions = ["eu-west-1"]             # likewise

    [[account]]
    id = "111122223333"
    name = "payments"
    regions = ["eu-west-1", "us-east-1"]

JSON holds a list of the accounts, or an object with the same names.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfn_digest.config.text_file import text_of
from sfn_digest.errors import BadAccountsError, BadRequestError
from sfn_digest.i18n.sanitize import clean, quoted

MOST_PLACES = 1_000
"""Accounts times Regions of one report."""

MOST_CHARACTERS = 1_000_000
_KEYS = ("id", "role", "regions", "name")
_ROLE = re.compile(r"arn:aws[\w-]*:iam::(?P<account>\d{12}):role/[\w+=,.@/-]{1,512}")
ROLE_NAME = re.compile(r"(?:[\w+=,.@-]+/){0,8}[\w+=,.@-]{1,64}", re.ASCII)
"""What IAM allows in a role's name, after its path if it has one."""
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")


@dataclass(frozen=True, slots=True)
class ListedPlace:
    """One account in one Region, and the role to read it with: None for the caller's own
    credentials.
    """

    account_id: str
    region: str
    name: str
    role: str | None


def read_accounts(path: Path) -> tuple[ListedPlace, ...]:
    """The places in a file, in its order. Raises BadAccountsError with one sentence."""
    give = "a TOML or JSON file such as docs/accounts.md describes"
    text = text_of(path, BadAccountsError, give, called="The accounts file")
    return parse_accounts(text, json_text=path.suffix.lower() == ".json")


def parse_accounts(text: str, *, json_text: bool = False) -> tuple[ListedPlace, ...]:
    """The places in a text of TOML, or of JSON. Raises BadAccountsError with one sentence."""
    if len(text) > MOST_CHARACTERS:
        raise _wrong(f"holds {len(text):,} characters: give {MOST_CHARACTERS:,} at most")
    document = _document(text, json_text=json_text)
    _refuse_strangers(document, ("account", "role", "regions"), "")
    rows = document.get("account")
    if not isinstance(rows, list) or not rows:
        raise _wrong("names no account: give an [[account]] table for each, with its id")
    places = [
        place
        for number, row in enumerate(rows, 1)
        for place in _places(row, document, f"account {number}")
    ]
    _refuse_repeated(places)
    if len(places) > MOST_PLACES:
        raise _wrong(f"names {len(places):,} accounts and Regions: give {MOST_PLACES:,} at most")
    return tuple(places)


def _document(text: str, *, json_text: bool) -> Mapping[str, Any]:
    kind = "JSON" if json_text else "TOML"
    try:
        read = json.loads(text) if json_text else tomllib.loads(text)
    except (RecursionError, ValueError) as error:
        why = clean(str(error), 120) if not isinstance(error, RecursionError) else "too deep"
        raise _wrong(f"is not {kind} ({why}): write it as docs/accounts.md shows") from None
    if isinstance(read, list):
        return {"account": read}
    if not isinstance(read, Mapping):
        raise _wrong("holds neither a list nor an object: give a list of accounts")
    return read


def _places(row: object, document: Mapping[str, Any], where: str) -> Iterator[ListedPlace]:
    if not isinstance(row, Mapping):
        raise _wrong(f"has no table as {where}: give an id, a role, regions and a name")
    _refuse_strangers(row, _KEYS, f" in {where}")
    account_id = _account_id(row.get("id"), where)
    name = row.get("name", "")
    if not isinstance(name, str):
        raise _wrong(f"has a name in {where} that is not text: give one such as payments")
    role = _role(row.get("role", document.get("role")), account_id, where)
    for region in _regions(row.get("regions", document.get("regions")), where):
        yield ListedPlace(account_id, region, clean(name, 64), role)


def _account_id(value: object, where: str) -> str:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{12}", value):
        return value
    given = "no id" if value is None else f"the id {quoted(str(value))}"
    raise _wrong(f'has {given} in {where}: give its twelve digits as text, such as "111122223333"')


def _role(value: object, account_id: str, where: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        if arn := _ROLE.fullmatch(value):
            if arn["account"] == account_id:
                return value
            raise _wrong(
                f"has in {where} a role of account {arn['account']}: give a role of {account_id}"
            )
        if ROLE_NAME.fullmatch(value):
            return f"arn:aws:iam::{account_id}:role/{value}"
    raise _wrong(
        f"has the role {quoted(str(value))} for {where}: give the ARN or the name of a role"
    )


def _regions(value: object, where: str) -> list[str]:
    if isinstance(value, list) and value:
        for region in value:
            if not isinstance(region, str) or not _REGION.fullmatch(region):
                raise _wrong(
                    f"has the Region {quoted(str(region))} in {where}: give one such as eu-west-1"
                )
        return value
    raise _wrong(f'has no regions for {where}: give a list such as ["eu-west-1"]')


def _refuse_strangers(row: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    stranger = next((key for key in row if key not in known), None)
    if stranger is not None:
        raise _wrong(f"has {quoted(str(stranger))}{where}: give {', '.join(known)} only")


def _refuse_repeated(places: list[ListedPlace]) -> None:
    seen: set[tuple[str, str]] = set()
    for each in places:
        place = each.account_id, each.region
        if place in seen:
            raise _wrong(f"names account {each.account_id} in {each.region} twice: name it once")
        seen.add(place)


def _wrong(what: str) -> BadAccountsError:
    return BadAccountsError(f"The accounts file {what}.")


def parse_child_role(text: str) -> str | None:
    """The name of the role that children of other accounts are read with, the same in each; None
    where there is none. Raises BadRequestError.
    """
    name = text.strip().removeprefix("/")
    if name and not ROLE_NAME.fullmatch(name):
        raise BadRequestError(
            f"child-role is {quoted(text)}, which is not the name of an IAM role: give its name "
            "alone, which is the same in every account, such as sfn-digest-reader."
        )
    return name or None

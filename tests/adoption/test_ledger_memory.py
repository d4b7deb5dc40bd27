"""Hints in the table of all runs: none is lost, and no refusal costs a digest."""

import os
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from sfn_digest.adoption import HintScope, Kept
from sfn_digest.adoption.hint_json import to_text
from sfn_digest.aws.dynamodb_table import open_table
from sfn_digest.config.names import UNREAD_KEY
from sfn_digest.delivery import MemoryLedger, Note
from sfn_digest.delivery.ledger import Entry
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import Tag
from sfn_digest.pipeline.hint_ledger import MOST_CHARACTERS, MOST_UNREAD, LedgerMemory, keep_unread
from tests.adoption.made import kept

pytestmark = pytest.mark.slow

PLACE = HintScope("123456789012", "eu-west-1", Tag("sfn-digest", "on"))
OTHER = kept(cause="throttling")


class Refusing(MemoryLedger):
    """A ledger that refuses to be read or written."""

    def __init__(self, *refused: str) -> None:
        super().__init__()
        self.refused = refused

    def read(self, key: str) -> Entry | None:
        if "read" in self.refused:
            raise AccountError("AWS denied the table.")
        return super().read(key)

    def write(self, key: str, entry: Entry, *, replacing: str | None) -> bool:
        if "write" in self.refused:
            raise AccountError("AWS denied the table.")
        return super().write(key, entry, replacing=replacing)


class Contended(MemoryLedger):
    """A ledger in which somebody else is always quicker."""

    def write(self, key: str, entry: Entry, *, replacing: str | None) -> bool:
        standing = self.read(key)
        token = standing["token"] if standing else None
        super().write(key, {**entry, "token": f"{entry['token']}!"}, replacing=token)
        return super().write(key, entry, replacing=replacing)


@pytest.fixture
def told() -> list[Note]:
    return []


def causes(hints: tuple[Kept, ...]) -> set[str]:
    return {each.cause for each in hints}


def test_what_one_run_keeps_the_next_one_finds(told: list[Note]) -> None:
    ledger = MemoryLedger()
    first = LedgerMemory(ledger, told.append)
    assert first.load(PLACE) == ()
    first.save(PLACE, [kept()])
    first.save(PLACE, [kept(), OTHER])
    assert LedgerMemory(ledger, told.append).load(PLACE) == (kept(), OTHER)
    assert told == []


def test_other_tags_accounts_and_regions_are_kept_apart(told: list[Note]) -> None:
    memory = LedgerMemory(MemoryLedger(), told.append)
    memory.load(PLACE)
    memory.save(PLACE, [kept()])
    for other in (
        HintScope("210987654321", "eu-west-1", PLACE.tag),
        HintScope("123456789012", "us-east-1", PLACE.tag),
        HintScope("123456789012", "eu-west-1", Tag("team", "data")),
    ):
        assert memory.load(other) == ()


def test_two_runs_at_once_lose_no_hint(told: list[Note]) -> None:
    ledger = MemoryLedger()
    one, two = (LedgerMemory(ledger, told.append) for _ in range(2))
    one.load(PLACE)
    two.load(PLACE)
    one.save(PLACE, [kept()])
    two.save(PLACE, [OTHER])
    assert causes(one.load(PLACE)) == {kept().cause, OTHER.cause}


def test_a_run_that_is_never_quick_enough_says_so(told: list[Note]) -> None:
    memory = LedgerMemory(Contended(), told.append)
    memory.load(PLACE)
    memory.save(PLACE, [kept()])
    (note,) = told
    assert note.code == "HintsNotKept"
    assert "other runs wrote first" in note.sentence


@pytest.mark.parametrize("refused", ["read", "write"])
def test_a_table_that_refuses_is_told_of_once_and_raises_nothing(
    told: list[Note], refused: str
) -> None:
    memory = LedgerMemory(Refusing(refused), told.append)
    assert memory.load(PLACE) == ()
    memory.save(PLACE, [kept()])
    (note,) = told
    assert note.code == "HintsNotKept"
    assert "AWS denied the table." in note.sentence


def test_an_unreadable_entry_is_told_of_and_begun_again(told: list[Note]) -> None:
    ledger = MemoryLedger()
    memory = LedgerMemory(ledger, told.append)
    memory.load(PLACE)
    memory.save(PLACE, [kept()])
    key = next(iter(ledger._entries))
    ledger._entries[key] = {"token": "t", "hints": '{"version": 9}'}
    assert memory.load(PLACE) == ()
    assert "unreadable (version 9)" in told[0].sentence
    memory.save(PLACE, [OTHER])
    assert memory.load(PLACE) == (OTHER,)


def test_hints_that_do_not_fit_into_an_item_are_dropped_and_told_of(told: list[Note]) -> None:
    ledger = MemoryLedger()
    memory = LedgerMemory(ledger, told.append)
    memory.load(PLACE)
    many = [kept(cause=f"c{n}", errors=tuple(f"{n}-{'x' * 250}" for n in range(20)))
            for n in range(80)]  # fmt: skip
    memory.save(PLACE, many)
    left = memory.load(PLACE)
    assert left == tuple(many[: len(left)])
    assert len(to_text(left)) <= MOST_CHARACTERS
    assert f"The {80 - len(left)} oldest hints did not fit" in told[0].sentence


def test_the_dynamodb_table_itself_keeps_what_two_runs_at_once_add(told: list[Note]) -> None:
    region = {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "simulated",
        "AWS_SECRET_ACCESS_KEY": "simulated",
    }
    with patch.dict(os.environ, region), mock_aws():
        boto3.client("dynamodb").create_table(
            TableName="ledger",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        table = open_table("ledger")
        one, two = (LedgerMemory(table, told.append) for _ in range(2))
        assert one.load(PLACE) == two.load(PLACE) == ()
        one.save(PLACE, [kept()])
        two.save(PLACE, [OTHER])
        assert causes(one.load(PLACE)) == {kept().cause, OTHER.cause}
    assert told == []


def test_what_a_run_could_not_read_takes_the_place_of_what_the_last_one_could_not() -> None:
    ledger, told = MemoryLedger(), list[Note]()
    for unread in (("a", "b"), ("b",), (), tuple(map(str, range(MOST_UNREAD + 1)))):
        keep_unread(ledger, unread, told.append)
        entry = ledger.read(UNREAD_KEY)
        assert entry is not None
        assert entry["machines"].split() == list(unread[:MOST_UNREAD])
    assert told == []


def test_a_run_that_could_read_all_writes_nothing() -> None:
    ledger = MemoryLedger()
    keep_unread(ledger, (), lambda _: None)
    assert ledger.read(UNREAD_KEY) is None


@pytest.mark.parametrize("refused", ["read", "write"])
def test_a_ledger_that_refuses_what_was_unread_costs_a_note_alone(refused: str) -> None:
    told: list[Note] = []
    keep_unread(Refusing(refused), ("a",), told.append)
    assert [each.code for each in told] == ["UnreadNotKept"]


def test_entries_of_other_names_are_begun_again(told: list[Note]) -> None:
    ledger = MemoryLedger()
    memory = LedgerMemory(ledger, told.append)
    memory.load(PLACE)
    memory.save(PLACE, (kept(),))
    (key,) = ledger._entries
    ledger.write(key, {"token": "x"}, replacing=(ledger.read(key) or {})["token"])
    assert memory.load(PLACE) == ()
    assert "unreadable" in told[0].sentence
    ledger.write(UNREAD_KEY, {"token": "y"}, replacing=None)
    keep_unread(ledger, ["arn:machine"], told.append)
    assert (ledger.read(UNREAD_KEY) or {})["machines"] == "arn:machine"

"""Hints as reports gave them: what is kept, for how long, and that it comes back as it was."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sfn_digest.adoption import GivenHint, HintScope
from sfn_digest.adoption.given_hints import (
    KEPT_FOR,
    MOST_GIVEN,
    given_from_text,
    given_now,
    given_to_text,
    latest_of,
)
from sfn_digest.adoption.hint_json import UnreadableError
from sfn_digest.delivery import MemoryLedger, Note
from sfn_digest.model.executions import Tag
from sfn_digest.pipeline.hint_ledger import LedgerMemory
from sfn_digest.terminal.memory import LocalMemory
from tests.adoption.made import FIRST, SECOND, hint

PLACE = HintScope("123456789012", "eu-west-1", Tag("sfn-digest", "on"))
OLD, NEW = FIRST.end, SECOND.end
ONE, OTHER = hint(id="1"), hint(id="2")


def test_a_hint_is_kept_as_it_was_given_last_beside_those_of_earlier_reports() -> None:
    first = given_now((), [ONE, OTHER], OLD)
    again = replace(ONE, failures=20)
    found = given_now(first, [again], NEW)
    assert found == (GivenHint(NEW, again), GivenHint(OLD, OTHER))


def test_what_no_report_gave_for_five_weeks_is_forgotten_and_so_is_the_oldest() -> None:
    kept = given_now((), [ONE], OLD)
    assert given_now(kept, [], OLD + KEPT_FOR) == kept
    assert given_now(kept, [], OLD + KEPT_FOR + timedelta(seconds=1)) == ()
    many = [hint(id=str(number)) for number in range(MOST_GIVEN)]
    assert kept[0] not in given_now(kept, [replace(each, id=f"n{each.id}") for each in many], NEW)


def test_of_a_machine_only_what_its_last_report_gave_counts_together() -> None:
    kept = given_now(given_now((), [ONE, replace(OTHER, machine_arn="arn:m:b")], OLD), [OTHER], NEW)
    assert [each.hint.id for each in latest_of(kept, ONE.machine_arn)] == ["2"]
    assert latest_of(kept, "arn:m:none") == ()


def test_hints_come_back_as_they_were() -> None:
    kept = given_now((), [ONE, OTHER], OLD)
    assert given_from_text(given_to_text(kept)) == kept


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"version":1}', '{"version":2,"hints":[]}', "[" * 100_000]
)
def test_what_is_no_hints_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        given_from_text(text)


def test_the_table_and_the_command_s_folder_keep_them(tmp_path: Path) -> None:
    told: list[str] = []
    ledger = MemoryLedger()
    for memory in (
        LedgerMemory(ledger, lambda note: told.append(note.sentence)),
        LocalMemory(tmp_path, told.append),
    ):
        assert memory.given(PLACE) == ()
        memory.give(PLACE, [ONE], OLD)
        memory.give(PLACE, [OTHER], NEW)
        assert [each.hint for each in memory.given(PLACE)] == [OTHER, ONE]
        assert memory.given(replace(PLACE, tag=None)) == ()
    assert told == []
    assert len(LocalMemory(tmp_path, told.append).all_given()) == 2


def test_what_cannot_be_read_costs_a_sentence(tmp_path: Path) -> None:
    told: list[str] = []
    local = LocalMemory(tmp_path, told.append)
    local.give(PLACE, [ONE], OLD)
    (file,) = tmp_path.iterdir()
    file.write_text("{")
    assert local.given(PLACE) == ()
    notes: list[Note] = []
    ledger = MemoryLedger()
    key = f"given-hints/{PLACE.account_id}/{PLACE.region}/{PLACE.tag}"
    ledger.store(key, b"nothing", replacing=None)
    assert LedgerMemory(ledger, notes.append).given(PLACE) == ()
    assert len(notes) == 1
    assert "could not be read from" in told[0]

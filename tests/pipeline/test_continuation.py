"""What is kept of a reading, and who holds it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sfn_digest.delivery import MemoryLedger
from sfn_digest.errors import AccountError, AnotherRunError
from sfn_digest.guard import Fault, Guard
from sfn_digest.i18n.message import Message
from sfn_digest.pipeline.continuation import KeptReadings, as_collected
from sfn_digest.pipeline.ledger_scan import Caller, LedgerScan, ScanTerms
from sfn_digest.terminal.report_files import UnfinishedReport
from tests.report import made
from tests.report.made import WINDOW, failure, machine

NOW = datetime(2026, 3, 9, 9, tzinfo=UTC)
FIRST, SECOND, THIRD = (
    failure(machine("orders"), number, made.SPOT, (made.SPOT,)) for number in (1, 2, 3)
)


class InMemory:
    """Batches that this test keeps."""

    continuations = 1

    def __init__(self, batches: Iterable[bytes] = (), fault: Exception | None = None) -> None:
        self.batches = list(batches)
        self.fault = fault

    def load(self) -> list[bytes]:
        return list(self.batches)

    def add(self, batch: bytes) -> None:
        if self.fault is not None:
            raise self.fault
        self.batches.append(batch)

    def go_on(self) -> Message | None:
        raise AnotherRunError

    def notes(self) -> tuple[Message, ...]:
        return ()


def test_what_was_read_is_recalled_and_not_kept_again() -> None:
    store = InMemory()
    with KeptReadings(store, Guard()) as kept:
        kept.add(FIRST)
        kept.add(SECOND)
    again = KeptReadings(store, Guard())
    assert again.recall(FIRST.execution) == FIRST
    assert again.recall(THIRD.execution) is None
    again.add(FIRST)
    again.add(THIRD)
    again.keep()
    assert len(store.batches) == 2
    later = KeptReadings(store, Guard())
    assert [later.recall(each.execution) for each in (FIRST, SECOND, THIRD)] == [
        FIRST,
        SECOND,
        THIRD,
    ]


def test_an_execution_that_was_redriven_since_is_read_again() -> None:
    store = InMemory()
    with KeptReadings(store, Guard()) as kept:
        kept.add(FIRST)
    again = KeptReadings(store, Guard())
    assert again.recall(replace(FIRST.execution, redrive_count=1)) is None
    assert again.unlisted({FIRST.execution.machine_arn}) == ()


def test_what_no_list_shows_any_more_counts_as_it_was_read() -> None:
    store = InMemory()
    with KeptReadings(store, Guard()) as kept:
        kept.add(FIRST)
    again = KeptReadings(store, Guard())
    assert again.unlisted({"another machine"}) == ()
    assert again.unlisted({FIRST.execution.machine_arn}) == (FIRST,)
    told = as_collected([FIRST], drawn=True)
    assert told.executions == 1
    assert [each.read for each in told.strata] == [(FIRST.execution.arn,)]


@pytest.mark.parametrize("batch", [b"torn", b"x\x9c\xabV\xaaN-VR\xb2R"])
def test_a_batch_that_is_not_understood_is_read_again(batch: bytes) -> None:
    kept = KeptReadings(InMemory([batch]), Guard())
    assert kept.recall(FIRST.execution) is None


def test_a_batch_is_kept_when_it_is_old_whatever_it_holds() -> None:
    store, time = InMemory(), [0.0]
    kept = KeptReadings(store, Guard(), now=lambda: time[0])
    kept.add(FIRST)
    assert store.batches == []
    time[0] = 11.0
    kept.add(SECOND)
    assert len(store.batches) == 1


def test_what_cannot_be_kept_is_told_once_and_nothing_is_continued() -> None:
    faults: list[Fault] = []
    behind = Guard(faults.append)
    kept = KeptReadings(InMemory(fault=AccountError("AWS denied the table.")), behind)
    for each in (FIRST, SECOND):
        kept.add(each)
        kept.keep()
    kept.unfinished()
    assert len(faults) == 1
    assert behind.notes == (
        "What was read could not be saved or continued in another run: AWS denied the table.",
    )


def test_a_reading_is_given_up_where_another_run_has_gone_on_with_it() -> None:
    kept = KeptReadings(InMemory(fault=AnotherRunError()), Guard())
    kept.add(FIRST)
    with pytest.raises(AnotherRunError):
        kept.keep()


class Clock:
    """The time of day."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> float:
        return self.passed

    def utc(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def left(self) -> float:
        return 900.0

    def sleep(self, seconds: float) -> None:
        self.passed += seconds


def scan(ledger: MemoryLedger, request: str, clock: Clock, most: int = 4) -> LedgerScan:
    caller = Caller("sfn-digest", "arn:aws:lambda:eu-west-1:1:function:f", request, lambda: 900.0)
    return LedgerScan("delivery", ledger, caller, ScanTerms(most, timedelta(minutes=90)), clock)


def test_one_run_at_a_time_holds_a_scan() -> None:
    ledger, clock = MemoryLedger(), Clock()
    scan(ledger, "first", clock).claim(continuing=False)
    with pytest.raises(AnotherRunError, match="Another run is reading"):
        scan(ledger, "second", clock).claim(continuing=False)
    # Lambda's retry of a run that was killed comes under the same id.
    scan(ledger, "first", clock).claim(continuing=False)
    clock.sleep(901.0)
    scan(ledger, "second", clock).claim(continuing=False)


def test_a_run_that_lost_the_scan_keeps_nothing_in_it() -> None:
    ledger, clock = MemoryLedger(), Clock()
    first, second = scan(ledger, "first", clock), scan(ledger, "second", clock)
    first.claim(continuing=False)
    first.add(b"one")
    clock.sleep(901.0)
    second.claim(continuing=False)
    assert list(second.load()) == [b"one"]
    second.add(b"two")
    with pytest.raises(AnotherRunError):
        first.add(b"late")
    third = scan(ledger, "second", clock)
    third.claim(continuing=False)
    assert list(third.load()) == [b"one", b"two"]


def test_a_late_attempt_of_a_run_that_took_part_finds_nothing_to_do() -> None:
    ledger, clock = MemoryLedger(), Clock()
    first = scan(ledger, "first", clock)
    first.claim(continuing=False)
    first.add(b"one")
    first.finish()
    with pytest.raises(AnotherRunError, match="has been made"):
        scan(ledger, "first", clock).claim(continuing=False)
    with pytest.raises(AnotherRunError, match="has been made"):
        scan(ledger, "third", clock).claim(continuing=True)
    again = scan(ledger, "second firing", clock)
    again.claim(continuing=False)
    assert list(again.load()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("until", "not-a-time"),
        ("begun", "99999-01-01T00:00:00+00:00"),
        ("continuations", "many"),
        ("state", None),
        ("scan", None),
        ("runs", None),
    ],
)
def test_a_scan_whose_entry_is_unreadable_is_begun_again_and_says_so(
    name: str, value: str | None
) -> None:
    ledger, clock = MemoryLedger(), Clock()
    scan(ledger, "first", clock).claim(continuing=False)
    entry = dict(ledger.read("delivery/reading") or {})
    del entry[name]
    damaged = {**entry, **({} if value is None else {name: value})}
    assert ledger.write("delivery/reading", damaged, replacing=entry["token"])
    second = scan(ledger, "second", clock)
    second.claim(continuing=True)
    assert (second.seconds, second.continuations) == (900.0, 0)
    assert any("was unreadable" in each for each in second.notes())
    second.finish()


def test_a_later_run_has_no_more_time_than_until_the_digest_is_due() -> None:
    ledger, clock = MemoryLedger(), Clock()
    first = scan(ledger, "first", clock)
    first.claim(continuing=False)
    assert first.seconds == 900.0
    standing = dict(ledger.read("delivery/reading") or {})
    handed = {**standing, "state": "to continue", "continuations": "1", "token": "t"}
    ledger.write("delivery/reading", handed, replacing=standing["token"])
    clock.sleep(90 * 60 - 600.0)
    second = scan(ledger, "second", clock)
    second.claim(continuing=True)
    assert second.seconds == 600.0
    clock.sleep(3600.0)
    assert second.seconds == pytest.approx(270.0)


def test_an_interrupted_report_goes_on_in_private_files_and_leaves_none(tmp_path: Path) -> None:
    words: tuple[object, ...] = ("7d", None, [])
    first = UnfinishedReport(tmp_path, words, WINDOW)
    assert not first.found
    with KeptReadings(first, Guard()) as kept:
        kept.add(FIRST)
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert len(files) == 2
    assert {each.stat().st_mode & 0o777 for each in files} == {0o600}
    second = UnfinishedReport(tmp_path, words, replace(WINDOW, end=NOW))
    assert second.found
    assert second.resume() == WINDOW
    again = KeptReadings(second, Guard())
    assert again.recall(FIRST.execution) == FIRST
    assert (again.continuations, len(again.notes)) == (1, 1)
    second.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_begins_again_takes_the_place_of_one_once_it_has_read(
    tmp_path: Path,
) -> None:
    with KeptReadings(UnfinishedReport(tmp_path, ("7d",), WINDOW), Guard()) as kept:
        kept.add(FIRST)
        kept.keep()
        kept.add(SECOND)
    again = UnfinishedReport(tmp_path, ("7d",), WINDOW)
    assert list(again.load()) == []
    assert again.found
    again.add(b"batch")
    assert len(list(tmp_path.rglob("*.batch"))) == 1
    assert not UnfinishedReport(tmp_path, ("8d",), WINDOW).found

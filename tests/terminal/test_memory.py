"""The command's file of hints: whole, private, and never the end of a report."""

import os
import stat
from pathlib import Path

import pytest

from sfn_digest.adoption import NO_HINT_MEMORY, HintScope
from sfn_digest.adoption.hint_json import to_text
from sfn_digest.model.executions import Tag
from sfn_digest.terminal.memory import LocalMemory, open_memory, state_folder
from tests.adoption.made import kept

PLACE = HintScope("123456789012", "eu-west-1", Tag("sfn-digest", "on"))
OTHER = kept(cause="throttling")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def memory(tmp_path: Path, told: list[str]) -> LocalMemory:
    return LocalMemory(tmp_path / "state" / "sfn-digest", told.append)


def test_what_one_report_keeps_the_next_one_finds(memory: LocalMemory, told: list[str]) -> None:
    assert memory.load(PLACE) == ()
    memory.save(PLACE, [kept()])
    assert memory.load(PLACE) == (kept(),)
    assert told == []


def test_each_account_region_and_tag_has_a_file_of_its_own(memory: LocalMemory) -> None:
    places = [
        PLACE,
        HintScope("210987654321", "eu-west-1", PLACE.tag),
        HintScope("123456789012", "us-east-1", PLACE.tag),
        HintScope("123456789012", "eu-west-1", Tag("team", "a/b: c")),
    ]
    assert len({memory.path(place) for place in places}) == 4
    assert all(memory.path(place).parent == memory.path(PLACE).parent for place in places)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_only_its_owner_may_read_the_file(memory: LocalMemory) -> None:
    memory.load(PLACE)
    memory.save(PLACE, [kept()])
    path = memory.path(PLACE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_without_a_hint_no_file_is_made(memory: LocalMemory) -> None:
    memory.load(PLACE)
    memory.save(PLACE, [])
    assert not memory.path(PLACE).parent.exists()


def test_hints_that_are_over_leave_the_file(memory: LocalMemory) -> None:
    memory.load(PLACE)
    memory.save(PLACE, [kept()])
    memory.load(PLACE)
    memory.save(PLACE, [])
    assert memory.load(PLACE) == ()


@pytest.mark.parametrize(
    "content", [b"{", b"\xff\xfe", b'{"version": 9, "hints": []}', b" " * 5_000_001]
)
def test_a_broken_file_is_told_in_one_sentence_and_left_alone(
    memory: LocalMemory, told: list[str], content: bytes
) -> None:
    path = memory.path(PLACE)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert memory.load(PLACE) == ()
    memory.save(PLACE, [kept()])
    assert path.read_bytes() == content
    (sentence,) = told
    assert str(path) in sentence
    assert "remove the file to start over, or give --no-memory." in sentence


def test_a_place_that_cannot_be_written_is_told_in_one_sentence(
    tmp_path: Path, told: list[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    memory = LocalMemory(tmp_path / "file" / "sfn-digest", told.append)
    memory.load(PLACE)
    memory.save(PLACE, [kept()])
    (sentence,) = told
    assert "Not a directory" in sentence


def test_a_write_that_fails_leaves_what_was_kept(
    memory: LocalMemory, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.load(PLACE)
    memory.save(PLACE, [kept()])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    memory.load(PLACE)
    memory.save(PLACE, [OTHER])
    assert memory.load(PLACE) == (kept(),)
    assert "No space left on device" in told[0]
    assert len(list(memory.path(PLACE).parent.iterdir())) == 1


def test_what_another_run_kept_meanwhile_is_not_lost(memory: LocalMemory) -> None:
    memory.load(PLACE)
    path = memory.path(PLACE)
    path.parent.mkdir(parents=True)
    path.write_text(to_text([OTHER]))
    memory.save(PLACE, [kept()])
    assert {each.cause for each in memory.load(PLACE)} == {kept().cause, OTHER.cause}


def test_the_folder_is_where_the_desktop_s_standard_says(tmp_path: Path) -> None:
    given = {"XDG_STATE_HOME": str(tmp_path)}
    assert state_folder(given) == tmp_path / "sfn-digest"
    usual = Path.home() / ".local" / "state" / "sfn-digest"
    assert state_folder({}) == state_folder({"XDG_STATE_HOME": "not/absolute"}) == usual


def test_without_a_home_directory_nothing_is_kept_and_somebody_is_told(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", homeless)
    assert open_memory({}, told.append) is NO_HINT_MEMORY
    assert "no home directory" in told[0]

"""Both doors look for the hints of earlier reports, and keep them, where they should."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from sfn_digest import invocation
from sfn_digest.adoption import HintScope, StoredHint
from sfn_digest.adoption.hint_json import from_text, to_text
from sfn_digest.asl.edit import as_asl
from sfn_digest.cli import main
from sfn_digest.delivery import MemoryLedger
from sfn_digest.handler import handler
from sfn_digest.model.executions import Tag
from sfn_digest.retry import read_definition
from sfn_digest.terminal.memory import LocalMemory, state_folder
from simulator.demo import DemoContext
from tests.adoption.made import kept
from tests.conftest import Week

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

pytestmark = pytest.mark.slow

MACHINE = "calculate-scores"


def place(week: Week) -> HintScope:
    return HintScope(week.world.account_id, week.world.region, Tag("sfn-digest", "on"))


def carried(week: Week) -> StoredHint:
    """A hint that a machine of the demo carries: its own retrier."""
    (machine,) = [each for each in week.world.machines if each.name == MACHINE]
    state, retrier = next(
        (state, retrier)
        for state in read_definition(machine.definition).states.values()
        for retrier in state.retriers
    )
    return replace(
        kept(),
        machine_arn=machine.arn,
        state=state.name,
        errors=retrier.errors,
        retrier=as_asl(retrier),
    )


def report(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[Mapping[str, Any], str]:
    assert main(["report", "--machine", MACHINE, "--format", "json", *words]) == 0
    out, err = capsys.readouterr()
    return json.loads(out), err


@pytest.fixture
def path(week: Week, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The command's file, with a hint in it that was adopted since."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    file = LocalMemory(state_folder({"XDG_STATE_HOME": str(tmp_path)}), print).path(place(week))
    file.parent.mkdir()
    file.write_text(to_text([carried(week)]))
    return file


def test_the_command_tells_of_an_adopted_hint_and_remembers_that_it_is(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, _ = report(capsys)
    assert [each["verdict"] for each in made["adopted"]] == ["too_few"]
    adopted = [each for each in from_text(path.read_text()) if each.adopted_at is not None]
    assert len(adopted) == 1


def test_without_memory_the_command_neither_reads_nor_writes_its_file(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = path.read_text()
    made, _ = report(capsys, "--no-memory")
    assert made["adopted"] == []
    assert path.read_text() == before


def test_a_broken_file_costs_one_sentence_and_no_report(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_text("{")
    made, err = report(capsys)
    assert made["machines"]
    assert err.count("Hints of earlier reports could not be read") == 1
    assert path.read_text() == "{"


@pytest.fixture
def ledger(week: Week, monkeypatch: pytest.MonkeyPatch) -> MemoryLedger:
    """The Lambda's table, with the same hint in it."""
    table = MemoryLedger()
    key = f"hints/{week.world.account_id}/{week.world.region}/sfn-digest=on"
    entry = {"token": "first", "hints": to_text([carried(week)])}
    assert table.write(key, entry, replacing=None)
    monkeypatch.setenv("SFN_DIGEST_TABLE", "ledger")
    monkeypatch.setattr(invocation, "open_table", lambda *_: table)
    return table


def invoke(**event: object) -> Mapping[str, Any]:
    lambda_context = replace(DemoContext(), aws_request_id="adopted")
    asked = {"machines": MACHINE, **event}
    answer: Mapping[str, Any] = handler(asked, cast("LambdaContext", lambda_context))
    return answer


def hints_in(ledger: MemoryLedger) -> Mapping[str, str]:
    (entry,) = [entry for key, entry in ledger._entries.items() if key.startswith("hints/")]
    return entry


def test_the_lambda_tells_of_an_adopted_hint_and_remembers_that_it_is(
    ledger: MemoryLedger,
) -> None:
    assert len(invoke()["adopted"]) == 1
    entry = hints_in(ledger)
    assert entry["token"] != "first"
    assert any(each.adopted_at is not None for each in from_text(entry["hints"]))


def test_a_dry_run_tells_of_it_and_leaves_no_trace(ledger: MemoryLedger) -> None:
    before = hints_in(ledger)
    assert len(invoke(dry_run=True)["adopted"]) == 1
    assert hints_in(ledger) == before


def test_a_table_that_is_not_there_costs_no_dry_run(
    week: Week,  # noqa: ARG001 - sets the environment
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SFN_DIGEST_TABLE", raising=False)
    assert invoke(dry_run=True)["adopted"] == []

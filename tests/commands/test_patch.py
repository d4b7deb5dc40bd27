"""`sfn-digest patch`: the patch on standard output, the talk on standard error."""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sfn_digest.adoption import HintScope
from sfn_digest.aws.deployed import Deployment
from sfn_digest.cli import main, parser
from sfn_digest.delivery import MemoryLedger
from sfn_digest.model.executions import Tag
from sfn_digest.model.report import Hint
from sfn_digest.pipeline.hint_ledger import LedgerMemory
from sfn_digest.report.json_face import to_json
from sfn_digest.terminal.memory import LocalMemory, state_folder
from simulator.server import serve
from tests.asl.lint import mistakes
from tests.conftest import PLENTY, Week, set_environment
from tests.pipeline.test_patching import timeout_hint
from tests.report import made

pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]
NAME = "calculate-scores"
STATE = "CalculateScores"


def patched(capsys: Capture, *words: str, status: int = 0) -> tuple[str, str]:
    assert main(["patch", *words]) == status
    return capsys.readouterr()


def running(week: Week, name: str) -> Mapping[str, Any]:
    return next(m.definition for m in week.world.machines if m.name == name)


def test_the_patched_definition_goes_to_stdout_and_what_was_done_to_stderr(
    week: Week, capsys: Capture
) -> None:
    out, err = patched(capsys, "--machine", NAME, "--successes", "15")
    after = json.loads(out)
    assert mistakes(after) == []
    before = running(week, NAME)
    assert after["Comment"] == before["Comment"]
    assert after["States"][STATE]["Parameters"] == before["States"][STATE]["Parameters"]
    assert "There is no hint on calculate-scores in the reports made on this computer" in err
    # Which step comes first depends on the week, which ends now.
    assert re.search("^[0-9a-f]{8} applied: (Run|Retry .* in) CalculateScores", err, re.MULTILINE)
    assert "Step Functions validated the patched definition." in err
    assert "15 of their histories were read" in err


@pytest.mark.usefixtures("week")
def test_hints_are_taken_by_id_and_written_as_a_diff(capsys: Capture) -> None:
    _, err = patched(capsys, "--machine", "daily-batch")
    first, second, *_ = re.findall("^([0-9a-f]{8}) applied: Replace Ecs", err, re.MULTILINE)
    out, err = patched(capsys, "--machine", "daily-batch", "--format", "diff", "--hint", second)
    changed = [row for row in out.splitlines() if re.match(r"[+-] ", row)]
    assert [row.split() for row in changed] == [
        ["-", '"Ecs.ServerException"'],
        ["+", '"ECS.ServerException"'],
    ]
    assert f"{first} skipped, because it was not selected: Replace Ecs.ServerException" in err
    assert f"{second} applied: Replace Ecs.ServerException" in err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--since", "soon"], "since is “soon”, which is not a time"),
        (["--deadline", "soon"], "deadline"),
        (["--tag", "weekly"], "which is not KEY=VALUE"),
        (["--rules", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_words_that_kept_hints_do_not_need_are_understood_before_anything_is_asked(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, words: list[str], sentence: str
) -> None:
    def opened(*_: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr("sfn_digest.commands.patch.open_account", opened)
    out, err = patched(capsys, "--hint", "9", *words, status=2)
    assert out == ""
    assert sentence in err


@pytest.mark.usefixtures("week")
@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (
            ["--machine", "job-poller"],
            1,
            "There is nothing to patch in job-poller: none of its hints",
        ),
        (["--machine", "notify-customers"], 1, "notify-customers: it is an Express workflow"),
        (["--machine", "rotate-keys"], 1, "no failure of it was read since"),
        (["--machine", "daily-batch", "--hint", "9"], 2, "There is no hint 9 on daily-batch"),
        (
            ["--hint", "9"],
            2,
            ("There is no hint 9 in the reports made on this computer: give --report"),
        ),
        ([], 2, "There is nothing to patch yet: give --machine NAME, or --hint ID"),
        (["--machine", "daily-*"], 2, "“daily-*”, which is not a name"),
        (["--machine", "daily-bach"], 2, "did you mean daily-batch"),
    ],
)
def test_where_there_is_nothing_to_write_one_sentence_says_so(
    capsys: Capture, words: list[str], status: int, sentence: str
) -> None:
    out, err = patched(capsys, *words, status=status)
    assert out == ""
    assert sentence in err.splitlines()[-1]


@pytest.mark.parametrize(
    ("patched_fields", "sentence"),
    [
        ({"TimeoutSeconds": 90}, "Nothing is applied to job-poller by default: name a hint with"),
        (None, "There is nothing to patch in job-poller: none of its hints is a change"),
    ],
)
def test_a_hint_that_is_applied_only_by_its_id_is_not_called_one_that_patch_cannot_make(
    week: Week,
    capsys: Capture,
    tmp_path: Path,
    patched_fields: dict[str, int] | None,
    sentence: str,
) -> None:
    machine = next(each for each in week.world.machines if each.name == "job-poller")
    state = next(iter(machine.definition["States"]))
    learn = timeout_hint(machine.definition, state)
    learn = replace(learn, machine_arn=machine.arn, sure="learn", patched=patched_fields)
    file = tmp_path / "week.json"
    file.write_text(to_json(replace(made.week(), hints=(learn,))))
    out, err = patched(capsys, "--machine", "job-poller", "--report", str(file), status=1)
    assert out == ""
    assert sentence in err.splitlines()[-1]


def test_a_caller_who_may_not_validate_gets_the_patch_and_is_told(
    week: Week, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = frozenset({"states:ValidateStateMachineDefinition"})
    with serve(week.world, buckets=PLENTY, denied_actions=denied) as account:
        set_environment(monkeypatch, account.environment)
        out, err = patched(capsys, "--machine", "daily-batch", "--format", "terraform")
    assert 'ErrorEquals = ["ECS.ServerException"]' in out
    assert "The patched definition was not validated: AWS denied states:Validate" in err


@pytest.mark.usefixtures("week")
def test_what_step_functions_would_not_take_is_not_written(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "sfn_digest.commands.patch.mistakes_in", lambda _text, _type: ("/States/A BAD: no",)
    )
    out, err = patched(capsys, "--machine", "daily-batch", status=1)
    assert out == ""
    assert "rejected the patched definition (/States/A BAD: no)" in err


def given(week: Week, *changes: Mapping[str, Any]) -> list[Hint]:
    """Hints of a report on calculate-scores, or on another machine of the week."""
    arns = {machine.name: machine.arn for machine in week.world.machines}
    hint = timeout_hint(running(week, NAME), STATE, 4321)
    return [
        replace(hint, machine_arn=arns[str(each.get("machine", NAME))], **_rest(each))
        for each in changes
    ]


def _rest(change: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in change.items() if key != "machine"}


@pytest.fixture
def kept(week: Week, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Gives the command's own memory hints of an earlier report."""
    messages: list[str] = []
    memory = LocalMemory(state_folder(os.environ), messages.append)
    place = HintScope(week.world.account_id, week.world.region, Tag("sfn-digest", "on"))

    def keep(*changes: Mapping[str, Any]) -> None:
        memory.give(place, given(week, *changes), week.end)

    # Nothing is listed, counted or read where a report gave the hint.
    monkeypatch.setattr("sfn_digest.commands.patch.scan", lambda *_: pytest.fail("evaluated again"))
    return keep


@pytest.mark.parametrize("option", ["--reevaluate", "--anew"])
def test_retries_are_evaluated_again_under_either_name_of_which_one_is_shown(
    option: str, capsys: Capture
) -> None:
    assert parser().parse_args(["patch", "--machine", "x", option]).reevaluate
    with pytest.raises(SystemExit):
        parser().parse_args(["patch", "--help"])
    shown = capsys.readouterr().out
    assert "--reevaluate" in shown
    assert "--anew" not in shown


def test_a_hint_is_applied_as_the_last_report_gave_it(
    kept: Callable[..., None], capsys: Capture
) -> None:
    kept({"id": "one"}, {"id": "other", "sure": "learn"})
    out, err = patched(capsys, "--hint", "one", "--format", "diff")
    assert '"TimeoutSeconds": 4321' in out
    assert "The hints come from the reports made on this computer, last updated " in err
    assert "other skipped, because it was not selected" in err
    out, err = patched(capsys, "--machine", NAME)
    assert "other skipped, because it is an experiment" in err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--hint", "one", "two"], "The hints are for “calculate-scores” and “daily-batch”"),
        (["--hint", "one", "--machine", "daily-batch"], "The hint is for “calculate-scores”, not"),
        (
            ["--hint", "one", "none"],
            ("There is no hint none in the reports made on this computer"),
        ),
        (["--hint", "one", "--region", "us-west-2"], "in us-east-1, not us-west-2: give"),
    ],
)
def test_hints_that_cannot_be_applied_together_or_there_get_a_sentence(
    kept: Callable[..., None], capsys: Capture, words: list[str], sentence: str
) -> None:
    kept({"id": "one"}, {"id": "two", "machine": "daily-batch"})
    out, err = patched(capsys, *words, status=2)
    assert out == ""
    assert sentence in err


def test_a_hint_is_taken_from_the_table_of_a_deployed_function(
    week: Week, kept: Callable[..., None], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept({"id": "another"})
    ledger = MemoryLedger()
    place = HintScope(week.world.account_id, week.world.region, Tag("team", "data"))
    LedgerMemory(ledger, lambda _: None).give(place, given(week, {"id": "one"}), week.end)
    variables = {"SFN_DIGEST_TABLE": "ledger", "SFN_DIGEST_TAG": "team=data"}
    monkeypatch.setattr(Deployment, "environment", lambda _self, _function: variables)
    monkeypatch.setattr(Deployment, "account_id", lambda _self: week.world.account_id)
    monkeypatch.setattr("sfn_digest.commands.hints_and_proof.open_table", lambda _: ledger)
    out, err = patched(capsys, "--hint", "one", "--function", "digest")
    assert json.loads(out)["States"][STATE]["TimeoutSeconds"] == 4321
    assert "The hints come from the table of digest" in err
    variables.clear()
    _, err = patched(capsys, "--hint", "one", "--function", "digest", status=2)
    assert "“digest” has no table of hints: give its report as a file" in err


def test_a_machine_without_the_tag_is_patched_where_all_are_asked_for(
    week: Week, capsys: Capture
) -> None:
    untagged = next(m.name for m in week.world.machines if not m.tags.get("sfn-digest"))
    _, err = patched(capsys, "--machine", untagged, status=2)
    assert "No state machine with the tag sfn-digest=on matches" in err
    status = main(["patch", "--machine", untagged, "--all-machines"])
    assert "No state machine" not in capsys.readouterr().err
    assert status in (0, 1)

"""`sfn-digest patch`: the patch on standard output, the talk on standard error."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from sfn_digest.cli import main
from simulator.server import serve
from tests.asl.lint import mistakes
from tests.conftest import PLENTY, Week, set_environment

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
    assert re.search(r"^1\. Applied: Retry longer after Spot interruptions: ", err, re.MULTILINE)
    assert re.search(
        "^\\d\\. Applied: Handle the stop reasons of CalculateScores separately", err, re.MULTILINE
    )
    assert "Step Functions validated the patched definition." in err
    assert "15 of their histories were read" in err


@pytest.mark.usefixtures("week")
def test_hints_are_taken_by_number_and_written_as_a_diff(capsys: Capture) -> None:
    out, err = patched(capsys, "--machine", "daily-batch", "--format", "diff", "--hint", "2")
    changed = [row for row in out.splitlines() if re.match(r"[+-] ", row)]
    assert [row.split() for row in changed] == [
        ["-", '"Ecs.ServerException"'],
        ["+", '"ECS.ServerException"'],
    ]
    assert "1. Skipped, because it was not selected: Replace Ecs.ServerException" in err
    assert "2. Applied: Replace Ecs.ServerException" in err


@pytest.mark.usefixtures("week")
@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["--machine", "job-poller"], 1, "There is nothing to patch in job-poller: no hint"),
        (["--machine", "notify-customers"], 1, "notify-customers: it is an Express workflow"),
        (["--machine", "rotate-keys"], 1, "no failure of it was read since"),
        (["--machine", "daily-batch", "--hint", "9"], 2, "There is no hint 9 on daily-batch"),
        (["--machine", "daily-*"], 2, "“daily-*”, which is no name"),
        (["--machine", "daily-bach"], 2, "did you mean daily-batch"),
    ],
)
def test_where_there_is_nothing_to_write_one_sentence_says_so(
    capsys: Capture, words: list[str], status: int, sentence: str
) -> None:
    out, err = patched(capsys, *words, status=status)
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
    assert "would not take the patched definition (/States/A BAD: no)" in err

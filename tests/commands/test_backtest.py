"""`sfn-digest backtest`, from the terminal's door to the simulated account and back."""

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sfn_digest.asl.definition import read_definition
from sfn_digest.cli import main
from sfn_digest.commands.backtest import backtest
from simulator.worlds.kinds import distributed_map
from tests.aws.express_accounts import SETTING, account_of, run_of, served
from tests.conftest import Week

pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]
NAME, STATE = "calculate-scores", "CalculateScores"
LONG = [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 600, "MaxAttempts": 6}]


def changed(week: Week, tmp_path: Path, retry: list[dict[str, Any]]) -> Path:
    asl: dict[str, Any] = copy.deepcopy(
        dict(next(m.definition for m in week.world.machines if m.name == NAME))
    )
    asl["States"][STATE]["Retry"] = retry
    file = tmp_path / "new.json"
    file.write_text(json.dumps(asl))
    return file


def test_a_patient_retry_would_have_recovered_most_and_lost_none(
    week: Week, tmp_path: Path, capsys: Capture
) -> None:
    file = str(changed(week, tmp_path, LONG))
    words = [
        "--definition",
        file,
        "--machine",
        NAME,
        "--until",
        week.end.isoformat(),
        "--since",
        "7d",
        "--successes",
        "15",
    ]
    assert main(["backtest", *words, "--format", "json", "--fail-on-loss"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["outcome"]["recovered"]["low"] >= 5
    assert found["outcome"]["lost"]["likely"] < 1
    assert found["failures"] == 17
    assert found["notes"] == []


def test_a_removed_retry_would_have_lost_executions_and_fails_the_check(
    week: Week, tmp_path: Path, capsys: Capture
) -> None:
    file = changed(week, tmp_path, [])
    resource = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"StateMachineName": NAME, "DefinitionString": file.read_text()},
    }
    file.write_text(json.dumps({"Resources": {"Scores": resource}}))
    words = [
        "--definition",
        str(file),
        "--until",
        week.end.isoformat(),
        "--since",
        "7d",
        "--successes",
        "15",
    ]
    assert main(["backtest", *words, "--fail-on-loss"]) == 3
    assert "This change would have lost" in capsys.readouterr().out


def test_the_failed_children_of_a_distributed_map_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = account_of(distributed_map(SETTING, "load", 2, 40, odds=0.2, MaxConcurrency=4))
    asl: dict[str, Any] = copy.deepcopy(dict(world.machines[0].definition))
    asl["States"]["LoadFiles"]["ToleratedFailurePercentage"] = 90
    with served(world, monkeypatch) as (account, _):
        run = run_of(account)
        request = replace(run.request, machines=("load",), successes=0)
        found = backtest(replace(run, request=request), read_definition(asl))
    assert [each.state for each in found.states] == ["LoadFiles"]
    assert found.failures == 2
    assert found.outcome.recovered.likely > 1
    assert any("No successes were read" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("{", [], "holds no JSON: give Amazon States Language"),
        ('{"States": {}}', [], "does not say which state machine this is"),
        ('{"States": {}}', ["--resource", "X"], "it is one definition, which has no name"),
        ('{"States": {}}', ["--machine", "daily-*"], "“daily-*”, which is not a name"),
        (
            json.dumps(
                {
                    "Resources": {
                        name: {
                            "Type": "AWS::StepFunctions::StateMachine",
                            "Properties": {"Definition": {"States": {}}},
                        }
                        for name in ("A", "B")
                    }
                }
            ),
            [],
            "holds 2 state machines: name one with --resource, of “A”, “B”",
        ),
    ],
)
def test_what_is_wrong_with_the_file_is_one_sentence(
    tmp_path: Path, capsys: Capture, text: str, words: list[str], sentence: str
) -> None:
    file = tmp_path / "new.json"
    file.write_text(text)
    assert main(["backtest", "--definition", str(file), *words]) == 2
    assert sentence in capsys.readouterr().err


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path, capsys: Capture) -> None:
    assert main(["backtest", "--definition", str(tmp_path / "none.json")]) == 2
    assert "cannot be read (No such file or directory)" in capsys.readouterr().err


@pytest.mark.usefixtures("week")
def test_an_express_workflow_has_no_attempts_to_replay(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "new.json"
    file.write_text('{"States": {}}')
    words = ["--definition", str(file), "--machine", "notify-customers"]
    assert main(["backtest", *words]) == 1
    assert "a backtest needs a Standard workflow" in capsys.readouterr().err

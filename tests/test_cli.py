"""The terminal's door: data on stdout, talk on stderr, a status that says what happened."""

import json
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import jsonschema
import pytest

from sfn_digest.cli import main
from tests.conftest import Week, set_environment

pytestmark = pytest.mark.slow

SCHEMA = Path(__file__).parents[1] / "docs" / "report.schema.json"


def run(*words: str) -> int:
    try:
        return main(["report", *words])
    except SystemExit as ended:
        return int(ended.code or 0)


def test_json_on_stdout_is_the_published_contract(
    week: Week, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--format", "json", "--machine", "train-model", "daily-*") == 0
    out, err = capsys.readouterr()
    report = json.loads(out)
    jsonschema.validate(report, json.loads(SCHEMA.read_text("utf-8")))
    assert {m["name"] for m in report["machines"]} == {"train-model", "daily-batch"}
    assert report["account_id"] == week.world.account_id
    assert "failures read" in err


@pytest.mark.usefixtures("week")
def test_the_terminal_shows_the_finding_and_stderr_the_progress(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("--machine", "calculate-scores") == 0
    out, err = capsys.readouterr()
    assert "Spot interruption" in out
    assert "Reading failed executions" in err
    assert "Reading failed executions" not in out


@pytest.mark.usefixtures("week")
def test_the_report_speaks_japanese_while_help_and_progress_stay_english(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("--machine", "calculate-scores", "--language", "ja") == 0
    out, err = capsys.readouterr()
    assert "スポット中断" in out
    assert "Spot interruption" not in out
    assert "Reading failed executions" in err


@pytest.mark.usefixtures("week")
@pytest.mark.parametrize(
    ("face", "starts"), [("slack", '{\n  "text"'), ("html", "<!doctype html>")]
)
def test_every_face_can_be_asked_for(
    capsys: pytest.CaptureFixture[str], face: str, starts: str
) -> None:
    assert run("--format", face, "--machine", "train-model") == 0
    assert capsys.readouterr().out.lower().startswith(starts)


@pytest.mark.usefixtures("week")
def test_slacks_face_holds_the_thread_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--format", "slack", "--machine", "train-model") == 0
    digest = json.loads(capsys.readouterr().out)
    assert digest["text"]
    assert all(reply["text"] and reply["blocks"] for reply in digest["thread"])
    assert digest["thread"]


@pytest.mark.usefixtures("week")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--since", "2026-11-02", "--until", "2026-11-01"], "before it starts"),
        (["--since", "100d"], "keeps executions for 90 days"),
        (["--since", "soon"], "since is “soon”, which is not a time"),
        (["--since", ""], "since is “”, which is not a time"),
        (["--until", ""], "until is “”, which is not a time"),
        (["--tag", "sfn-digest"], "which is not KEY=VALUE"),
        (["--quota-share", "2"], "not a number above 0 and at most 1"),
        (["--machine", "daily-bach"], "did you mean daily-batch?"),
        (["--format", "pdf"], "invalid choice: 'pdf'"),
        (["--since"], "expected one argument"),
        (["--since=--"], "“--since=--” gives no value: write one after the equals sign."),
        (["--format=--"], "“--format=--” gives no value"),
    ],
)
def test_bad_words_end_with_status_2_one_sentence_and_no_data(
    capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    assert run(*words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("week")
def test_a_tag_that_nothing_carries_ends_with_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--tag", "team=nobody") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "No state machine in us-east-1 has the tag team=nobody: tag the ones" in err


def test_without_credentials_the_fix_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    nowhere = {
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": "eu-west-1",
    }
    set_environment(monkeypatch, nowhere)
    assert run() == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "credentials" in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("week")
def test_all_machines_takes_in_those_without_the_tag(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["--all-machines", "--machine", "train-model", "--tag", "team=nobody"]
    assert run(*words, "--format", "json") == 0
    report = json.loads(capsys.readouterr().out)
    assert [m["name"] for m in report["machines"]] == ["train-model"]
    assert report["coverage"]["all_machines"] is True
    assert run("--all-machines", "--machine", "nobody") == 2
    assert "No state machine matches “nobody”" in capsys.readouterr().err


@pytest.mark.usefixtures("week")
def test_a_region_without_step_functions_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_REGION", "mars-north-1")
    assert run() == 1
    assert "mars-north-1" in capsys.readouterr().err


def test_help_teaches_with_examples_and_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    out = capsys.readouterr().out
    assert "sfn-digest report --all --post C0123456789" in out
    assert "exit status:" in out


@pytest.mark.parametrize("command", ["report", "explain", "patch", "doctor", "completion"])
def test_every_command_is_listed_and_teaches_with_examples_and_exit_statuses(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert f"    {command}" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([command, "--help"])
    out = capsys.readouterr().out
    assert f"examples:\n  sfn-digest {command}" in out
    assert "exit status:\n  0 " in out
    assert "  2 " in out
    assert max(map(len, out.splitlines())) <= 100


def test_an_interruption_is_one_sentence_and_status_130(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sfn_digest.commands.report.make_report", interrupted)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    opened = Namespace(region="")
    monkeypatch.setattr("sfn_digest.commands.report.open_account", lambda *_, **__: opened)
    assert run() == 130
    out, err = capsys.readouterr()
    assert (out, err) == ("", "sfn-digest: interrupted.\n")


@pytest.mark.parametrize("words", [[], ["--format", "terminal"]])
def test_a_missing_package_is_named_before_anything_is_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr("sfn_digest.commands.extras.find_spec", lambda _: None)
    assert run(*words) == 2
    assert "install it with pip install rich." in capsys.readouterr().err


WORDS = "report --format json --no-memory --machine train-model"


def in_a_shell(week: Week, command: str) -> tuple[int, str]:
    """The exit status and what stood on standard error."""
    environment = {**os.environ, **week.account.environment, "PYTHONPATH": "lambda_src"}
    words = ["bash", "-c", command.replace("sfn-digest", f"{sys.executable} -m sfn_digest.cli")]
    ran = subprocess.run(words, capture_output=True, env=environment, check=False)
    return ran.returncode, ran.stderr.decode()


@pytest.mark.parametrize(
    ("redirection", "why"),
    [
        (">/dev/full", "No space left on device"),
        (">&-", "standard output is closed"),
    ],
)
@pytest.mark.parametrize("words", [WORDS, "--help"])
def test_output_that_cannot_be_written_is_one_sentence_and_status_1(
    week: Week, words: str, redirection: str, why: str
) -> None:
    status, said = in_a_shell(week, f"sfn-digest {words} {redirection}")
    assert status == 1
    last = said.splitlines()[-1]
    assert last == (
        f"sfn-digest: The output could not be written ({why}): free up space, or send it elsewhere."
    )
    assert "Traceback" not in said


@pytest.mark.parametrize("redirection", ["<&-", "</dev/null", "2>&-"])
def test_a_closed_input_or_a_closed_standard_error_costs_nothing(
    week: Week, redirection: str
) -> None:
    status, said = in_a_shell(week, f"sfn-digest {WORDS} {redirection} >/dev/null")
    assert status == 0
    assert "Traceback" not in said


def test_a_reader_that_has_seen_enough_ends_the_command_in_silence(week: Week) -> None:
    words = [sys.executable, "-m", "sfn_digest.cli", "report", "--format", "json"]
    environment = {**os.environ, **week.account.environment, "PYTHONPATH": "lambda_src"}
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as ran:
        assert ran.stdout is not None
        assert ran.stderr is not None
        ran.stdout.close()
        err = ran.stderr.read().decode()
    assert ran.returncode == 0
    assert "BrokenPipe" not in err

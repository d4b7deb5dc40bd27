"""Shells complete the command's words, as the printed scripts teach them."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sfn_digest.cli import main
from sfn_digest.commands.parsers.setting_up import SHELLS
from sfn_digest.terminal.memory import _is_a_word, keep_names
from tests.conftest import Week
from tests.report import made

COMPLETED = """\
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_shtab_sfn_digest sfn-digest "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
echo "${COMPREPLY[@]}"
"""


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_a_script_that_knows_the_commands(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = script(shell, capsys)
    for word in ("report", "explain", "patch", "doctor", "completion", "all-machines", "post"):
        assert word in told


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        (["rep"], "report"),
        (["report", "--po"], "--post"),
        (["report", "--format", ""], "terminal json csv slack html markdown"),
        (["completion", ""], "bash zsh fish"),
    ],
)
def test_bash_completes_commands_words_and_choices(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], typed: list[str], completed: str
) -> None:
    path = tmp_path / "completion.bash"
    path.write_text(script("bash", capsys), "utf-8")
    ran = subprocess.run(
        ["bash", "-c", COMPLETED, "bash", str(path), "sfn-digest", *typed],
        check=True,
        capture_output=True,
        text=True,
    )
    assert ran.stdout.strip() == completed


def test_an_unknown_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["completion", "tcsh"])
    assert "invalid choice: 'tcsh'" in capsys.readouterr().err


def test_without_shtab_the_package_to_install_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfn_digest.commands.extras.find_spec", lambda _: None)
    assert main(["completion", "bash"]) == 2
    assert "Completion needs the Python package shtab" in capsys.readouterr().err


@pytest.mark.slow
def test_the_names_of_the_last_report_complete_machines_and_executions(
    week: Week,  # noqa: ARG001 - the account
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert main(["report", "--machine", "daily-batch", "--format", "json"]) == 0
    failures = json.loads(capsys.readouterr().out)["failures"]
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "completion.bash"
    script.write_text(capsys.readouterr().out)
    ask = f"source {script}; _sfn_digest_machines dai; _sfn_digest_executions arn:"
    done = subprocess.run(["bash", "--norc", "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "daily-batch"
    assert set(done.stdout.split()[1:]) == {each["execution_arn"] for each in failures}
    assert all(each.stat().st_mode & 0o077 == 0 for each in (tmp_path / "sfn-digest").iterdir())


@pytest.mark.parametrize("shell", SHELLS)
def test_machines_and_executions_complete_by_the_last_report_in_every_shell(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = script(shell, capsys)
    for function in ("_sfn_digest_machines", "_sfn_digest_executions"):
        # Once where it is made, and at least once where it completes a word.
        assert len(re.findall(rf"\b{function}\b", told)) > 1


@pytest.mark.parametrize("shell", SHELLS)
def test_each_script_is_one_its_shell_can_read(
    shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    path = tmp_path / f"completion.{shell}"
    path.write_text(script(shell, capsys), "utf-8")
    done = subprocess.run([shell, "-n", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [("report --machine dai", "daily-batch"), ("explain arn:", "arn:aws:states:x")],
)
def test_fish_completes_names_of_the_last_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], typed: str, completed: str
) -> None:
    kept = tmp_path / "sfn-digest"
    kept.mkdir()
    (kept / "machines").write_text("daily-batch\norders\n")
    (kept / "executions").write_text("arn:aws:states:x\n")
    path = tmp_path / "completion.fish"
    path.write_text(script("fish", capsys), "utf-8")
    ask = f"source {path}; complete -C 'sfn-digest {typed}'"
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        ["fish", "--no-config", "-c", ask],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\t")[0].strip() == completed


def test_a_name_that_a_shell_would_run_is_kept_from_it() -> None:
    assert not _is_a_word("$(rm -rf ~)")
    assert not _is_a_word("two words")
    assert not _is_a_word("`id`")
    assert _is_a_word("arn:aws:states:eu-west-1:123456789012:execution:jobs:run_1.2")


def test_where_names_cannot_be_kept_the_report_comes_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "sfn-digest").write_text("in the way")
    told: list[str] = []
    keep_names(made.week(), {"XDG_STATE_HOME": str(tmp_path)}, told.append)
    assert told == ["The names for the shell's completion could not be kept (File exists)."]

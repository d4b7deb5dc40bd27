"""Shells complete the command's words, as the printed scripts teach them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from sfn_digest.cli import main
from sfn_digest.commands.completion import SHELLS

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
        (["re"], "report"),
        (["report", "--po"], "--post"),
        (["report", "--format", ""], "terminal json csv slack html"),
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

"""Shells complete the command's words, as the printed scripts teach them."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sfn_digest.cli import main
from sfn_digest.commands import SHELLS
from sfn_digest.terminal.memory import _is_a_word, keep_names
from tests.commands.shells import completed
from tests.conftest import Week
from tests.report import made


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


EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:orders:run-2"
TYPED = {
    "rep": "report",
    "report --po": "report --post",
    "report --format j": "report --format json",
    "explain --format=j": "explain --format=json",
    "report --machine dai": "report --machine daily-batch",
    "report --machine=dai": "report --machine=daily-batch",
    "report --machine orders dai": "report --machine orders daily-batch",
    "report --machine orders --bri": "report --machine orders --brief",
    "report --machine orders --rules ru": "report --machine orders --rules rules.toml",
    "explain arn:aws:sta": f"explain {EXECUTION}",
    "explain --format json arn": f"explain --format json {EXECUTION}",
    f"explain {EXECUTION[:-3]}": f"explain {EXECUTION}",
    "report kep": "report kept.json",
    "report --all kep": "report --all kept.json",
    "report --accounts acc": "report --accounts accounts.toml",
    "patch --report kep": "patch --report kept.json",
    "backtest --definition kep": "backtest --definition kept.json",
}
"""What the tab key makes of words, beside a folder with files and the names of a last report."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    kept = tmp_path / "sfn-digest"
    kept.mkdir()
    (kept / "machines").write_text("daily-batch\norders\n")
    (kept / "executions").write_text(f"{EXECUTION}\n")
    for name in ("rules.toml", "kept.json", "accounts.toml"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_tab_key_completes_commands_options_names_and_files(
    shell: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "scripts" / "_sfn-digest"
    path.parent.mkdir()
    path.write_text(script(shell, capsys), "utf-8")
    lines = completed(shell, path, [f"sfn-digest {typed}" for typed in TYPED], home)
    # zsh puts the "=" that goes on to a value, and takes it away again before a space.
    shown = [line.removeprefix("sfn-digest ").rstrip("=") for line in lines]
    assert dict(zip(TYPED, shown, strict=True)) == TYPED


@pytest.mark.parametrize("shell", SHELLS)
def test_a_command_is_described_by_its_line_of_help(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = script(shell, capsys)
    assert "each IAM permission, the deployed" not in told
    assert shell == "bash" or "what a digest needs, and how to fix what is missing" in told


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
def test_fish_offers_what_the_tab_key_completes(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "completion.fish"
    path.write_text(script("fish", capsys), "utf-8")
    asks = "; ".join(f"complete -C 'sfn-digest {typed}'; echo" for typed in TYPED)
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"source {path}; {asks}"],
        cwd=home,
        env={**os.environ, "XDG_STATE_HOME": str(home), "HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    # Each word that is offered, with its description behind a tab.
    offered = [each.split("\t")[0].strip() for each in done.stdout.split("\n\n")]
    assert offered[: len(TYPED)] == [line.split()[-1] for line in TYPED.values()]


def test_a_name_that_a_shell_would_run_is_kept_from_it() -> None:
    assert not _is_a_word("$(rm -rf ~)")
    assert not _is_a_word("two words")
    assert not _is_a_word("`id`")
    assert _is_a_word("arn:aws:states:eu-west-1:123456789012:execution:jobs:run_1.2")


def test_where_names_cannot_be_kept_the_report_comes_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "sfn-digest").write_text("in the way")
    told: list[str] = []
    keep_names(made.week(), {"XDG_STATE_HOME": str(tmp_path)}, told.append)
    assert told == ["The names for shell completion could not be stored (File exists)."]

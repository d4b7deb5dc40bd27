"""The manual page says what --help says."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sfn_digest.cli import parser
from tools.manual import manual

PAGE = Path("docs/sfn-digest.1")


def test_the_page_is_made_from_the_commands_words_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("SFN_DIGEST")]:
        monkeypatch.delenv(name)
    assert PAGE.read_text(encoding="utf-8") == manual(), "make manual writes it again"


def test_every_command_and_every_option_has_its_place() -> None:
    page = manual()
    for name in ("report", "explain", "patch", "backtest", "redrive", "doctor", "completion"):
        assert f".SS {name}\n" in page
    for option in ("fail\\-on\\-loss", "dry\\-run", "quota\\-share SHARE", "prove"):
        assert f"\\-\\-{option}" in page
    assert parser().prog == "sfn-digest"


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
def test_man_reads_it_without_a_warning() -> None:
    done = subprocess.run(
        ["man", "--warnings", "--local-file", str(PAGE)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""

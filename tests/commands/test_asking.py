"""A person at a real terminal is asked which state machines to report on; nobody else is."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Week

pytestmark = pytest.mark.slow

DOWN, ENTER, CTRL_C = b"\x1b[B", b"\r", b"\x03"
QUESTION = "Select state machines"
PATIENCE_SECONDS = 120


@pytest.fixture
def environment(week: Week, tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        **week.account.environment,
        "PYTHONPATH": "lambda_src",
        "TERM": "xterm-256color",
        "XDG_STATE_HOME": str(tmp_path),
    }


def at_terminal(environment: dict[str, str], *words: str, keys: bytes = b"") -> tuple[int, str]:
    """Run the command at a terminal, and type the keys once it asks; its status and screen."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "sfn_digest.cli", "report", *words]
    with subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    ) as ran:
        os.close(theirs)
        screen = _screen(ours, keys)
    os.close(ours)
    return ran.returncode, re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|\][^\x1b]*\x1b\\)", "", screen)


def _screen(terminal: int, keys: bytes) -> str:
    seen, until = b"", time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            new = os.read(terminal, 65_536)
        except OSError:  # what Linux says once nobody has the terminal open any more
            return seen.decode()
        seen += new
        if b"\x1b[6n" in new:  # the question where the cursor is
            os.write(terminal, b"\x1b[1;1R")
        if keys and b"failed" in seen and QUESTION.encode() in seen:
            os.write(terminal, keys)
            keys = b""
    raise AssertionError(seen.decode())


def test_what_is_picked_is_reported_on(environment: dict[str, str]) -> None:
    status, screen = at_terminal(environment, keys=b"train-model" + ENTER)
    assert status == 0
    assert re.search(r"\d+ of +\d+ failed  s3-to-fargate", screen)
    report = screen[screen.rindex("executions failed") :]
    assert "train-model" in report
    assert "s3-to-fargate" not in report


def test_ctrl_c_ends_the_question_with_one_sentence(environment: dict[str, str]) -> None:
    status, screen = at_terminal(environment, keys=CTRL_C)
    assert status == 130
    assert screen.rstrip().endswith("sfn-digest: interrupted.")
    assert "Traceback" not in screen


def test_where_nothing_is_tagged_all_machines_can_be_picked(environment: dict[str, str]) -> None:
    status, screen = at_terminal(environment, "--tag", "team=nobody", keys=b"train-model" + ENTER)
    assert status == 0
    assert "has the tag team=nobody; all state machines are listed." in screen
    assert re.search(r"and 1 of \d+ state machines;", " ".join(screen.split()))


@pytest.mark.parametrize("words", [["--all", "--since", "1h"], ["--machine", "train-model"]])
def test_who_says_which_is_not_asked(environment: dict[str, str], words: list[str]) -> None:
    status, screen = at_terminal(environment, *words)
    assert status == 0
    assert QUESTION not in screen

"""The command's words: there at once, and the same as what they stand for."""

import os
import subprocess
import sys
from typing import get_args

import pytest

from sfn_digest.commands.parsers.changing import PATCH_FORMATS
from sfn_digest.pipeline.patching import Format

pytestmark = pytest.mark.slow

HEAVY = ("boto3", "botocore", "slack_sdk", "rich", "questionary", "sfn_digest.retry")
"""What a report needs and help does not."""


@pytest.mark.parametrize("words", [["--help"], ["report", "--help"], ["completion", "bash"]])
def test_help_and_completion_bring_in_nothing_that_a_report_needs(words: list[str]) -> None:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "sfn_digest.cli", *words],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    names = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
    assert "argparse" in names
    assert names.isdisjoint(HEAVY)


def test_every_form_of_a_patch_can_be_asked_for() -> None:
    assert get_args(Format) == PATCH_FORMATS

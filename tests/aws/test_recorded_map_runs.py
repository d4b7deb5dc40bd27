"""What AWS answered of Map runs, as it was recorded, is read without an error."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.map_run_calls import _map_run

_RECORDINGS = os.environ.get("SFN_RECORDINGS", "")
NOW = datetime(2026, 3, 9, tzinfo=UTC)


def recorded() -> list[dict[str, Any]]:
    """The answers; their times have been replaced by words."""
    path = Path(_RECORDINGS).with_name("map_runs.jsonl")
    return [json.loads(line)["recorded"] for line in path.read_text("utf-8").splitlines()]


@pytest.mark.skipif(not _RECORDINGS, reason="SFN_RECORDINGS names no file")
def test_every_recorded_map_run_is_read_and_every_refusal_names_its_error() -> None:
    described, refused = 0, 0
    for answers in recorded():
        for name, answer in answers.items():
            if name == "describe_map_run":
                told = _map_run(Answer({**answer, "startDate": NOW, "stopDate": NOW}))
                assert (told.status, told.executions.succeeded, told.items.total) == (
                    "SUCCEEDED",
                    2,
                    2,
                )
                described += 1
            refused += "Error" in answer and answer["Error"]["Code"] == "InvalidDefinition"
    assert (described, refused) == (1, 89)

"""Failures of many services, labelled by hand, each of another shape than the corpus's rows."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.causes import symptom_of
from sfn_digest.causes import diagnose

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_a_failure_is_named_and_its_nature_is_not_flipped(case: dict[str, Any]) -> None:
    diagnosis = diagnose(symptom_of(case))
    assert diagnosis.cause in (case["category"], *case["alt"]), diagnosis
    assert {diagnosis.nature, case["nature"]} != {"transient", "permanent"}, diagnosis


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_a_message_is_one_short_line_without_ids_or_dumps(case: dict[str, Any]) -> None:
    message = diagnose(symptom_of(case)).message
    assert 0 < len(message) <= 300
    assert message.isprintable()
    assert "Request ID" not in message
    assert '{"' not in message
    assert "hunter2" not in message

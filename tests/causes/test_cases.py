"""Failures of many services, labelled by hand, each of another shape than the corpus's rows."""

import json
from pathlib import Path

import pytest

from bench.causes import symptom_of
from sfn_digest.causes import diagnose

pytestmark = pytest.mark.slow

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("category", sorted({case["category"] for case in CASES}))
def test_failures_are_named_and_their_nature_is_not_flipped(category: str) -> None:
    wrong: list[tuple[str, object]] = []
    for case in (case for case in CASES if case["category"] == category):
        diagnosis = diagnose(symptom_of(case))
        named = diagnosis.cause in (category, *case["alt"])
        if not named or {diagnosis.nature, case["nature"]} == {"transient", "permanent"}:
            wrong.append((case["id"], diagnosis))
    assert wrong == []


def test_natures_are_the_labelled_ones_in_at_least_nine_of_ten() -> None:
    told = [diagnose(symptom_of(case)).nature == case["nature"] for case in CASES]
    assert sum(told) >= 0.9 * len(told)


def test_a_message_is_one_short_line_without_ids_or_dumps() -> None:
    for case in CASES:
        message = diagnose(symptom_of(case)).message
        assert 0 < len(message) <= 300, case["id"]
        assert message.isprintable(), case["id"]
        assert "Request ID" not in message, case["id"]
        assert '{"' not in message, case["id"]
        assert "hunter2" not in message, case["id"]

"""What is said of an adopted hint, in English."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sfn_digest.report.wording import comparisons
from tests.report.made_past import ADOPTED

GIVEN = replace(
    ADOPTED,
    adopted_at=datetime(2026, 11, 16, 23, 30, tzinfo=UTC),
    predicted_low=0.7,
    predicted_high=0.9,
    failures=25,
    recovered=21,
)
SAID = "adopted on 2026-11-16: predicted 70\N{EN DASH}90%"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, ", observed 84% (21 of 25 failures)"),
        ({"at_least": True}, ", observed at least 84% (21 of 25 failures)"),
        (
            {"at_least": True, "recovered": 25},
            ", observed 100% (at least 25 failures, and all recovered)",
        ),
        (
            {"recovered": 25, "verdict": "better"},
            ", observed 100% (25 of 25 failures): better than predicted",
        ),
        (
            {"recovered": 2, "verdict": "worse"},
            ", observed 8% (2 of 25 failures): it helped less than predicted",
        ),
        (
            {"recovered": 0, "verdict": "worse"},
            ", observed 0% (0 of 25 failures): it did not help",
        ),
        (
            {"failures": 1, "recovered": 1, "verdict": "too_few"},
            ", observed 100% (1 of 1 failure): too few failures to tell",
        ),
        (
            {"failures": 0, "recovered": 0, "verdict": "too_few"},
            "; no failures due to this cause since",
        ),
    ],
)
def test_the_sentence_holds_day_prediction_and_observation(
    changes: dict[str, Any], says: str
) -> None:
    each = replace(GIVEN, **changes)
    assert comparisons.adopted(each) == SAID + says


def test_equal_bounds_are_one_number() -> None:
    each = replace(GIVEN, predicted_low=0.996, predicted_high=1.0)
    assert "predicted 100%," in comparisons.adopted(each)
